"""Replace text by a mark that says nothing of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, is_text, kind_of, like, numbers, offsets_of, text_bytes, text_of, validity
from masker.crypto.keys import Keys
from masker.errors import GateError, UsageError
from masker.methods import Example, Iso20889


@dataclass(frozen=True)
class Redact:
    """Put `mark` in the place of every text, or one `X` for each character where `same_length` is true.

    NULL stays NULL and '' stays ''. Types that cannot hold a mark get their zero: 0, false, 1970-01-01, no bytes; there
    a cell that already was zero looks unchanged. Raises `GateError` (code `does-not-fit`) for nested types.

    Nothing of the text remains. It does NOT hide which cells are empty nor, with `same_length`, how long a text is.
    """

    mark: str = "[redacted]"
    same_length: bool = False

    name: ClassVar[str] = "redact"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = False
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = False
    iso20889: ClassVar[Iso20889] = "suppression"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "any"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    def __post_init__(self) -> None:
        if not isinstance(self.mark, str) or not self.mark or type(self.same_length) is not bool:
            raise UsageError("usage", "`redact` takes a text as `mark` and true or false as `same_length`")

    @property
    def space(self) -> float | None:
        """None: text never equals its mark, unless it was redacted before."""
        return None

    @property
    def every(self) -> str:
        """What its output is made of: the mark, or an `X` for each character."""
        return "X" if self.same_length else self.mark

    @property
    def widest(self) -> int | None:
        """The mark; None where the length stays."""
        return None if self.same_length else len(self.mark)

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of any flat type; `by` and `given` are not read."""
        type_ = column.type
        if not is_text(type_):
            return _zero(column)
        text = as_text(column)
        if self.same_length:
            letters = pc.utf8_length(text)
            counts = np.frombuffer(letters.buffers()[1], dtype=np.int32)[letters.offset : letters.offset + len(letters)]
            mark, repeats = "X", np.where(validity(text), counts, 0).astype(np.int64)
        else:
            mark, repeats = self.mark, (np.diff(text_bytes(text)[1]) > 0).astype(np.int64)
        one = np.frombuffer(mark.encode(), dtype=np.uint8)
        marks = np.tile(one, int(repeats.sum()))
        return like(text_of(marks, offsets_of(repeats * len(one)), validity(text)), type_)


def _zero(column: pa.Array) -> pa.Array:
    type_, count, valid = column.type, len(column), validity(column)
    if pa.types.is_dictionary(type_):
        return pc.cast(_zero(column.dictionary_decode()).dictionary_encode(), type_)
    if pa.types.is_null(type_):
        return column
    if pa.types.is_boolean(type_):
        bits = [np.packbits(valid, bitorder="little"), np.zeros((count + 7) // 8, dtype=np.uint8)]
        return pa.Array.from_buffers(type_, count, [pa.py_buffer(each) for each in bits])
    if pa.types.is_binary(type_):
        return pc.cast(text_of(np.empty(0, dtype=np.uint8), np.zeros(count + 1, dtype=np.int64), valid), type_)
    if pa.types.is_primitive(type_) or pa.types.is_decimal(type_):
        return numbers(np.zeros((count, type_.bit_width // 8), dtype=np.uint8), type_, valid)
    raise GateError("does-not-fit", f"`redact` masks no columns of type {kind_of(type_)}", "use `null` or `drop`")


METHOD = Redact
EXAMPLES = (
    Example(Redact(), ("Please call Anna", "x")),
    Example(Redact(same_length=True), ("Müller", "Please call")),
)
