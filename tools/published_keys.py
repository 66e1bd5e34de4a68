"""Writes `masker/crypto/published_keys.txt`: digests of the 32-byte keys in published test vectors.

Usage: `python -m tools.published_keys FOLDER`, FOLDER with Wycheproof's JSON files (https://github.com/C2SP/wycheproof).
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "masker" / "crypto" / "published_keys.txt"
HEAD = """\
# The first eight bytes of the SHA-256 of keys that stand in published test vectors; no key itself is here.
# Sources: NIST SP 800-38A F.1.5 and SP 800-38G samples (AES-256); RFC 5297 A.1 and A.2 (AES-SIV); Crypto-PAn's sample
# key and that of yacryptopan's README; C2SP/wycheproof (aes_cmac, aes_ff1_*, aes_siv_cmac, hkdf_sha256); the root keys
# and seeds of masker's own tests/vectors/v1.
"""
QUOTED = (
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
    "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94",
    "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
    "7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f",
    bytes((21, 34, 23, 141, 51, 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16,
           216, 152, 143, 131, 121, 121, 101, 39, 98, 87, 76, 45, 42, 132, 34, 2)).hex(),
    b"32-char-str-for-AES-key-and-pad.".hex(),
)  # fmt: skip


def keys_in(node: Any) -> Iterator[str]:
    """The 32-byte keys (hex) anywhere in a vector file; of a 64-byte key, both halves."""
    if isinstance(node, list):
        for each in node:
            yield from keys_in(each)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name in ("key", "ikm", "root", "seed") and isinstance(value, str) and len(value) in (64, 128):
                yield from (value[start : start + 64] for start in range(0, len(value), 64))
            else:
                yield from keys_in(value)


def digests(folder: Path) -> set[str]:
    """The digests of all keys that are quoted here or stand in the files of `folder` and in our own vectors."""
    files = [*folder.glob("wycheproof_*.json"), *(ROOT / "tests" / "vectors" / "v1").glob("*.json")]
    keys = {*QUOTED, *(key.lower() for file in files for key in keys_in(json.loads(file.read_text("utf-8"))))}
    return {hashlib.sha256(bytes.fromhex(key)).hexdigest()[:16] for key in keys}


if __name__ == "__main__":
    TARGET.write_text(HEAD + "".join(f"{digest}\n" for digest in sorted(digests(Path(sys.argv[1])))), encoding="ascii")
