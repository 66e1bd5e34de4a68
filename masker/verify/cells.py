"""One column of one batch with what several checks need to know of it, each worked out once."""

from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.verify.fingerprints import Prints, fingerprints
from masker.verify.texts import as_text, text_column, validity


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
        if self.column.null_count == 0 and self.folded.equals(self.text):
            return self.prints
        return fingerprints(self.folded)

    @cached_property
    def bytes(self) -> npt.NDArray[np.uint8]:
        """The bytes of `folded`, all cells' joined."""
        return text_bytes(self.folded)[0]

    @cached_property
    def offsets(self) -> npt.NDArray[np.int64]:
        """Where each cell begins in `bytes`, and where the last one ends, shape (n + 1,)."""
        return text_bytes(self.folded)[1]

    @cached_property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Bytes of each cell of `folded`, 0 for NULL, shape (n,)."""
        found = np.diff(self.offsets)
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
    """Lower case without blanks around; text that is ASCII throughout takes the cheap way."""
    data, _ = text_bytes(text)
    if not len(data) or int(data.max()) <= 127:
        return pc.ascii_trim_whitespace(pc.ascii_lower(text))
    return pc.utf8_trim_whitespace(pc.utf8_lower(text))
