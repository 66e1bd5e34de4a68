"""PostgreSQL: read by `pg_dump` and COPY in one snapshot, loaded by COPY into a database under a name of its own."""

import contextlib
from collections.abc import Callable, Iterable

from masker.address import Address
from masker.dumped import Dumped
from masker.errors import InputError
from masker.label import KEY
from masker.servers import Loading, Tag
from masker.servers.postgres._read import Snapshot
from masker.servers.postgres._session import connect, quoted, rows, server_errors
from masker.servers.postgres._staging import PostgresLoading, clean, is_there, maintenance, user_tables

_FIND_TAG = f"""
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n
  on n.oid = c.relnamespace where c.relkind = 'r' and c.relname = '{KEY}' and (%s = '' or n.nspname = %s)
"""


class _Postgres:
    """See `masker.servers.Server`."""

    def read(self, address: Address) -> Dumped:
        return Snapshot(address).dumped()

    def identity(self, address: Address) -> tuple[str, ...]:
        with contextlib.closing(connect(address)) as connection, server_errors(address):
            # The time at which it was started tells two servers apart that were made from one backup.
            query = (
                "select (select system_identifier from pg_control_system()), pg_postmaster_start_time(), "
                "(select oid from pg_database where datname = current_database())"
            )
            ((system, started, database),) = rows(connection, query)
        return "postgres", str(system), started.isoformat(), str(database)

    def check_free(self, address: Address) -> None:
        is_there(address)

    def load(self, address: Address, may_replace: Callable[[], None] | None = None) -> Loading:
        return PostgresLoading(address, may_replace)

    def tag(self, address: Address) -> Tag | None:
        try:
            connection = connect(address)
        except InputError as error:
            if error.code != "not-found":
                raise
            return None
        with contextlib.closing(connection), server_errors(address):
            found = rows(connection, _FIND_TAG, address.schema, address.schema)
            if len(found) != 1:
                return None
            held = rows(connection, f"select label, manifest from {found[0][0]}")
            if len(held) != 1:
                return None
            tables = tuple(name for name in user_tables(connection, address.schema) if name.rpartition(".")[2] != KEY)
        return Tag(held[0][0], bytes(held[0][1]), tables)

    def set_manifest(self, address: Address, manifest: bytes) -> None:
        with contextlib.closing(connect(address)) as connection, server_errors(address):
            ((name,),) = rows(connection, _FIND_TAG, address.schema, address.schema)
            connection.execute(f"update {name} set manifest = %s".encode(), (manifest,))

    def drop(self, address: Address, tables: Iterable[str]) -> bool:
        tag = self.tag(address)
        if tag is None or not set(tag.tables) <= set(tables):
            return False
        place = connect(address) if address.schema else maintenance(address)
        with contextlib.closing(place) as connection, server_errors(address):
            what = (
                f"schema {quoted(address.schema)} cascade" if address.schema else f"database {quoted(address.database)}"
            )
            connection.execute(f"drop {what}".encode())
        return True

    def clean(self, address: Address) -> int:
        return clean(address)


SERVER = _Postgres()
