"""A JSON file of any depth as a source of tables: see `layout` for which, `reading` for how it is read in parts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from masker.columns import Bools
from masker.errors import InputError, Place
from masker.formats import ReadOptions
from masker.formats.json.cells import Block, cells
from masker.formats.json.documents.census import Census
from masker.formats.json.documents.layout import TableLayout, layouts
from masker.formats.json.documents.pieces import grouped, spans_of
from masker.formats.json.documents.reading import read_document, read_lines
from masker.formats.json.documents.steps import Tree
from masker.formats.json.documents.values import Values
from masker.formats.json.documents.variants import Splits
from masker.formats.json.scan import Kind, Longs, Spans
from masker.snapshot import Limits, Part, Rows, Table, Text
from masker.streams import InputFile

BLOCK_BYTES = 1 << 19
_MOST_PASSES = 6
_MOST_OWN_BYTES = 16 << 20
_NOTHING: Longs = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Where the rows of one table stand in a block: `members` are the values of its cells, `gone` rows left out.

    `values` is None for the one row of the document itself, whose values stand in many blocks.
    """

    values: Values | None
    block: Block
    members: Longs
    layout: TableLayout
    gone: Longs


@dataclass(frozen=True, slots=True)
class Whole(Text):
    """After the rows of a block: its bytes, to be written now. `closed`: no row is in it, or in any block before."""

    values: Values | None = None


