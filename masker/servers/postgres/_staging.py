"""A PostgreSQL database in the making: filled under a name of its own, then renamed, or moved over in one transaction.

Where DEST is to be a database that is not there, it is renamed to DEST's name: what the database holds appears at
once. Where DEST is a schema, or an empty database that is there already, it is read back and loaded into DEST by one
transaction, which PostgreSQL shows whole or not at all. A killed run leaves a database `masker_staging_…` and nothing
under DEST's name; the next run of the same user drops it, as soon as nobody holds its lock or is connected to it.
"""

import contextlib
import re
import secrets
from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from masker.address import Address
from masker.dumped import Dumped
from masker.errors import InputError, MaskerError, OutputError
from masker.label import KEY
from masker.servers import STAGING
from masker.servers.postgres._again import again
from masker.servers.postgres._load import load
from masker.servers.postgres._read import Snapshot
from masker.servers.postgres._session import connect, quoted, rows, server_errors

if TYPE_CHECKING:
    import psycopg

_MAINTENANCE = ("postgres", "template1")
_OURS = re.compile(STAGING + r"[0-9a-f]{16}\Z")
_LOCK = "hashtextextended(%s, 0)"  # of the database that all runs make theirs from
_USER_SCHEMAS = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
_RELATIONS = f"""
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and {_USER_SCHEMAS} and (%s = '' or n.nspname = %s) and not exists
  (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
"""


def maintenance(address: Address) -> "psycopg.Connection[tuple[Any, ...]]":
    """A connection to a database that every server has: databases are made and renamed from outside."""
    for name in _MAINTENANCE:
        with contextlib.suppress(InputError):
            return connect(address.beside(name))
    raise OutputError("database", "the server has no database `postgres` to connect to", place=address.place)


def clean(address: Address) -> int:
    """Drop what killed runs of this user left on the server: a living run holds a lock by its database's name."""
    dropped = 0
    with contextlib.closing(maintenance(address)) as connection:
        query = "select datname from pg_database where pg_get_userbyid(datdba) = current_user and datname like %s"
        for (name,) in rows(connection, query, STAGING.replace("_", "\\_") + "%"):
            if _OURS.match(name) and rows(connection, f"select pg_try_advisory_lock({_LOCK})", name) == [(True,)]:
                with contextlib.suppress(MaskerError), server_errors(address):
                    connection.execute(f"drop database {quoted(name)}".encode())
                    dropped += 1
    return dropped


def user_tables(connection: "psycopg.Connection[tuple[Any, ...]]", schema: str) -> list[str]:
    """The tables that hold rows, called as a dump calls them: by the bare name where that is enough."""
    query = f"""
    select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'f') and {_USER_SCHEMAS} and (%s = '' or n.nspname = %s) and not exists
      (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    """
    found = rows(connection, query, schema, schema)
    bare = Counter(name for _, name in found)
    return [name if bare[name] == 1 else f"{space}.{name}" for space, name in found]


