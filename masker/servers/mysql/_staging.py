"""A MySQL or MariaDB database in the making: filled under a name of its own, then moved table by table.

MySQL has no renaming of a database. So DEST's database is made at the end; tables are moved by one RENAME TABLE, views,
routines, triggers and events are made there anew; last comes the tag, without which there is no copy. Until then a
table `masker_publishing` stands in DEST with the name of the run: where a run was killed, the next one finds it and
takes away what it left, and nothing else.
"""

import contextlib
import re
import secrets
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from masker.address import Address
from masker.dumped import Dumped
from masker.errors import MaskerError, OutputError
from masker.label import KEY
from masker.servers import STAGING
from masker.servers.mysql._again import again
from masker.servers.mysql._load import load
from masker.servers.mysql._objects import objects, views
from masker.servers.mysql._read import Snapshot
from masker.servers.mysql._session import connect, execute, literal, quoted, rows, server_errors

if TYPE_CHECKING:
    from pymysql.connections import Connection

MARK = "masker_publishing"
_OURS = re.compile(STAGING + r"[0-9a-f]{16}\Z")
_ROUTINES = "select routine_name from information_schema.routines where routine_schema = {} and routine_type = "
_TABLES = "select table_name from information_schema.tables where table_schema = {} and table_type "
_THINGS = (
    ("table", _TABLES + "<> 'VIEW'"),
    ("view", _TABLES + "= 'VIEW'"),
    ("procedure", _ROUTINES + "'PROCEDURE'"),
    ("function", _ROUTINES + "'FUNCTION'"),
    ("event", "select event_name from information_schema.events where event_schema = {}"),
)


def things(connection: "Connection[Any]", database: str) -> list[tuple[str, str]]:
    """Everything that a database holds, as (kind, name)."""
    return [(kind, name) for kind, query in _THINGS for (name,) in rows(connection, query.format(literal(database)))]


def clean(address: Address) -> int:
    """Drop what killed runs left: databases in the making, and what a half-made DEST holds, where no run lives."""
    dropped = 0
    with contextlib.closing(connect(address, database="")) as connection, server_errors(address):
        query = f"select table_schema from information_schema.tables where table_name = '{MARK}'"
        for (name,) in rows(connection, query):
            # It may be gone by now, or somebody else's table of that name.
            with contextlib.suppress(MaskerError), server_errors(address):
                marks = rows(connection, f"select run, made from {quoted(name)}.{MARK}")
                if len(marks) == 1 and _OURS.match(marks[0][0]) and _is_free(connection, marks[0][0]):
                    _take_back(connection, name, made=marks[0][1] == "1")
        found = rows(connection, f"show databases like '{STAGING.replace('_', chr(92) + '_')}%'")
        for (name,) in found:
            if _OURS.match(name) and _is_free(connection, name):
                with contextlib.suppress(MaskerError), server_errors(address):
                    execute(connection, f"drop database {quoted(name)}")
                    dropped += 1
    return dropped


def _is_free(connection: "Connection[Any]", run: str) -> bool:
    return rows(connection, f"select is_free_lock('{run}')") == [("1",)]


def _take_back(connection: "Connection[Any]", database: str, *, made: bool) -> None:
    """Empty a half-made DEST; where the run made the database itself, drop it."""
    if made:
        execute(connection, f"drop database {quoted(database)}")
        return
    execute(connection, "set foreign_key_checks = 0")
    for kind, name in sorted(things(connection, database), key=lambda thing: thing[1] == MARK):
        execute(connection, f"drop {kind} if exists {quoted(database)}.{quoted(name)}")


def is_there(connection: "Connection[Any]", address: Address) -> bool:
    """Whether DEST's database is there; raises `OutputError` (`exists`) where it holds anything."""
    found = rows(
        connection, f"select 1 from information_schema.schemata where schema_name = {literal(address.database)}"
    )
    if things(connection, address.database):
        hint = "choose another DEST or remove it first"
        raise OutputError("exists", "the database of DEST is not empty", hint, address.place)
    return bool(found)