class DocumentSource:
    """A nested JSON file whose places, kinds of rows and columns some passes over all of it have found."""

    def __init__(self, file: InputFile, options: ReadOptions, *, lines: bool) -> None:
        self._file, self._lines = file, lines
        self._block_bytes = min(options.block_bytes, BLOCK_BYTES)
        self._place = Place(file.path.name, file.table_name)
        self._tree, splits = Tree(), Splits()
        for _ in range(_MOST_PASSES):
            census = self._counted(Census(self._tree, splits))
            entries, words = census.entries(), census.chosen_splits()
            if entries != self._tree.entries:
                self._tree, splits = self._tree.settle(entries), Splits()
            elif words != splits.words:
                splits = Splits(words)
            else:
                break
        else:
            raise InputError("unsupported", "the document has no settled shape", place=self._place)
        self._tree.frozen = splits.frozen = True
        self._splits = splits
        self._own = census.root_tokens
        self._layouts = layouts(census, file.table_name, lines=lines)
        self._tables = tuple(
            Table(each.name, each.schema, at=each.at, limits={name: Limits(fixed=True) for name in each.words})
            for each in self._layouts
        )
        self._columns = {
            column: (number, at) for number, each in enumerate(self._layouts) for at, column in enumerate(each.columns)
        }

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables, in the order in which they appear."""
        return self._tables

    def parts(self, table: str | None = None) -> Iterator[Part]:
        """Stream the rows block by block, those of one table after those of another, and each block's `Whole` last."""
        for each in self._layouts:
            if each.of[0] < 0 and table in (None, each.name):
                yield self._own_row(each)
        for values in self._blocks(self._tree):
            if isinstance(values, bytes):
                yield Text(values)
                continue
            for piece in self._pieces(values):
                if table in (None, piece.layout.name):
                    yield self._rows(piece)
            yield Whole(b"", values)

    def without(self, rows: Rows, left_out: Bools, *, first: bool) -> Part:
        """The rows less those that are `left_out`: these go with all that is in them.

        Raises `InputError` (`unsupported`) where rows of other tables are in them, and for the document itself.
        """
        piece = rows.origin
        if not isinstance(piece, Piece):
            raise TypeError("rows that did not come from a document")
        if not left_out.any():
            return rows
        values = piece.values
        where = Place(self._place.file, rows.table)
        if values is None:
            raise InputError("unsupported", "a document cannot be left out of itself", place=where)
        held = self._row_values(values, piece.layout)
        gone = held[left_out]
        self._refuse_rows_within(values, gone, where)
        left = self._piece(values, piece.layout, piece.members, held[~left_out])
        batch = rows.batch.filter(_flags(~left_out))
        return replace(rows, batch=batch, origin=replace(left, gone=gone))

    def _refuse_rows_within(self, values: Values, gone: Longs, where: Place) -> None:
        is_gone = np.zeros(len(values.start) + 1, dtype=np.bool_)
        is_gone[gone] = True
        holder = values.parent.copy()
        while (holder >= 0).any():
            inside = (holder >= 0) & is_gone[np.maximum(holder, 0)]
            if (inside & values.is_row).any():
                what = "a row to be left out holds rows of other tables"
                raise InputError("unsupported", what, "nested rows cannot be left out of a copy yet", where)
            holder = np.where((holder >= 0) & ~inside, values.parent[np.maximum(holder, 0)], -1)

    def _counted(self, census: Census) -> Census:
        own = 0
        for values in self._blocks(census.tree):
            if not isinstance(values, bytes):
                census.take(values)
        own = sum(len(token) for _, _, token in census.root_tokens)
        if own > _MOST_OWN_BYTES:
            what = f"the values of the document beside its arrays take more than {_MOST_OWN_BYTES >> 20} MiB"
            raise InputError("limit", what, place=self._place)
        return census

    def _blocks(self, tree: Tree) -> Iterator[Values | bytes]:
        read = read_lines if self._lines else read_document
        with self._file.open() as stream:
            yield from read(stream, tree, block_bytes=self._block_bytes, place=self._place)

    def _pieces(self, values: Values) -> Iterator[Piece]:
        """The tables that have rows in a block."""
        variant = self._splits.variants(values)
        scalar = np.flatnonzero(values.kind != Kind.NESTED)
        is_key = values.is_key
        told = np.stack([values.place[scalar], variant[scalar], is_key[scalar]], axis=1).astype(np.int64)
        unique, back = np.unique(told, axis=0, return_inverse=True)
        back = back.reshape(-1)
        known = [self._columns.get((place, kind, bool(key)), (-1, -1)) for place, kind, key in unique.tolist()]
        if (-1, -1) in known:
            raise InputError("malformed", "the file changed while it was read", place=self._place)
        table = np.array([each for each, _ in known], dtype=np.int64)[back] if known else _NOTHING
        for number, layout in enumerate(self._layouts):
            if layout.of[0] < 0:
                continue
            held = np.flatnonzero(values.is_row & (values.place == layout.of[0]) & (variant == layout.of[1]))
            if len(held):
                yield self._piece(values, layout, scalar[table == number], held)

    def _row_values(self, values: Values, layout: TableLayout) -> Longs:
        variant = self._splits.variants(values)
        return np.flatnonzero(values.is_row & (values.place == layout.of[0]) & (variant == layout.of[1]))

    def _piece(self, values: Values, layout: TableLayout, members: Longs, held: Longs) -> Piece:
        ordinal = np.full(len(values.start), -1, dtype=np.int64)
        ordinal[held] = np.arange(len(held))
        record = ordinal[values.row[members]]
        members, record = members[record >= 0], record[record >= 0]
        numbers = {column: i for i, column in enumerate(layout.columns)}
        keys = np.stack([values.place[members], values.is_key[members]], axis=1).astype(np.int64)
        unique, back = np.unique(keys, axis=0, return_inverse=True)
        found = [numbers[place, layout.of[1], bool(key)] for place, key in unique.tolist()]
        column = np.array(found, dtype=np.int64)[back.reshape(-1)] if found else _NOTHING
        spans = spans_of(values, members, record, len(held))
        return Piece(values, grouped(spans, column, len(layout.columns)), members, layout, _NOTHING)

    def _own_row(self, layout: TableLayout) -> Rows:
        """The one row of the document itself, as a block of its own that has all of its values."""
        tokens = [token for _, _, token in self._own]
        end = np.cumsum([len(token) + 1 for token in tokens]) - 1
        start = end - [len(token) for token in tokens]
        numbers = {column[0]: i for i, column in enumerate(layout.columns)}
        count = len(tokens)
        backslashes = np.flatnonzero(np.frombuffer(b",".join(tokens), dtype=np.uint8) == ord("\\"))
        values = Values(
            b",".join(tokens), start, end, start, start, np.array([kind for _, kind, _ in self._own], dtype=np.uint8),
            np.zeros(count, dtype=np.int64), np.array([place for place, _, _ in self._own], dtype=np.int64),
            np.full(count, -1, dtype=np.int64), np.zeros(count, dtype=np.bool_), backslashes,
        )  # fmt: skip
        column = np.array([numbers[int(place)] for place in values.place], dtype=np.int64)
        block = grouped(spans_of(values, np.arange(count)), column, len(layout.columns))
        return self._rows(Piece(None, block, np.arange(count), layout, _NOTHING))

    def _rows(self, piece: Piece) -> Rows:
        try:
            return Rows(piece.layout.name, cells(piece.block, piece.layout.schema), piece)
        except pa.ArrowInvalid:
            raise InputError("malformed", "the file changed while it was read", place=self._place) from None


def _flags(values: Bools) -> pa.Array:
    packed = pa.py_buffer(np.packbits(values, bitorder="little"))
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, packed])


__all__ = ["DocumentSource", "Piece", "Spans", "Whole"]
