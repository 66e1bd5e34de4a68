"""The words of each dialect that hide others: quotes, comments, dollar quotes; and with them, where a statement ends.

PostgreSQL: https://www.postgresql.org/docs/current/sql-syntax-lexical.html; MySQL and MariaDB:
https://dev.mysql.com/doc/refman/8.0/en/language-structure.html; SQLite: https://www.sqlite.org/lang_keywords.html.
"""

import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from masker.sql import Dialect
from masker.sql.blanks import BLANK_BYTES

Positions = npt.NDArray[np.int64]

# What a token may need to be told apart from another: `$` and a tag of 63 bytes, or `/*M!100100`.
_MARGIN = 80
_QUOTED = {
    b"'": re.compile(rb"[^']*(?:''[^']*)*'"),
    b'"': re.compile(rb'[^"]*(?:""[^"]*)*"'),
    b"`": re.compile(rb"[^`]*(?:``[^`]*)*`"),
    b"[": re.compile(rb"[^\]]*\]"),
}
_ESCAPED = {
    b"'": re.compile(rb"[^'\\]*(?:(?:''|\\.)[^'\\]*)*'", re.DOTALL),
    b'"': re.compile(rb'[^"\\]*(?:(?:""|\\.)[^"\\]*)*"', re.DOTALL),
}
_NESTED = re.compile(rb"/\*|\*/")
_DOLLAR = rb"(?<![\w$\x80-\xff])\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$"
_TOKENS: dict[Dialect, bytes] = {
    "postgres": rb"""['"();]|--|/\*|""" + _DOLLAR,
    "mysql": rb"""['"`();]|--(?=[\s\x00-\x1f]|\Z)|\#|/\*(?!M?!|\+)""",
    "sqlite": rb"""['"`[();]|--|/\*""",
}
_TURNING: dict[Dialect, tuple[bytes, ...]] = {
    "postgres": (b'"', b"$", b"--", b"/*", b"E'", b"e'"),
    "mysql": (b'"', b"`", b"#", b"--", b"/*"),
    "sqlite": (b'"', b"`", b"[", b"--", b"/*"),
}
_BLANKS = re.compile(rb"[\s\x00]*")
_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w$\x80-\xff]*")
_ROUTINE = re.compile(rb"CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\b", re.I)
_TRIGGER = re.compile(rb"CREATE\s+(?:TEMP\w*\s+)?TRIGGER\b", re.I)
_TRIGGER_END = re.compile(rb";" + BLANK_BYTES + rb"*END\s*\Z", re.I | re.S)


