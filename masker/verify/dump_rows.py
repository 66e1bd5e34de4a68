"""Rows out of the stretches of a dump: COPY lines by splitting, INSERT tuples by one expression for a whole row.

The expression knows how the rows before were spaced; where a row is written otherwise a slower one takes it apart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import pyarrow as pa

from masker.errors import InputError
from masker.verify.dump_cells import cells_column, columns_of, copy_text, with_nulls
from masker.verify.dump_charset import BY_NUMBER
from masker.verify.dump_copy import PLAIN, Written, csv_rows, csv_text
from masker.verify.dump_scan import Heading
from masker.verify.dump_words import MYSQL, POSTGRES
from masker.verify.reading import ROWS

_LARGEST = 256 << 20
# What MySQL executes out of a comment is no comment: its marks are blanks.
_BLANK = r"(?:\s|/\*M?![0-9]*|\*/|/\*(?!M?!)(?:[^*]|\*(?!/))*\*/|--[^\n]*\n)*+"


@dataclass(frozen=True, slots=True)
class Parsed:
    """n rows: the texts, raw literals and forms of each column; what leads to each row, what stands between its cells.

    COPY has no forms.
    """

    texts: list[pa.Array]
    raws: list[pa.Array]
    forms: list[pa.Array]
    leads: list[str]
    frames: list[str]


def copy_rows(blocks: Iterator[str], width: int, charset: str = "", written: Written = PLAIN) -> Iterator[Parsed]:
    """The rows of COPY text; raises `InputError` (`malformed`) where a line has more or fewer cells than `width`."""
    held = ""
    for block in blocks:
        held += block
        cut = _cut(held, written)
        if cut:
            whole = held[:cut]
            yield from _csv(whole, width, written) if written.csv else _lines(whole, width, charset, written)
            held = held[cut:]
        elif len(held) > _LARGEST:
            raise InputError("limit", "a row is too large")
    if held:
        raise InputError("truncated", "a row does not end")


def _cut(held: str, written: Written) -> int:
    """Where the last whole row ends."""
    cut = held.rfind("\n") + 1
    while written.csv and cut and held.count(written.quote, 0, cut) % 2:
        cut = held.rfind("\n", 0, cut - 1) + 1
    return cut


def _csv(text: str, width: int, written: Written) -> Iterator[Parsed]:
    rows = [*csv_rows(text, written)]
    if sum(sum(map(len, cells)) + len(cells) - 1 + len(end) for cells, end in rows) != len(text):
        raise InputError("malformed", "what stands among rows is no row")
    for start in range(0, len(rows), ROWS):
        some = rows[start : start + ROWS]
        if {len(cells) for cells, _ in some} != {width}:
            raise InputError("malformed", "a row has more or fewer cells than columns")
        columns = [[cells[i] for cells, _ in some] for i in range(width)]
        ends = [end for _, end in some]
        texts = [cells_column([csv_text(raw, written) for raw in column]) for column in columns]
        yield Parsed(texts, [cells_column(column) for column in columns], [], ends, ends)


def _lines(text: str, width: int, charset: str, written: Written) -> Iterator[Parsed]:
    ends = "\r\n" if text.endswith("\r\n") and text.count("\r\n") == text.count("\n") else "\n"
    lines = text[: -len(ends)].split(ends)
    for start in range(0, len(lines), ROWS):
        some = lines[start : start + ROWS]
        around = [ends] * len(some)
        between = written.delimiter
        if between != "\t":
            some = [_with_tabs(line, between) for line in some]
        if {line.count("\t") for line in some} != {max(width - 1, 0)} or (width == 0 and any(some)):
            raise InputError("malformed", "a row has more or fewer cells than columns")
        joined = "\t".join(some)
        cells = joined.split("\t")
        raws = [cells_column(cells[i::width]) for i in range(width)]
        texts = raws
        if "\\" in joined or written.null != "\\N":
            read = partial(copy_text, charset=charset, null=written.null)
            texts = [cells_column([read(cell) for cell in cells[i::width]]) for i in range(width)]
        yield Parsed(texts, raws, [], around, around)


def _with_tabs(line: str, between: str) -> str:
    """A line with tabs between its cells, and tabs within them escaped."""
    parts = re.findall(rf"\\.|{re.escape(between)}|\t|[^\\\t]", line, re.S)
    return "".join({between: "\t", "\t": "\\t"}.get(part, part) for part in parts)


def insert_rows(blocks: Iterator[str], heading: Heading, width: int, dialect: str) -> Iterator[Parsed]:
    """The rows of INSERT statements under one heading.

    Raises `InputError`: `malformed` where a row has more or fewer cells than `width` or is none, `truncated`.
    """
    rows: list[tuple[str, ...]] = []
    leads: list[str] = []
    frames: list[str] = []
    for some, led, inner in _tuples(blocks, heading, dialect):
        if some and len(some[0]) != width:
            raise InputError("malformed", "a row has more or fewer cells than columns")
        rows += some
        leads += led
        frames += [inner] * len(some)
        while len(rows) >= ROWS:
            yield Parsed(
                *columns_of([*zip(*rows[:ROWS], strict=True)], dialect, heading.charset), leads[:ROWS], frames[:ROWS]
            )
            del rows[:ROWS], leads[:ROWS], frames[:ROWS]
    if rows:
        yield Parsed(*columns_of([*zip(*rows, strict=True)], dialect, heading.charset), leads, frames)


def _tuples(
    blocks: Iterator[str], heading: Heading, dialect: str
) -> Iterator[tuple[list[tuple[str, ...]], list[str], str]]:
    """Runs of rows that are spaced alike: the literals of each, what leads to each, and how they are spaced."""
    codec, errors = (heading.charset, BY_NUMBER) if heading.charset else ("utf-8", "surrogateescape")
    head, tail = (part.decode(codec, errors) for part in (heading.head, heading.tail))
    leads = re.compile(rf"{re.escape(tail + head)}|\s*+,\s*+|{re.escape(head)}")
    held, at, ended = "", 0, False
    spaced: tuple[re.Pattern[str], str] | None = None
    while not ended:
        pieces, wanted = [held[at:]], max(len(held) - at, 1)
        while wanted > 0 and not ended:
            block = next(blocks, "")
            ended = not block
            pieces.append(block)
            wanted -= len(block)
        held, at = "".join(pieces), 0
        if len(held) > _LARGEST:
            raise InputError("limit", "a row is too large")
        while True:
            if spaced is not None:
                rows, led, at = _run(spaced[0], held, at, leads)
                if rows:
                    yield rows, led, spaced[1]
            found = _slow_row(held, at, leads, dialect)
            if found is None:
                break
            lead, cells, between, at = found
            yield [tuple(cells)], [lead], "\0".join(between)
            spaced = _spaced(between, dialect)
    if held[at:] != tail:
        raise InputError("malformed", "what stands among rows is no row")


def _run(
    row: re.Pattern[str], text: str, at: int, leads: re.Pattern[str]
) -> tuple[list[tuple[str, ...]], list[str], int]:
    """As many rows of one spacing as stand at `at`, what leads to each, and where they end."""
    rows: list[tuple[str, ...]] = []
    led: list[str] = []
    lead_of, row_of = leads.match, row.match
    while (lead := lead_of(text, at)) and (found := row_of(text, lead.end())):
        rows.append(found.groups())
        led.append(lead.group())
        at = found.end()
    return rows, led, at


def _quoted(dialect: str) -> str:
    if dialect == MYSQL:
        return r"(?:_\w+\s?|[XxNnBb])?'(?:[^'\\]++|\\[\s\S]|'')*+'"
    prefixed = r"[XxNnBb]?'(?:[^']++|'')*+'"
    return rf"[Ee]'(?:[^'\\]++|\\[\s\S]|'')*+'|{prefixed}" if dialect == POSTGRES else prefixed


def _spaced(between: list[str], dialect: str) -> tuple[re.Pattern[str], str] | None:
    """The expression for rows that are spaced in this way, where it is one of blanks and commas."""
    if any("*" in part or "-" in part for part in between):
        return None
    return _row_of(tuple(between), dialect), "\0".join(between)


@cache
def _row_of(between: tuple[str, ...], dialect: str) -> re.Pattern[str]:
    cast = r"(?:::[a-z_]\w*+)?" if dialect == POSTGRES else ""
    cell = rf"((?:{_quoted(dialect)}){cast}|[^'\"`(),;\s/\\]++(?:\([^()'\"`/]*+\))?)"
    return re.compile(re.escape(between[0]) + cell.join(["", *map(re.escape, between[1:])]))


@cache
def _cell(dialect: str) -> re.Pattern[str]:
    token = rf"{_quoted(dialect)}|\"(?:[^\"\\]++|\\[\s\S]|\"\")*+\"|`[^`]*+`|/(?!\*)|\*(?!/)|[^'\"`(),/*]"
    nested = rf"(?:{token}|,)"
    for _ in range(3):
        nested = rf"(?:{token}|,|\({nested}*+\))"
    return re.compile(rf"{_BLANK}((?:{token}|\({nested}*+\))++)")


_OPEN = re.compile(rf"\({_BLANK}")
_NEXT = re.compile(rf"{_BLANK}([,)])")


def _slow_row(text: str, at: int, leads: re.Pattern[str], dialect: str) -> tuple[str, list[str], list[str], int] | None:
    """One row in whatever spacing: its lead, its cells, what stands between them, its end; None where none is."""
    lead = leads.match(text, at)
    opened = _OPEN.match(text, lead.end()) if lead else None
    if lead is None or opened is None:
        return None
    cells: list[str] = []
    between, begun = [], lead.end()
    end = opened.end()
    while True:
        cell = _cell(dialect).match(text, end)
        if cell is None:
            return None
        raw = cell.group(1)
        stop = cell.start(1) + len(raw.rstrip())
        cells.append(raw.rstrip())
        between.append(text[begun : cell.start(1)])
        begun = stop
        follows = _NEXT.match(text, cell.end())
        if follows is None:
            return None
        end = follows.end()
        if follows.group(1) == ")":
            between.append(text[begun:end])
            return lead.group(), cells, between, end


def numbered(texts: list[str]) -> pa.Array:
    """A number a row for its text; equal texts have equal numbers within this process."""
    known = {text: hash(text) & 0xFFFFFFFF for text in set(texts)}
    values = np.fromiter(map(known.__getitem__, texts), dtype=np.uint32, count=len(texts))
    return with_nulls(values, np.ones(len(texts), dtype=np.bool_))
