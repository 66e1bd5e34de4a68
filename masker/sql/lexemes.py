"""Cuts one SQL statement into tokens, as its server would: names folded, strings decoded, comments told apart.

For DDL and statements of moderate size only; rows never come here. What MySQL and MariaDB execute out of comments
(`/*!40101 … */`, `/*M!100100 … */`) is cut like the rest of the statement.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from masker.sql import Dialect

Kind = Literal["word", "name", "string", "number", "symbol", "comment"]


@dataclass(frozen=True, slots=True)
class Token:
    """One token: a bare `word`, a quoted `name`, a `string` (decoded), a `number`, a `symbol` or a `comment`.

    `text` is what it means (a word as it is written, a string without quotes and escapes); `start` and `end` are its
    place in the statement's bytes, `line` is 0-based from there. Bytes that are no UTF-8 become lone surrogates.
    """

    kind: Kind
    text: str
    start: int
    end: int
    line: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords (upper case)."""
        return self.kind == "word" and self.text.upper() in words

    def is_symbol(self, text: str) -> bool:
        """Whether it is this symbol."""
        return self.kind == "symbol" and self.text == text


_WORD = rb"[A-Za-z_\x80-\xff][A-Za-z0-9_$\x80-\xff]*"
_NUMBER = rb"(?:0[xX][0-9A-Fa-f]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
_PARTS = {
    "postgres": [
        ("comment", rb"--[^\n]*"),
        ("escaped", rb"[eE]'(?:[^'\\]|\\.|'')*'"),
        ("unicode", rb"[uU]&'(?:[^']|'')*'"),
        ("bits", rb"[bBxXnN]'(?:[^']|'')*'"),
        ("string", rb"'(?:[^']|'')*'"),
        ("dollar", rb"\$(?P<tag>(?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)?)\$.*?\$(?P=tag)\$"),
        ("quoted", rb'"(?:[^"]|"")*"'),
    ],
    "mysql": [
        ("comment", rb"#[^\n]*|--(?=[\s\x00-\x20]|\Z)[^\n]*"),
        ("opens", rb"/\*M?!\d*"),
        ("closes", rb"\*/"),
        ("comment2", rb"/\*.*?\*/"),
        ("bits", rb"[bBxX]'[0-9A-Fa-f]*'"),
        ("backslashed", rb"[nN]?'(?:[^'\\]|\\.|'')*'"),
        ("doubled", rb'"(?:[^"\\]|\\.|"")*"'),
        ("quoted", rb"`(?:[^`]|``)*`"),
    ],
    "sqlite": [
        ("comment", rb"--[^\n]*"),
        ("comment2", rb"/\*.*?(?:\*/|\Z)"),
        ("bits", rb"[xX]'[0-9A-Fa-f]*'"),
        ("string", rb"'(?:[^']|'')*'"),
        ("quoted", rb'"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]'),
    ],
}
_REST = [("word", _WORD), ("number", _NUMBER), ("blank", rb"[\s\x00\x0b]+"), ("symbol", rb"::|\|\||<>|[<>!:]=|.")]
_EXPRESSIONS = {
    dialect: re.compile(b"|".join(b"(?P<%s>%s)" % (n.encode(), p) for n, p in parts + _REST), re.DOTALL)
    for dialect, parts in _PARTS.items()
}
_MYSQL_ESCAPES = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}
_MYSQL_ESCAPE = {quote: re.compile(rf"\\(.)|{quote}{quote}", re.DOTALL) for quote in "'\""}
_POSTGRES_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_POSTGRES_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))", re.S)
_LONGEST_NAME = 63  # bytes of a PostgreSQL identifier: NAMEDATALEN - 1


def tokens(data: bytes, dialect: Dialect, *, comments: bool = False) -> list[Token]:
    """The tokens of a statement in order; blanks are dropped, and comments too unless asked for.

    >>> [t.text for t in tokens(b"CREATE TABLE `a``b` (c char(1) DEFAULT 'it''s')", "mysql")]
    ['CREATE', 'TABLE', 'a`b', '(', 'c', 'char', '(', '1', ')', 'DEFAULT', "it's", ')']
    """
    return [token for token in _cut(data, dialect) if comments or token.kind != "comment"]


