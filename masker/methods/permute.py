"""Integer keys become other integers of the same length and type, one to one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, is_text, kind_of, like, numbers, text_bytes, text_of, validity
from masker.crypto.keys import Keys
from masker.crypto.permute import permute_integers
from masker.errors import GateError, UsageError
from masker.integer_text import LONGEST, IntegerRows
from masker.methods import Example, Iso20889, turned_back

Integers = npt.NDArray[np.int64]

# From here on not every integer is a floating-point number (IEEE 754, 24 and 53 bits), whole classes before.
_EXACT = {16: 10**3, 32: 10**7, 64: 10**15}


@dataclass(frozen=True)
class Permute:
    """Permute integers inside classes cut at powers of ten and at the maxima of integer types.

    123, "123" and "00123" agree (leading zeros stay), and a pseudonym has as many digits as its original and fits every
    integer type that the original fits. 0, negative numbers and the ids in `stay` remain as they are. Takes integers,
    whole decimals and floats as they are, and text. NULL comes back for what is no integer from -2^63 to 2^63-1, and
    for floats too large to be exact. NULL stays NULL, '' stays ''.

    One to one, and the key turns it back. It does NOT hide the number of digits, nor in which class a number is; small
    classes (1 to 9, 100 to 127) are found by trying, and so is everything by someone who knows as many pairs.
    """

    stay: tuple[int, ...] = ()

    name: ClassVar[str] = "permute"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = True
    reversible: ClassVar[bool] = True
    keeps_format: ClassVar[bool] = True
    iso20889: ClassVar[Iso20889] = "cryptographic"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "any"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    def __post_init__(self) -> None:
        object.__setattr__(self, "stay", tuple(self.stay))  # a profile gives a list
        if not all(type(number) is int and abs(number) < 1 << 63 for number in self.stay):
            raise UsageError("usage", "`stay` of `permute` is a list of integers")

    @property
    def space(self) -> float | None:
        """At least 9: the one-digit numbers."""
        return 9.0

    @property
    def widest(self) -> int | None:
        """None: as wide as the original."""
        return None

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of integers, or of text, decimals or floats that hold integers."""
        type_ = column.type
        if pa.types.is_dictionary(type_):
            return pc.cast(self(keys, column.dictionary_decode()).dictionary_encode(), type_)
        if pa.types.is_null(type_):
            return column
        if pa.types.is_integer(type_):
            valid = validity(column)
            values = column.fill_null(0) if column.null_count else column
            plain = np.asarray(values)
            if pa.types.is_uint64(type_):
                valid &= plain < 1 << 63
            masked = self._image(keys, np.where(valid, plain, 0).astype(np.int64))
            return numbers(masked.astype(plain.dtype), type_, valid)
        if pa.types.is_floating(type_):
            return self._floats(keys, column)
        if pa.types.is_decimal(type_) or is_text(type_):
            return like(self._text(keys, as_text(column)), type_)
        raise GateError("does-not-fit", f"`permute` masks integers and text, not {kind_of(type_)}")

    @property
    def recorded(self) -> Mapping[str, object] | None:
        """Nothing is needed; None where ids stay: those are values of the owner's, and may be somebody's."""
        return None if self.stay else {}

    def unmask(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Turn a masked column back; NULL for what is no integer."""
        return turned_back(self, keys, column)

    def _image(self, keys: Keys, values: Integers) -> Integers:
        out = permute_integers(keys.permutation, values)
        if not self.stay:
            return out
        staying = np.isin(values, self.stay)
        out[staying] = values[staying]
        # Whatever would land on an id that stays walks on, so that the rest is one to one among itself.
        walking = np.flatnonzero(~staying & np.isin(out, self.stay))
        while len(walking):
            out[walking] = permute_integers(keys.permutation, out[walking])
            walking = walking[np.isin(out[walking], self.stay)]
        return out

    def _floats(self, keys: Keys, column: pa.Array) -> pa.Array:
        plain = np.asarray(column.fill_null(0))
        exact = np.isfinite(plain) & (np.abs(plain) < _EXACT[column.type.bit_width])
        whole = np.where(exact, plain, 0).astype(np.int64)
        exact &= whole == plain
        masked = np.where(whole == 0, plain, self._image(keys, whole).astype(plain.dtype))
        return numbers(masked.astype(plain.dtype), column.type, validity(column) & exact)

    def _text(self, keys: Keys, text: pa.Array) -> pa.Array:
        data, offsets = text_bytes(text)
        data = data.copy()
        integers = IntegerRows.of(data, offsets)
        integers = integers.where(integers.digits <= LONGEST)
        magnitudes = integers.read()
        inside = magnitudes < 1 << 63
        integers, magnitudes = integers.where(inside), magnitudes[inside].astype(np.int64)
        masked = self._image(keys, np.where(integers.negative, -magnitudes, magnitudes))
        integers.write(np.abs(masked).astype(np.uint64))
        readable = np.diff(offsets) == 0
        readable[integers.rows] = True
        return text_of(data, offsets, validity(text) & readable)


METHOD = Permute
EXAMPLES = (
    Example(Permute(), ("7", "00123", "4711", "9223372036854775807", "100000"), ("n/a", "1.5", "99999999999999999999")),
    Example(Permute(stay=(1, 4711)), ("7", "9", "4712", "100000"), ("x",)),
)
