"""Writes a document back: the new tokens of all of a block's tables put into its bytes, every other byte as it was."""

from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from masker.errors import GateError, InputError, Place
from masker.formats.json.documents.source import Piece, Whole
from masker.formats.json.documents.values import LINE, Values
from masker.formats.json.render import edits_of, spliced
from masker.formats.json.scan import Bools, Kind, Longs
from masker.snapshot import Part, Rows, Text


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """The new tokens of one table's rows in a block: `token[i]` stands for `start[i]:end[i]`, the value `member[i]`."""

    piece: Piece
    member: Longs
    start: Longs
    end: Longs
    tokens: pa.Array
    dropped: Longs


_NONE: Longs = np.empty(0, dtype=np.int64)


class DocumentSink:
    """Gathers what becomes of a block's rows, then writes the block."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._waiting: list[Written] = []
        self._own: Written | None = None
        self._own_at = 0
        self._stays: list[bool] = []

    def prepare(self, part: Part) -> object:
        """What a part changes; pure. Raises `GateError` for what cannot be done to keys and elements."""
        if isinstance(part, Rows):
            return _written(part)
        return part

    def write(self, prepared: object) -> None:
        """Keep new tokens until their block comes, and write it."""
        if isinstance(prepared, Written):
            if prepared.piece.values is None:
                self._own = prepared
            else:
                self._waiting.append(prepared)
        elif isinstance(prepared, Whole) and prepared.values is not None:
            self._out.write(memoryview(self._block(prepared.values)))
            self._waiting = []
        elif isinstance(prepared, Text):
            self._out.write(prepared.data)

    def close(self) -> None:
        """Nothing is left to write."""

    def _block(self, values: Values) -> bytes | pa.Buffer:
        start, end, token, tokens = [], [], [], []
        dropped = np.zeros(len(values.start), dtype=np.bool_)
        count = 0
        for each in self._waiting:
            dropped[each.dropped] = True
            dropped[each.piece.gone] = True
            start.append(each.start)
            end.append(each.end)
            token.append(count + np.arange(len(each.start)))
            tokens.append(each.tokens)
            count += len(each.tokens)
        self._put_own(values, start, end, token, tokens, dropped, count)
        cuts = self._removals(values, dropped)
        starts = np.concatenate([*start, cuts[0]]) if start or len(cuts[0]) else cuts[0]
        if not len(starts):
            return values.data
        ends = np.concatenate([*end, cuts[1]])
        which = np.concatenate([*token, np.full(len(cuts[0]), -1)])
        order = np.lexsort((ends, starts))
        starts, ends, which = starts[order], ends[order], which[order]
        if len(cuts[0]):
            before = np.maximum.accumulate(np.where(which < 0, ends, 0))
            kept = (which < 0) | (starts >= before)
            starts, ends, which = starts[kept], ends[kept], which[kept]
        return spliced(values.data, starts.astype(np.int32), ends.astype(np.int32), which, tokens)

    def _put_own(self, values: Values, start: list[Longs], end: list[Longs], token: list[Longs],
                 tokens: list[pa.Array], dropped: Bools, count: int) -> None:  # fmt: skip
        """Add the tokens of the document's own row that stand in this block."""
        here = np.flatnonzero((values.row < 0) & (values.kind != Kind.NESTED))
        if self._own is None or not len(here):
            return
        first, self._own_at = self._own_at, self._own_at + len(here)
        own = self._own
        mine = np.flatnonzero((own.member >= first) & (own.member < first + len(here)))
        at = here[own.member[mine] - first]
        quoted = own.start[mine] - own.piece.block.spans.start[own.member[mine]]
        start.append(values.start[at] + quoted)
        end.append(values.end[at] - quoted)
        token.append(count + mine)
        tokens.append(own.tokens)
        gone = own.dropped[(own.dropped >= first) & (own.dropped < first + len(here))]
        dropped[here[gone - first]] = True

    def _removals(self, values: Values, dropped: Bools) -> tuple[Longs, Longs]:
        """The ranges that go with dropped values: themselves with their keys, and commas that part nothing any more."""
        real = ~values.is_key
        if not dropped.any() and all(self._stays):
            self._note(values, real)
            return _NONE, _NONE
        order = np.flatnonzero(real)
        order = order[np.argsort(values.parent[order], kind="stable")]
        parent = values.parent[order]
        new = np.append(True, np.diff(parent) != 0)
        stays = np.cumsum(~dropped[order])
        at_start = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
        before: Longs = stays - ~dropped[order]
        had: Bools = before > before[at_start]
        carried = np.array([False, *self._stays])
        level = np.where((parent < 0) & (parent != LINE), -parent, 0)
        had |= carried[np.minimum(level, len(carried) - 1)] & (level > 0)
        first = ~had & ~dropped[order] & (values.comma[order] >= 0)
        start = np.concatenate([_begins(values, order[dropped[order]]), values.comma[order[first]]])
        end = np.concatenate([_ends(values, order[dropped[order]]), values.comma[order[first]] + 1])
        self._note(values, real & ~dropped)
        return start, end

    def _note(self, values: Values, real: Bools) -> None:
        """Remember for the containers that stay open whether anything stays in them."""
        parents = np.unique(values.parent[real])
        left = np.flatnonzero((values.kind == Kind.NESTED) & (values.end > len(values.data)))
        outer = [known or -1 - number in parents for number, known in enumerate(self._stays[: values.still])]
        self._stays = [*outer, *(i in parents for i in left)]


def _begins(values: Values, which: Longs) -> Longs:
    """Where what goes with a value begins: the comma before it, its key, or its line."""
    begin = np.where(values.comma[which] >= 0, values.comma[which], values.begin[which])
    for i in np.flatnonzero(values.parent[which] == LINE):
        begin[i] = values.data.rfind(b"\n", 0, int(begin[i])) + 1
    return begin


def _ends(values: Values, which: Longs) -> Longs:
    end = values.end[which].copy()
    for i in np.flatnonzero(values.parent[which] == LINE):
        at = values.data.find(b"\n", int(end[i]))
        end[i] = len(values.data) if at < 0 else at + 1
    if (end > len(values.data)).any():
        raise InputError("unsupported", "a row that goes on in the next block cannot be left out")
    return end


def _written(rows: Rows) -> Written:
    piece = rows.origin
    if not isinstance(piece, Piece):
        raise TypeError("rows that did not come from a document")
    layout, changed = piece.layout, rows.changed or frozenset()
    for name in layout.self_columns:
        gone = name not in rows.batch.schema.names
        is_key = layout.columns[layout.schema.names.index(name)][2]
        if gone or (is_key and name in changed and rows.batch.column(name).null_count):
            what = "keys and elements can be masked, not taken away"
            raise GateError("does-not-fit", what, "choose `redact`, or a method", Place(table=rows.table, column=name))
    edits = edits_of(piece.block, list(layout.schema.names), rows.batch, changed)
    edited = np.flatnonzero(edits.token >= 0)
    tokens = pa.concat_arrays(edits.tokens) if edits.tokens else pa.nulls(0, pa.binary())
    tokens = tokens.take(_indices(edits.token[edited])) if len(edited) else tokens
    start, end = edits.start[edited].astype(np.int64), edits.end[edited].astype(np.int64)
    return Written(piece, piece.members[edited] if piece.values is not None else edited, start, end, tokens,
                   piece.members[np.flatnonzero(edits.dropped)])  # fmt: skip


def _indices(values: Longs) -> pa.Array:
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])
