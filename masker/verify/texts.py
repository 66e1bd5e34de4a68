"""Arrow text columns from Python strings and from Arrow columns of other types."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


def text_column(values: Sequence[str | None]) -> pa.Array:
    """A `pa.string()` column of `values`, None is NULL. (`pa.array` would import pandas.)

    >>> text_column(["a", None, "ü", ""]).to_pylist()
    ['a', None, 'ü', '']
    """
    count = len(values)
    filled = [value or "" for value in values]
    joined = "".join(filled).encode("utf-8", "surrogatepass")
    lengths = np.fromiter(map(len, filled), dtype=np.int32, count=count)
    if len(joined) != int(lengths.sum()):
        lengths = np.fromiter((len(value.encode("utf-8", "surrogatepass")) for value in filled), np.int32, count)
    offsets = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    valid = np.fromiter((value is not None for value in values), dtype=np.bool_, count=count)
    mask = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(pa.string(), count, [mask, pa.py_buffer(offsets), pa.py_buffer(joined)])


def as_text(column: pa.Array) -> pa.Array:
    """A flat column of any type as `pa.string()`, so that an id agrees as text, number and Parquet integer.

    Binary columns that are no UTF-8 come as hex. Raises `pa.ArrowException` for nested types.
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type):
        return column
    if (
        pa.types.is_binary(column.type)
        or pa.types.is_fixed_size_binary(column.type)
        or pa.types.is_large_binary(column.type)
    ):
        return text_column([None if value is None else value.hex() for value in column.to_pylist()])
    return pc.cast(column, pa.string())


def validity(column: pa.Array) -> npt.NDArray[np.bool_]:
    """True where the column has a value, shape (n,); the verifier's own reading of Arrow's validity bits."""
    if column.null_count == 0:
        return np.ones(len(column), dtype=np.bool_)
    if column.null_count == len(column):
        return np.zeros(len(column), dtype=np.bool_)
    bits = np.frombuffer(column.buffers()[0], dtype=np.uint8)
    flags = np.unpackbits(bits, bitorder="little", count=column.offset + len(column))[column.offset :]
    return np.asarray(flags, dtype=np.bool_)
