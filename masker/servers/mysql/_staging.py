"""A MySQL or MariaDB database in the making: filled under a name of its own, then moved table by table.

MySQL has no renaming of a database. So DEST's database is made at the end; tables are moved by one RENAME TABLE, views,
routines, triggers and events are made there anew; last comes the tag, without which there is no copy. Where a copy is
replaced, the same RENAME TABLE takes its tables away, so that at any moment the rows of one whole copy are there. While
DEST is not whole a table `masker_publishing` stands in it (`_half_made.py`).
"""

import contextlib
import secrets
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Self

from masker.address import Address
from masker.dumped import Dumped
from masker.errors import MaskerError, OutputError
from masker.label import KEY
from masker.servers import STAGING
from masker.servers.mysql._again import again
from masker.servers.mysql._half_made import MARK, clean, drop_triggers, make_whole, put_mark, things
from masker.servers.mysql._load import load
from masker.servers.mysql._objects import objects, views
from masker.servers.mysql._read import Snapshot
from masker.servers.mysql._session import connect, execute, literal, quoted, rows, server_errors

if TYPE_CHECKING:
    from pymysql.connections import Connection


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

    def __init__(self, address: Address, may_replace: Callable[[], None] | None = None) -> None:
        self._address, self._may_replace = address, may_replace
        self._run = STAGING + secrets.token_hex(8)
        self._staged = address.beside(self._run)
        self._cleanup = contextlib.ExitStack()

    def __enter__(self) -> Self:
        address = self._address
        clean(address)
        with contextlib.ExitStack() as cleanup:
            self._outside = cleanup.enter_context(contextlib.closing(connect(address, database="")))
            with server_errors(address):
                self._found()
                execute(self._outside, f"do get_lock('{self._run}', 0)")
                cleanup.callback(self._drop)
                execute(self._outside, f"create database {quoted(self._run)} default character set utf8mb4")
            self._inside = connect(self._staged)
            cleanup.callback(self._inside._force_close)
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *failure: object) -> None:
        self._cleanup.close()

    def _drop(self, database: str = "") -> None:
        # The server may be what failed: then the next run drops it.
        with (
            contextlib.suppress(MaskerError),
            contextlib.closing(connect(self._address, database="")) as connection,
            server_errors(self._address),
        ):
            execute(connection, f"drop database if exists {quoted(database or self._run)}")

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
        inside = self._inside
        with server_errors(self._address):
            put_tag(inside, label, manifest)
            todo = _beside_tables(inside, self._run)
            drop_triggers(inside, self._run)
            for kind, name in things(inside, self._run):
                if kind == "view":
                    execute(inside, f"drop view {quoted(name)}")
            found = self._found()
            execute(inside, "set foreign_key_checks = 0, lock_wait_timeout = 60")
            try:
                if found == "copy":
                    self._replace(todo)
                else:
                    self._fill(todo, made=found == "nothing")
            except BaseException:
                with contextlib.suppress(MaskerError):
                    make_whole(self._address, self._run)
                raise

    def _fill(self, todo: bytes, *, made: bool) -> None:
        inside, dest = self._inside, quoted(self._address.database)
        put_mark(inside, self._run, self._run, "drop" if made else "empty")
        names = [name for kind, name in things(inside, self._run) if kind == "table" and name != KEY]
        if made:
            execute(inside, f"create database {dest} default character set utf8mb4")
        execute(inside, "rename table " + _moves(names, self._run, self._address.database))
        self._make(todo)
        execute(inside, f"rename table {KEY} to {dest}.{KEY}, {dest}.{MARK} to {MARK}")

    def _replace(self, todo: bytes) -> None:
        inside, dest, old = self._inside, self._address.database, STAGING + secrets.token_hex(8)
        execute(self._outside, f"do get_lock('{old}', 0)")
        self._cleanup.callback(self._drop, old)
        execute(inside, f"create database {quoted(old)} default character set utf8mb4")
        with contextlib.closing(connect(self._address)) as there:
            put_mark(inside, old, self._run, "make", _beside_tables(there, dest))
        put_mark(inside, self._run, self._run, "make", todo)
        execute(inside, f"rename table {_moves([MARK], old, dest)}")
        drop_triggers(inside, dest)
        gone, new = ([name for kind, name in things(inside, each) if kind == "table"] for each in (dest, self._run))
        execute(inside, f"rename table {_moves(gone, dest, old)}, {_moves(new, self._run, dest)}")
        make_whole(self._address, self._run)

    def _make(self, todo: bytes) -> None:
        with contextlib.closing(connect(self._address)) as there:
            load(there, self._address, [todo])

    def _found(self) -> Literal["nothing", "empty", "copy"]:
        """What is at DEST; raises where it is in the way."""
        try:
            return "empty" if is_there(self._outside, self._address) else "nothing"
        except OutputError as error:
            if error.code != "exists" or self._may_replace is None:
                raise
        self._may_replace()
        return "copy"


def _beside_tables(connection: "Connection[Any]", database: str) -> bytes:
    """Views, routines, triggers and events of the database that a connection has, as a dump."""
    seen = [name for kind, name in things(connection, database) if kind == "view"]
    before, after = views(connection, seen)
    return before + objects(connection, database) + after


def _moves(names: list[str], old: str, new: str) -> str:
    return ", ".join(f"{quoted(old)}.{quoted(name)} to {quoted(new)}.{quoted(name)}" for name in names)


def put_tag(connection: "Connection[Any]", label: str, manifest: bytes) -> None:
    """Make the table `masker_tag` with its one row."""
    execute(connection, f"create table {KEY} (label text not null, manifest longblob not null)")
    execute(connection, f"insert into {KEY} values ({literal(label)}, 0x{manifest.hex()})")
