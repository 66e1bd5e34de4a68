"""Statements that hold what belongs to others: where a quote or a bracket is missing, rows end up inside of them.

A statement that passes is copied as it stands, so rows that hide in it would be copied unmasked. Nobody can tell what
the dump was meant to say; what gives it away is the grammar and the lines that dump tools write between statements.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from masker.sql import Dialect
from masker.sql.blanks import BLANK
from masker.sql.lexemes import Token
from masker.sql.pieces import Statement

# Lines that stand between statements, or among rows, and never inside of a routine.
_BETWEEN = re.compile(
    rb"^(?:COPY [^;\n]* FROM stdin;|\\\.\r?$|-- (?:Data for )?Name: [^\n]*; Type: |-- Dumping data for table "
    rb"|-- Table structure for table |(?:UN)?LOCK TABLES\b|/\*!40000 ALTER TABLE )",
    re.M | re.I,
)
_NEXT = re.compile(
    rf";{BLANK}*(?:INSERT|REPLACE|COPY|LOCK|CREATE|ALTER|DROP|SET|COMMIT|PRAGMA)\b",
    re.I | re.S,
)
# What holds statements of its own.
_BODIES = frozenset("FUNCTION PROCEDURE TRIGGER EVENT RULE PACKAGE ROUTINE".split())
# What lists actions, columns and options outside of brackets, and never values.
_LISTS_NO_VALUES = frozenset("TABLE INDEX SEQUENCE DOMAIN TYPE".split())
_LONGEST_HEAD = 24  # tokens up to the word that says what is created


def swallows(statement: Statement, cut: Sequence[Token], dialect: Dialect) -> bool:
    """Whether a statement, whose tokens are `cut`, holds the end of another one or the rows of a table."""
    if _BETWEEN.search(statement.data, statement.start + 1):
        return True
    inner = list(cut)
    while inner and inner[-1].is_symbol(";"):
        inner.pop()
    if any(token.kind == "name" and ";" in token.text for token in inner):
        return True
    bodies = any(token.is_word(*_BODIES) for token in inner[:_LONGEST_HEAD])
    if not bodies and (any(token.is_symbol(";") for token in inner) or _inserts(inner)):
        return True
    if statement.kind.split(" ")[-1] in _LISTS_NO_VALUES and _lists_values(inner):
        return True
    # PostgreSQL's routines are strings themselves.
    quoted = bodies and dialect == "postgres"
    return not quoted and any(token.kind == "string" and _NEXT.search(token.text) is not None for token in inner)


def _inserts(cut: Sequence[Token]) -> bool:
    return any(
        token.is_word("INTO") and before.is_word("INSERT", "REPLACE", "IGNORE") for before, token in pairwise(cut)
    )


def _lists_values(cut: Sequence[Token]) -> bool:
    """Whether a value or a row follows a comma or VALUES outside of brackets, or more brackets close than open."""
    depth = 0
    for before, token in pairwise(cut):
        depth += token.is_symbol("(") - token.is_symbol(")")
        opens = token.is_symbol("(")
        if depth < 0 or (
            depth == int(opens) and before.is_symbol(",") and (opens or token.kind in ("string", "number"))
        ):
            return True
        if opens and depth == 1 and before.is_word("VALUES", "VALUE"):
            return True
    return False
