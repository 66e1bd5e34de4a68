"""An opaque token of at least 60 bits in the place of a value: unique without a state."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.alphabets import ASCII, HEX_DIGIT
from masker.columns import as_text, in_chunks, like, offsets_of, rows_with, text_bytes, text_of, validity
from masker.crypto.keys import Keys
from masker.crypto.stream import below, expand
from masker.errors import UsageError
from masker.methods import Example, Iso20889

_BITS, _CHARACTERS = 60, 12
_BASE32 = np.frombuffer(b"0123456789abcdefghjkmnpqrstvwxyz", dtype=np.uint8)  # Crockford's base 32


@dataclass(frozen=True)
class Token:
    """Replace each text by a keyed token of at least 60 bits.

    `alphabet`: `base32` (12 characters, 60 bits) or `same`: as long as the value, each digit a digit, each letter of
    its case, a hexadecimal value hexadecimal in its case, separators in place (session, cookie and device ids). NULL
    comes back for values that `same` cannot read: other than ASCII, or too short to carry 60 bits (15 hexadecimal
    characters, 19 digits). NULL stays NULL, '' stays ''.

    Two of n values fall together with probability at most n²/2^61: 4e-7 for a million. It cannot be undone. It does NOT
    hide repetitions nor, with `same`, lengths and separators.
    """

    alphabet: Literal["base32", "same"] = "base32"

    name: ClassVar[str] = "token"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = True
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = False
    iso20889: ClassVar[Iso20889] = "pseudonymization"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "text"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    def __post_init__(self) -> None:
        if self.alphabet not in ("base32", "same"):
            raise UsageError("usage", "`alphabet` of `token` is not one of base32, same")

    @property
    def space(self) -> float | None:
        """2^60, at least."""
        return float(1 << _BITS)

    @property
    def widest(self) -> int | None:
        """12; None where the token is as long as the value."""
        return _CHARACTERS if self.alphabet == "base32" else None

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of text; `by` and `given` are not read."""
        text = as_text(column)
        masked = in_chunks(partial(_same, keys), text) if self.alphabet == "same" else _base32(keys, text)
        return like(masked, column.type)


def _base32(keys: Keys, text: pa.Array) -> pa.Array:
    filled = np.diff(text_bytes(text)[1]) > 0
    words = keys.prf("token")(text)[filled, 0]
    shifts = np.arange(59, -1, -5, dtype=np.uint64)
    letters = _BASE32[(words[:, None] >> shifts & np.uint64(31)).astype(np.uint8)]
    return text_of(letters.reshape(-1), offsets_of(filled * np.int64(_CHARACTERS)), validity(text))


def _same(keys: Keys, text: pa.Array) -> pa.Array:
    data, offsets = text_bytes(text)
    counts = np.diff(offsets)
    plain = np.where(data < 128, data, 0)
    upper, hexadecimal = _case_of_hex(plain, offsets)
    ids = ASCII.ids[plain]
    ids[np.repeat(hexadecimal, counts) & (ids > 0)] = HEX_DIGIT
    active = np.flatnonzero(ids)
    ids = ids[active]
    begins = np.concatenate([[0], np.cumsum(ASCII.ids[plain] > 0)])[offsets]
    bits = np.concatenate([[0], np.cumsum(ASCII.weights[ids], dtype=np.int64)])[begins]
    readable = np.diff(bits) >= _BITS * 1024
    readable &= ~rows_with(data >= 128, offsets)
    draws = expand(keys.prf("token-stream"), keys.prf("token")(text), np.diff(begins))
    out = data.copy()
    out[active] = ASCII.spell(ids, below(draws, ASCII.sizes[ids]))
    out[np.repeat(upper & hexadecimal, counts) & (out >= 97) & (out <= 102)] -= 32
    return text_of(out, offsets, validity(text) & (readable | (counts == 0)))


def _case_of_hex(
    data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which rows are in upper case, and which are hexadecimal: digits and letters a to f of one case, both there."""
    digit = (data - np.uint8(48)) < 10
    low, high = (data >= 97) & (data <= 102), (data >= 65) & (data <= 70)
    letter = (data | 32) - np.uint8(97) < 26
    upper, lower = rows_with(high, offsets), rows_with(low, offsets)
    return upper, rows_with(digit, offsets) & (upper ^ lower) & ~rows_with(letter & ~low & ~high, offsets)


METHOD = Token
EXAMPLES = (
    Example(Token(), ("Anna", "anna@firma.example", "7")),
    Example(
        Token("same"),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "DEADBEEF00112233", "sess_Ab3dEf6hIj9kLm2n", "4711000011112222333"),
        ("abc123", "12345678", "schlüsselwort-sehr-lang"),
    ),
)
