"""What runs leave that were killed: databases in the making, and a DEST that was to be filled or replaced.

A table `masker_publishing` stands in DEST while it is not whole. Its one row names the run and says how DEST becomes
whole again: by dropping it (the run made it), by emptying it, or by making views, routines, triggers and events anew,
those of the old copy or of the new one, whichever's tables are there.
"""

import contextlib
import re
from typing import TYPE_CHECKING, Any, Literal

from masker.address import Address
from masker.errors import MaskerError
from masker.servers import STAGING
from masker.servers.mysql._load import load
from masker.servers.mysql._session import connect, execute, literal, quoted, rows, server_errors

if TYPE_CHECKING:
    from pymysql.connections import Connection

MARK = "masker_publishing"
Way = Literal["empty", "drop", "make"]
_OURS = re.compile(STAGING + r"[0-9a-f]{16}\Z")
_ROUTINES = "select routine_name from information_schema.routines where routine_schema = {} and routine_type = "
_TABLES = "select table_name from information_schema.tables where table_schema = {} and table_type "
_THINGS = (
    ("table", _TABLES + "<> 'VIEW'"),
    ("view", _TABLES + "= 'VIEW'"),
    ("procedure", _ROUTINES + "'PROCEDURE'"),
    ("function", _ROUTINES + "'FUNCTION'"),
    ("event", "select event_name from information_schema.events where event_schema = {}"),
)


def things(connection: "Connection[Any]", database: str) -> list[tuple[str, str]]:
    """Everything that a database holds but triggers, as (kind, name)."""
    return [(kind, name) for kind, query in _THINGS for (name,) in rows(connection, query.format(literal(database)))]


def put_mark(connection: "Connection[Any]", database: str, run: str, way: Way, todo: bytes = b"") -> None:
    """Make the mark in a database where it says nothing yet; `todo` is a dump of what is to be made."""
    name = f"{quoted(database)}.{MARK}"
    execute(connection, f"create table {name} (run varchar(64) not null, way varchar(8) not null, todo longblob)")
    execute(connection, f"insert into {name} values ('{run}', '{way}', {'0x' + todo.hex() if todo else 'null'})")


def drop_triggers(connection: "Connection[Any]", database: str) -> None:
    """Drop all triggers of a database: tables that have some cannot leave it."""
    query = f"select trigger_name from information_schema.triggers where trigger_schema = {literal(database)}"
    for (name,) in rows(connection, query):
        execute(connection, f"drop trigger {quoted(database)}.{quoted(name)}")


def make_whole(address: Address, run: str) -> None:
    """Do what the mark of a run at DEST says; nothing where there is none."""
    with contextlib.closing(connect(address, database="")) as connection, server_errors(address):
        if ("table", MARK) not in things(connection, address.database):
            return
        name = f"{quoted(address.database)}.{MARK}"
        marks = rows(connection, f"select run, way, hex(todo) from {name}")
        if len(marks) != 1 or marks[0][0] != run:
            return
        _, way, todo = marks[0]
        if way == "drop":
            execute(connection, f"drop database {quoted(address.database)}")
            return
        execute(connection, "set foreign_key_checks = 0")
        drop_triggers(connection, address.database)
        for kind, each in things(connection, address.database):
            if (way == "empty" or kind != "table") and each != MARK:
                execute(connection, f"drop {kind} if exists {quoted(address.database)}.{quoted(each)}")
        if way == "make":
            with contextlib.closing(connect(address)) as there:
                load(there, address, [bytes.fromhex(todo)])
        execute(connection, f"drop table {name}")


def clean(address: Address) -> int:
    """Drop what killed runs left: databases in the making, and make whole what they left half-made; gives how many."""
    dropped = 0
    with contextlib.closing(connect(address, database="")) as connection, server_errors(address):
        query = f"select table_schema from information_schema.tables where table_name = '{MARK}'"
        for (name,) in rows(connection, query):
            with contextlib.suppress(MaskerError), server_errors(address):
                marks = rows(connection, f"select run from {quoted(name)}.{MARK}")
                if len(marks) == 1 and _OURS.match(marks[0][0]) and _is_free(connection, marks[0][0]):
                    make_whole(address.beside(name), marks[0][0])
        found = rows(connection, f"show databases like '{STAGING.replace('_', chr(92) + '_')}%'")
        for (name,) in found:
            if _OURS.match(name) and _is_free(connection, name):
                with contextlib.suppress(MaskerError), server_errors(address):
                    execute(connection, f"drop database {quoted(name)}")
                    dropped += 1
    return dropped


def _is_free(connection: "Connection[Any]", run: str) -> bool:
    return rows(connection, f"select is_free_lock('{run}')") == [("1",)]