class MysqlLoading:
    """See `masker.servers.Loading`."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._run = STAGING + secrets.token_hex(8)
        self._staged = address.beside(self._run)
        self._cleanup = contextlib.ExitStack()

    def __enter__(self) -> Self:
        address = self._address
        clean(address)
        with contextlib.ExitStack() as cleanup:
            self._outside = cleanup.enter_context(contextlib.closing(connect(address, database="")))
            with server_errors(address):
                is_there(self._outside, address)
                execute(self._outside, f"do get_lock('{self._run}', 0)")
                cleanup.callback(self._drop)
                execute(self._outside, f"create database {quoted(self._run)} default character set utf8mb4")
            self._inside = connect(self._staged)
            cleanup.callback(self._inside._force_close)
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *failure: object) -> None:
        self._cleanup.close()

    def _drop(self) -> None:
        # The server may be what failed: then the next run drops it.
        with (
            contextlib.suppress(MaskerError),
            contextlib.closing(connect(self._address, database="")) as connection,
            server_errors(self._address),
        ):
            execute(connection, f"drop database if exists {quoted(self._run)}")

    def fill(self, chunks: Iterable[bytes]) -> None:
        """Load a dump."""
        load(self._inside, self._address, chunks)
        self._inside._force_close()
        self._inside = connect(self._staged)  # without what the dump set for its own session
        self._cleanup.callback(self._inside._force_close)

    def again(
        self, chunks: Iterable[bytes], tables: Collection[str]
    ) -> AbstractContextManager[tuple[Dumped, dict[str, str]]]:
        """The rows of some tables of the dump as the server writes them where nothing else touches them."""
        return again(self._staged, self._address, chunks, tables)

    def dumped(self) -> Dumped:
        """What was loaded, read back."""
        return replace(Snapshot(self._staged).dumped(), name=self._address.name)

    def publish(self, label: str, manifest: bytes) -> None:
        """Move everything, the tag last."""
        inside, dest = self._inside, quoted(self._address.database)
        with server_errors(self._address):
            put_tag(inside, label, manifest)
            execute(inside, f"create table {MARK} (run varchar(64) not null, made int not null)")
            names = [name for kind, name in things(inside, self._run) if kind == "table" and name not in (KEY, MARK)]
            seen = [name for kind, name in things(inside, self._run) if kind == "view"]
            before, after = views(inside, seen)
            others = objects(inside, self._run)
            query = f"select trigger_name from information_schema.triggers where trigger_schema = '{self._run}'"
            for (name,) in rows(inside, query):
                execute(inside, f"drop trigger {quoted(name)}")
            for name in seen:
                execute(inside, f"drop view {quoted(name)}")
            made = not is_there(self._outside, self._address)
            execute(inside, f"insert into {MARK} values ('{self._run}', {int(made)})")
            if made:
                execute(inside, f"create database {dest} default character set utf8mb4")
            with self._taken_back_on_failure():
                execute(inside, "set foreign_key_checks = 0")
                _rename(inside, dest, [MARK, *names])
                there = connect(self._address)
                self._cleanup.callback(there._force_close)
                load(there, self._address, [before, others, after])
                execute(inside, f"rename table {KEY} to {dest}.{KEY}, {dest}.{MARK} to {MARK}")

    @contextlib.contextmanager
    def _taken_back_on_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            with (
                contextlib.suppress(MaskerError),
                server_errors(self._address),
                contextlib.closing(connect(self._address, database="")) as connection,
            ):
                marks = rows(connection, f"select run, made from {quoted(self._address.database)}.{MARK}")
                if marks and marks[0][0] == self._run:
                    _take_back(connection, self._address.database, made=marks[0][1] == "1")
            raise


def _rename(connection: "Connection[Any]", dest: str, names: list[str]) -> None:
    moves = ", ".join(f"{quoted(name)} to {dest}.{quoted(name)}" for name in names)
    execute(connection, f"rename table {moves}")


def put_tag(connection: "Connection[Any]", label: str, manifest: bytes) -> None:
    """Make the table `masker_tag` with its one row."""
    execute(connection, f"create table {KEY} (label text not null, manifest longblob not null)")
    execute(connection, f"insert into {KEY} values ({literal(label)}, 0x{manifest.hex()})")
