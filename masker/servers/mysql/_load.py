"""Loads a plain dump into a MySQL or MariaDB database, statement by statement.

Definers, locks and the dump's choice of a database stay out: what is made belongs to who makes it, where it is made. A
dump that goes on in another database is refused.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from masker.address import Address
from masker.errors import InputError, Place
from masker.servers._statements import CopyIn, Execute, steps
from masker.servers.mysql._objects import without_definer
from masker.servers.mysql._session import execute, rows, server_errors

if TYPE_CHECKING:
    from pymysql.connections import Connection

_PASSED_OVER = (
    "LOCK",
    "UNLOCK",
    "CREATE DATABASE",
    "CREATE SCHEMA",
    "DROP DATABASE",
    "ALTER DATABASE",
    "GRANT",
    "REVOKE",
)
# Data truncated, out of range, cut, incorrect value, too long, cannot be converted.
_CUT = {1264, 1265, 1292, 1366, 1406, 1411, 3854}
_DELIMITER = re.compile(rb"DELIMITER[ \t]+(\S+)", re.IGNORECASE)
_USE = re.compile(rb"USE\s+(.*?)\s*;?\s*\Z", re.IGNORECASE | re.DOTALL)
_GLOBAL = re.compile(rb"SET\s+(?:@@)?GLOBAL\b", re.IGNORECASE)
_CREATES = re.compile(rb"(?:/\*M?!\d*\s*)?(?:CREATE|ALTER)\b", re.IGNORECASE)


def load(connection: "Connection[Any]", address: Address, chunks: Iterable[bytes]) -> None:
    """Execute a dump on a connection that has a database.

    Raises `OutputError` (`database`, `permission`, `no-space`) where the server refuses, with the line of the dump,
    and `InputError` (`unsupported`) for what cannot be loaded into one database.
    """
    place = Place(file=address.name)
    delimiter = b";"
    used: set[bytes] = set()
    for step in steps(chunks, "mysql", place):
        if isinstance(step, CopyIn):
            raise InputError("unsupported", "this is a dump of PostgreSQL", place=place)
        if step.kind == "DELIMITER":
            found = _DELIMITER.match(step.data)
            delimiter = found.group(1) if found else b";"
            continue
        if (use := _USE.match(step.data)) and step.kind.startswith("USE"):
            used.add(use.group(1))
            if len(used) > 1:
                hint = "mask the dump of each database by itself"
                raise InputError(
                    "unsupported", "the dump goes on in another database", hint, replace(place, line=step.line)
                )
            continue
        if not step.kind.startswith(_PASSED_OVER) and not _GLOBAL.match(step.data):
            with server_errors(address, line=step.line):
                execute(connection, asked(step, delimiter))


def has_warned(connection: "Connection[Any]") -> bool:
    """Whether the last INSERT lost something: the modes that dumps set let what does not fit be cut in silence."""
    result = connection._result
    if result is None or not result.warning_count:
        return False
    return any(int(code) in _CUT for _, code, _ in rows(connection, "show warnings"))


def asked(step: Execute, delimiter: bytes) -> bytes:
    """The statement without its terminator, and without a definer."""
    data = step.data.rstrip()
    data = data.removesuffix(b";" if step.kind == "INSERT" else delimiter).rstrip()
    return without_definer(data) if _CREATES.match(data) else data
