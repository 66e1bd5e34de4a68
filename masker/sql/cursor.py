"""A reader over the tokens of a statement: look, take, names as the server folds them, balanced brackets.

What is not as it should be raises `Unread`, which holds nothing of the statement.
"""

from collections.abc import Sequence

from masker.sql import Dialect
from masker.sql.lexemes import Token, folded

_OPENING = {"(": ")", "[": "]", "{": "}"}


class Unread(Exception):
    """A statement is not built as its kind is; the reader's caller says which one."""


class NoUtf8(Unread):
    """A name holds bytes that are no UTF-8."""


class Cursor:
    """A place among tokens. `take…` moves on, everything else only looks."""

    def __init__(self, tokens: Sequence[Token], dialect: Dialect) -> None:
        """Start at the first of `tokens`."""
        self.tokens = tokens
        self.dialect = dialect
        self.at = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.tokens)

    def look(self, ahead: int = 0) -> Token | None:
        """The token there, None past the end."""
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else None

    def sees(self, *words: str) -> bool:
        """Whether these keywords stand here one after the other."""
        ahead = self.tokens[self.at : self.at + len(words)]
        return len(ahead) == len(words) and all(token.is_word(word) for token, word in zip(ahead, words, strict=True))

    def sees_any(self, words: frozenset[str]) -> bool:
        """Whether one of these keywords stands here."""
        token = self.look()
        return token is not None and token.kind == "word" and token.text.upper() in words

    def sees_symbol(self, symbol: str) -> bool:
        """Whether this symbol stands here."""
        token = self.look()
        return token is not None and token.is_symbol(symbol)

    def take(self) -> Token:
        """The token here; `Unread` at the end."""
        if self.done:
            raise Unread
        self.at += 1
        return self.tokens[self.at - 1]

    def take_if(self, *words: str) -> bool:
        """Take these keywords if they stand here; whether they did."""
        if not self.sees(*words):
            return False
        self.at += len(words)
        return True

    def take_symbol(self, symbol: str) -> bool:
        """Take this symbol if it stands here; whether it did."""
        if not self.sees_symbol(symbol):
            return False
        self.at += 1
        return True

    def sees_name(self) -> bool:
        """Whether a name can stand here."""
        token = self.look()
        # SQLite takes strings for names, and MySQL text in double quotes where ANSI_QUOTES is on.
        loose = self.dialect != "postgres"
        return token is not None and (token.kind in ("word", "name") or (loose and token.kind == "string"))

    def take_name(self) -> str:
        """A name, folded; `NoUtf8` where it is no text."""
        if not self.sees_name():
            raise Unread
        name = folded(self.take(), self.dialect)
        if any("\ud800" <= letter <= "\udfff" for letter in name):
            raise NoUtf8
        return name

    def take_qualified(self) -> tuple[str, str]:
        """(schema, name) of `name`, `schema.name` or `database.schema.name`; "" where no schema is named."""
        parts = [self.take_name()]
        while self.take_symbol("."):
            parts.append(self.take_name())
        return (parts[-2] if len(parts) > 1 else ""), parts[-1]

    def take_group(self) -> list[Token]:
        """The tokens within the brackets that open here, and take both brackets."""
        start = self.at
        self.skip()
        if self.at - start < 2:
            raise Unread
        return list(self.tokens[start + 1 : self.at - 1])

    def skip(self) -> None:
        """Take one token, or all of a group where one opens here."""
        closings: list[str] = []
        while True:
            token = self.take()
            if token.kind == "symbol":
                if token.text in _OPENING:
                    closings.append(_OPENING[token.text])
                elif closings and token.text == closings[-1]:
                    closings.pop()
            if not closings:
                return


def split(tokens: Sequence[Token], dialect: Dialect) -> list[list[Token]]:
    """Cut tokens at the commas that stand in no brackets; empty parts are left out."""
    cursor = Cursor(tokens, dialect)
    parts: list[list[Token]] = [[]]
    while not cursor.done:
        if cursor.take_symbol(","):
            parts.append([])
            continue
        start = cursor.at
        cursor.skip()
        parts[-1] += tokens[start : cursor.at]
    return [part for part in parts if part]


def names_in(tokens: Sequence[Token], dialect: Dialect) -> list[str]:
    """All names that the tokens may mean, folded, each once: for expressions, where a word too many does no harm."""
    return list(dict.fromkeys(folded(token, dialect) for token in tokens if token.kind in ("word", "name")))


def column_list(tokens: Sequence[Token], dialect: Dialect) -> tuple[str, ...]:
    """The columns of a key's list: `a`, `a DESC`, `a(10)`, `a COLLATE x`; of an expression, the names in it."""
    columns: list[str] = []
    for part in split(tokens, dialect):
        if part[0].is_symbol("(") or (len(part) > 1 and part[1].is_symbol("(") and not _is_prefix(part)):
            columns += [name for name in names_in(part, dialect) if name not in columns]
        else:
            columns.append(Cursor(part, dialect).take_name())
    return tuple(columns)


def _is_prefix(part: Sequence[Token]) -> bool:
    """Whether `a(10)` names the head of a column, as MySQL does."""
    return len(part) >= 4 and part[2].kind == "number" and part[3].is_symbol(")")
