"""From the spans of JSON members to Arrow columns: which columns there are, of which type, and their cells.

A column of whole numbers that all fit 64 bits is int64, one of booleans bool; every other column is text: strings
unescaped, numbers and booleans as their token stands (`1.10`, `1e5`, a 30-digit id), nested values as their raw JSON
text. JSON's null and a missing member are both NULL here; rendering tells them apart by the spans.
"""

from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.errors import InputError, Place
from masker.formats.json.scan import Bools, Bytes, Ints, Kind, Longs, Spans

Cell = TypeVar("Cell", bound=np.generic)
MAX_COLUMNS = 10_000
_PLAIN_INTEGER = 6  # a kind of its own while types are found: a number token that is an integer and fits int64
_LARGEST = "9223372036854775807"  # 2^63 - 1; the one integer below -(2^63 - 1) counts as too long
_NONE: Longs = np.empty(0, dtype=np.int64)
_STRINGS: msgspec.json.Decoder[list[str]] = msgspec.json.Decoder(list[str])


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A block's members grouped by column: those of column c are `order[bounds[c] : bounds[c + 1]]`, in row order."""

    spans: Spans
    order: Longs
    bounds: Longs

    def members(self, column: int) -> Longs:
        """The members of one column, at most one a row, in row order."""
        return self.order[self.bounds[column] : self.bounds[column + 1]] if column + 1 < len(self.bounds) else _NONE


@dataclass(slots=True)
class Columns:
    """The columns of a table of JSON records by first appearance, and the kinds of value in each."""

    numbers: dict[str, int] = field(default_factory=dict)
    kinds: list[int] = field(default_factory=list)
    _keys: dict[bytes, int] = field(default_factory=dict)
    frozen: bool = False

    def schema(self) -> pa.Schema:
        """The Arrow schema that the kinds seen so far make."""
        return pa.schema([pa.field(name, type_of(self.kinds[number])) for name, number in self.numbers.items()])

    def assign(self, spans: Spans, place: Place, row: int) -> Block:
        """Give each member its column; a key not met before makes a new one, or is refused once `frozen`.

        Raises `InputError` for a key that stands twice in one record, and for more than `MAX_COLUMNS` columns.
        """
        rows, members = spans.rows, len(spans.key_start)
        if rows and members and _alike(spans):
            return self._assign_alike(spans, members // rows, place, row)
        keys = pieces(spans.data, spans.key_start, spans.key_end, pa.binary()).dictionary_encode()
        numbers = np.array([self._number(key, place) for key in keys.dictionary.to_pylist()], dtype=np.int16)
        index = np.frombuffer(keys.indices.buffers()[1], dtype=np.int32)[:members] if members else _NONE
        column = numbers[index]
        order = np.argsort(column, kind="stable")  # int16: a radix sort
        bounds = np.searchsorted(column[order], np.arange(len(self.kinds) + 1))
        records = spans.record_of()[order]
        twice = np.flatnonzero((np.diff(records) == 0) & (np.diff(column[order]) == 0))
        if len(twice):
            raise _twice(place, row + 1 + int(records[twice].min()))
        return Block(spans, order, bounds)

    def _assign_alike(self, spans: Spans, width: int, place: Place, row: int) -> Block:
        """The same for records that all have the first one's keys in its order, as most files do."""
        first = zip(spans.key_start[:width], spans.key_end[:width], strict=True)
        column = [self._number(spans.data[start:end], place) for start, end in first]
        if len(set(column)) < width:
            raise _twice(place, row + 1)
        order = np.arange(width * spans.rows).reshape(spans.rows, width)[:, np.argsort(column)].T.ravel()
        present = np.zeros(len(self.kinds) + 1, dtype=np.int64)
        present[np.array(column) + 1] = spans.rows
        return Block(spans, order, np.cumsum(present))

    def learn(self, block: Block) -> None:
        """Note the kinds of the block's values."""
        bits = np.left_shift(1, kinds_of(block.spans))[block.order]
        for number in np.flatnonzero(np.diff(block.bounds)):
            self.kinds[number] |= int(np.bitwise_or.reduce(bits[block.bounds[number] : block.bounds[number + 1]]))

    def _number(self, key: bytes, place: Place) -> int:
        if key in self._keys:
            return self._keys[key]
        name = msgspec.json.decode(key, type=str)
        if name not in self.numbers:
            if self.frozen:
                raise InputError("malformed", "the file changed while it was read", place=place)
            if len(self.numbers) == MAX_COLUMNS:
                raise InputError("limit", f"more than {MAX_COLUMNS} different keys", place=place)
            self.numbers[name] = len(self.numbers)
            self.kinds.append(0)
        self._keys[key] = self.numbers[name]
        return self._keys[key]


def cells(block: Block, schema: pa.Schema) -> pa.RecordBatch:
    """The block's columns as a batch of n rows."""
    record = block.spans.record_of()
    columns = [_column(block, record, number, field.type) for number, field in enumerate(schema)]
    if not columns:
        return pa.RecordBatch.from_struct_array(pa.StructArray.from_buffers(pa.struct([]), block.spans.rows, [None]))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def text_array(values: list[str]) -> pa.Array:
    """An array of `pa.string()` from Python text (`pa.array` and `pa.scalar` would import pandas)."""
    encoded = [value.encode() for value in values]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int32)
    np.cumsum([len(value) for value in encoded], out=offsets[1:])
    return pa.Array.from_buffers(
        pa.string(), len(encoded), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    )


