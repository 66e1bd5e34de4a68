"""Cuts a dump into statements and runs of rows, in bounded memory: pg_dump, mysqldump and its kin, SQLite's `.dump`.

Statements are found by their quotes, comments and terminators; rows by counting over whole blocks
(`masker.sql.tuples`), COPY data by its line ends. The terminator that `DELIMITER` sets, backslashes that
`standard_conforming_strings` and `sql_mode` allow, psql's and mysql's own commands are followed as the clients do.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast

from masker.errors import InputError, Place
from masker.sql import Dialect
from masker.sql.copy_ends import first_row_end, last_row_end
from masker.sql.copy_options import CopyOptions, read_options
from masker.sql.following import followed
from masker.sql.heads import columns_of, copy_head, fills_own, folded, insert_head, kind_of, reads_stdin, table_of
from masker.sql.pieces import Piece, RowsEnd, RowsHead, RowsRun, Statement
from masker.sql.tokens import Grammar
from masker.sql.tuples import Joint, find_tuples
from masker.sql.window import Window

__all__ = ["dialect_of", "folded", "read_dump"]

BLOCK_BYTES = 1 << 20
# A statement that holds no rows, and a row, is read whole into memory.
STATEMENT_BYTES = 16 << 20
ROW_BYTES = 64 << 20
# An INSERT's head with a list of 1,600 columns (PostgreSQL's most) of 63 bytes.
_HEAD = 128 << 10
# Most INSERTs are short: the first look is, too.
_FIRST = 8 << 10

_COMMANDS: dict[Dialect, re.Pattern[bytes]] = {
    "postgres": re.compile(rb"\\[^\n]*(?:\n|\Z)"),
    "mysql": re.compile(
        rb"(?:DELIMITER\b|SOURCE\s|\\)[^\n]*(?:\n|\Z)|/\*M?!999999\\-[^\n]*?\*/[ \t]*(?:\r?\n|\Z)", re.I
    ),
    "sqlite": re.compile(rb"\.[a-z][^\n]*(?:\n|\Z)"),
}
_END_OF_COPY = re.compile(rb"\\\.\r?(?:\n|\Z)")

# What a tool or a person writes at the start of a line, and only for one of the three.
_SIGNS = re.compile(
    rb"""^(?:
    (?P<postgres>--\ PostgreSQL\ database|\\(?:restrict|connect|c|encoding)\s|SELECT\ pg_catalog\.
        |SET\ (?:client_encoding|standard_conforming_strings|search_path|statement_timeout|default_\w+)\b
        |COPY\ [^;']*\ FROM\ stdin;)
    |(?P<mysql>--\ (?:MySQL|MariaDB)\ dump|--\ phpMyAdmin|\s*Source\ Server\ Type\s*:\ (?:MySQL|MariaDB)
        |/\*M?![0-9]{5}|DELIMITER\ |USE\ |SET\ (?:NAMES|FOREIGN_KEY_CHECKS|SQL_MODE|UNIQUE_CHECKS|AUTOCOMMIT|@)
        |(?:(?:CREATE|DROP|LOCK)\ [A-Z ]+|INSERT\ INTO\ )`|[^'\n]*\)\s*ENGINE\s*=)
    |(?P<sqlite>PRAGMA\ |BEGIN\ TRANSACTION;|INSERT\ INTO\ sqlite_sequence)
    )""",
    re.M | re.I | re.X,
)
_WORDS: dict[Dialect, re.Pattern[bytes]] = {
    "postgres": re.compile(rb"\bplpgsql\b|\bnextval\(|\bOWNER TO\b|\b(?:big|small)?serial\b|\btimestamptz\b", re.I),
    "mysql": re.compile(rb"\bAUTO_INCREMENT\b|\bUNSIGNED\b|\bMEDIUMINT\b|\bDATETIME\b.*\bON UPDATE\b", re.I),
    "sqlite": re.compile(rb"\bAUTOINCREMENT\b|\bWITHOUT ROWID\b", re.I),
}


def dialect_of(head: bytes) -> Dialect | None:
    """Whose SQL the first bytes of a dump are, by its first line that only one of the three has, else by words.

    None where nothing tells, or several do.

    >>> dialect_of(b"--\\n-- PostgreSQL database dump\\n--\\n"), dialect_of(b"SELECT 1;")
    ('postgres', None)
    """
    first = _SIGNS.search(head)
    if first is not None:
        return cast(Dialect, first.lastgroup)
    found = [dialect for dialect, words in _WORDS.items() if words.search(head)]
    return found[0] if len(found) == 1 else None


def read_dump(
    chunks: Iterable[bytes], dialect: Dialect, place: Place, *, block_bytes: int = BLOCK_BYTES, joining: bool = False
) -> Iterator[Piece]:
    """Cut a dump into pieces, which joined are its bytes. `block_bytes` bounds a run of rows where rows are smaller.

    With `joining`, INSERTs with the very same head and end that follow each other are one run (`pieces.RowsRun`).

    Raises `InputError` with the line: `truncated` where a statement or rows do not end, `limit` where one is too long,
    `unsupported` for COPY with options that are not known.
    """
    grammar = Grammar(dialect, backslashes=dialect == "mysql")
    return Lexer(Window(chunks), grammar, place, max(1, block_bytes), joining).pieces()


@dataclass(slots=True)
class Lexer:
    """A dump being cut; `grammar` is the one that holds behind the last piece."""

    window: Window
    grammar: Grammar
    place: Place
    block: int
    joining: bool
    # The bytes are UTF-8 whatever the dump says: they were another form of Unicode.
    unicode: bool = False
    # The last INSERT's head and end: where the next one is the same, the two are joined into one run.
    head: bytes = b""
    end: bytes = b""

    def pieces(self) -> Iterator[Piece]:
        window = self.window
        while True:
            window.grow(self.block)
            lead = self._whole(self._lead_end, "comment")
            window.grow(lead + _HEAD)
            if lead < window.size:
                yield from self._next(lead)
            else:
                if lead:
                    yield Statement(window.take(lead), "", window.line, lead, window.codec)
                return

    def _next(self, lead: int) -> Iterator[Piece]:
        window, grammar = self.window, self.grammar
        start = window.at + lead
        copied = copy_head(window.data, start) if grammar.dialect == "postgres" else None
        options = read_options(copied["options"]) if copied else None
        copied = copied if options else None
        head = copied or (insert_head(window.data, start) if grammar.delimiter == b";" else None)
        if head is None or (grammar.dialect == "sqlite" and fills_own(head)):
            self.head = b""
            yield self._statement(lead)
            return
        blanks = window.data[window.at : start]
        joins = self.joining and copied is None and head.group() == self.head and not blanks.strip()
        if lead and not joins:
            yield Statement(window.take(lead), "", window.line, lead, window.codec)
            lead = 0
        joint = Joint.of(self.end + blanks + self.head) if joins else Joint()
        line = window.line_at(lead)
        table, columns = table_of(head, grammar.dialect), columns_of(head, grammar.dialect)
        data = window.take(lead + len(head.group()))
        if copied and options:
            header = self._header(line, options) if options.header else b""
            data, size = data + header, len(header)
            yield RowsHead(
                data, table, columns, "copy", line, codec=window.codec, options=options, skipped=size, path=grammar.path
            )
            yield from self._copy(line, options)
        else:
            self.head = head.group()
            yield RowsHead(data, table, columns, "insert", line, grammar.backslashes, window.codec, path=grammar.path)
            yield from self._tuples(joint, line)

    def _statement(self, lead: int) -> Statement:
        window = self.window
        commands = _COMMANDS[self.grammar.dialect]
        while (command := commands.match(window.data, window.at + lead)) is not None:
            if window.final or command.end() < len(window.data):
                return self._taken(command.end() - window.at, lead)
            window.grow(2 * window.size)
        return self._taken(self._whole(lambda: self._statement_end(lead), "statement", lead), lead)

    def _lead_end(self) -> int | None:
        window = self.window
        end = self.grammar.lead_end(window.data, window.at, final=window.final)
        return None if end is None else end - window.at

    def _statement_end(self, lead: int = 0) -> int | None:
        window = self.window
        end = self.grammar.statement_end(window.data, window.at + lead, final=window.final)
        if end is None and window.final and lead and self._may_lack_terminator(lead):
            return window.size
        return None if end is None else end - window.at

    def _may_lack_terminator(self, lead: int) -> bool:
        """Whether the last statement of a dump is whole but for its terminator, and holds no data."""
        rest = self.window.data[self.window.at + lead :]
        closed = self.grammar.statement_end(rest + b"\n" + self.grammar.delimiter, 0, final=True)
        return closed is not None and kind_of(rest, 0) in ("COMMIT", "SET", "END")

    def _taken(self, size: int, lead: int) -> Statement:
        window = self.window
        line = window.line_at(lead)
        data = window.take(size)
        kind = kind_of(data, lead)
        if kind == "COPY" and reads_stdin(data[lead:]):
            what = "COPY with options that are not known: its data cannot be told from statements"
            raise InputError("unsupported", what, "dump with `pg_dump`, plain", self._at(line))
        statement = Statement(data, kind, line, lead, window.codec)
        grammar = followed(self.grammar, data, lead, kind, unicode=self.unicode)
        if grammar.path != self.grammar.path:
            self.head = b""
        self.grammar = grammar
        window.recode(grammar.codec)
        return statement

    def _header(self, line: int, options: CopyOptions) -> bytes:
        """The line of a COPY that is no row."""
        window = self.window
        while (end := first_row_end(window.data, window.at, options)) < 0:
            if window.final:
                raise self._truncated("COPY", line)
            self._longer(STATEMENT_BYTES, "header", line)
        return window.take(end - window.at)

    def _copy(self, line: int, options: CopyOptions) -> Iterator[Piece]:
        window = self.window
        while True:
            window.grow(self.block)
            end = self._end_of_copy()
            rows = end[0] if end else last_row_end(window.data, window.at, options) - window.at
            if rows > 0:
                at = window.line
                yield RowsRun(window.take(rows), at, codec=window.codec)
            if end:
                at = window.line
                yield RowsEnd(window.take(end[1] - end[0]), at, window.codec)
                return
            if rows <= 0 and window.final:
                raise self._truncated("COPY", line)
            if rows <= 0:
                self._longer(ROW_BYTES, "row", window.line)

    def _end_of_copy(self) -> tuple[int, int] | None:
        """Where the line with `\\.` starts and ends, None where the window does not hold all of it."""
        window = self.window
        place = window.at
        while (place := window.data.find(b"\\.", place)) >= 0:
            end = _END_OF_COPY.match(window.data, place)
            if end and (place == window.at or window.data[place - 1] == 10):
                return (place - window.at, end.end() - window.at) if end[0][-1] == 10 or window.final else None
            place += 1
        return None

    def _tuples(self, joint: Joint, line: int) -> Iterator[Piece]:
        window = self.window
        fresh, size = True, min(_FIRST, self.block)
        while True:
            window.grow(size)
            if not fresh and not self._goes_on(joint):
                break
            found = find_tuples(window.data[window.at : window.at + size], self.grammar, joint, fresh=fresh)
            if found.stop:
                at = window.line
                yield RowsRun(window.take(found.stop), at, found, window.codec)
                fresh, size = False, min(8 * size, self.block)
            elif window.final and size >= window.size:
                raise self._truncated("INSERT", line)
            else:
                size *= 2
                if size > ROW_BYTES:
                    raise self._too_long("row", window.line)
        end = self._whole(self._statement_end, "INSERT")
        at = window.line
        self.end = window.take(end)
        yield RowsEnd(self.end, at, window.codec)

    def _goes_on(self, joint: Joint) -> bool:
        """Whether another row follows the last one; grows the window until that is known."""
        window = self.window
        while (after := self._lead_end()) is None or window.size <= after + len(joint.data):
            if window.final:
                break
            window.grow(2 * window.size + self.block)
        if after is not None and window.data[window.at + after : window.at + after + 1] == b",":
            return True
        return bool(joint.data) and window.data.startswith(joint.data + b"(", window.at)

    def _whole(self, find: Callable[[], int | None], what: str, lead: int = 0) -> int:
        """What `find` gives once the window holds enough for it."""
        while (end := find()) is None:
            line = self.window.line_at(lead)
            if self.window.final:
                raise self._truncated(what, line)
            self._longer(STATEMENT_BYTES, what, line)
        return end

    def _longer(self, limit: int, what: str, line: int) -> None:
        if self.window.size > limit:
            raise self._too_long(what, line)
        self.window.grow(2 * self.window.size + self.block)

    def _too_long(self, what: str, line: int) -> InputError:
        return InputError("limit", f"a {what} is too long", "is a quote or a terminator missing?", self._at(line))

    def _truncated(self, what: str, line: int) -> InputError:
        message = f"the {what} that begins here does not end"
        return InputError("truncated", message, "a quote or terminator is missing, or the dump is cut", self._at(line))

    def _at(self, line: int) -> Place:
        return replace(self.place, line=line)
