"""Which statements of a dump may pass: an allow-list of what dump tools write; everything else stops the run.

What changes, moves or runs something (UPDATE, DELETE, CALL, DO, COPY … PROGRAM, LOAD DATA), what holds passwords
(roles, user mappings, subscriptions) and whatever is not known is refused. What holds values of rows in a form that
masking does not reach is dropped: statistics, which the server makes anew, and large objects.
"""

import re
from typing import Literal

from masker.errors import InputError, Place, shown
from masker.sql import Dialect
from masker.sql.large_objects import is_large_object
from masker.sql.lexemes import Token, tokens
from masker.sql.pieces import Statement
from masker.sql.settings import holds_a_secret, is_plain_command, sets_a_text
from masker.sql.swallowed import swallows
from masker.sql.virtual import is_rebuild

Verdict = Literal["pass", "drop", "refuse"]

_LOOKED_AT = 40  # tokens of a statement that tell what it is
_ARGUMENTS = r"\((?:[^()]|\([^()]*\))*\)"
_OBJECTS = {
    "postgres": (
        "ACCESS METHOD|AGGREGATE|CAST|COLLATION|CONVERSION|DATABASE|DEFAULT PRIVILEGES|DOMAIN|EVENT TRIGGER|EXTENSION|"
        "FOREIGN DATA WRAPPER|FOREIGN TABLE|FUNCTION|INDEX|LANGUAGE|LARGE OBJECT|MATERIALIZED VIEW|OPERATOR|POLICY|"
        "PROCEDURE|PROCEDURAL LANGUAGE|PUBLICATION|ROUTINE|RULE|SCHEMA|SEQUENCE|SERVER|STATISTICS|TABLE|TEXT SEARCH|"
        "TRANSFORM|TRIGGER|TYPE|VIEW"
    ),
    "mysql": (
        "DATABASE|EVENT|FUNCTION|INDEX|PACKAGE|PACKAGE BODY|PROCEDURE|SCHEMA|SEQUENCE|TABLE|TABLESPACE|TRIGGER|VIEW"
    ),
    "sqlite": "INDEX|TABLE|TRIGGER|VIEW|VIRTUAL TABLE",
}
_BEFORE_OBJECTS = {
    "postgres": (r"(?:OR REPLACE |GLOBAL |LOCAL |TEMP |TEMPORARY |UNLOGGED |UNIQUE |CONSTRAINT |RECURSIVE |TRUSTED )*"),
    "mysql": (
        r"(?:OR REPLACE |TEMPORARY |UNIQUE |FULLTEXT |SPATIAL |AGGREGATE |UNDO |ONLINE |OFFLINE |IGNORE "
        r"|ALGORITHM = \w+ |DEFINER = (?:\S+ @ \S+|CURRENT_USER(?: \( \))?|\S+) |SQL SECURITY \w+ )*"
    ),
    "sqlite": r"(?:TEMP |TEMPORARY |UNIQUE )*",
}
_DONE = r"(?: ;)*\Z"
_SWITCH = (
    r"(?:-? ?\d+|ON|OFF|YES|NO|TRUE|FALSE|WAL|DELETE|TRUNCATE|PERSIST|MEMORY|NORMAL|FULL|EXTRA|EXCLUSIVE|FILE|DEFAULT"
    r"|INCREMENTAL|NONE)"
)
_ALLOWED = {
    "postgres": [
        r"SET (?:SESSION |LOCAL )?\w+(?: \. \w+)? (?:=|TO) ",
        r"SET (?:SESSION AUTHORIZATION|TIME ZONE|XML OPTION|CONSTRAINTS) ",
        rf"SELECT (?:PG_CATALOG \. )?(?:SET_CONFIG|SETVAL) \( '(?: :: ?\w+| , '| , \d+| , TRUE| , FALSE)* \){_DONE}",
        r"(?:BEGIN|COMMIT|END|START TRANSACTION)(?: \w+)*" + _DONE,
        r"ANALYZE\b|COMMENT ON |SECURITY LABEL |REFRESH MATERIALIZED VIEW |TRUNCATE |LOCK TABLE |GRANT |REVOKE ",
        r"\\(?:RESTRICT|UNRESTRICT|CONNECT|C|ENCODING)\b",
    ],
    "mysql": [
        r"SET (?!PASSWORD\b|DEFAULT ROLE|ROLE\b)",
        r"(?:USE|DELIMITER) ",
        r"(?:BEGIN|COMMIT|START TRANSACTION)(?: WITH CONSISTENT SNAPSHOT)?" + _DONE,
        r"(?:LOCK|UNLOCK) TABLES?\b|TRUNCATE |GRANT |REVOKE ",
        rf"(?:SELECT|DO) SETVAL \( \S+(?: , -?\s?\d+)* \){_DONE}",
        r"\\ - ENABLE THE SANDBOX MODE" + _DONE,
    ],
    "sqlite": [
        rf"PRAGMA (?:ENCODING = \S+|\w+(?: = {_SWITCH}| \( {_SWITCH} \))?){_DONE}",
        r"(?:BEGIN|COMMIT|END)(?: TRANSACTION)?" + _DONE,
        r"DELETE FROM (?:SQLITE_SEQUENCE|\S+)(?<=SEQUENCE)" + _DONE,
        r"ANALYZE SQLITE_(?:SCHEMA|MASTER)" + _DONE,
        r"INSERT INTO SQLITE_SEQUENCE (?:\( NAME , SEQ \) )?VALUES \( ' , -?\s?\d+ \)" + _DONE,
    ],
}
_DROPPED = {
    "postgres": [r"SELECT \* FROM (?:PG_CATALOG \. )?PG_RESTORE_(?:RELATION|ATTRIBUTE|EXTENDED)_STATS "],
    "mysql": [r"ANALYZE TABLE "],
    "sqlite": [r"INSERT INTO SQLITE_STAT\d\b"],
}
_HOLDS_A_PASSWORD = frozenset(["PASSWORD", "IDENTIFIED"])
_RUNS_A_QUERY = frozenset(["SELECT", "LOAD_FILE"])


