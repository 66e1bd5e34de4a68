"""Loads a plain dump into a PostgreSQL database, statement by statement, rows by `COPY … FROM stdin`.

Owners, grants and psql's own commands stay out: what is made belongs to who makes it. A dump that goes on in another
database is refused.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from masker.address import Address
from masker.errors import InputError, Place
from masker.servers._statements import CopyIn, Execute, steps
from masker.servers.postgres._session import server_errors

if TYPE_CHECKING:
    import psycopg

_PASSED_OVER = frozenset(
    "GRANT|REVOKE|ALTER DEFAULT PRIVILEGES|COMMENT ON EXTENSION|COMMENT ON DATABASE|ALTER DATABASE|CREATE DATABASE|"
    "DROP DATABASE|\\restrict|\\unrestrict|\\encoding|\\set|\\echo|\\pset|\\timing|SECURITY LABEL".split("|")
)
_OWNER = re.compile(rb"\s+OWNER\s+TO\s+\S+\s*;?\s*\Z", re.IGNORECASE)
_ABOUT_TABLESPACE = re.compile(rb"SET\s+(?:SESSION\s+)?default_tablespace\b", re.IGNORECASE)
_HAS_PUBLIC = re.compile(rb"CREATE\s+SCHEMA\s+\"?public\"?\s*;?\s*\Z", re.IGNORECASE)
_CONNECT = frozenset(["\\c", "\\connect"])


def load(connection: "psycopg.Connection[tuple[Any, ...]]", address: Address, chunks: Iterable[bytes]) -> None:
    """Execute a dump on a connection.

    Raises `OutputError` (`database`, `permission`, `no-space`) where the server refuses, with the line of the dump,
    and `InputError` (`unsupported`) for what cannot be loaded into one database.
    """
    place = Place(file=address.name)
    made_any = False
    for step in steps(chunks, "postgres", place):
        if isinstance(step, CopyIn):
            made_any = True
            with server_errors(address, line=step.line), connection.cursor().copy(step.query) as copy:
                for data in step.rows:
                    copy.write(data)
            continue
        if step.kind in _CONNECT and made_any:
            hint = "mask the dump of each database by itself"
            raise InputError(
                "unsupported", "the dump goes on in another database", hint, replace(place, line=step.line)
            )
        if step.kind in _CONNECT or _is_passed_over(step):
            continue
        made_any = made_any or step.kind.startswith("CREATE TABLE")
        with server_errors(address, line=step.line):
            connection.execute(step.data)


def _is_passed_over(step: Execute) -> bool:
    if any(step.kind == kind or step.kind.startswith(kind + " ") for kind in _PASSED_OVER):
        return True
    if step.kind.startswith("ALTER ") and _OWNER.search(step.data[-300:]):
        return True
    return bool(
        (step.kind == "SET" and _ABOUT_TABLESPACE.match(step.data))
        or (step.kind == "CREATE SCHEMA" and _HAS_PUBLIC.match(step.data))
    )
