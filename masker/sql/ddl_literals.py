"""The literals of statements that pass: DEFAULTs, CHECK lists, enum values, conditions, bodies of views and triggers.

They are text that masking does not reach, so a run compares them with the originals of masked columns. They stay in
memory, and only for that.
"""

import re
from collections.abc import Iterator, Sequence

from masker.snapshot import Quoted
from masker.sql import Dialect
from masker.sql.cursor import Cursor, Unread
from masker.sql.lexemes import Token, tokens
from masker.sql.pieces import Statement

_SAID = frozenset("CREATE ALTER COMMENT SECURITY GRANT REVOKE".split())
_DEEPEST = 4
_MOST_WORDS = 4
_LONGEST_TEXT = 1 << 16
_SQL_WITHIN = re.compile(r"'|--|/\*")
_NO_NAME = re.compile(r"\s|@|\d{6}")
_WORD = re.compile(r"[^\s'\"`,;:()\[\]{}<>=|]+")
_OBJECTS = frozenset(
    "TABLE VIEW INDEX TRIGGER FUNCTION PROCEDURE TYPE DOMAIN RULE POLICY EVENT SEQUENCE COLUMN ON AGGREGATE".split()
)
_SHORTEST = 4
_FEWEST_DIGITS = 6


def quoted(statement: Statement, dialect: Dialect) -> Iterator[Quoted]:
    """The literals of a statement that could tell of somebody, each once; none of settings and of what has no text.

    A literal is taken whole, and up to four words in a row of it; of those that hold SQL (a function's body) the
    literals and comments within, of texts for people (`COMMENT ON`, `COMMENT '…'`) each word too. A quoted name is one
    where no name would be written so (`"Anna Karlsson"`). Shorter than four characters, or than six digits, a literal
    says too little to be known again.
    """
    cut = tokens(statement.data, dialect)
    if not cut or cut[0].text.upper() not in _SAID:
        return
    kind, name = statement.kind, object_of(cut, dialect)
    texts: dict[str, int] = {}
    for token, for_people in _literals(cut, dialect):
        line = statement.line + token.line - cut[0].line
        said = _words(token.text) if for_people else _texts(token.text, dialect, _DEEPEST)
        for text in said:
            if tells(text):
                texts.setdefault(text, line)
    for token in cut:
        if token.kind == "name" and tells(token.text) and _may_be_text(token, statement, dialect):
            texts.setdefault(token.text, statement.line + token.line - cut[0].line)
    for text, line in texts.items():
        yield Quoted(text, kind, line, name)


def _may_be_text(token: Token, statement: Statement, dialect: Dialect) -> bool:
    """Whether no name would be quoted so; in queries of SQLite, "text" is a string where no column is called so."""
    query = dialect == "sqlite" and statement.kind in ("CREATE VIEW", "CREATE TRIGGER")
    return bool(_NO_NAME.search(token.text)) or (query and statement.data[token.start : token.start + 1] == b'"')


def tells(text: str) -> bool:
    """Whether a text is specific enough to be somebody's: four characters with a letter, or six digits.

    >>> tells("N/A"), tells("2024"), tells("anna@firma.example"), tells("0151 234567")
    (False, False, True, True)
    """
    if any(letter.isalpha() for letter in text):
        return len(text) >= _SHORTEST
    return sum(letter.isdigit() for letter in text) >= _FEWEST_DIGITS


def object_of(cut: Sequence[Token], dialect: Dialect) -> str:
    """The name of what a statement creates, alters or comments on; "" where it has none."""
    cursor = Cursor(cut, dialect)
    try:
        while not cursor.done and not cursor.sees_any(_OBJECTS):
            cursor.take()
        while cursor.sees_any(_OBJECTS):
            cursor.take()
        cursor.take_if("IF", "NOT", "EXISTS")
        cursor.take_if("IF", "EXISTS")
        cursor.take_if("ONLY")
        return cursor.take_qualified()[1]
    except Unread:
        return ""


def _literals(cut: Sequence[Token], dialect: Dialect) -> Iterator[tuple[Token, bool]]:
    """The literals, and whether each is a text for people."""
    for place, token in enumerate(cut):
        before = cut[place - 1] if place else None
        # SQLite takes "text" in double quotes for a string where no column is called so.
        loose = dialect == "sqlite" and token.kind == "name" and before is not None and _asks_for_value(before)
        if token.kind in ("string", "number") or loose:
            follows = before is not None and _is_comment(before, cut, place)
            yield token, follows or cut[0].is_word("COMMENT", "SECURITY")


def _asks_for_value(before: Token) -> bool:
    return before.is_word("DEFAULT", "IN", "LIKE", "THEN", "ELSE", "IS") or (
        before.kind == "symbol" and before.text in ("=", "<>", "!=", "||", "<", ">")
    )


def _is_comment(before: Token, cut: Sequence[Token], place: int) -> bool:
    """Whether a string follows COMMENT, as MySQL has it of columns and tables."""
    return before.is_word("COMMENT") or (before.is_symbol("=") and place > 1 and cut[place - 2].is_word("COMMENT"))


def _words(text: str) -> Iterator[str]:
    """A text for people: as it is, its words, and what some words in a row say."""
    yield text.strip()
    yield from (word.strip(".!?") for word in _WORD.findall(text))
    yield from _phrases(text)


def _phrases(text: str) -> Iterator[str]:
    """Two to four words in a row."""
    words = [word.strip("%_.!?") for word in _WORD.findall(text[:_LONGEST_TEXT])]
    for size in range(2, _MOST_WORDS + 1):
        yield from (" ".join(words[start : start + size]) for start in range(len(words) - size + 1))


def _texts(text: str, dialect: Dialect, depth: int) -> Iterator[str]:
    yield text.strip()
    yield text.strip(" %_")
    yield from _phrases(text)
    if depth and _SQL_WITHIN.search(text):
        for token in tokens(text.encode(errors="surrogateescape"), dialect, comments=True):
            if token.kind == "string":
                yield from _texts(token.text, dialect, depth - 1)
            elif token.kind == "comment":
                yield from _words(token.text.strip("-#/* "))
