"""A PostgreSQL database as the bytes of a plain dump, all reads of one run in one snapshot.

The schema is what `pg_dump` says of it, the rows are what `COPY … TO STDOUT` says, in the order of pg_dump
(PostgreSQL documentation, pg_dump, `--snapshot` and `--section`). Large objects, publications, subscriptions,
owners and grants are left out.
"""

import contextlib
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from masker.address import Address
from masker.dumped import Dumped
from masker.errors import InputError, OutputError
from masker.label import KEY
from masker.servers._stream import in_chunks, stream_of
from masker.servers.postgres._session import client_environment, connect, quoted, rows, server_errors

_NOT_SYSTEM = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
_NOT_EXTENSION = (
    "not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid "
    "and d.deptype = 'e')"
)
_TABLES = f"""
select quote_ident(n.nspname) || '.' || quote_ident(c.relname),
       (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''),
       n.nspname, c.relname
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and {_NOT_SYSTEM} and {_NOT_EXTENSION} and (%s = '' or n.nspname = %s)
order by n.nspname collate "C", c.relname collate "C"
"""
_SEQUENCES = f"""
select quote_ident(n.nspname) || '.' || quote_ident(c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'S' and {_NOT_SYSTEM} and {_NOT_EXTENSION} and (%s = '' or n.nspname = %s)
order by n.nspname collate "C", c.relname collate "C"
"""
_PG_DUMP = (
    "pg_dump --no-password --no-owner --no-privileges --no-tablespaces --no-publications --no-subscriptions "
    "--no-security-labels --no-blobs --encoding=UTF8"
).split()
_COMPLETE = b"--\n-- PostgreSQL database dump complete\n--\n"
_RESTRICT = re.compile(rb"^\\restrict (\w+)\n", re.MULTILINE)
_SESSION = (
    b"set timezone = 'UTC'",
    b"set datestyle = 'ISO'",
    b"set intervalstyle = 'postgres'",
    b"set extra_float_digits = 3",
    b"set synchronize_seqscans = off",
    b"set row_security = off",
    b"set bytea_output = 'hex'",
)


@dataclass(frozen=True, slots=True)
class _CopiedTable:
    name: str
    columns: str
    is_tag: bool
    bare: str

    @property
    def head(self) -> bytes:
        return f"COPY {self.name} ({self.columns}) FROM stdin;\n".encode()

    @property
    def query(self) -> bytes:
        return f"COPY {self.name} ({self.columns}) TO STDOUT".encode()


class Snapshot:
    """A database as it is at one moment: tables locked against changes of their schema, rows by one snapshot."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._holder = connect(address)
        self._opened = threading.Lock()
        try:
            with server_errors(address):
                self._take()
        except BaseException:
            self._holder.close()
            raise

    def _take(self) -> None:
        holder, schema = self._holder, self.address.schema
        _require_client(holder.info.server_version, self.address)
        holder.execute(b"begin isolation level repeatable read, read only")
        for setting in _SESSION:
            holder.execute(setting)
        ((self._id,),) = rows(holder, "select pg_export_snapshot()")
        if schema and not rows(holder, "select from pg_namespace where nspname = %s", schema):
            raise InputError(
                "not-found", "there is no such schema in the database", "check the URL", self.address.place
            )
        found = rows(holder, _TABLES, schema, schema)
        self.tables = [
            _CopiedTable(name, columns or "", bare == KEY, f"{space}.{bare}") for name, columns, space, bare in found
        ]
        for table in self.tables:
            holder.execute(f"lock table only {table.name} in access share mode".encode())
        self.has_tag = any(table.is_tag for table in self.tables)
        self._before, self._after = self._schema("pre-data"), self._schema("post-data")
        self._sequences = b"".join(self._set(name) for (name,) in rows(holder, _SEQUENCES, schema, schema))

    def _set(self, name: str) -> bytes:
        ((last, called),) = rows(self._holder, f"select last_value, is_called from {name}")
        literal = "'" + name.replace("'", "''") + "'"
        literal = literal if "\\" not in literal else " E" + literal.replace("\\", "\\\\")
        return f"SELECT pg_catalog.setval({literal}, {last}, {'true' if called else 'false'});\n\n".encode()

    def _schema(self, section: str) -> bytes:
        """What pg_dump says of one section of the schema, without what differs from run to run."""
        only = []
        if self.address.schema:
            only = [f"--schema={quoted(self.address.schema)}", "--extension=*"]
        command = [*_PG_DUMP, f"--section={section}", f"--snapshot={self._id}", f"--exclude-table=*.{KEY}", *only]
        done = subprocess.run(
            command, env=client_environment(self.address), stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if done.returncode:
            raise OutputError(
                "database",
                "pg_dump could not read the schema",
                "does the user have the rights that docs/databases.md lists?",
                self.address.place,
            )
        text = done.stdout
        if token := _RESTRICT.search(text):
            key = token.group(1)
            text = text.replace(b"\\restrict %s\n" % key, b"").replace(b"\\unrestrict %s\n" % key, b"")
        head, complete, tail = text.rpartition(_COMPLETE)
        return head + tail if complete and section == "pre-data" else text

    def table(self, name: str) -> Iterator[bytes]:
        """The rows of one table, with what opens and closes them; the whole dump where no table has that name."""
        found = [table for table in self.tables if name == table.bare]
        return self.chunks(data_only=True, tables=found) if found else self.chunks()

    def chunks(self, *, data_only: bool = False, tables: "Sequence[_CopiedTable] | None" = None) -> Iterator[bytes]:
        """The dump, or only the rows of all (or some) tables as COPY gives them."""
        if not data_only:
            yield self._before
        with server_errors(self.address), contextlib.closing(connect(self.address)) as connection:
            connection.execute(b"begin isolation level repeatable read, read only")
            connection.execute(f"set transaction snapshot '{self._id}'".encode())
            for setting in _SESSION:
                connection.execute(setting)
            for table in self.tables if tables is None else tables:
                if table.is_tag:
                    continue
                yield table.head
                with connection.cursor().copy(table.query) as copy:
                    yield from in_chunks(map(bytes, copy))
                yield b"\\.\n\n\n"
        if not data_only:
            yield self._sequences
            yield self._after

    def close(self) -> None:
        """Let go of the snapshot and of the locks."""
        self._holder.close()

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


def _require_client(server: int, address: Address) -> None:
    """Refuse a server of a later major version than pg_dump: it would misread the catalogs."""
    if shutil.which("pg_dump") is None:
        hint = "install the client tools of PostgreSQL"
        raise InputError("unsupported", "reading PostgreSQL needs the program pg_dump", hint, address.place)
    said = subprocess.run(["pg_dump", "--version"], capture_output=True, check=False).stdout
    found = re.search(rb"\) (\d+)", said)
    major = server // 10_000
    if found is None or int(found.group(1)) < major:
        hint = f"install the client tools of PostgreSQL {major} or later"
        raise InputError("unsupported", "the server is newer than the program pg_dump", hint, address.place)
