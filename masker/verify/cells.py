"""One column of one batch with what several checks need to know of it, each worked out once."""

from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.verify.bits import Marked
from masker.verify.fingerprints import Prints, fingerprints, span_prints
from masker.verify.texts import as_text, text_column, validity

_ZERO, _CAPITAL, _AT = np.uint8(ord("0")), np.uint8(ord("A")), np.uint8(ord("@"))


class Cells:
    """n cells; `column` is the Arrow column as the reader gave it."""

    def __init__(self, column: pa.Array) -> None:
        self.column = column

    @cached_property
    def text(self) -> pa.Array:
        """The cells as `pa.string()`; nested values, which have no text, in Python's notation."""
        try:
            return as_text(self.column)
        except pa.ArrowException:
            return text_column([None if value is None else repr(value) for value in self.column.to_pylist()])

    @cached_property
    def valid(self) -> npt.NDArray[np.bool_]:
        """Where there is a value, shape (n,)."""
        return validity(self.column)

    @cached_property
    def prints(self) -> Prints:
        """The fingerprints of `text`, shape (n,)."""
        return fingerprints(self.text)

    @cached_property
    def folded(self) -> pa.Array:
        """`text` in lower case without blanks around."""
        return folded(self.text)

    @cached_property
    def folded_prints(self) -> Prints:
        """The fingerprints of `folded`, shape (n,)."""
        return self.prints if self.folded is self.text else fingerprints(self.folded)

    def folded_prints_of(self, wanted: npt.NDArray[np.bool_]) -> Prints:
        """The fingerprints of the wanted cells of `folded`; of these alone, where the others are not known yet."""
        if wanted.all() or "folded_prints" in self.__dict__ or ("prints" in self.__dict__ and self.folded is self.text):
            return self.folded_prints[wanted]
        return span_prints(self.bytes, self.offsets[:-1][wanted], (self.offsets[1:] - self.offsets[:-1])[wanted])

    @cached_property
    def _bytes(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
        return text_bytes(self.folded)

    @property
    def bytes(self) -> npt.NDArray[np.uint8]:
        """The bytes of `folded`, all cells' joined."""
        return self._bytes[0]

    @property
    def offsets(self) -> npt.NDArray[np.int64]:
        """Where each cell begins in `bytes`, and where the last one ends, shape (n + 1,)."""
        return self._bytes[1]

    @cached_property
    def is_digit(self) -> npt.NDArray[np.bool_]:
        """Which of `bytes` are ASCII digits."""
        return np.asarray(self.bytes - _ZERO < 10, dtype=np.bool_)

    @cached_property
    def digit_marks(self) -> Marked:
        """The marks of `is_digit`, to be counted."""
        return Marked(self.is_digit)

    @cached_property
    def digits(self) -> npt.NDArray[np.int64]:
        """ASCII digits in each cell, shape (n,)."""
        return np.diff(self.digit_marks.before(self.offsets))

    @cached_property
    def at_marks(self) -> Marked | None:
        """The marks of `@`, to be counted; None where there is none."""
        marks = self.bytes == _AT
        return Marked(marks) if marks.any() else None

    @cached_property
    def ats(self) -> npt.NDArray[np.int64]:
        """How often `@` stands in each cell, shape (n,)."""
        if self.at_marks is None:
            return np.zeros(len(self.column), dtype=np.int64)
        return np.diff(self.at_marks.before(self.offsets))

    @cached_property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Bytes of each cell of `folded`, 0 for NULL, shape (n,)."""
        found = self.offsets[1:] - self.offsets[:-1]
        return found if self.column.null_count == 0 else np.where(validity(self.folded), found, 0)


def text_bytes(text: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The bytes of a `pa.string()` column of n cells and their n + 1 offsets in them."""
    if len(text) == 0:
        return np.zeros(0, dtype=np.uint8), np.zeros(1, dtype=np.int64)
    _, offset_buffer, data_buffer = text.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int32)[text.offset : text.offset + len(text) + 1].astype(np.int64)
    data = np.frombuffer(data_buffer or b"", dtype=np.uint8)[offsets[0] : offsets[-1]]
    return data, offsets - offsets[0]


def folded(text: pa.Array) -> pa.Array:
    """Lower case without blanks around; text that is ASCII throughout takes the cheap way, or is taken as it is."""
    data, offsets = text_bytes(text)
    if not len(data):
        return text
    if int(data.max()) > 127:
        return pc.utf8_trim_whitespace(pc.utf8_lower(text))
    filled = np.diff(offsets) > 0
    ends = np.concatenate([data[offsets[:-1][filled]], data[offsets[1:][filled] - 1]])
    if int(ends.min(initial=255)) <= ord(" "):
        text = pc.ascii_trim_whitespace(text)
    return pc.ascii_lower(text) if (data - _CAPITAL < 26).any() else text