def _compiled(dialect: Dialect) -> re.Pattern[str]:
    objects = rf"(?:CREATE|ALTER|DROP) {_BEFORE_OBJECTS[dialect]}(?:{_OBJECTS[dialect]})\b"
    return re.compile("|".join([objects, *_ALLOWED[dialect]]))


_PASSES: dict[Dialect, re.Pattern[str]] = {
    "postgres": _compiled("postgres"),
    "mysql": _compiled("mysql"),
    "sqlite": _compiled("sqlite"),
}


def judge(statement: Statement, dialect: Dialect) -> Verdict:
    """Whether a statement may pass, is to be dropped, or must stop the run.

    Comments and blanks alone pass here; `remarks.py` says which comments stay. Literals in what passes are
    `ddl_literals.py`'s.
    """
    if dialect == "sqlite" and is_rebuild(statement.data.decode("utf-8", "replace")):
        return "pass"
    cut = tokens(statement.data, dialect)
    head = _head(cut[:_LOOKED_AT])
    if not head.strip(" ;"):
        return "pass"
    if any(re.match(pattern, head) for pattern in _DROPPED[dialect]):
        return "drop"
    if dialect == "postgres" and is_large_object(statement, cut):
        return "drop"
    if not _PASSES[dialect].match(head):
        return "refuse"
    return "refuse" if _hides_something(statement, cut, dialect) else "pass"


def _hides_something(statement: Statement, cut: list[Token], dialect: Dialect) -> bool:
    """Whether a statement that may pass by its head holds what must not: a password, a query, another one's rows."""
    first = cut[0].text.upper()
    if first == "DELIMITER" or (first == "\\" and dialect == "postgres"):
        return not is_plain_command(statement.data[statement.start :])
    if first in ("GRANT", "REVOKE") and any(token.is_word(*_HOLDS_A_PASSWORD) for token in cut):
        return True
    if first == "SET" and any(token.is_word(*_RUNS_A_QUERY) for token in cut):
        return True
    if (first in ("SET", "SELECT") or _alters_a_setting(cut)) and sets_a_text(cut, dialect):
        return True
    # psql takes a backslash anywhere for a command of its own.
    if dialect == "postgres" and any(token.is_symbol("\\") for token in cut):
        return True
    # SQLite's own counters: the pattern says all of the statement.
    return holds_a_secret(cut) or (first != "INSERT" and swallows(statement, cut, dialect))


def _alters_a_setting(cut: list[Token]) -> bool:
    return (
        cut[0].is_word("ALTER")
        and len(cut) > 1
        and cut[1].is_word("DATABASE")
        and any(token.is_word("SET") for token in cut)
    )


def refusal(statement: Statement) -> InputError:
    """The error for a statement that may not pass: its kind and line, nothing of its text."""
    kind = shown(statement.kind, instead="unknown")
    hint = "only what dump tools write may pass: leave it out of the dump, and run it on the copy"
    return InputError("unsupported", f"a `{kind}` statement cannot be masked", hint, Place(line=statement.line))


def _head(cut: list[Token]) -> str:
    """The statement's beginning as words in upper case; names, strings and numbers by what they are."""
    written = []
    for token in cut:
        if token.kind == "word":
            written.append(token.text.upper())
        elif token.kind == "string":
            written.append("'")
        elif token.kind == "name":
            # Only SQLite's own tables may be emptied and filled, however they are quoted.
            written.append(token.text.upper() if token.text.lower().startswith("sqlite_") else '"')
        else:
            written.append(token.text)
    return re.sub(r"\\ (?=\w)", r"\\", " ".join(written))
