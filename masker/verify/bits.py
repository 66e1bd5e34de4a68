"""Arrow's bits as NumPy and NumPy's numbers as Arrow, without the detour that imports pandas."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bools = npt.NDArray[np.bool_]


def true(bools: pa.Array) -> Bools:
    """Where a boolean column is true, shape (n,); NULL is not."""
    valid, bits = bools.buffers()
    both = np.frombuffer(bits, dtype=np.uint8)
    if valid is not None:
        both = both[: valid.size] & np.frombuffer(valid, dtype=np.uint8)[: len(both)]
    flags = np.unpackbits(both, bitorder="little", count=bools.offset + len(bools))[bools.offset :]
    return np.asarray(flags, dtype=np.bool_)


def lengths(text: pa.Array) -> npt.NDArray[np.int64]:
    """The length in bytes of each cell of a `pa.string()` column, shape (n,)."""
    if not len(text):
        return np.zeros(0, dtype=np.int64)
    offsets = np.frombuffer(text.buffers()[1], dtype=np.int32)[text.offset : text.offset + len(text) + 1]
    return np.diff(offsets).astype(np.int64)


def picked(column: pa.Array, rows: npt.NDArray[np.int64]) -> pa.Array:
    """The rows of a column."""
    return column.take(pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows))]))
