"""A MySQL or MariaDB database as the bytes of a plain dump, all reads of one run in one snapshot.

MySQL Reference Manual, "START TRANSACTION … WITH CONSISTENT SNAPSHOT": tables of other engines than InnoDB are read as
they are at the moment. A snapshot cannot be handed on to another connection, so a few are taken while all tables are
locked for the blink that it takes. Users, grants and definers are left out.
"""

import contextlib
import threading
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from masker.address import Address
from masker.dumped import Dumped
from masker.errors import InputError, OutputError
from masker.label import KEY
from masker.servers._stream import stream_of
from masker.servers.mysql._columns import COLUMNS, Column, row_query
from masker.servers.mysql._objects import objects, views
from masker.servers.mysql._session import connect, execute, quoted, rows, server_errors

if TYPE_CHECKING:
    from pymysql.connections import Connection

_READERS = 3  # the most that a run reads at once: the rows to compare, and those that decide what stays out
_INSERT_BYTES = 1 << 20
_HEAD = b"""-- MySQL dump, by masker
-- ------------------------------------------------------

/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET UNIQUE_CHECKS=0 */;
/*!40014 SET FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET SQL_MODE='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES' */;

"""


class Snapshot:
    """A database as it is at one moment, or its tables alone whose names begin in one way."""

    def __init__(self, address: Address, *, beginning: str = "") -> None:
        self.address, self._beginning = address, beginning
        self._free: list[Connection[Any]] = []
        self._all: list[Connection[Any]] = []
        self._lock = threading.Lock()
        try:
            with server_errors(address):
                self._take()
        except BaseException:
            self.close()
            raise

    def _take(self) -> None:
        first = self._connected()
        kinds = [found for found in rows(first, "show full tables") if found[0].startswith(self._beginning)]
        self.tables = [name for name, kind in kinds if kind != "VIEW" and kind != "SEQUENCE"]
        if any(kind == "SEQUENCE" for _, kind in kinds):
            hint = "mask a dump without its sequences"
            raise InputError("unsupported", "the database has sequences", hint, self.address.place)
        self.has_tag = KEY in self.tables
        with contextlib.ExitStack() as stack:
            if self.tables:
                locked = stack.enter_context(contextlib.closing(connect(self.address)))
                execute(locked, "lock tables " + ", ".join(f"{quoted(name)} read" for name in self.tables))
            for connection in (first, *(self._connected() for _ in range(_READERS - 1))):
                execute(connection, "set session transaction isolation level repeatable read")
                execute(connection, "start transaction with consistent snapshot, read only")
        self.tables = [name for name in self.tables if name != KEY]
        self._columns: dict[str, list[Column]] = defaultdict(list)
        for table, *column in rows(first, COLUMNS):
            self._columns[table].append(Column(*column))
        self._created = {name: rows(first, f"show create table {quoted(name)}")[0][1] for name in self.tables}
        self._before, self._after = views(first, [name for name, kind in kinds if kind == "VIEW"])
        self._objects = objects(first, self.address.database)
        self._free = list(self._all)

    def _connected(self) -> "Connection[Any]":
        connection = connect(self.address)
        self._all.append(connection)
        return connection

    def table(self, name: str) -> Iterator[bytes]:
        """The INSERTs of one table; the whole dump where no table has that name."""
        return self._inserts(name) if name in self.tables else self.chunks()

    def chunks(self, *, data_only: bool = False) -> Iterator[bytes]:
        """The dump, or only its INSERTs."""
        if not data_only:
            yield _HEAD
        for table in self.tables:
            if not data_only:
                created = self._created[table]
                yield f"DROP TABLE IF EXISTS {quoted(table)};\n{created};\n\n".encode()
            yield from self._inserts(table)
        if not data_only:
            yield self._before
            yield self._objects
            yield self._after

    def _inserts(self, table: str) -> Iterator[bytes]:
        columns = [column for column in self._columns[table] if column.is_stored]
        if not columns:
            return
        names = ", ".join(quoted(column.name) for column in columns)
        head = f"INSERT INTO {quoted(table)} ({names}) VALUES\n".encode()
        held: list[bytes] = []
        size = 0
        for row in self._rows(row_query(table, columns)):
            held.append(row)
            size += len(row)
            if size > _INSERT_BYTES:
                yield head + b",\n".join(held) + b";\n"
                held.clear()
                size = 0
        if held:
            yield head + b",\n".join(held) + b";\n"
        yield b"\n"

    def _rows(self, query: str) -> Iterator[bytes]:
        from pymysql.cursors import SSCursor

        with self._reader() as connection, server_errors(self.address):
            cursor = connection.cursor(SSCursor)
            done = False
            try:
                cursor.execute(query)
                while fetched := cursor.fetchmany(1000):
                    for (row,) in fetched:
                        if row is None:
                            message = "a row is longer than the server's max_allowed_packet"
                            raise InputError("limit", message, "set it higher", self.address.place)
                        yield bytes(row)
                done = True
            finally:
                if not done:
                    self._stop(connection)
                cursor.close()

    def _stop(self, connection: "Connection[Any]") -> None:
        """End a query whose other rows nobody wants: closing its cursor would read them all; its snapshot lives on."""
        with (
            contextlib.suppress(InputError, OutputError),
            server_errors(self.address),
            contextlib.closing(connect(self.address)) as other,
        ):
            execute(other, f"kill query {connection.thread_id()}")
        import pymysql

        result = connection._result  # none where the connection was lost
        if result is not None:
            with contextlib.suppress(pymysql.err.Error, OSError):
                result._finish_unbuffered_query()

    @contextlib.contextmanager
    def _reader(self) -> Iterator["Connection[Any]"]:
        with self._lock:
            if not self._free:
                raise OutputError("database", "too many reads of one snapshot at once", place=self.address.place)
            connection = self._free.pop()
        try:
            yield connection
        finally:
            with self._lock:
                self._free.append(connection)

    def close(self) -> None:
        """Let go of the snapshot."""
        for connection in self._all:
            if connection.open:
                connection._force_close()  # a query may be under way: no word of farewell could be read

    def dumped(self) -> Dumped:
        """It as a dump that opens as often as it is asked to."""
        return Dumped(
            self.address.name,
            lambda: stream_of(self.chunks()),
            self.close,
            self.has_tag,
            partial(self.chunks, data_only=True),
            table=lambda name: stream_of(self.table(name)),
        )