class PostgresLoading:
    """See `masker.servers.Loading`."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._staged = address.beside(STAGING + secrets.token_hex(8))
        self._cleanup = contextlib.ExitStack()
        self._moves = False

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as cleanup:
            self._moves = is_there(self._address)
            clean(self._address)
            self._outside = cleanup.enter_context(contextlib.closing(maintenance(self._address)))
            with server_errors(self._address):
                # Nobody may be connected to a database that is renamed, and no other run may drop it then.
                rows(self._outside, f"select pg_advisory_lock({_LOCK})", self._staged.database)
                # A signal between the two leaves a database that `clean` finds.
                cleanup.callback(self._drop)
                self._outside.execute(
                    f"create database {quoted(self._staged.database)} template template0 encoding 'UTF8'".encode()
                )
            self._inside = connect(self._staged)
            cleanup.callback(self._inside.close)
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *failure: object) -> None:
        self._cleanup.close()

    def _drop(self) -> None:
        # The server may be what failed: then the next run drops it.
        with contextlib.suppress(MaskerError), server_errors(self._address):
            if self._outside.closed or self._outside.broken:
                self._outside = maintenance(self._address)
            self._outside.execute(f"drop database if exists {quoted(self._staged.database)} with (force)".encode())

    def fill(self, chunks: Iterable[bytes]) -> None:
        """Load a dump."""
        load(self._inside, self._address, chunks)
        # What the dump set for its own session must not reach what is written next.
        with server_errors(self._address):
            self._inside.execute(b"rollback; reset all; set client_encoding = 'UTF8'")

    def again(
        self, chunks: Iterable[bytes], tables: Collection[str]
    ) -> AbstractContextManager[tuple[Dumped, dict[str, str]]]:
        """The rows of some tables of the dump as the server writes them where nothing else touches them."""
        return again(self._staged, self._address, chunks, tables)

    def dumped(self) -> Dumped:
        """What was loaded, read back."""
        return replace(Snapshot(self._staged).dumped(), name=self._address.name)

    def publish(self, label: str, manifest: bytes) -> None:
        """Put the tag in and make all visible at once."""
        if self._moves:
            self._move(label, manifest)
            return
        put_tag(self._inside, self._address, self._tag_schema(self._inside), label, manifest)
        with server_errors(self._address):
            self._inside.close()
            command = f"alter database {quoted(self._staged.database)} rename to {quoted(self._address.database)}"
            self._outside.execute(command.encode())

    def _move(self, label: str, manifest: bytes) -> None:
        schema = self._address.schema
        if schema:
            self._rename_schema(schema)
        with contextlib.ExitStack() as stack, server_errors(self._address):
            staged = Snapshot(replace(self._staged, schema=schema))
            stack.callback(staged.close)
            there = stack.enter_context(contextlib.closing(connect(self._address)))
            there.execute(b"begin")
            _lock(there, self._address)
            load(there, self._address, staged.chunks())
            put_tag(there, self._address, schema or self._tag_schema(there), label, manifest)
            there.execute(b"commit")

    def _rename_schema(self, schema: str) -> None:
        with server_errors(self._address):
            filled = sorted({space for space, _ in rows(self._inside, _RELATIONS, "", "")})
            if len(filled) != 1:
                hint = "give the URL of a database, without `?schema=`"
                raise InputError("unsupported", "SOURCE has more than one schema", hint, self._address.place)
            if filled != [schema]:
                self._inside.execute(f"drop schema if exists {quoted(schema)}".encode())
                self._inside.execute(f"alter schema {quoted(filled[0])} rename to {quoted(schema)}".encode())

    def _tag_schema(self, connection: "psycopg.Connection[tuple[Any, ...]]") -> str:
        found = [name for (name,) in rows(connection, f"select nspname from pg_namespace n where {_USER_SCHEMAS}")]
        return "public" if "public" in found or not found else min(found)


def put_tag(
    connection: "psycopg.Connection[tuple[Any, ...]]", address: Address, schema: str, label: str, manifest: bytes
) -> None:
    """Make the table `masker_tag` with its one row."""
    name = f"{quoted(schema)}.{KEY}"
    with server_errors(address):
        connection.execute(f"create table {name} (label text not null, manifest bytea not null)".encode())
        connection.execute(f"insert into {name} values (%s, %s)".encode(), (label, manifest))


def is_there(address: Address) -> bool:
    """Whether DEST's database is there; raises `OutputError` (`exists`) where it is in the way."""
    try:
        connection = connect(address)
    except InputError:
        if address.schema:
            raise OutputError(
                "database", "the database of DEST does not exist", "make it first", address.place
            ) from None
        return False
    with contextlib.closing(connection), server_errors(address):
        _require_empty(connection, address)
    return True


def _require_empty(connection: "psycopg.Connection[tuple[Any, ...]]", address: Address) -> None:
    taken = rows(connection, _RELATIONS, address.schema, address.schema)
    if address.schema:
        taken += rows(connection, "select 1 from pg_namespace where nspname = %s", address.schema)
    if taken:
        what = "the schema of DEST exists" if address.schema else "the database of DEST is not empty"
        raise OutputError("exists", what, "choose another DEST or remove it first", address.place)


def _lock(connection: "psycopg.Connection[tuple[Any, ...]]", address: Address) -> None:
    """Look once more, while no other run can publish in this database."""
    connection.execute(b"select pg_advisory_xact_lock(hashtext('masker_tag'))")
    _require_empty(connection, address)
