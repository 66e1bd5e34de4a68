"""Statements that hold what belongs to others: where a quote or a bracket is missing, rows end up inside of them.

A statement that passes is copied as it stands, so rows that hide in it would be copied unmasked. Nobody can tell what
the dump was meant to say; what gives it away is the grammar and the lines that dump tools write between statements.
"""

import re
from collections.abc import Sequence

from masker.sql.lexemes import Token
from masker.sql.pieces import Statement

# Lines that stand between statements, or among rows, and never inside of a routine.
_BETWEEN = re.compile(
    rb"^(?:COPY [^;\n]* FROM stdin;|\\\.\r?$|-- (?:Data for )?Name: [^\n]*; Type: |-- Dumping data for table "
    rb"|-- Table structure for table |(?:UN)?LOCK TABLES\b|/\*!40000 ALTER TABLE )",
    re.M | re.I,
)
_NEXT = re.compile(
    r";\s*(?:(?:--[^\n]*\n|/\*.*?\*/)\s*)*(?:INSERT|REPLACE|COPY|LOCK|CREATE|ALTER|DROP|SET|COMMIT|PRAGMA)\b",
    re.I | re.S,
)
# What holds statements of its own.
_BODIES = frozenset("FUNCTION PROCEDURE TRIGGER EVENT RULE PACKAGE ROUTINE".split())
_LONGEST_HEAD = 24  # tokens up to the word that says what is created


def swallows(statement: Statement, cut: Sequence[Token]) -> bool:
    """Whether a statement, whose tokens are `cut`, holds the end of another one or the rows of a table."""
    if _BETWEEN.search(statement.data, statement.start + 1):
        return True
    inner = list(cut)
    while inner and inner[-1].is_symbol(";"):
        inner.pop()
    if any(token.kind == "name" and ";" in token.text for token in inner):
        return True
    if any(token.is_word(*_BODIES) for token in inner[:_LONGEST_HEAD]):
        return False
    return any(
        token.is_symbol(";") or (token.kind == "string" and _NEXT.search(token.text) is not None) for token in inner
    )
