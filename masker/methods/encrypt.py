"""Encryption that the key turns back: equal texts give equal tokens, and nothing of a text but its length shows.

RFC 5297 (Synthetic Initialization Vector authenticated encryption using AES), deterministic, with two AES-256 keys.
"""

import base64
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from masker.columns import Bools, as_text, flags, in_chunks, like, offsets_of, text_bytes, text_of, validity
from masker.crypto.keys import Keys
from masker.errors import UsageError
from masker.methods import Example, Iso20889

_USE = b"masker/v1 encrypt"
_BASE32 = b"abcdefghijklmnopqrstuvwxyz234567"
_BASE64URL = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_ALPHABETS = {"base32": np.frombuffer(_BASE32, dtype=np.uint8), "base64url": np.frombuffer(_BASE64URL, dtype=np.uint8)}


@dataclass(frozen=True)
class Encrypt:
    """Replace each text by its encryption: 26 characters and 1.6 for each byte of the text (`base64url`: 22 and 1.3).

    `form`: `base32` (RFC 4648 letters and digits in lower case, no padding: safe where case does not count, and never
    taken for a formula) or `base64url` (shorter; case counts, and it may begin with `-`). The domain is authenticated
    with each text, so that a token of another domain, a changed or a truncated one is not turned back. Different texts
    never share a token. NULL stays NULL, '' stays ''. The text is taken as it stands: `Anna` and `ANNA` differ. One
    call of the cipher for each distinct value: slower than the other methods.

    It does NOT hide repetitions nor lengths: equal tokens are equal texts, and their length is that of the text in
    UTF-8. The copy remains personal data for everybody who may get the key: prefer `token` where nobody has to turn
    values back.
    """

    form: Literal["base32", "base64url"] = "base32"

    name: ClassVar[str] = "encrypt"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = True
    reversible: ClassVar[bool] = True
    keeps_format: ClassVar[bool] = False
    iso20889: ClassVar[Iso20889] = "cryptographic"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "text"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    def __post_init__(self) -> None:
        if self.form not in ("base32", "base64url"):
            raise UsageError("usage", "`form` of `encrypt` is not one of base32, base64url")

    @property
    def space(self) -> float | None:
        """None: a token is longer than its text."""
        return None

    @property
    def recorded(self) -> Mapping[str, object] | None:
        """All parameters: none of them holds a value."""
        return asdict(self)

    @property
    def widest(self) -> int | None:
        """More than any column of limited width promises to hold."""
        return sys.maxsize

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of text; `by` and `given` are not read."""
        cipher, data = _cipher(keys)

        def encrypted(text: pa.Array) -> pa.Array:
            ciphers = [cipher.encrypt(value, data) if value else b"" for value in _values(text)]
            return self._spelled(ciphers, validity(text))

        return like(in_chunks(encrypted, as_text(column), rows=1 << 12), column.type)

    def unmask(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Decrypt a column of tokens; NULL for what is no token of these keys."""
        cipher, data = _cipher(keys)
        tokens = as_text(column)
        ciphers = [self._read(token) for token in _values(tokens)]
        # Base32 and base64 leave spare bits in a last letter, and case may be free: only the one spelling counts.
        exact = flags(pc.equal(self._spelled(ciphers, validity(tokens)), tokens))
        texts = [_decrypted(cipher, value, data) if value else value for value in ciphers]
        valid = exact & np.fromiter((text is not None for text in texts), dtype=np.bool_, count=len(texts))
        lengths = np.fromiter((len(text or b"") for text in texts), dtype=np.int64, count=len(texts))
        joined = np.frombuffer(b"".join(text or b"" for text in texts), dtype=np.uint8)
        return like(text_of(joined, offsets_of(lengths), valid), column.type)

    def _spelled(self, ciphers: list[bytes], valid: Bools) -> pa.Array:
        """Bytes as the letters of the form; '' stays ''."""
        group, letters = (5, 8) if self.form == "base32" else (3, 4)
        lengths = np.fromiter(map(len, ciphers), dtype=np.int64, count=len(ciphers))
        groups = -(-lengths // group)
        padded = b"".join(
            value.ljust(count * group, b"\0") for value, count in zip(ciphers, groups.tolist(), strict=True)
        )
        cells = np.frombuffer(padded, dtype=np.uint8).reshape(-1, group).astype(np.uint64)
        number = np.zeros(len(cells), dtype=np.uint64)
        for place in range(group):
            number = number << np.uint64(8) | cells[:, place]
        width = group * 8 // letters
        shifts = np.arange((letters - 1) * width, -1, -width, dtype=np.uint64)
        spelled = _ALPHABETS[self.form][number[:, None] >> shifts & np.uint64((1 << width) - 1)].reshape(-1)
        # What stands for the zeros that filled the last group up is taken off: the padding, were it written.
        offsets, counts = offsets_of(groups * letters), -(-lengths * 8 // width)
        within = np.arange(len(spelled)) - np.repeat(offsets[:-1], groups * letters)
        return text_of(spelled[within < np.repeat(counts, groups * letters)], offsets_of(counts), valid)

    def _read(self, token: bytes) -> bytes:
        """The bytes that a token spells, b"" where it spells none."""
        try:
            if self.form == "base32":
                return base64.b32decode(token.upper() + b"=" * (-len(token) % 8))
            return base64.b64decode(token + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except ValueError:
            return b""


def _cipher(keys: Keys) -> tuple[AESSIV, list[bytes]]:
    """The cipher of a domain, and what is authenticated beside each text: the use and the domain."""
    return AESSIV(keys.secret("encrypt", 64)), [_USE, keys.domain.encode()]


def _decrypted(cipher: AESSIV, value: bytes, data: list[bytes]) -> bytes | None:
    try:
        return cipher.decrypt(value, data)
    except (InvalidTag, ValueError):
        return None


def _values(text: pa.Array) -> list[bytes]:
    data, offsets = text_bytes(text)
    whole = data.tobytes()
    return [whole[start:end] for start, end in pairwise(offsets.tolist())]


METHOD = Encrypt
EXAMPLES = (
    Example(Encrypt(), ("Anna", "anna@firma.example", "7", "Ünal, Çelik", "東京 タワー", "x" * 90)),
    Example(Encrypt("base64url"), ("Anna", "4711", "a" * 60)),
)
