"""Connections to PostgreSQL, whose errors are masker's own: the server's texts may hold values."""

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from masker.address import Address
from masker.errors import InputError, OutputError, Place, UsageError

if TYPE_CHECKING:
    import psycopg

_SECONDS = 15
# What fails before the login has a text and no state; the text is only looked at.
_NOT_LET_IN = ("authentication failed", "no password supplied", "no pg_hba.conf entry", "not permitted to log in")
_GONE = "does not exist"


def connect(address: Address) -> "psycopg.Connection[tuple[Any, ...]]":
    """A connection in autocommit mode. What is not in the address comes from the environment, as with libpq's tools."""
    try:
        import psycopg
    except ImportError:
        raise UsageError("usage", "PostgreSQL needs the package psycopg", "`pip install 'psycopg[binary]'`") from None
    given = {
        "host": address.host,
        "port": str(address.port),
        "user": address.user,
        "password": address.password,
        "dbname": address.database,
        "sslmode": address.option("sslmode"),
        "sslrootcert": address.option("sslrootcert"),
    }
    with server_errors(address):
        return psycopg.connect(
            **{name: value for name, value in given.items() if value},  # type: ignore[arg-type]
            autocommit=True,
            prepare_threshold=None,
            client_encoding="UTF8",
            connect_timeout=int(os.environ.get("PGCONNECT_TIMEOUT", _SECONDS)),
            application_name="masker",
            options="-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0",
        )


def client_environment(address: Address) -> dict[str, str]:
    """The environment for pg_dump: the password comes by it, never by an argument, which others can see."""
    named = {
        "PGHOST": address.host,
        "PGPORT": str(address.port),
        "PGUSER": address.user,
        "PGPASSWORD": address.password,
        "PGDATABASE": address.database,
        "PGSSLMODE": address.option("sslmode"),
        "PGSSLROOTCERT": address.option("sslrootcert"),
    }
    own = {name: value for name, value in os.environ.items() if not name.startswith("PGOPTIONS")}
    return {**own, "LC_ALL": "C", "PGTZ": "UTC", **{name: value for name, value in named.items() if value}}


@contextlib.contextmanager
def server_errors(address: Address, *, line: int | None = None) -> Iterator[None]:
    """Turn psycopg's errors into masker's, by their SQLSTATE alone (PostgreSQL documentation, appendix A).

    `line` is that of the dump whose statement is executed.
    """
    import psycopg

    failure: InputError | OutputError
    try:
        yield
        return
    except psycopg.Error as error:
        failure = _told(error, Place(database=address.name, line=line))
    raise failure from None


def _told(error: "psycopg.Error", place: Place) -> InputError | OutputError:
    import psycopg

    state = error.sqlstate or ""
    text = "" if state else str(error)  # libpq gives no state for what fails before the login; it is only looked at
    if state == "3D000" or ('database "' in text and _GONE in text):
        return InputError("not-found", "there is no such database on the server", "check the URL", place)
    if state.startswith("28") or any(words in text for words in _NOT_LET_IN) or ('role "' in text and _GONE in text):
        hint = "check user and password: PGPASSWORD, or .pgpass"
        return OutputError("permission", "the server does not let this user in", hint, place)
    if state == "42501":
        hint = "docs/databases.md lists what a user needs"
        return OutputError("permission", "the user may not do what this needs", hint, place)
    if state in ("42P04", "42P06"):
        return OutputError("exists", "DEST exists", "choose another DEST or remove it first", place)
    if state in ("55006", "55P03"):
        hint = "end other connections to it: what is in use cannot be replaced"
        return OutputError("database", "somebody else uses the database of DEST", hint, place)
    if state.startswith("53") and state != "53300":
        return OutputError("no-space", "the server has no space or memory left", "make room on the server", place)
    if not state or state.startswith(("08", "57P")) or (isinstance(error, psycopg.OperationalError) and not state):
        message = "the server cannot be reached, or the connection was lost"
        return OutputError("database", message, "is it up? check host and port", place)
    return OutputError("database", f"the server refused a statement (SQLSTATE {state})", "see the server's log", place)


def quoted(name: str) -> str:
    """An identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def rows(connection: "psycopg.Connection[tuple[Any, ...]]", query: str, *values: object) -> list[tuple[Any, ...]]:
    """All rows of a small query; `values` go apart from its text."""
    return connection.execute(query.encode(), values or None).fetchall()
