"""An SQLite database as the bytes of a plain dump: settings, tables, rows, then all that is built upon rows.

What `.dump` of the sqlite3 shell writes, but exact to the bit, with every INSERT naming its columns, and with virtual
tables as statements that make and fill them instead of the pages of their shadow tables.
"""

import io
import sqlite3
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from masker.errors import InputError, Place
from masker.formats.sqlite.opening import State, opened, state_of
from masker.formats.sqlite.refusing import refusing
from masker.formats.sqlite.schema import Database, columns_of, read_database
from masker.formats.sqlite.values import add_literals, exact, quoted, row_literal
from masker.streams import InputFile

STATEMENT = 1 << 18
"""Bytes from which on an INSERT gets no further row: what bounds the memory of whoever loads it."""
_ROWS = 256
_BUFFER = 1 << 18
# With the value that a new database has, which needs no saying.
_SETTINGS = {"page_size": 4096, "auto_vacuum": 0, "application_id": 0, "user_version": 0}


class _Stream(io.RawIOBase):
    """The bytes of an iterator of chunks, which is closed with it."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks, self._left = chunks, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        while not self._left and (chunk := next(self._chunks, None)) is not None:
            self._left = memoryview(chunk)
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def close(self) -> None:
        if isinstance(self._chunks, Generator):
            self._chunks.close()
        super().close()


def stream_of(chunks: Iterator[bytes]) -> BinaryIO:
    """A file to read once, from an iterator of its bytes."""
    return cast(BinaryIO, io.BufferedReader(_Stream(chunks), _BUFFER))


@dataclass
class Dump:
    """The dump of one database file: `chunks` gives its bytes, as often as asked, the same ones each time.

    Raises `InputError` where the file is no sound database, and where it changed since it was first looked at.
    """

    file: InputFile
    _state: State = field(init=False)

    def __post_init__(self) -> None:
        self._state = state_of(self.file.path)

    @property
    def place(self) -> Place:
        """Where errors happened."""
        return self.file.place

    def open(self) -> BinaryIO:
        """The dump's bytes from the start."""
        return stream_of(self.chunks())

    def chunks(self, *, rows: bool = True, table: str | None = None) -> Iterator[bytes]:
        """Stream the dump; without `rows`, its statements alone; with `table`, that table's rows alone."""
        place = self.file.place
        with opened(self.file.path, place) as connection:
            if state_of(self.file.path) != self._state:
                what = "SOURCE changed while it was read"
                raise InputError("malformed", what, "mask a copy that nobody writes to", place)
            with refusing(place):
                add_literals(connection)
                database = read_database(connection, place)
                if table is None:
                    yield from _schema(connection, database)
                for each in (*database.tables, *database.virtual_tables) if rows else ():
                    if table in (None, each.name):
                        with refusing(Place(place.file, each.name)):
                            yield from _rows(connection, database, each.name)
                if table is None:
                    yield from _built(database)


def _schema(connection: sqlite3.Connection, database: Database) -> Iterator[bytes]:
    encoding = _setting(connection, "encoding")
    if encoding != "UTF-8":
        yield f"PRAGMA encoding = '{encoding}';\n".encode()
    for name, usual in _SETTINGS.items():
        if (value := _setting(connection, name)) != usual:
            yield f"PRAGMA {name} = {value};\n".encode()
    yield b"PRAGMA foreign_keys = OFF;\nBEGIN TRANSACTION;\n"
    for table in (*database.tables, *database.virtual_tables):
        yield _statement(table.sql)


def _built(database: Database) -> Iterator[bytes]:
    for kind in ("index", "view"):
        yield from (_statement(entry.sql) for entry in database.others if entry.kind == kind)
    for table in database.virtual.values():
        if table.held == "others":
            name = quoted(table.name)
            yield f"INSERT INTO {name}({name}) SELECT 'rebuild';\n".encode()
    yield from (_statement(entry.sql) for entry in database.others if entry.kind == "trigger")
    yield b"COMMIT;\n"


def _statement(sql: str) -> bytes:
    # A statement may end inside a comment that a line end closes.
    return (sql + (";\n" if "--" not in sql.rpartition("\n")[2] else "\n;\n")).encode()


def _rows(connection: sqlite3.Connection, database: Database, table: str) -> Iterator[bytes]:
    virtual = database.virtual.get(table)
    if virtual is not None and virtual.held != "own":
        return
    columns = columns_of(connection, table) if virtual is None else virtual.columns
    named = ",".join(map(quoted, columns))
    # The rows as they lie in the table: by rowid, or by primary key where it has none.
    order = "NOT INDEXED" if virtual is None else f"ORDER BY {quoted(columns[0])}"
    head = f"INSERT INTO {quoted(table)}({named}) VALUES\n".encode()
    utf8 = _setting(connection, "encoding") == "UTF-8"
    reader = connection.cursor()
    try:
        connection.text_factory = bytes
        reader.execute(f"SELECT {row_literal(columns, utf8=utf8)} FROM {quoted(table)} {order}")
        held: list[bytes] = []
        size = 0
        while found := reader.fetchmany(_ROWS):
            for (row,) in found:
                held.append(row)
                size += len(row)
                if size > STATEMENT:
                    yield head + exact(b",\n".join(held)) + b";\n"
                    held, size = [], 0
        if held:
            yield head + exact(b",\n".join(held)) + b";\n"
    finally:
        connection.text_factory = str
        reader.close()


def _setting(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]
