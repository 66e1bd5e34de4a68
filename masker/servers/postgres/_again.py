"""Rows of a dump once more in a PostgreSQL database: see `masker.servers._again`."""

import contextlib
import secrets
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from masker.address import Address
from masker.dumped import Dumped
from masker.servers._again import rows_again
from masker.servers._statements import CopyIn
from masker.servers.postgres._read import Snapshot
from masker.servers.postgres._session import connect, rows, server_errors

if TYPE_CHECKING:
    import psycopg

_COLUMNS = """
select quote_ident(attname) from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped and attnotnull
"""


@contextlib.contextmanager
def again(
    staged: Address, shown: Address, chunks: Iterable[bytes], tables: Collection[str]
) -> Iterator[tuple[Dumped, dict[str, str]]]:
    """Fill tables beside those of the database `staged`; gives a dump of them, and what it calls each of `tables`.

    They lie in a schema of their own, which is gone at the end. `shown` is what errors call the database.
    """
    space = f"masker_again_{secrets.token_hex(8)}"
    names: dict[str, str] = {}
    with contextlib.closing(connect(staged)) as connection, server_errors(shown):
        connection.execute(f"create schema {space}".encode())

        def named(table: str, spelled: bytes) -> bytes:
            if table not in names:
                names[table] = f"t{len(names)}"
                _beside(connection, spelled, f"{space}.{names[table]}")
            return f"{space}.{names[table]}".encode()

        for step in rows_again(chunks, "postgres", shown.place, tables, named):
            with server_errors(shown, line=step.line):
                if isinstance(step, CopyIn):
                    with connection.cursor().copy(step.query) as copy:
                        for data in step.rows:
                            copy.write(data)
                else:
                    connection.execute(step.data)
        with contextlib.closing(Snapshot(replace(staged, schema=space)).dumped()) as dumped:
            yield replace(dumped, name=shown.name), names
        connection.execute(b"reset all")
        connection.execute(f"drop schema {space} cascade".encode())


def _beside(connection: "psycopg.Connection[tuple[Any, ...]]", model: bytes, name: str) -> None:
    # No default: it would take numbers from sequences. So what rows do not say is NULL, whatever the column takes.
    connection.execute(f"create unlogged table {name} (like ".encode() + model + b" including generated)")
    if columns := rows(connection, _COLUMNS, name):
        dropped = ", ".join(f"alter {column} drop not null" for (column,) in columns)
        connection.execute(f"alter table {name} {dropped}".encode())
