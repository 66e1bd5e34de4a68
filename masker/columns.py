"""Arrow columns: canonical text of any type and back, nulls, and masking each distinct value once."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bools = npt.NDArray[np.bool_]


def is_text(type_: pa.DataType) -> bool:
    """Whether the type holds UTF-8 text in any of Arrow's layouts (dictionary-encoded text counts)."""
    if pa.types.is_dictionary(type_):
        return is_text(type_.value_type)
    return pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_)


def as_text(column: pa.Array) -> pa.Array:
    """Render a column as `pa.string()`: integers as decimal text, dates and times in ISO 8601, text as it stands.

    n rows in, n rows out; NULL stays NULL. So the integer 123 and the text "123" agree, and date32 and ISO text.
    Raises `pa.ArrowInvalid` for nested and binary types.
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type):
        return column
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, format="%Y-%m-%d %H:%M:%S")
    return pc.cast(column, pa.string())


def like(text: pa.Array, type_: pa.DataType) -> pa.Array:
    """Cast canonical text back to `type_` (the inverse of `as_text`); a text that does not fit raises `ArrowInvalid`."""
    if text.type == type_:
        return text
    if pa.types.is_dictionary(type_):
        return like(text, type_.value_type).dictionary_encode()
    return pc.cast(text, type_)


def validity(column: pa.Array) -> Bools:
    """True where the column has a value, shape (n,)."""
    if column.null_count == 0:
        return np.ones(len(column), dtype=np.bool_)
    if column.null_count == len(column):
        return np.zeros(len(column), dtype=np.bool_)
    # `to_numpy` of a boolean column would load pandas.
    bits, start = np.frombuffer(column.buffers()[0], dtype=np.uint8), column.offset % 8
    whole = np.unpackbits(bits[column.offset // 8 :], count=start + len(column), bitorder="little")
    return whole[start:].view(np.bool_)


def once_per_value(function: Callable[[pa.Array], pa.Array], column: pa.Array, *, sample: int = 1024) -> pa.Array:
    """Apply a value-wise function to each distinct value only, where a sample of the column repeats itself.

    The result is `function(column)`: the sample decides the cost, never the outcome.
    """
    head = column.slice(0, sample)
    if len(column) <= sample or pc.count_distinct(head).as_py() > len(head) // 4:
        return function(column)
    encoded = column.dictionary_encode()
    return function(encoded.dictionary).take(encoded.indices)
