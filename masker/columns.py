"""Arrow columns: canonical text of any type and back, nulls, raw text bytes, and masking each distinct value once."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]


def kind_of(type_: pa.DataType) -> str:
    """What a type is, for messages: without what it is made of, since names of nested fields may be values.

    >>> kind_of(pa.struct({"anna@firma.example": pa.int64()}))
    'struct'
    """
    return str(type_).partition("<")[0].partition("[")[0]


def is_text(type_: pa.DataType) -> bool:
    """Whether the type holds UTF-8 text in any of Arrow's layouts (dictionary-encoded text counts)."""
    if pa.types.is_dictionary(type_):
        return is_text(type_.value_type)
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_))


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
    """Cast canonical text back to `type_` (undoes `as_text`); text that does not fit raises `ArrowInvalid`."""
    if text.type == type_:
        return text
    if pa.types.is_dictionary(type_):
        return pc.cast(like(text, type_.value_type).dictionary_encode(), type_)
    return pc.cast(text, type_)


def key_text(column: pa.Array) -> pa.Array:
    """The canonical text of a key column: as `as_text`, and digits without leading zeros, so that "007" agrees with 7.

    >>> key_text(pa.array(["007", "7", "000", "a07", None])).to_pylist()
    ['7', '7', '0', 'a07', None]
    """
    text = as_text(column)
    if not is_text(column.type) or not _any_begins_with(text, ord("0")):
        return text
    return pc.replace_substring_regex(text, pattern=r"\A0+([0-9]+)\z", replacement=r"\1")


def _any_begins_with(text: pa.Array, letter: int) -> bool:
    # The byte behind '' is the next cell's: the answer may be a needless yes.
    data, offsets = text_bytes(text)
    starts = offsets[:-1]
    if len(starts) and starts[-1] == len(data):
        starts = starts[starts < len(data)]
    return bool((data[starts] == letter).any())


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


def flags(column: pa.Array) -> Bools:
    """A boolean column as NumPy, False where NULL, shape (n,); by way of uint8, as `to_numpy` of bits loads pandas."""
    whole = pc.cast(column, pa.uint8())
    values = np.frombuffer(whole.buffers()[1], dtype=np.bool_)[whole.offset : whole.offset + len(whole)]
    return values & validity(column) if column.null_count else values


def booleans(values: Bools) -> pa.Array:
    """An Arrow boolean array of a NumPy one (`pa.array` would import pandas)."""
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(np.packbits(values, bitorder="little"))])


def numbers(values: npt.NDArray[np.generic], type_: pa.DataType, valid: Bools | None = None) -> pa.Array:
    """An Arrow array of fixed-width `type_` over the bytes of `values`; NULL where `valid` is False."""
    validity_bits = None if valid is None or valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(type_, len(values), [validity_bits, pa.py_buffer(np.ascontiguousarray(values))])


def text_bytes(text: pa.Array) -> tuple[Bytes, Offsets]:
    """The UTF-8 bytes of a `pa.string()` array and n + 1 offsets into them: row i is `data[offsets[i]:offsets[i+1]]`.

    Row slices and array offsets are respected; NULL rows are empty in the offsets of arrays that Arrow made.
    """
    if len(text) == 0:
        return np.empty(0, dtype=np.uint8), np.zeros(1, dtype=np.int64)
    _, offset_buffer, data_buffer = text.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int32)[text.offset : text.offset + len(text) + 1].astype(np.int64)
    data = np.empty(0, dtype=np.uint8) if data_buffer is None else np.frombuffer(data_buffer, dtype=np.uint8)
    return data[offsets[0] : offsets[-1]], offsets - offsets[0]