@dataclass(frozen=True, slots=True)
class Outside:
    """What a walk finds: where parentheses, commas and semicolons stand outside of everything that hides them.

    `quotes` open, close and double strings, `slashes` escape in them; `bare` is the data with blanks for comments.
    """

    events: Positions
    quotes: Positions
    slashes: Positions
    bare: bytes


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a dump is read from here on: its dialect, whether a backslash escapes in `'…'`, and the terminator.

    `codec` is that of the bytes ("": UTF-8), `names` the one that `SET NAMES` chose, which other settings go back to.
    `path` are the schemas that bare names are looked for in ((): nobody knows).
    """

    dialect: Dialect
    backslashes: bool = False
    delimiter: bytes = b";"
    codec: str = ""
    names: str = ""
    path: tuple[str, ...] = ()
    turning: tuple[bytes, ...] = field(init=False)
    token: re.Pattern[bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compile what the fields say."""
        object.__setattr__(self, "turning", _TURNING[self.dialect])
        end = b"" if self.delimiter == b";" else re.escape(self.delimiter) + b"|"
        object.__setattr__(self, "token", re.compile(end + _TOKENS[self.dialect]))

    def lead_end(self, data: bytes, start: int, *, final: bool) -> int | None:
        """Where the blanks and comments at `start` end; None where more bytes must be seen to know."""
        place = start
        while True:
            blanks = _BLANKS.match(data, place)
            place = blanks.end() if blanks else place
            if not final and place > len(data) - _MARGIN:
                return None
            found = self.token.match(data, place)
            if found is None or found.group() not in (b"--", b"#", b"/*"):
                return place
            end = self._skip(data, found)
            if end is None:
                return None
            place = end

    def statement_end(self, data: bytes, start: int, *, final: bool) -> int | None:
        """Where the statement at `start` ends, behind its terminator; None where the bytes end before it does."""
        routine = self.dialect == "postgres" and _ROUTINE.match(data, start) is not None
        trigger = self.dialect == "sqlite" and _TRIGGER.match(data, start) is not None
        place, depth, seen = start, 0, start
        blocks = 0
        while True:
            found = self.token.search(data, place)
            if found is None or (not final and found.start() > len(data) - _MARGIN):
                return None
            token = found.group()
            if routine:
                blocks = _blocks(data[seen : found.start()], blocks)
            place = found.end()
            if token == self.delimiter:
                ends = not depth and not blocks if self.dialect == "postgres" else True
                if trigger:
                    ends = _TRIGGER_END.search(data, start, found.start()) is not None
                if ends:
                    return place
            elif token == b"(":
                depth += 1
            elif token == b")":
                depth = max(0, depth - 1)
            elif token != b";":
                end = self._skip(data, found)
                if end is None or (end == len(data) and not final):
                    return None
                place = end
            seen = place

    def outside(self, data: bytes) -> "Outside":
        """Walk over all tokens; a string or comment that does not end ends the walk."""
        events: list[int] = []
        quotes: list[int] = []
        slashes: list[int] = []
        bare = bytearray(data)
        pattern = re.compile(b",|" + self.token.pattern)
        place = 0
        while (found := pattern.search(data, place)) is not None:
            token = found.group()
            place = found.end()
            if token in (b"(", b")", b",", b";"):
                events.append(found.start())
                continue
            end = self._skip(data, found)
            if end is None:
                break
            if token == b"'":
                escapes = self._escapes(data, found.start())
                text = data[found.start() : end]
                quotes += _inner_quotes(text, found.start(), escapes=escapes)
                slashes += _inner_slashes(text, found.start()) if escapes else []
            elif token in (b"--", b"#", b"/*"):
                bare[found.start() : end] = b" " * (end - found.start())
            place = end
        return Outside(_array(events), _array(quotes), _array(slashes), bytes(bare))

    def _escapes(self, data: bytes, quote: int) -> bool:
        if self.backslashes or self.dialect != "postgres":
            return self.backslashes
        before = data[max(0, quote - 2) : quote]
        return before[-1:] in (b"E", b"e") and not re.match(rb"[\w$\x80-\xff]", before[:-1])

    def _skip(self, data: bytes, found: re.Match[bytes]) -> int | None:
        """Where what a token opens ends; None where it does not."""
        token, place = found.group(), found.end()
        if token in (b"--", b"#"):
            end = data.find(b"\n", place)
            return len(data) if end < 0 else end + 1
        if token == b"/*":
            return self._comment_end(data, place)
        if token[:1] == b"$":
            end = data.find(token, place)
            return None if end < 0 else end + len(token)
        escapes = self._escapes(data, found.start()) if token == b"'" else self.backslashes
        kinds = _ESCAPED if escapes and token in _ESCAPED and self._is_string(token) else _QUOTED
        ended = kinds[token].match(data, place)
        return None if ended is None else ended.end()

    def _is_string(self, token: bytes) -> bool:
        return token == b"'" or self.dialect == "mysql"

    def _comment_end(self, data: bytes, place: int) -> int | None:
        if self.dialect != "postgres":
            end = data.find(b"*/", place)
            return None if end < 0 else end + 2
        depth = 1
        while depth:
            found = _NESTED.search(data, place)
            if found is None:
                return None
            depth += 1 if found.group() == b"/*" else -1
            place = found.end()
        return place


def _blocks(text: bytes, blocks: int) -> int:
    """How many blocks of an SQL-standard routine body are open after `text`, as psql counts them."""
    words = [word.upper() for word in _WORD.findall(text)]
    for number, word in enumerate(words):
        begins = word == b"BEGIN" and (blocks or words[number + 1 : number + 2] == [b"ATOMIC"])
        if begins or (word == b"CASE" and blocks):
            blocks += 1
        elif word == b"END" and blocks:
            blocks -= 1
    return blocks


def _inner_quotes(text: bytes, offset: int, *, escapes: bool) -> list[int]:
    pattern = rb"\\.|'" if escapes else rb"'"
    return [offset + m.start() for m in re.finditer(pattern, text, re.DOTALL) if m.group() == b"'"]


def _inner_slashes(text: bytes, offset: int) -> list[int]:
    return [offset + m.start() for m in re.finditer(rb"\\.", text, re.DOTALL)]


def _array(places: list[int]) -> Positions:
    return np.array(places, np.int64)
