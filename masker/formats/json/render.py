"""A block of JSON records with some members replaced or removed, every other byte as it was.

A token keeps its kind where it can: a masked number stays a number if its new text is one, else it becomes a string.
A missing member stays missing. A dropped column's members go with the comma that parted them from a neighbour.
"""

from dataclasses import dataclass

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text
from masker.formats.json.cells import Block, booleans, integers, text_array
from masker.formats.json.scan import Bools, Bytes, Ints, Kind, Longs

_NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"  # RFC 8259, section 6
_ESCAPES = {byte: f"\\u{byte:04x}" for byte in range(32)} | {34: '\\"', 92: "\\\\", 8: "\\b", 9: "\\t"}
_ESCAPES |= {10: "\\n", 12: "\\f", 13: "\\r"}
_NULL, _QUOTE, _NOTHING = text_array(["null", '"', ""])


def render(block: Block, names: list[str], batch: pa.RecordBatch, changed: frozenset[str]) -> bytes | pa.Buffer:
    """The block's bytes with the members of `changed` columns taken from `batch`, columns not in `batch` removed.

    `names` are the columns of the table's schema; `batch` has the block's n rows unless it lost all columns.
    """
    edits = edits_of(block, names, batch, changed)
    edited = np.flatnonzero(edits.dropped | (edits.token >= 0))
    if not len(edited):
        return block.spans.data
    if edits.dropped.any():
        _removals(block, edits.dropped, edits.start, edits.end)
    return spliced(block.spans.data, edits.start[edited], edits.end[edited], edits.token[edited], edits.tokens)


@dataclass(frozen=True, slots=True, eq=False)
class Edits:
    """What becomes of a block's m members: `token[i]` says which of all `tokens` replaces `start[i]:end[i]` (-1: none).

    `dropped`: the member goes with its key.
    """

    start: Ints
    end: Ints
    token: Longs
    dropped: Bools
    tokens: list[pa.Array]


def edits_of(block: Block, names: list[str], batch: pa.RecordBatch, changed: frozenset[str]) -> Edits:
    """The new tokens of `changed` columns, and the members of columns that are not in `batch`."""
    spans = block.spans
    here = set(batch.schema.names)
    token = np.full(len(spans.kind), -1, dtype=np.int64)
    dropped = np.zeros(len(spans.kind), dtype=np.bool_)
    quoted = np.zeros(len(spans.kind), dtype=np.int32)  # 1 where a string replaces a string: the quotes can stay
    record, tokens, count = spans.record_of(), [], 0
    for number, name in enumerate(names):
        member = block.members(number)
        if name not in here:
            dropped[member] = True
        elif name in changed and len(member):
            values = batch.column(name)
            values = values if len(member) == len(values) else values.take(integers(record[member]))
            inside = bool(np.all(spans.kind[member] == Kind.STRING)) and not values.null_count
            tokens.append(
                _escaped(as_text(values)).cast(pa.binary()) if inside else _tokens(values, spans.kind[member])
            )
            quoted[member] = inside
            token[member] = count + np.arange(len(member))
            count += len(member)
    return Edits(spans.start + quoted, spans.end - quoted, token, dropped, tokens)


def _removals(block: Block, dropped: Bools, start: Ints, end: Ints) -> None:
    """Widen the spans of dropped members to the comma before each, for leading ones that after it."""
    spans, record = block.spans, block.spans.record_of()
    kept = np.append(0, np.cumsum(~dropped))
    leading = dropped & (kept[1:] == kept[spans.first[record]])
    last = np.arange(1, len(record) + 1) == spans.first[record + 1]
    start[leading] = spans.key_start[leading]
    before_next = np.flatnonzero(leading & ~last)
    end[before_next] = spans.key_start[before_next + 1]
    others = np.flatnonzero(dropped & ~leading)
    start[others] = spans.end[others - 1]


def spliced(data: bytes, start: Ints, end: Ints, token: Longs, tokens: list[pa.Array]) -> pa.Buffer:
    """`data` with the range `start[i]:end[i]` replaced by token number `token[i]`, or removed where that is -1."""
    borders = np.zeros(2 * len(start) + 2, dtype=np.int32)
    borders[1:-1:2], borders[2:-1:2], borders[-1] = start, end, len(data)
    buffers = [None, pa.py_buffer(borders), pa.py_buffer(data)]
    parts = pa.Array.from_buffers(pa.binary(), len(borders) - 1, buffers)
    index = np.arange(len(parts), dtype=np.int64)
    index[1::2] = np.where(token >= 0, len(parts) + token, -1)
    joined = pa.concat_arrays([parts, *tokens]).take(integers(index[index >= 0]))
    offsets = np.frombuffer(joined.buffers()[1], dtype=np.int32)
    return joined.buffers()[2].slice(0, int(offsets[len(joined)]))


def _tokens(values: pa.Array, kind: Bytes) -> pa.Array:
    """The JSON tokens (`pa.binary()`) for new values, given the kinds of the tokens they replace."""
    text = as_text(values)
    text = pc.coalesce(text, _NULL) if text.null_count else text
    bare = _bare(values.type, text, kind)
    if values.null_count:
        bare |= booleans(values.is_null())
    if bare.all():
        return text.cast(pa.binary())
    quoted = pc.binary_join_element_wise(_QUOTE, _escaped(text), _QUOTE, _NOTHING)
    if not bare.any():
        return quoted.cast(pa.binary())
    mask = pa.Array.from_buffers(pa.bool_(), len(bare), [None, pa.py_buffer(np.packbits(bare, bitorder="little"))])
    return pc.if_else(mask, text, quoted).cast(pa.binary())


def _bare(type_: pa.DataType, text: pa.Array, kind: Bytes) -> Bools:
    """Which texts stand without quotes; a text where a string was never does."""
    if pa.types.is_integer(type_) or pa.types.is_boolean(type_):
        always: Bools = kind != Kind.STRING
        return always
    bare = np.zeros(len(text), dtype=np.bool_)
    numeric = pa.types.is_floating(type_) or pa.types.is_decimal(type_)
    number = np.flatnonzero((kind != Kind.STRING) if numeric else (kind == Kind.NUMBER))
    if len(number):
        bare[number] = booleans(pc.match_substring_regex(text.take(integers(number)), _NUMBER))
    boolean = np.flatnonzero(kind == Kind.BOOL)
    if len(boolean):
        bare[boolean] |= booleans(pc.match_substring_regex(text.take(integers(boolean)), "^(true|false)$"))
    for i in np.flatnonzero(kind == Kind.NESTED):  # a parse per value, for changed nested members only
        bare[i] = _is_nested(text[int(i)].as_py())
    return bare


def _is_nested(text: str) -> bool:
    """Whether a text is one JSON object or array, as a method that masks inside nested values gives it."""
    if text[:1] not in ("{", "["):
        return False
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.MsgspecError, RecursionError):
        return False
    return True


def _escaped(text: pa.Array) -> pa.Array:
    """Escape quotes, backslashes and control characters, which is all that JSON asks for."""
    data = np.frombuffer(text.buffers()[2] or b"", dtype=np.uint8)  # a slice's whole buffer: that costs time only
    special = (data < 32) | (data == ord('"')) | (data == ord("\\"))
    if special.any():
        for byte in sorted(np.unique(data[special]).tolist(), reverse=True):  # the backslash, 92, has to be the first
            text = pc.replace_substring(text, chr(byte), _ESCAPES[byte])
    return text
