"""A dump cut into what a server is asked to do: statements, and rows to copy in, each in bounded memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from masker.errors import Place
from masker.sql import Dialect
from masker.sql.charsets import from_utf8
from masker.sql.heads import name_span
from masker.sql.lexer import read_dump
from masker.sql.pieces import RowsEnd, RowsHead, RowsRun, Statement

_LONGEST = 4 << 20  # bytes of one INSERT; the servers' defaults allow four times as much and more


@dataclass(frozen=True, slots=True)
class Execute:
    """One statement of the dump with its terminator; `kind` as in `pieces.Statement`, `INSERT` for rows.

    Of rows, `table` is whose they are (as in `pieces.RowsHead`), and `name` where `data` says so.
    """

    kind: str
    data: bytes
    line: int
    table: str = ""
    name: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class CopyIn:
    """A `COPY … FROM stdin` (without its line end and semicolon) and its rows, which have to be taken at once.

    `table` and `name` as in `Execute`, of `query`.
    """

    query: bytes
    rows: Iterator[bytes]
    line: int
    table: str = ""
    name: tuple[int, int] = (0, 0)


def steps(chunks: Iterable[bytes], dialect: Dialect, place: Place) -> Iterator[Execute | CopyIn]:
    """What a dump asks for, in order. Comments and blanks alone are left out; raises what `read_dump` raises."""
    pieces = read_dump(chunks, dialect, place)
    for piece in pieces:
        if isinstance(piece, Statement):
            if piece.kind:
                yield Execute(piece.kind, from_utf8(piece.data[piece.start :], piece.codec), piece.line)
        elif isinstance(piece, RowsHead):
            if piece.style == "copy":
                header = from_utf8(piece.data[len(piece.data) - piece.skipped :], piece.codec)
                query = piece.raw[: len(piece.raw) - len(header)]
                yield CopyIn(
                    query.rstrip().rstrip(b";"), _copied(header, pieces), piece.line, piece.table, name_span(query)
                )
            else:
                yield from _inserts(piece, pieces)


def _copied(header: bytes, pieces: Iterator[object]) -> Iterator[bytes]:
    if header:
        yield header
    for piece in pieces:
        if isinstance(piece, RowsEnd):
            return
        if isinstance(piece, RowsRun):
            yield piece.raw


def _inserts(head: RowsHead, pieces: Iterator[object]) -> Iterator[Execute]:
    """One INSERT as one or more, none much longer than `_LONGEST`; what ends it in the dump ends the last one."""
    held: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, RowsEnd):
            yield _insert(head, held, piece.raw)
            return
        if isinstance(piece, RowsRun):
            if held and sum(map(len, held)) + len(piece.raw) > _LONGEST:
                yield _insert(head, held, b";")
                held = []
            held.append(piece.raw)


def _insert(head: RowsHead, rows: list[bytes], end: bytes) -> Execute:
    data = head.raw + b"".join(rows).strip(b", \t\r\n") + end
    return Execute("INSERT", data, head.line, head.table, name_span(head.raw))