def folded(token: Token, dialect: Dialect) -> str:
    """A name as the server keeps it: PostgreSQL folds bare words to lower case and cuts names at 63 bytes.

    >>> folded(Token("word", "Orders", 0, 6, 0), "postgres"), folded(Token("name", "Orders", 0, 8, 0), "postgres")
    ('orders', 'Orders')
    """
    if dialect != "postgres":
        return token.text
    text = token.text
    if token.kind == "word":
        # ASCII only, as the server does in UTF-8 databases.
        text = "".join(letter.lower() if letter.isascii() else letter for letter in text)
    raw = text.encode(errors="surrogateescape")
    return raw[:_LONGEST_NAME].decode(errors="ignore") if len(raw) > _LONGEST_NAME else text


def _cut(data: bytes, dialect: Dialect) -> Iterator[Token]:
    expression = _EXPRESSIONS[dialect]
    at = line = 0
    end = len(data)
    while at < end:
        if dialect == "postgres" and data.startswith(b"/*", at):
            kind, start, at = "comment", at, _nested_comment(data, at)
            text = ""
        else:
            match = expression.match(data, at)
            assert match is not None  # the last alternative takes any byte
            kind, start, at = match.lastgroup or "", at, match.end()
            if kind == "tag":
                kind = "dollar"
            text = data[start:at].decode(errors="surrogateescape")
        if kind not in ("blank", "opens", "closes"):
            yield _token(kind, text, start, at, line)
        line += data.count(b"\n", start, at)


def _nested_comment(data: bytes, at: int) -> int:
    """The end of a comment of PostgreSQL or of standard SQL, in which comments nest."""
    depth = 0
    for match in re.compile(rb"/\*|\*/").finditer(data, at):
        depth += 1 if match[0] == b"/*" else -1
        if not depth:
            return match.end()
    return len(data)


def _token(kind: str, text: str, start: int, end: int, line: int) -> Token:
    if kind == "quoted":
        closing = text[-1]
        inner = text[1:-1] if closing == "]" else text[1:-1].replace(closing * 2, closing)
        return Token("name", inner, start, end, line)
    if kind == "string":
        return Token("string", text[1:-1].replace("''", "'"), start, end, line)
    if kind in ("escaped", "unicode"):
        inner = text[text.index("'") + 1 : -1].replace("''", "'")
        if kind == "escaped":
            inner = _POSTGRES_ESCAPE.sub(_unescaped, inner)
        else:
            inner = re.sub(r"\\(?:\+([0-9A-Fa-f]{6})|([0-9A-Fa-f]{4}))", lambda m: _letter(m[1] or m[2]), inner)
        return Token("string", inner, start, end, line)
    if kind in ("backslashed", "doubled"):
        quote = text[-1]
        inner = text[text.index(quote) + 1 : -1]
        inner = _MYSQL_ESCAPE[quote].sub(lambda m: quote if m[1] is None else _MYSQL_ESCAPES.get(m[1], m[1]), inner)
        return Token("string", inner, start, end, line)
    if kind == "dollar":
        opening = text.index("$", 1) + 1
        return Token("string", text[opening:-opening], start, end, line)
    if kind == "bits":
        return Token("string", text[2:-1], start, end, line)
    if kind == "comment2":
        kind = "comment"
    return Token(kind, text, start, end, line)  # type: ignore[arg-type]


def _letter(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def _unescaped(match: re.Match[str]) -> str:
    if wide := match[1] or match[2]:
        return _letter(wide)
    if match[3]:
        return chr(int(match[3], 16))
    if match[4]:
        return chr(int(match[4], 8) & 0xFF)
    return _POSTGRES_ESCAPES.get(match[5], match[5])
