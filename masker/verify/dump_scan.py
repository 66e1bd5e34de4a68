"""One pass over a dump: where the rows of each table stand, how many they are, and all that stands beside them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from masker.errors import InputError, Place
from masker.verify.dump_buffer import LARGEST, Buffer
from masker.verify.dump_charset import Charset
from masker.verify.dump_copy import PLAIN, Written, lines_end, written_as
from masker.verify.dump_ddl import table_made
from masker.verify.dump_words import (
    COMPOUND,
    COPY,
    DELIMITER,
    END,
    INSERT,
    LINE,
    MYSQL,
    WORDS,
    names_in,
    path_after,
    words_of,
)
from masker.verify.reading import Said

_MOST_SAID = 64 << 20
_MOST_TURNS = 1 << 18
_OWN = re.compile(r"sqlite_\w+\Z")
_COPY_END = re.compile(rb"\\\.[^\S\n]*(?:\n|\Z)")


@dataclass(frozen=True)
class Heading:
    """What opens rows: `head` its bytes, `columns` None where it lists none, `tail` what ends them before `;`.

    `charset` is the encoding of the rows ("": UTF-8), `written` how COPY writes them.
    """

    table: str
    columns: tuple[str, ...] | None
    head: bytes
    tail: bytes
    copy: bool
    charset: str = ""
    written: Written = PLAIN


@dataclass
class Stretch:
    """Bytes `start` to `end` of the dump that hold rows under one heading (of INSERT: the statements too)."""

    heading: Heading
    start: int
    end: int
    line: int


@dataclass
class Scanned:
    """What the pass found; tables by their full names, in order of their first rows."""

    stretches: dict[str, list[Stretch]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)


class Scan:
    """Reads a dump of a `dialect` from its blocks, once, in bounded memory.

    What it says of its encoding is followed unless `utf8` says that the bytes are UTF-8 anyway; `said` is UTF-8.
    Raises `InputError`: `truncated` where the dump ends inside of a literal, comment, statement or COPY, `malformed`
    where rows are none, `limit`. Lines are told, never what stands on them.
    """

    def __init__(self, blocks: Iterator[bytes], dialect: str, file: str, *, utf8: bool = False) -> None:
        self._buffer = Buffer(blocks)
        self._words = words_of(dialect)
        self._file = file
        self._charset, self._fixed = Charset(), utf8
        self._path: tuple[str, ...] = ()
        self._made: set[str] = set()
        self._held = self._turns = 0
        self._last: list[tuple[str, int]] = []
        self._known: tuple[bytes, str, tuple[str, ...] | None] = (b"\0", "", None)
        self.found = Scanned()

    def run(self) -> Scanned:
        """The whole pass."""
        while True:
            begun, line = self._buffer.position, self._buffer.line
            lead = self._lead()
            if self._words.comment.search(lead):
                self._say("", lead, line)
                begun, lead = self._buffer.position, b""
            if self._at_end():
                self._say("", lead, line)
                return self.found
            self._statement(begun, lead)

    def _lead(self) -> bytes:
        buffer, parts = self._buffer, []
        while True:
            found = self._words.lead.match(buffer.data, buffer.at)
            end = found.end() if found else buffer.at
            parts.append(buffer.take(end))
            rest = buffer.data[end : end + 2]
            if rest and not (rest[:1] in b"-/#" and (len(rest) < 2 or rest in (b"--", b"/*") or rest[:1] == b"#")):
                break
            if not buffer.more():
                if rest[:2] == b"--" or rest[:1] == b"#":  # a last comment without its line end
                    parts.append(buffer.take(len(buffer.data)))
                break
            if rest in (b"/*",) and buffer.data[buffer.at : buffer.at + 3] in (b"/*!", b"/*M"):
                break
        return b"".join(parts)

    def _at_end(self) -> bool:
        return self._buffer.at >= len(self._buffer.data) and not self._buffer.more()

    def _statement(self, begun: int, lead: bytes) -> None:
        buffer, line = self._buffer, self._buffer.line
        while len(buffer.data) - buffer.at < 1 << 16 and buffer.more():
            pass  # enough for any head of rows
        head = buffer.data[buffer.at : buffer.at + 10].upper()
        if buffer.data.startswith(self._known[0], buffer.at):
            self._insert(lead, begun, line)
        elif head.startswith(b"COPY") and (found := COPY.match(buffer.data, buffer.at)):
            self._copy(found, lead, line)
        elif head.startswith((b"INSERT", b"REPLACE")) and (found := INSERT.match(buffer.data, buffer.at)):
            columns = None if found.group(2) is None else self._names(found.group(2))
            self._known = (found.group(), self._table(found.group(1)), columns)
            self._insert(lead, begun, line)
        elif head.startswith((b"\\", b"/*M!999999")) and (found := LINE.match(buffer.data, buffer.at)):
            self._say(_kind(found.group()), lead + buffer.take(found.end()), line)
        elif self._words.dialect == MYSQL and (found := DELIMITER.match(buffer.data, buffer.at)):
            self._say("DELIMITER", lead + buffer.take(found.end()), line)
            self._words = words_of(MYSQL, found.group(1))
        else:
            text = self._to_terminator(line)
            compound = COMPOUND.get(self._words.dialect)
            if compound is not None and compound.match(text):
                while not END.search(text):
                    text += self._to_terminator(line)
            self._say(_kind(text), lead + text, line)

    def _to_terminator(self, line: int) -> bytes:
        buffer, parts, end = self._buffer, [], self._words.terminator
        while True:
            found = self._words.skip.match(buffer.data, buffer.at)
            parts.append(buffer.take(found.end() if found else buffer.at))
            if buffer.data.startswith(end, buffer.at):
                parts.append(buffer.take(buffer.at + len(end)))
                return b"".join(parts)
            if not buffer.more():
                raise self._error("truncated", "the dump ends inside of a statement", line)
            if sum(map(len, parts)) > LARGEST:
                raise self._error("limit", "a statement of the dump is too large", line)

    def _insert(self, lead: bytes, begun: int, line: int) -> None:
        buffer, (head, name, columns) = self._buffer, self._known
        if _OWN.match(name):
            self._say("INSERT", lead + self._to_terminator(line), line)
            return
        head = lead + buffer.take(buffer.at + len(head))
        rows = 0
        while True:
            end, more = buffer.at, False
            for row in iter(lambda: self._words.row.match(buffer.data, end), None):  # noqa: B023
                if row.end() == len(buffer.data) and not buffer.ended:
                    break
                end, rows = row.end(), rows + 1
                more = buffer.data[end - 1] == ord(",")
                if not more:
                    break
            buffer.take(end)
            if rows and not more:
                break
            if not buffer.more():
                raise self._error("truncated", "the dump ends inside of a row, or a row is malformed", buffer.line)
        tail = self._to_terminator(line)
        heading = Heading(name, columns, head, tail, copy=False, charset=self._charset.now)
        stretches = self.found.stretches.setdefault(name, [])
        if stretches and stretches[-1].end == begun and stretches[-1].heading == heading:
            stretches[-1].end = buffer.position
        else:
            self._begin(Stretch(heading, begun, buffer.position, line))
        self._count(name, rows)

    def _copy(self, found: re.Match[bytes], lead: bytes, line: int) -> None:
        buffer = self._buffer
        written = written_as(found.group(3).decode("utf-8", "replace"))
        if written is None:
            raise self._error("unsupported", "a COPY with options that are not known", line)
        name = self._table(found.group(1))
        columns = None if found.group(2) is None else self._names(found.group(2))
        self._say(
            "COPY", lead + buffer.take(found.end()) + (self._header(written, line) if written.header else b""), line
        )
        start, rows, odd = buffer.position, 0, False
        heading = Heading(name, columns, b"", b"", copy=True, charset=self._charset.now, written=written)
        while True:
            at = self._copy_ends()
            if at >= 0:
                break
            taken = buffer.take(max(buffer.data.rfind(b"\n") + 1, buffer.at))
            _, more, odd = lines_end(taken, written, odd=odd)
            rows += more
            if not buffer.more():
                raise self._error("truncated", "the dump ends inside of a COPY", line)
        rows += lines_end(buffer.take(at), written, odd=odd)[1]
        self._begin(Stretch(heading, start, buffer.position, line + 1))
        self._count(name, rows)
        last = _COPY_END.match(buffer.data, buffer.at)
        if last is None:
            raise self._error("malformed", "a COPY does not end as it should", buffer.line)
        self._say("\\.", buffer.take(last.end()), buffer.line)

    def _copy_ends(self) -> int:
        """Where the line begins that ends a COPY, as far as is held; -1 where it is not there."""
        buffer = self._buffer
        at = buffer.at if buffer.data.startswith(b"\\.", buffer.at) else buffer.data.find(b"\n\\.", buffer.at) + 1 or -1
        while at >= 0:
            if len(buffer.data) - at < 80:
                ahead = at - buffer.at
                if buffer.more():
                    return self._copy_ends()
                at = buffer.at + ahead  # what is held begins anew
            if _COPY_END.match(buffer.data, at):
                return at
            at = buffer.data.find(b"\n\\.", at) + 1 or -1
        return -1

    def _header(self, written: Written, line: int) -> bytes:
        """The line before the rows that is none."""
        buffer = self._buffer
        while True:
            for size in (found.end() for found in re.finditer(rb"\n", buffer.data[buffer.at :])):
                if not lines_end(buffer.data[buffer.at : buffer.at + size], written)[2]:
                    return buffer.take(buffer.at + size)
            if not buffer.more():
                raise self._error("truncated", "the dump ends inside of a COPY", line)

    def _begin(self, stretch: Stretch) -> None:
        self._turns += 1
        if self._turns > _MOST_TURNS:
            raise self._error("limit", "the tables of the dump take turns too often", stretch.line)
        self.found.stretches.setdefault(stretch.heading.table, []).append(stretch)

    def _count(self, name: str, rows: int) -> None:
        self.found.counts[name] = self.found.counts.get(name, 0) + rows
        if self._last and self._last[-1][0] == name:
            self._last[-1] = (name, self._last[-1][1] + rows)
        else:
            self._last.append((name, rows))

    def _say(self, kind: str, text: bytes, line: int) -> None:
        self._held += len(text)
        if self._held > _MOST_SAID:
            raise self._error("limit", "the dump has too much beside its rows", line)
        self.found.said.append(Said(kind, self._charset.utf8(text), line, tuple(self._last)))
        self._last = []
        if (kind == "SET" or kind.startswith("\\ENCODING")) and not self._fixed:
            self._charset = self._charset.after(text, self._words.dialect)
            self._known = (b"\0", "", None)
        if (path := path_after(self._charset.utf8(text), self._words.dialect)) is not None:
            self._path, self._known = path, (b"\0", "", None)
        if made := table_made(text, self._words.dialect):
            self._made.add(made if "." in made or not self._path else f"{self._path[0]}.{made}")

    def _table(self, written: bytes) -> str:
        """The full name of a table, as far as the dump says in which schema it is."""
        names = self._names(written)
        if len(names) > 1 or not self._path:
            return ".".join(names)
        full = [f"{schema}.{names[0]}" for schema in self._path]
        return next((name for name in full if name in self._made), full[0])

    def _names(self, listed: bytes) -> tuple[str, ...]:
        return names_in(self._charset.utf8(listed), self._words.dialect)

    def _error(self, code: str, message: str, line: int) -> InputError:
        return InputError(code, f"{message}, line {line}", place=Place(file=self._file))


def _kind(text: bytes) -> str:
    found = WORDS.search(text)
    return b" ".join(found.group().split()).decode("ascii").upper() if found else "OTHER"
