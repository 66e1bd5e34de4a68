"""Spans as Arrow text columns, and text columns quoted and joined back into the bytes of records."""

import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import validity
from masker.spans.quotes import Positions

Bools = npt.NDArray[np.bool_]

# A binary view holds up to 12 bytes in itself (Arrow columnar format, "Variable-size Binary View Layout",
# https://arrow.apache.org/docs/format/Columnar.html); longer ones point into a buffer.
_INLINE = 12


def gather(data: bytes, starts: Positions, ends: Positions, *, valid: Bools | None = None) -> pa.Array:
    """Copy the spans of `data` into a `pa.string()` column, shape (n,); null where `valid` is false.

    The spans must cut valid UTF-8 at its character borders; nothing here looks again.

    >>> gather(b"anna,ben", np.array([0, 5]), np.array([4, 8])).to_pylist()
    ['anna', 'ben']
    """
    count = len(starts)
    views = np.empty((count, 4), np.int32)
    lengths = ends - starts
    views[:, 0] = lengths
    padded = data + bytes(_INLINE)
    # Unaligned overlapping words over the bytes: one load gives the eight (four) bytes that follow any position.
    eights: npt.NDArray[np.int64] = np.ndarray((len(data) + 5,), np.int64, padded, 0, (1,))
    fours: npt.NDArray[np.int32] = np.ndarray((len(data) + 1,), np.int32, padded, 8, (1,))
    short = lengths <= _INLINE
    if short.all():
        views[:, 1:3] = eights[starts].view(np.int32).reshape(count, 2)
        views[:, 3] = fours[starts]
    else:
        views[:, 1] = 0
        views[:, 2] = 0
        views[:, 3] = starts
        if short.any():
            rows = np.flatnonzero(short)
            views[rows, 1:3] = eights[starts[rows]].view(np.int32).reshape(len(rows), 2)
            views[rows, 3] = fours[starts[rows]]
    array = pa.Array.from_buffers(pa.binary_view(), count, [None, pa.py_buffer(views), pa.py_buffer(data)])
    _, offsets, values = array.cast(pa.binary()).buffers()
    bitmap = None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(pa.string(), count, [bitmap, offsets, values])


def without_spans(data: bytes, starts: Positions, ends: Positions) -> bytes:
    """Leave the spans (ascending, apart) out of `data`; they must cut valid UTF-8 at its character borders.

    >>> without_spans(b"anna,ben,cleo", np.array([0, 9]), np.array([5, 13]))
    b'ben,'
    """
    kept = join([gather(data, np.append(0, ends), np.append(starts, len(data)))]).to_pybytes()
    return bytes(kept)


def needs_quotes(column: pa.Array, separator: str) -> Bools:
    """Say which values of a text column cannot stand without quotes, shape (n,).

    Those are values with a quote, the separator or a line end in them, and the empty text (unquoted it would read as
    null). Nulls need none.
    """
    needs = np.zeros(len(column), np.bool_)
    values = _values(column)
    offsets = _offsets(column)
    special = [mark for mark in (separator.encode(), b'"', b"\n", b"\r") if mark in values]
    if special:
        found = _positions(values, special)
        needs[np.searchsorted(offsets, found + offsets[0], side="right") - 1] = True
    empty = offsets[1:] == offsets[:-1]
    if empty.any():
        needs |= empty
    if column.null_count:
        needs &= validity(column)
    return needs


def quote_cells(column: pa.Array, quoted: Bools) -> list[pa.Array | str]:
    """Render a text column as pieces for `join`: in quotes, inner quotes doubled, where `quoted`; nulls stay empty."""
    if not quoted.any():
        return [column]
    inner = b'"' in _values(column)
    doubled = pc.replace_substring(column, '"', '""') if inner else column
    if quoted.all() and column.null_count == 0:
        return ['"', doubled, '"']
    quote = as_scalar('"')
    wrapped = pc.binary_join_element_wise(quote, doubled, quote, as_scalar(""))
    return [pc.if_else(as_mask(quoted), wrapped, column)]


def as_scalar(text: str) -> pa.Scalar:
    """Give a text as an Arrow scalar (`pa.scalar`, and a plain text handed to `pc`, would import pandas)."""
    data = text.encode()
    offsets = pa.py_buffer(struct.pack("<ii", 0, len(data)))
    return pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(data)])[0]


def as_mask(bools: Bools) -> pa.Array:
    """Give truth values as an Arrow column (`pa.array` would import pandas)."""
    return pa.Array.from_buffers(pa.bool_(), len(bools), [None, pa.py_buffer(np.packbits(bools, bitorder="little"))])


def join(pieces: Sequence[pa.Array | str]) -> pa.Buffer:
    """Join text columns of n rows and literal texts, row by row in the order given, into one run of bytes.

    Nulls give no bytes. At least one piece must be a column.

    >>> join([pa.array(["1", "2"]), ",", pa.array(["a", None]), "\\n"]).to_pybytes()
    b'1,a\\n2,\\n'
    """
    merged: list[pa.Array | str] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    lead = merged.pop(0) if isinstance(merged[0], str) else ""
    trail = merged.pop() if isinstance(merged[-1], str) else ""
    columns, between = merged[0::2], merged[1::2]
    separator = between[0] if between and isinstance(between[0], str) else ""
    if any(not isinstance(each, str) or each != separator for each in between):
        return _content(_joined([lead, *merged, trail], ""))
    # One separator between all columns takes half the time of a literal after each.
    if lead:
        columns[0] = _joined([lead, columns[0]], "")
    if trail:
        columns[-1] = _joined([columns[-1], trail], "")
    return _content(_joined(columns, separator))


def _joined(pieces: Sequence[pa.Array | str], separator: str) -> pa.Array:
    arguments = [as_scalar(piece) if isinstance(piece, str) else piece for piece in (*pieces, separator)]
    return pc.binary_join_element_wise(*arguments, null_handling="replace", null_replacement="")


def _content(column: pa.Array) -> pa.Buffer:
    buffer = column.buffers()[2]
    if not len(column) or buffer is None:
        return pa.py_buffer(b"")
    offsets = _offsets(column)
    return buffer.slice(int(offsets[0]), int(offsets[-1] - offsets[0]))


def _offsets(column: pa.Array) -> npt.NDArray[np.int32]:
    buffer = column.buffers()[1]
    if buffer is None or not len(column):
        return np.zeros(len(column) + 1, np.int32)
    return np.frombuffer(buffer, np.int32, len(column) + 1, column.offset * 4)


def _values(column: pa.Array) -> bytes:
    buffer: pa.Buffer | None = column.buffers()[2]
    if buffer is None:
        return b""
    offsets = _offsets(column)
    values: bytes = buffer.slice(int(offsets[0]), int(offsets[-1] - offsets[0])).to_pybytes()
    return values


def _positions(values: bytes, marks: Sequence[bytes]) -> Positions:
    text = np.frombuffer(values, np.uint8)
    found = text == marks[0][0]
    for mark in marks[1:]:
        found |= text == mark[0]
    return np.flatnonzero(found)
