"""A keyed hash of the text: opaque, of any length up to 128 bits.

AES-CMAC (RFC 4493) as `crypto.prf` gives it; without the key nobody can try candidates, unlike plain or salted hashes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa

from masker.columns import as_text, like, offsets_of, text_bytes, text_of, validity
from masker.crypto.keys import Keys
from masker.errors import UsageError
from masker.methods import Example, Iso20889

_LONGEST = {"hex": 32, "base32": 25, "integer": 18}
_ALPHABETS = {"hex": b"0123456789abcdef", "base32": b"0123456789abcdefghjkmnpqrstvwxyz"}  # Crockford's base 32


@dataclass(frozen=True)
class Hash:
    """Replace each text by `length` characters of its keyed hash.

    `form`: `hex` (4 bits a character, at most 32), `base32` (5 bits, at most 25; Crockford's alphabet, lower case) or
    `integer` (decimal digits, the first not 0, at most 18); `length` 0 means the most. Two of n values fall together
    with probability at most n²/(2·space). NULL stays NULL, '' stays ''. Integers and their text agree; "007" and 7 do
    not.

    It does NOT hide repetitions: frequencies stay. It cannot be undone, but whoever has the key can try candidates.
    """

    form: Literal["hex", "base32", "integer"] = "hex"
    length: int = 0

    name: ClassVar[str] = "hash"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = True
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = False
    iso20889: ClassVar[Iso20889] = "pseudonymization"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "text"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    def __post_init__(self) -> None:
        if self.form not in _LONGEST:
            raise UsageError("usage", "`form` of `hash` is not one of hex, base32, integer")
        if type(self.length) is not int or not 0 <= self.length <= _LONGEST[self.form]:
            raise UsageError("usage", f"`length` of `hash` is a whole number from 0 to {_LONGEST[self.form]}")

    @property
    def space(self) -> float | None:
        """16, 32 or 10 to the power of the length (an integer's first digit: nine choices)."""
        length = self._characters
        return {"hex": 16.0**length, "base32": 32.0**length, "integer": 9 * 10.0 ** (length - 1)}[self.form]

    @property
    def _characters(self) -> int:
        return self.length or _LONGEST[self.form]

    @property
    def widest(self) -> int | None:
        """Its length."""
        return self._characters

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of text; `by` and `given` are not read."""
        text = as_text(column)
        words = keys.prf("hash")(text)
        length = self._characters
        filled = np.diff(text_bytes(text)[1]) > 0
        if self.form == "integer":
            least = np.uint64(10 ** (length - 1))
            number = words[filled, 0] % (np.uint64(9) * least) + least
            powers = np.uint64(10) ** np.arange(length - 1, -1, -1, dtype=np.uint64)
            digits = (number[:, None] // powers % np.uint64(10)).astype(np.uint8) + np.uint8(48)
        else:
            digits = _spelled(words[filled], _ALPHABETS[self.form], length)
        return like(text_of(digits.reshape(-1), offsets_of(filled * np.int64(length)), validity(text)), column.type)


def _spelled(
    words: np.ndarray[tuple[int, int], np.dtype[np.uint64]], alphabet: bytes, length: int
) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """The first `length` characters of 128 bits written in an alphabet of 16 or 32, shape (n, length)."""
    bits = len(alphabet).bit_length() - 1
    letters = np.frombuffer(alphabet, dtype=np.uint8)
    out = np.empty((len(words), length), dtype=np.uint8)
    for position in range(length):
        end = bits * (position + 1)
        high, low = words[:, 0], words[:, 1]
        if end <= 64:
            value = high >> np.uint64(64 - end)
        elif end - bits >= 64:
            value = low >> np.uint64(128 - end)
        else:
            value = high << np.uint64(end - 64) | low >> np.uint64(128 - end)
        out[:, position] = letters[value & np.uint64(len(alphabet) - 1)]
    return out


METHOD = Hash
EXAMPLES = (
    Example(Hash(), ("Anna", "anna@firma.example", "7")),
    Example(Hash("base32", 12), ("Anna", "a" * 60)),
    Example(Hash("integer"), ("Anna", "4711")),
)
