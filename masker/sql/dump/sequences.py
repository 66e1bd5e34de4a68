"""The sequences of masked columns: each goes on behind the largest number that was written, or will be.

AUTO_INCREMENT and SQLite look at the rows themselves; a sequence of PostgreSQL or MariaDB hands out what `setval`,
RESTART or START says, and where keys were permuted it would hand out numbers that rows have already. Where a statement
stands behind the rows, what was written is known. Where it stands before them or in another file, keys up to its number
may have become any of their class (`integer_classes`), so it is set behind that. A START stays where another statement
sets the number.
"""

import re
from collections.abc import Callable, Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from masker.integer_classes import class_bound
from masker.sql.blanks import BLANK_BYTES
from masker.sql.dump.owners import Owners, bare, columns_of, cut_of, folded, named_at, path_of, words_of
from masker.sql.lexemes import Token
from masker.sql.pieces import Statement

_Column = tuple[str, str]
_SETVAL = re.compile(
    rb"(\bsetval\s*\(\s*'((?:[^']|'')+)'(?:\s*::\s*regclass)?\s*,\s*)([0-9]+)(\s*,\s*'?f(?:alse)?\b)?", re.I
)
# https://mariadb.com/kb/en/setval/: the last argument says whether the number was given out; without it, it was.
_SETVAL_OF_MARIADB = re.compile(
    rb"(\bsetval\s*\(\s*(?:(?:`[^`]*`|\w+)\s*\.\s*)?(`[^`]*`|\w+)\s*,\s*)([0-9]+)\s*(?:,\s*([01]))?\s*\)", re.I
)
_RESTART = re.compile(BLANK_BYTES + rb"*alter\b.*\brestart\b", re.I | re.S)
_START = re.compile(BLANK_BYTES + rb"*(?:create|alter)\b.*\bstart\b", re.I | re.S)


def largest(column: pa.Array) -> int | None:
    """The largest integer of a text column; None where it has none, or others than integers."""
    try:
        found: int | None = pc.max(pc.cast(column, pa.int64())).as_py()
    except pa.ArrowInvalid:
        return None
    return found


class Sequences:
    """The sequences of one dump. `ddl` are the statements of all dumps that belong together.

    `changed` says which columns masking writes anew (table and column, without a schema); rows of the tables
    `elsewhere` stand in other dumps too.
    """

    def __init__(self, ddl: Iterable[Statement], owners: Owners, changed: Callable[[_Column], bool]) -> None:
        self._owners, self._changed = owners, changed
        self._written: dict[_Column, int] = {}
        self.elsewhere: frozenset[str] = frozenset()
        self._set_later = _set_later(ddl) if owners else frozenset()

    def wrote(self, numbers: Mapping[_Column, int]) -> None:
        """Note the largest numbers of a run of rows."""
        for column, number in numbers.items():
            self._written[column] = max(number, self._written.get(column, number))

    def moved(self, data: bytes) -> tuple[bytes, str]:
        """A statement that goes on behind the numbers of its columns; and which sequence, or column, moved ("": none).

        Nothing moves that masking does not change.
        """
        if not self._owners:
            return data, ""
        if found := _SETVAL.search(data):
            name = bare(found[2].decode("utf-8", "replace"))
            new = self._behind(self._owners.get(name, ()), int(found[3]), called=not found[4])
            return _replaced(data, found.start(3), found.end(3), new, name)
        if found := _SETVAL_OF_MARIADB.search(data):
            name = found[2].decode("utf-8", "replace").strip("`")
            new = self._behind(self._owners.get(name, ()), int(found[3]), called=found[4] != b"0")
            return _replaced(data, found.start(3), found.end(3), new, name)
        if _RESTART.match(data) or _START.match(data):
            cut = cut_of(data)
            if (told := self._told(cut, words_of(cut))) is not None:
                name, columns, at = told
                new = self._behind(columns, int(cut[at].text), called=False)
                return _replaced(data, cut[at].start, cut[at].end, new, name)
        return data, ""

    def _behind(self, columns: Iterable[_Column], number: int, *, called: bool) -> int:
        """The number to say in the place of `number`; `called`: it was given out already."""
        last = number if called else number - 1
        for column in columns:
            if column in self._written:
                last = max(last, self._written[column])
            if self._changed(column) and (column not in self._written or column[0] in self.elsewhere):
                last = max(last, class_bound(number if called else number - 1))
        return last if called else last + 1

    def _told(self, cut: list[Token], words: list[str]) -> tuple[str, frozenset[_Column], int] | None:
        """What a statement sets: a sequence by name, its columns, and the token that is the number."""
        if words[:2] == ["ALTER", "TABLE"] and "COLUMN" in words:
            table, column = path_of(cut, named_at(words, 2))[-1], folded(cut[words.index("COLUMN") + 1])
            restart = _number(cut, words, "RESTART")
            name = path_of(cut, words.index("NAME") + 1)[-1] if "NAME" in words else f"{table}_{column}_seq"
            at = restart if restart is not None else _number(cut, words, "START")
            free = restart is not None or name not in self._set_later
            return (name, frozenset([(table, column)]), at) if at is not None and free else None
        if words[:1] == ["CREATE"] and "TABLE" in words[:4]:
            return self._identity(cut, words)
        if "SEQUENCE" not in words[:3]:
            return None
        name = path_of(cut, named_at(words, words.index("SEQUENCE") + 1))[-1]
        creates = words[0] == "CREATE"
        at = _number(cut, words, "START" if creates else "RESTART")
        if at is None or (creates and name in self._set_later):
            return None
        return name, self._owners.get(name, frozenset()), at

    def _identity(self, cut: list[Token], words: list[str]) -> tuple[str, frozenset[_Column], int] | None:
        """The first identity column that says where it starts."""
        table = path_of(cut, named_at(words, words.index("TABLE") + 1))[-1]
        for column, number in columns_of(cut):
            name = f"{table}_{column}_seq"
            if words[number] == "START" and name not in self._set_later:
                at = _number(cut, words, "START", number)
                return None if at is None else (name, frozenset([(table, column)]), at)
        return None


def _replaced(data: bytes, start: int, end: int, number: int, name: str) -> tuple[bytes, str]:
    new = str(number).encode()
    return (data, "") if data[start:end] == new else (data[:start] + new + data[end:], name)


def _number(cut: list[Token], words: list[str], word: str, start: int = 0) -> int | None:
    """The token of the whole number that follows a word, or that word and WITH."""
    if word not in words[start:]:
        return None
    at = words.index(word, start) + 1
    at += at < len(words) and words[at] == "WITH"
    return at if at < len(cut) and cut[at].kind == "number" and cut[at].text.isdecimal() else None


def _set_later(statements: Iterable[Statement]) -> frozenset[str]:
    """The sequences whose numbers `setval` or RESTART sets."""
    found = set()
    for statement in statements:
        data = statement.data[statement.start :]
        if setval := _SETVAL.search(data):
            found.add(bare(setval[2].decode("utf-8", "replace")))
        elif _RESTART.match(data):
            cut = cut_of(data)
            words = words_of(cut)
            if words[:2] == ["ALTER", "SEQUENCE"]:
                found.add(path_of(cut, named_at(words, 2))[-1])
            elif words[:2] == ["ALTER", "TABLE"] and "COLUMN" in words:
                found.add(f"{path_of(cut, named_at(words, 2))[-1]}_{folded(cut[words.index('COLUMN') + 1])}_seq")
    return frozenset(found)