def text_of(data: Bytes, offsets: Offsets, valid: Bools | None = None) -> pa.Array:
    """A `pa.string()` array of UTF-8 bytes and n + 1 offsets (the inverse of `text_bytes`); NULL where not `valid`.

    NULL rows lose their bytes, so that nothing stays readable underneath.
    """
    if valid is not None and not valid.all():
        lengths = np.diff(offsets)
        if lengths[~valid].any():
            data = data[np.repeat(valid, lengths)]
            offsets = offsets_of(np.where(valid, lengths, 0))
        bits = pa.py_buffer(np.packbits(valid, bitorder="little"))
    else:
        bits = None
    buffers = [bits, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(np.ascontiguousarray(data))]
    return pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers)


def text_array(texts: Sequence[str | None]) -> pa.Array:
    """A `pa.string()` array of Python texts (`pa.array` would import pandas); NULL where None."""
    encoded = [b"" if text is None else text.encode() for text in texts]
    lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
    valid = np.fromiter((text is not None for text in texts), dtype=np.bool_, count=len(encoded))
    return text_of(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets_of(lengths), valid)


def indices(rows: npt.NDArray[np.int64]) -> pa.Array:
    """Row numbers as an Arrow array, for `take`."""
    return pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows))])


def offsets_of(lengths: npt.NDArray[np.int64]) -> Offsets:
    """The n + 1 offsets of n consecutive values with these lengths.

    >>> offsets_of(np.array([2, 0, 3])).tolist()
    [0, 2, 2, 5]
    """
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def alike(data: Bytes, width: int) -> bool:
    """Whether all cells of `width` bytes (at least 1) have digits, and the same other bytes, in the same places.

    >>> alike(np.frombuffer(b"1-2" b"3-4", dtype=np.uint8), 3), alike(np.frombuffer(b"1-2" b"3/4", dtype=np.uint8), 3)
    (True, False)
    """
    # Digits become 255, a byte that UTF-8 never has; by arithmetic, which NumPy vectorises.
    plain = data | np.negative(((data - np.uint8(48)) < 10).view(np.uint8))
    return bool((plain[width:] == plain[:-width]).all())


def rows_with(flags: Bools, offsets: Offsets) -> Bools:
    """Which rows have a flagged cell: row i is `flags[offsets[i]:offsets[i+1]]`, shape (n,).

    >>> rows_with(np.array([False, True, False]), np.array([0, 2, 2, 3])).tolist()
    [True, False, False]
    """
    rows = np.diff(offsets) > 0
    if rows.any():
        rows[rows] = np.logical_or.reduceat(flags, offsets[:-1][rows])
    return rows


_LONG = 1 << 12  # cells a row


def counts_of(marks: Bools, offsets: Offsets) -> Offsets:
    """How many cells of each row are marked, shape (n,); row i is `marks[offsets[i]:offsets[i+1]]`."""
    if len(marks) > _LONG * len(offsets):  # a sum over all cells would take eight times what a large cell does
        ends = zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
        return np.array([np.count_nonzero(marks[start:end]) for start, end in ends], dtype=np.int64)
    sums = np.concatenate([[0], np.cumsum(marks)])
    counts: Offsets = sums[offsets[1:]] - sums[offsets[:-1]]
    return counts


def in_chunks(function: Callable[[pa.Array], pa.Array], column: pa.Array, *, rows: int = 1 << 14) -> pa.Array:
    """Apply a row-wise function to runs of `rows` rows, whose buffers stay in the processor's cache, and join them."""
    if len(column) <= rows:
        return function(column)
    return pa.concat_arrays([function(column.slice(start, rows)) for start in range(0, len(column), rows)])


def once_per_value(function: Callable[[pa.Array], pa.Array], column: pa.Array, *, sample: int = 256) -> pa.Array:
    """Apply a value-wise function to each distinct value only, where a sample of the column repeats itself.

    The result is `function(column)`: the sample decides the cost, never the outcome.
    """
    head = column.slice(0, sample)
    if len(column) <= sample or pc.count_distinct(head).as_py() > len(head) // 4:
        return function(column)
    encoded = column.dictionary_encode()
    return function(encoded.dictionary).take(encoded.indices)
