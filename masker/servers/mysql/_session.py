"""Connections to MySQL and MariaDB whose errors are masker's own, and whose values come as the server's bytes."""

import contextlib
import getpass
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from masker.address import Address
from masker.errors import InputError, OutputError, Place, UsageError

if TYPE_CHECKING:
    from pymysql.connections import Connection

_SECONDS = 15
# A reader that masks and verifies on the way is slow: the defaults of a minute would end the connection.
_SESSION = (
    "set names utf8mb4",
    "set sql_mode = ''",
    "set time_zone = '+00:00'",
    "set sql_quote_show_create = 1",
    "set net_write_timeout = 86400, net_read_timeout = 86400, wait_timeout = 86400",
)
# Numbers of errors: MariaDB documentation, "MariaDB Error Code Reference"; of the client 2000 and up.
_LOGIN = {1045, 1251, 1698, 1130, 1862}
_RIGHTS = {1044, 1142, 1143, 1227, 1370, 1410, 1419, 1449}
_LOST = {1040, 1053, 1152, 1158, 1159, 1160, 1161, 1184, 1317, 1927, 2002, 2003, 2005, 2006, 2013, 2014, 2055}
_FULL = {1021, 1037, 1038, 1041, 1114}


def connect(address: Address, *, database: str | None = None) -> "Connection[Any]":
    """A connection in autocommit mode, to `database` (default: the address's own, "": none)."""
    try:
        import pymysql
    except ImportError:
        raise UsageError("usage", "MySQL and MariaDB need the package PyMySQL", "`pip install PyMySQL`") from None
    chosen = address.database if database is None else database
    certificate = address.option("sslrootcert")
    with server_errors(address):
        connection = pymysql.connect(
            host=None if address.host.startswith("/") else address.host or "127.0.0.1",
            unix_socket=address.host if address.host.startswith("/") else None,
            port=address.port,
            user=address.user or getpass.getuser(),
            password=address.password or os.environ.get("MYSQL_PWD", ""),
            database=chosen or None,
            charset="utf8mb4",
            use_unicode=False,
            conv={},
            autocommit=True,
            local_infile=False,
            connect_timeout=_SECONDS,
            ssl_ca=certificate or None,
            ssl_verify_cert=True if certificate else None,
        )
        for setting in _SESSION:
            execute(connection, setting)
    return connection


def execute(connection: "Connection[Any]", statement: str | bytes) -> None:
    """Execute one statement whose rows nobody wants."""
    connection.query(statement.encode() if isinstance(statement, str) else statement)


def rows(connection: "Connection[Any]", query: str) -> list[tuple[str, ...]]:
    """All rows of a small query as text; a NULL is ""."""
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute(query)
        return [tuple("" if cell is None else bytes(cell).decode() for cell in row) for row in cursor.fetchall()]


def quoted(name: str) -> str:
    """An identifier in backticks."""
    return "`" + name.replace("`", "``") + "`"


def literal(text: str | bytes) -> str:
    """A string as a literal of hex digits, which no setting reads otherwise."""
    data = text.encode() if isinstance(text, str) else text
    return f"convert(0x{data.hex()} using utf8mb4)" if data else "''"


@contextlib.contextmanager
def server_errors(address: Address, *, line: int | None = None) -> Iterator[None]:
    """Turn PyMySQL's errors into masker's, by their number alone; `line` is that of the dump that is loaded."""
    import pymysql

    failure: InputError | OutputError
    try:
        yield
        return
    except pymysql.err.Error as error:
        number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        failure = _told(number, Place(database=address.name, line=line))
    except OSError:
        failure = _told(2013, Place(database=address.name, line=line))
    raise failure from None


def _told(number: int, place: Place) -> InputError | OutputError:
    if number == 1049:
        return InputError("not-found", "there is no such database on the server", "check the URL", place)
    if number in _LOGIN:
        return OutputError("permission", "the server does not let this user in", "check user and MYSQL_PWD", place)
    if number in _RIGHTS:
        hint = "docs/databases.md lists what a user needs"
        return OutputError("permission", "the user may not do what this needs", hint, place)
    if number == 1007:
        return OutputError("exists", "DEST exists", "choose another DEST or remove it first", place)
    if number == 1205:
        hint = "end what uses its tables: what is in use cannot be replaced"
        return OutputError("database", "somebody else uses the database of DEST", hint, place)
    if number in _FULL:
        return OutputError("no-space", "the server has no space or memory left", "make room on the server", place)
    if number in _LOST or number == 0:
        message = "the server cannot be reached, or the connection was lost"
        return OutputError("database", message, "is it up? check host and port", place)
    return OutputError("database", f"the server refused a statement (error {number})", "see the server's log", place)
