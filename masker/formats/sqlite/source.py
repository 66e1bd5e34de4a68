"""An SQLite file as a source: the parts of its dump, whose catalog is read from the schema alone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from masker.columns import Bools
from masker.errors import InputError, Place
from masker.formats.sqlite.dumping import Dump, stream_of
from masker.formats.sqlite.facts import facts_of
from masker.snapshot import Part, Quoted, Rows, Table
from masker.sql.as_table import table_of
from masker.sql.ddl import read_catalog
from masker.sql.dump.index import Filled, Index, at, read_index
from masker.sql.dump.source import SqlSource
from masker.streams import InputFile


@dataclass(frozen=True, slots=True)
class _Some:
    """Some of a dump: its statements alone, or the rows of one table alone."""

    dump: Dump
    table: str | None = None

    @property
    def place(self) -> Place:
        return self.dump.place

    def open(self) -> BinaryIO:
        return stream_of(self.dump.chunks(rows=self.table is not None, table=self.table))


class SqliteSource:
    """One database file. Raises `InputError` where it is damaged, or holds what a copy could not have."""

    def __init__(self, file: InputFile, block_bytes: int) -> None:
        if file.compression:
            what = "an SQLite file inside another compression"
            raise InputError("unsupported", what, "inflate it", file.place)
        self.file, self._dump = file, Dump(file)
        self.facts = facts_of(file.path, file.place)
        index = read_index(_Some(self._dump), "sqlite", block_bytes)
        try:
            catalog = read_catalog(index.statements, "sqlite")
        except InputError as error:
            raise at(error, file.place) from None
        filled = {name: Filled() for name in catalog.tables}
        tables = (table_of(table, "sqlite", name) for name, table in catalog.tables.items())
        self._source = SqlSource(
            self._dump,
            Index("sqlite", index.statements, filled, quoted=index.quoted),
            catalog,
            tuple(table for table in tables if len(table.schema)),
            {name: name for name in catalog.tables},
            block_bytes,
            seekable=False,
        )

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that hold rows of their own."""
        return self._source.tables

    @property
    def quoted(self) -> tuple[Quoted, ...]:
        """What the schema quotes, to be compared with the originals of masked columns."""
        return self._source.quoted

    @property
    def notices(self) -> tuple[str, ...]:
        """What a copy lacks though nobody asked for that, in sentences."""
        return self._source.notices

    @property
    def has_tag(self) -> bool:
        """Whether the database is a copy, with a label."""
        return self.facts.tagged

    def parts(self, table: str | None = None) -> Iterator[Part]:
        """Stream the dump; with `table`, the rows of that table alone."""
        source = self._source if table is None else replace(self._source, file=_Some(self._dump, table))
        return source.parts()

    def without(self, rows: Rows, left_out: Bools, *, first: bool) -> Part:
        """The rows less those that are `left_out`."""
        return self._source.without(rows, left_out, first=first)