def integers(values: Ints | Longs) -> pa.Array:
    """An Arrow array over NumPy's integers, without a copy."""
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])


def booleans(array: pa.Array) -> Bools:
    """The bits of an Arrow array of booleans without NULLs (`to_numpy` would import pandas)."""
    bits = np.frombuffer(array.buffers()[1] or b"", dtype=np.uint8)
    values: Bools = np.unpackbits(bits, bitorder="little")[array.offset : array.offset + len(array)].view(np.bool_)
    return values


def pieces(data: bytes, start: Ints, end: Ints, type_: pa.DataType) -> pa.Array:
    """Copy byte ranges of `data`, ascending and apart, into an array of k cells of a binary or text type."""
    borders = np.empty(2 * len(start), dtype=np.int32)
    borders[0::2], borders[1::2] = start, end
    if not len(start):
        return pa.Array.from_buffers(type_, 0, [None, pa.py_buffer(np.zeros(1, dtype=np.int32)), pa.py_buffer(b"")])
    array = pa.Array.from_buffers(type_, len(borders) - 1, [None, pa.py_buffer(borders), pa.py_buffer(data)])
    return array.take(integers(np.arange(0, len(borders), 2, dtype=np.int32)))


def _twice(place: Place, row: int) -> InputError:
    hint = "the keys of a record have to be unique"
    return InputError("malformed", "a key stands twice in one record", hint, Place(place.file, place.table, row=row))


def _alike(spans: Spans) -> bool:
    """Whether all records have the same keys, byte for byte, in the same order; compares eight bytes at a time."""
    width = len(spans.key_start) // spans.rows
    if not np.array_equal(spans.first, np.arange(spans.rows + 1) * width):
        return False
    start = spans.key_start.reshape(spans.rows, width)
    length = spans.key_end.reshape(spans.rows, width) - start
    if not np.all(length == length[0]):
        return False
    words = np.ndarray(len(spans.data) + 1, "<u8", spans.data + bytes(8), strides=(1,))
    for offset in range(0, int(length[0].max()), 8):
        which = np.flatnonzero(length[0] > offset)
        unused = 8 * np.maximum(offset + 8 - length[0][which], 0).astype(np.uint64)
        found = words[start[:, which] + offset] << unused
        if not np.all(found == found[0]):
            return False
    return True


def type_of(kinds: int) -> pa.DataType:
    """The Arrow type of a column in which values of these kinds (a bit each) stand."""
    kinds &= ~(1 << Kind.NULL)
    if kinds == 1 << _PLAIN_INTEGER:
        return pa.int64()
    return pa.bool_() if kinds == 1 << Kind.BOOL else pa.string()


