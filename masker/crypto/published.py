"""Keys that everybody knows: those of published test vectors, masker's own among them.

They are told by the first eight bytes of their SHA-256, in `published_keys.txt`; `tools/published_keys.py` writes it.
"""

import hashlib
from functools import cache
from pathlib import Path


def is_published(root: bytes) -> bool:
    """Whether a key of 32 bytes stands in published test vectors; one of 2^55 other keys is taken for one of them.

    >>> is_published(bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"))  # SP 800-38A
    True
    """
    return hashlib.sha256(root).hexdigest()[:16] in _digests()


@cache
def _digests() -> frozenset[str]:
    lines = Path(__file__).with_name("published_keys.txt").read_text("ascii").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
