"""One pass over a dump: its DDL, which tables get rows and where in the file they stand, what must not pass."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Protocol

from masker.errors import InputError, Place
from masker.snapshot import Quoted
from masker.sql import Dialect
from masker.sql.allowed import judge, refusal
from masker.sql.ddl_literals import quoted
from masker.sql.dump.unicode import is_recoded
from masker.sql.encodings import is_known, said_encoding
from masker.sql.large_objects import is_large_object
from masker.sql.lexemes import tokens
from masker.sql.lexer import Lexer
from masker.sql.pieces import Piece, RowsEnd, RowsHead, RowsRun, Statement
from masker.sql.tokens import Grammar
from masker.sql.window import Window

CHUNK = 1 << 20
_DDL = frozenset("CREATE ALTER DROP SET USE SELECT".split())
_BEGUN = re.compile(rb"^--\r?\n-- PostgreSQL database dump\r?\n--\r?$|^-- (?:MySQL|MariaDB) dump \d", re.M)
_ENDED = re.compile(rb"^-- (?:PostgreSQL database dump complete|Dump completed)\b", re.M)
_INCLUDES: dict[Dialect, re.Pattern[bytes]] = {
    "postgres": re.compile(rb"\\i(?:r|nclude(?:_relative)?)?[ \t]+'?([^\s'`:]+)'?\s*"),
    "mysql": re.compile(rb"(?:source|\\\.)[ \t]+([^\s;`]+)[ \t]*;?\s*", re.I),
    "sqlite": re.compile(rb"\.read[ \t]+([^\s'\"|]+)\s*"),
}


class Opened(Protocol):
    """What a dump is read from: a file, or what stands for one."""

    @property
    def place(self) -> Place:
        """Where errors happened."""
        ...

    def open(self) -> BinaryIO:
        """Its bytes from the start."""
        ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes of a dump that hold rows of one table alone; `grammar` and `line` are those at its start."""

    start: int
    end: int
    line: int
    grammar: Grammar


@dataclass(frozen=True, slots=True)
class Filled:
    """A table as INSERT and COPY name it: where its rows stand, and all columns that the heads list, in order.

    `path` are the schemas that a bare name is looked for in.
    """

    table: str = ""
    path: tuple[str, ...] = ()
    stretches: list[Stretch] = field(default_factory=list)
    columns: dict[str, None] = field(default_factory=dict)
    unlisted: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Index:
    """What one pass found: the statements that the catalog is read from, and tables with rows by written names.

    `dropped` are the lines of statistics that are left out of every copy, `objects` those of large objects.
    `unended`: it begins as pg_dump or mysqldump begins one, and lacks the remark that they end one with.
    """

    dialect: Dialect
    statements: list[Statement]
    filled: dict[str, Filled]
    ascii_only: bool = False
    includes: list[tuple[str, int]] = field(default_factory=list)
    quoted: list[Quoted] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    objects: list[int] = field(default_factory=list)
    unended: bool = False


def cut(file: Opened, dialect: Dialect, block_bytes: int) -> Lexer:
    """The lexer of a whole dump."""
    grammar = Grammar(dialect, backslashes=dialect == "mysql")
    window = Window(_chunks(file, 0, None))
    return Lexer(window, grammar, file.place, max(1, block_bytes), True, is_recoded(file))


def cut_stretch(file: Opened, stretch: Stretch, block_bytes: int) -> Iterator[Piece]:
    """The pieces of a stretch; the file must be seekable."""
    window = Window(_chunks(file, stretch.start, stretch.end), stretch.grammar.codec)
    window.line = stretch.line
    return Lexer(window, stretch.grammar, file.place, max(1, block_bytes), True, is_recoded(file)).pieces()


def _chunks(file: Opened, start: int, end: int | None) -> Iterator[bytes]:
    with file.open() as stream:
        if start:
            stream.seek(start)
        left = end - start if end is not None else None
        while left is None or left > 0:
            data = stream.read(CHUNK if left is None else min(CHUNK, left))
            if not data:
                return
            left = None if left is None else left - len(data)
            yield data