def kinds_of(spans: Spans) -> Bytes:
    """The kind of each member's value, with whole numbers that fit int64 told from others; shape (m,)."""
    kind = spans.kind.copy()
    number = np.flatnonzero(kind == Kind.NUMBER)
    if not len(number):
        return kind
    negative = np.frombuffer(spans.data, dtype=np.uint8)[spans.start[number]] == ord("-")
    start, end = spans.start[number] + negative, spans.end[number]
    digits = pieces(spans.data, start, end, pa.string())
    plain = pc.and_(pc.ascii_is_decimal(digits), pc.or_(_bools(end - start < 19), _fits(digits, end - start)))
    minus_zero = negative & (np.frombuffer(spans.data, dtype=np.uint8)[start] == ord("0"))
    kind[number[booleans(plain) & ~minus_zero]] = _PLAIN_INTEGER
    return kind


def _fits(digits: pa.Array, length: Ints) -> pa.Array:
    return pc.and_(_bools(length == 19), pc.less_equal(digits, text_array([_LARGEST])[0]))


def _column(block: Block, record: Ints, number: int, type_: pa.DataType) -> pa.Array:
    """One column's cells, n rows; NULL where the value is null or the member missing."""
    spans, member, rows = block.spans, block.members(number), block.spans.rows
    kind = spans.kind.take(member)
    quote = (kind == Kind.STRING).astype(np.int32)
    start, end = spans.start.take(member) + quote, spans.end.take(member) - quote
    filled = kind != Kind.NULL
    if len(member) < rows:
        at = record[member]
        start, end, filled = _spread(start, at, rows), _spread(end, at, rows), _spread(filled, at, rows)
    if type_ == pa.bool_():
        _expect(kind, Kind.BOOL)
        return _with_nulls(_bools(np.frombuffer(spans.data, dtype=np.uint8)[start] == ord("t")), filled)
    if not filled.all():
        end = np.maximum.accumulate(np.where(filled, end, 0))
        start = np.where(filled, start, end)
    text = pieces(spans.data, start, end, pa.string())
    if type_ == pa.int64():
        _expect(kind, Kind.NUMBER)
        return pc.cast(_with_nulls(text, filled), pa.int64())
    return _with_nulls(_unescaped(text, spans, member, record), filled)


def _spread(values: npt.NDArray[Cell], rows: Ints, count: int) -> npt.NDArray[Cell]:
    """Put the values at their rows, zero or False elsewhere; shape (count,)."""
    spread = np.zeros(count, dtype=values.dtype)
    spread[rows] = values
    return spread


def _unescaped(text: pa.Array, spans: Spans, member: Longs, record: Ints) -> pa.Array:
    """Resolve the escapes of the strings that have some, the rest stays."""
    if not len(spans.escaped):
        return text
    flagged = np.zeros(len(spans.kind), dtype=np.bool_)
    flagged[spans.escaped] = True
    member = member[flagged[member]]
    if not len(member):
        return text
    tokens = [spans.data[start:end] for start, end in zip(spans.start[member], spans.end[member], strict=True)]
    plain = text_array(_STRINGS.decode(b"[" + b",".join(tokens) + b"]"))
    index = np.arange(len(text), dtype=np.int64)
    index[record[member]] = len(text) + np.arange(len(member))
    return pa.concat_arrays([text, plain]).take(integers(index))


def _expect(kind: Bytes, only: Kind) -> None:
    """Refuse values of a kind that was not there when the types were found."""
    if np.any((kind != only) & (kind != Kind.NULL)):
        raise InputError("malformed", "the file changed while it was read")


def _with_nulls(array: pa.Array, filled: Bools) -> pa.Array:
    if bool(filled.all()):
        return array
    validity = pa.py_buffer(np.packbits(filled, bitorder="little"))
    return pa.Array.from_buffers(array.type, len(array), [validity, *array.buffers()[1:]])


def _bools(values: Bools) -> pa.Array:
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(np.packbits(values, bitorder="little"))])
