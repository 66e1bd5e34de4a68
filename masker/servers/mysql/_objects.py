"""Views, routines, triggers and events of a database as statements of a dump, without their definers.

A view may need another one, or a function; so each is first made with the columns that it will have, as mysqldump does.
Events are made disabled: nothing in a copy is to run by itself.
"""

import re
from typing import TYPE_CHECKING, Any

from masker.errors import OutputError
from masker.servers.mysql._session import literal, quoted, rows

if TYPE_CHECKING:
    from pymysql.connections import Connection

_ACCOUNT = r"(?:`(?:[^`]|``)*`|'[^']*'|\"[^\"]*\"|[\w.%]+)"
DEFINER = re.compile(rf"\bDEFINER\s*=\s*(?:CURRENT_USER(?:\(\))?|{_ACCOUNT}(?:\s*@\s*{_ACCOUNT})?)\s*".encode(), re.I)
_ENABLED = re.compile(r"(\bON COMPLETION (?:NOT )?PRESERVE )ENABLE\b", re.I)
_HEAD_CHARACTERS = 600


def without_definer(statement: bytes) -> bytes:
    """A CREATE statement without the account that defined it: in a copy that is whoever loads it."""
    head = DEFINER.sub(b"", statement[:_HEAD_CHARACTERS], count=1)
    return head + statement[_HEAD_CHARACTERS:]


def views(connection: "Connection[Any]", names: list[str]) -> tuple[bytes, bytes]:
    """What makes all views for the time being, and what makes them as they are."""
    before = after = b""
    for name in names:
        columns = rows(connection, f"show columns from {quoted(name)}")
        cells = ", ".join(f"1 AS {quoted(column[0])}" for column in columns)
        before += f"CREATE VIEW {quoted(name)} AS SELECT {cells};\n".encode()
        created = rows(connection, f"show create view {quoted(name)}")[0][1]
        made = without_definer(created.encode())
        after += f"DROP VIEW IF EXISTS {quoted(name)};\n".encode() + made + b";\n"
    return before, after


def objects(connection: "Connection[Any]", database: str) -> bytes:
    """Functions and procedures, then triggers, then events."""
    made = b""
    where = f"= {literal(database)}"
    for kind in ("function", "procedure"):
        for row in rows(connection, f"show {kind} status where db {where}"):
            _, mode, created, *_ = rows(connection, f"show create {kind} {quoted(row[1])}")[0]
            made += _delimited(created, mode)
    query = f"select trigger_name from information_schema.triggers where trigger_schema {where} order by 1"
    for (name,) in rows(connection, query):
        _, mode, created, *_ = rows(connection, f"show create trigger {quoted(name)}")[0]
        made += _delimited(created, mode)
    for row in rows(connection, f"show events where db {where}"):
        _, mode, _, created, *_ = rows(connection, f"show create event {quoted(row[1])}")[0]
        made += _delimited(_ENABLED.sub(r"\1DISABLE", created, count=1), mode)
    return made


def _delimited(statement: str, mode: str) -> bytes:
    if not statement:  # its body is shown to those alone who may see it
        raise OutputError("permission", "the user may not see a routine", "docs/databases.md lists what a user needs")
    delimiter = ";;"
    while delimiter in statement:
        delimiter += ";" if "$" in delimiter else "$$"
    text = without_definer(statement.encode()).decode()
    return (
        f"/*!50003 SET SQL_MODE='{mode}' */;\nDELIMITER {delimiter}\n{text} {delimiter}\nDELIMITER ;\n"
        "/*!50003 SET SQL_MODE='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES' */;\n"
    ).encode()
