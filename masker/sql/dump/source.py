"""A dump as a source: one table for each that it declares or fills, and its parts in order, as often as asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pyarrow as pa

from masker.columns import Bools, booleans
from masker.errors import InputError, Place, shown
from masker.snapshot import Part, Quoted, Remark, Rows, Table, Text
from masker.sql.catalog import Catalog
from masker.sql.dump.index import Filled, Index, Opened, check, cut, cut_stretch
from masker.sql.dump.owners import Owners, mariadb_owners, owners_of
from masker.sql.dump.runs import Run, read_run
from masker.sql.literals import NO_UTF8, Unreadable
from masker.sql.pieces import Piece, RowsEnd, RowsHead, RowsRun, Statement
from masker.sql.remarks import parted
from masker.sql.virtual import virtual_table

_BINARY = frozenset(
    "binary varbinary tinyblob blob mediumblob longblob bit geometry point linestring polygon multipoint "
    "multilinestring multipolygon geometrycollection bytea".split()
)


@dataclass(frozen=True, slots=True)
class Head(Text):
    """What opens rows; where all rows of an INSERT stay out, it is left out too."""

    style: str = "insert"
    codec: str = ""


@dataclass(frozen=True, slots=True)
class End(Text):
    """What closes rows."""

    codec: str = ""


@dataclass(frozen=True, slots=True)
class Between(Text):
    """What stands between rows."""

    codec: str = ""


@dataclass(frozen=True, slots=True)
class Comment(Remark):
    """A comment that no tool wrote."""

    codec: str = ""


@dataclass(frozen=True)
class SqlSource:
    """One dump. `catalog` is that of all dumps that were opened with it; `names` says what tables are called here.

    `ddl` are the statements that the catalog was read from. `held` are tables that another dump of the folder comes
    first with; `family` are all dumps with rows of a table, in order.
    """

    file: Opened
    index: Index
    catalog: Catalog
    tables: tuple[Table, ...]
    names: Mapping[str, str]
    block_bytes: int
    seekable: bool
    label_bytes: int = 0
    ddl: tuple[Statement, ...] = ()
    held: tuple[Table, ...] = ()
    family: dict[str, list["SqlSource"]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def shared(self) -> tuple[str, ...]:
        """The tables that other dumps come first with, and whose rows stand here too."""
        return tuple(table.name for table in self.held)

    @property
    def scattered(self) -> frozenset[str]:
        """The tables whose rows stand in several dumps."""
        return frozenset(name for name, sources in self.family.items() if len(sources) > 1)

    @property
    def owners(self) -> Owners:
        """Which columns take their numbers from which sequence of PostgreSQL or MariaDB."""
        if self.index.dialect == "mysql":
            return mariadb_owners(self.ddl)
        return owners_of(self.ddl) if self.index.dialect == "postgres" else {}

    @property
    def quoted(self) -> tuple[Quoted, ...]:
        """What the statements quote, to be compared with the originals of masked columns."""
        return tuple(self.index.quoted)

    @property
    def notices(self) -> tuple[str, ...]:
        """What a copy lacks though nobody asked for that, in sentences."""
        told = [f"statements of statistics left out: {len(self.index.dropped)}"] if self.index.dropped else []
        if self.index.unended:
            told.append("the dump has no remark at its end, as its tool writes one: it may be cut")
        if self.index.objects:
            told.append(
                f"statements of large objects left out: {len(self.index.objects)}; no method reaches their bytes"
            )
        for statement in self.index.statements if self.index.dialect == "sqlite" else ():
            found = virtual_table(statement.data[statement.start :].decode("utf-8", "replace"))
            if found is not None and found.held == "none" and found.columns:
                told.append(f"{shown(found.name)} is empty: SOURCE has the index of its texts, and not the texts")
        return tuple(told)

    def parts(self, table: str | None = None) -> Iterator[Part]:
        """Stream statements as `Text` and rows as `Rows`; with `table`, only that table's, read where they stand.

        Those of the other dumps that hold the table are among them. Raises `InputError` with the line at rows that
        cannot be read.
        """
        if table is not None and table in self.family:
            for source in self.family[table]:
                yield from source._own_parts(table)
            return
        yield from self._own_parts(table)

    def _own_parts(self, table: str | None) -> Iterator[Part]:
        only = getattr(self.file, "only", None)
        if table is not None and only is not None:
            for written, name in self.names.items():
                if name == table:
                    yield from self._parts(cut(only(written), self.index.dialect, self.block_bytes).pieces())
            return
        if table is None or not self.seekable:
            yield from self._parts(cut(self.file, self.index.dialect, self.block_bytes).pieces())
            return
        for written, name in self.names.items():
            for stretch in self.index.filled[written].stretches if name == table else ():
                yield from self._parts(cut_stretch(self.file, stretch, self.block_bytes))

    def without(self, rows: Rows, left_out: Bools, *, first: bool) -> Part:
        """The rows less those that are `left_out`; the sink leaves out what is then empty."""
        if not isinstance(rows.origin, Run):
            raise TypeError("rows that did not come from a dump")
        return replace(rows, batch=rows.batch.filter(booleans(~left_out)), origin=rows.origin.without(left_out))

    def _parts(self, pieces: Iterator[Piece]) -> Iterator[Part]:
        head: RowsHead | None = None
        skipped = self.label_bytes
        for piece in pieces:
            if isinstance(piece, Statement):
                if check(piece, self.index.dialect, self.file.place):
                    kept = replace(piece, data=piece.data[skipped:])
                    for data, remark in parted(kept, self.index.dialect):
                        yield Comment(data, piece.codec) if remark else Between(data, piece.codec)
                skipped = 0
            elif isinstance(piece, RowsHead):
                head = piece
                yield Head(piece.data, piece.style, piece.codec)
            elif isinstance(piece, RowsRun) and head is not None:
                yield self._rows(head, piece)
            elif isinstance(piece, RowsEnd):
                yield End(piece.data, piece.codec)

    def _rows(self, head: RowsHead, piece: RowsRun) -> Part:
        name = self.names.get(head.written, "")
        table = self._table(name, piece.line)
        place = replace(self.file.place, table=name, line=piece.line)
        names = self._names(head, table, place)
        binary = self._binary(name, names)
        try:
            computed = tuple(number for number, each in enumerate(names) if each not in table.schema.names)
            run, columns = read_run(
                piece,
                names,
                self.index.dialect,
                backslashes=head.backslashes,
                binary=binary,
                computed=computed,
                codec=piece.codec,
                options=head.options,
            )
        except Unreadable as error:
            line = piece.line + piece.data.count(b"\n", 0, _row_start(piece, error.row))
            code = "encoding" if error.what == NO_UTF8 else "malformed"
            raise InputError(code, f"a row has {error.what}", place=replace(place, line=line)) from None
        if self.index.ascii_only and not piece.data.isascii():
            raise InputError("encoding", "the dump declares another encoding than UTF-8", place=place)
        by_name = dict(zip(names, columns, strict=True))
        nothing = None
        arrays = []
        for each in table.schema.names:
            if each not in by_name and nothing is None:
                nothing = pa.nulls(len(run.opens), pa.string())
            arrays.append(by_name.get(each, nothing))
        return Rows(name, pa.RecordBatch.from_arrays(arrays, schema=table.schema), run)

    def _table(self, name: str, line: int) -> Table:
        for table in (*self.tables, *self.held):
            if table.name == name:
                return table
        raise InputError("malformed", "rows of a table that is not declared", place=replace(self.file.place, line=line))

    def _names(self, head: RowsHead, table: Table, place: Place) -> tuple[str, ...]:
        """The columns of the cells, spelled as the table declares them, whose case only PostgreSQL minds."""
        declared = self.catalog.tables.get(table.name)
        every = tuple(table.schema.names)
        if declared is not None and head.style == "insert":
            every = tuple(column.name for column in declared.columns)
        if head.columns is None and self.index.dialect == "sqlite" and declared is not None:
            # SQLite counts none that it computes where no columns are listed.
            return tuple(column.name for column in declared.columns if not column.generated)
        if head.columns is None:
            return every
        names = head.columns
        if self.index.dialect != "postgres" and not set(names) <= set(every):
            loose = {name.casefold(): name for name in every}
            names = tuple(loose.get(name.casefold(), name) for name in names)
        if len(set(names)) != len(names) or not set(names) <= set(every):
            raise InputError("malformed", "rows for a column that the table does not declare", place=place)
        return names

    def _binary(self, table: str, names: tuple[str, ...]) -> tuple[int, ...]:
        declared = self.catalog.tables.get(table)
        if declared is None:
            return ()
        types = {column.name: column.type.name for column in declared.columns}
        return tuple(number for number, name in enumerate(names) if types.get(name) in _BINARY)


def _row_start(piece: RowsRun, row: int) -> int:
    if piece.tuples is not None:
        return int(piece.tuples.opens[row]) if row < len(piece.tuples.opens) else 0
    place = 0
    for _ in range(row):
        place = piece.data.find(b"\n", place) + 1
    return place


def filled_table(name: str, filled: Filled, place: Place) -> Table:
    """A table that is filled and not declared, by the columns that its rows list."""
    if filled.unlisted or not filled.columns:
        what = "rows of a table that the dump does not declare, without a list of columns"
        line = filled.unlisted[0] if filled.unlisted else None
        hint = "give the schema's dump too, in one folder, or dump with column names"
        raise InputError("unsupported", what, hint, replace(place, line=line))
    if any("\ud800" <= letter <= "\udfff" for each in (name, *filled.columns) for letter in each):
        raise InputError("encoding", "a name that is no UTF-8", place=place)
    return Table(name, pa.schema([(column, pa.string()) for column in filled.columns]))