def read_index(file: Opened, dialect: Dialect, block_bytes: int) -> Index:
    """Read a dump to its end; raises `InputError` where it is malformed, or has a statement that must not pass."""
    index = Index(dialect, [], {})
    lexer = cut(file, dialect, block_bytes)
    offset, began, filled, line = 0, 0, Filled(), 0
    ascii_only = False
    grammar = lexer.grammar
    begun = ended = False
    for piece in lexer.pieces():
        if isinstance(piece, Statement):
            if not check(piece, dialect, file.place):
                large = dialect == "postgres" and is_large_object(piece)
                (index.objects if large else index.dropped).append(piece.line)
            if (path := included(piece, dialect)) is not None:
                index.includes.append((path, piece.line))
            index.quoted.extend(quoted(piece, dialect))
            begun = begun or _BEGUN.search(piece.data) is not None
            ended = ended or _ENDED.search(piece.data) is not None
            ascii_only = ascii_only or not _is_readable(piece, dialect)
            if piece.kind.split(" ", 1)[0] in _DDL:
                index.statements.append(piece)
        elif isinstance(piece, RowsHead):
            blanks = len(piece.data) - len(piece.data.lstrip())
            began, line, grammar = offset, piece.line - piece.data.count(b"\n", 0, blanks), lexer.grammar
            filled = index.filled.setdefault(piece.written, Filled(piece.table, piece.path))
            filled.columns.update(dict.fromkeys(piece.columns or ()))
            if piece.columns is None:
                filled.unlisted.append(piece.line)
        elif isinstance(piece, RowsRun):
            if piece.tuples is not None and piece.tuples.remarked:
                raise _remark("among", file.place, piece.line)
        elif isinstance(piece, RowsEnd):
            check_tail(piece, dialect, file.place)
            end = lexer.window.taken
            if filled.stretches and filled.stretches[-1].end == began and filled.stretches[-1].grammar == grammar:
                filled.stretches[-1] = replace(filled.stretches[-1], end=end)
            else:
                filled.stretches.append(Stretch(began, end, line, grammar))
        offset = lexer.window.taken
    return replace(index, ascii_only=ascii_only, unended=begun and not ended)


def _is_readable(statement: Statement, dialect: Dialect) -> bool:
    """Whether what a statement says of the dump's encoding, if anything, is one that can be read."""
    if statement.kind not in ("SET", "\\encoding"):
        return True
    said = said_encoding(statement.data, statement.start)
    return said is None or is_known(said, dialect)


def check(statement: Statement, dialect: Dialect, place: Place) -> bool:
    """Whether a statement stays; raises `InputError` where it must stop the run, unless it reads in another dump."""
    try:
        verdict = judge(statement, dialect)
    except InputError as error:
        raise at(InputError(error.code, error.message, error.hint, Place(line=statement.line)), place) from None
    if verdict == "refuse" and included(statement, dialect) is None:
        raise at(refusal(statement), place)
    return verdict != "drop"


def included(statement: Statement, dialect: Dialect) -> str | None:
    """The file that a client command reads in at its place (`\\i x.sql`, `source x.sql`, `.read x.sql`), if it is one.

    `open_dumps` has to see that it is one of those that are opened together.
    """
    found = _INCLUDES[dialect].fullmatch(statement.data, statement.start)
    return None if found is None else found[1].decode("utf-8", "surrogateescape")


def check_tail(end: RowsEnd, dialect: Dialect, place: Place) -> None:
    """Refuse what follows the rows of an INSERT (`ON CONFLICT …`) where it holds values or comments."""
    if end.data.strip() in (b";", b"\\."):
        return
    for token in tokens(end.data, dialect, comments=True):
        # A name that holds a semicolon is what lies between two quotes of which one is missing.
        if token.kind in ("string", "number") or (token.kind == "name" and ";" in token.text):
            what = "an INSERT has values behind its rows"
            raise InputError("unsupported", what, "dump without them", replace(place, line=end.line))
        if token.kind == "comment":
            raise _remark("behind", place, end.line)


def _remark(where: str, place: Place, line: int) -> InputError:
    """The error for a comment that nobody can judge: unlike those between statements it cannot be left out."""
    what = f"a comment stands {where} the rows of an INSERT"
    return InputError("unsupported", what, "take it out: nobody can say what it holds", replace(place, line=line))


def at(error: InputError, place: Place) -> InputError:
    """An error of a statement, with the file that it stands in."""
    return InputError(error.code, error.message, error.hint, replace(error.place, file=place.file))
