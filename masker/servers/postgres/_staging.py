"""A PostgreSQL database in the making: filled under a name of its own, then renamed, or moved over in one transaction.

Where DEST is to be a database that is not there, it is renamed to DEST's name: what the database holds appears at
once. Where DEST is a schema, or an empty database that is there already, it is read back and loaded into DEST by one
transaction, which PostgreSQL shows whole or not at all. A copy that is replaced goes in the same transaction: a schema
is dropped by it, a database gets the name of one in the making. A killed run leaves databases `masker_staging_…` and
nothing half-made under DEST's name; the next run of the same user drops them, as soon as nobody holds their lock or is
connected to them.
"""

import contextlib
import re
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Self

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

# Whatever hangs on a schema and is not in it: as many before it is dropped as after.
_OUTSIDE = """
select (select count(*) from pg_class where relnamespace not in (%s, 'pg_toast'::regnamespace)),
  (select count(*) from pg_attribute a join pg_class c on c.oid = a.attrelid
   where not a.attisdropped and c.relnamespace not in (%s, 'pg_toast'::regnamespace)),
  (select count(*) from pg_constraint where connamespace <> %s),
  (select count(*) from pg_proc where pronamespace <> %s),
  (select count(*) from pg_type where typnamespace not in (%s, 'pg_toast'::regnamespace)),
  (select count(*) from pg_attrdef d join pg_class c on c.oid = d.adrelid where c.relnamespace <> %s),
  (select count(*) from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace <> %s),
  (select count(*) from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace <> %s)
"""
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

    def __init__(self, address: Address, may_replace: Callable[[], None] | None = None) -> None:
        self._address, self._may_replace = address, may_replace
        self._staged = address.beside(STAGING + secrets.token_hex(8))
        self._cleanup = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as cleanup:
            self._found()
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

    def _found(self) -> Literal["nothing", "empty", "copy"]:
        """What is at DEST; raises where it is in the way."""
        try:
            return "empty" if is_there(self._address) else "nothing"
        except OutputError as error:
            if error.code != "exists" or self._may_replace is None:
                raise
        self._may_replace()
        return "copy"

    def _drop(self, database: str = "") -> None:
        # The server may be what failed: then the next run drops it.
        with contextlib.suppress(MaskerError), server_errors(self._address):
            if self._outside.closed or self._outside.broken:
                self._outside = maintenance(self._address)
            name = quoted(database or self._staged.database)
            self._outside.execute(f"drop database if exists {name} with (force)".encode())

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
        found = self._found()
        if found == "empty" or self._address.schema:
            self._move(label, manifest)
            return
        put_tag(self._inside, self._address, self._tag_schema(self._inside), label, manifest)
        old = STAGING + secrets.token_hex(8)
        with server_errors(self._address):
            self._inside.close()
            with self._outside.transaction():
                if found == "copy":
                    self._rename(self._address.database, old)
                self._rename(self._staged.database, self._address.database)
        if found == "copy":
            self._drop(old)

    def _rename(self, old: str, new: str) -> None:
        self._outside.execute(f"alter database {quoted(old)} rename to {quoted(new)}".encode())

    def _move(self, label: str, manifest: bytes) -> None:
        schema = self._address.schema
        if schema:
            self._rename_schema(schema)
        with contextlib.ExitStack() as stack, server_errors(self._address):
            staged = Snapshot(replace(self._staged, schema=schema))
            stack.callback(staged.close)
            there = stack.enter_context(contextlib.closing(connect(self._address)))
            there.execute(b"begin")
            # No other run can publish in this database meanwhile.
            there.execute(b"select pg_advisory_xact_lock(hashtext('masker_tag'))")
            old = STAGING + secrets.token_hex(8)
            if replaces := self._found() == "copy":
                there.execute(f"alter schema {quoted(schema)} rename to {quoted(old)}".encode())
            load(there, self._address, staged.chunks())
            put_tag(there, self._address, schema or self._tag_schema(there), label, manifest)
            if replaces:
                drop_alone(there, self._address, old)
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


def drop_alone(connection: "psycopg.Connection[tuple[Any, ...]]", address: Address, schema: str) -> None:
    """Drop a schema, and nothing that is not in it: raises `OutputError` (`exists`) where something hangs on it."""
    ((oid,),) = rows(connection, "select oid from pg_namespace where nspname = %s", schema)
    before = rows(connection, _OUTSIDE, *[oid] * _OUTSIDE.count("%s"))
    connection.execute(f"set local lock_timeout = '60s'; drop schema {quoted(schema)} cascade".encode())
    if rows(connection, _OUTSIDE, *[oid] * _OUTSIDE.count("%s")) != before:
        hint = "`masker purge` the old copy first, or move what hangs on it"
        raise OutputError("exists", "something outside of DEST hangs on what is in it", hint, address.place)
