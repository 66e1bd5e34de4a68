"""A CSV file's separator and header, found in its first records."""

from dataclasses import dataclass

import numpy as np

from masker.errors import InputError, Place
from masker.formats.csv.limits import COLUMNS
from masker.spans import Cells, find_cells, find_quotes, record_end

SEPARATORS = ",;\t|"
# What a file's name says of its separator where the content leaves it open.
BY_SUFFIX = {".tsv": "\t", ".tab": "\t", ".psv": "|"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is cut: its separator (one ASCII character), its column names, and whether it has a header."""

    separator: str
    names: tuple[str, ...]
    header: bool


@dataclass(frozen=True, slots=True)
class _Reading:
    separator: str
    widths: tuple[int, ...]
    first: tuple[bytes, ...]
    is_broken: bool

    @property
    def splits(self) -> bool:
        return self.widths[0] > 1

    @property
    def agrees(self) -> bool:
        return len(set(self.widths)) == 1


def find_dialect(sample: bytes, *, final: bool, separator: str, suffix: str, header: bool, place: Place) -> Dialect:
    """Find the dialect from a sample that holds at least one whole record; `separator` "" means: find it out.

    Of the four separators those count that split the first record; of these, those under which all records of the
    sample have the same width; of these, the widest. A tie goes to the one that the file's suffix names, else it is
    refused: a guess here would mask the wrong columns. Where none splits the first record the file has one column.
    Raises `InputError` for an ambiguous separator, duplicate column names and too many columns.
    """
    if separator:
        chosen = _read(sample, separator, final=final)
    else:
        chosen = _choose([_read(sample, mark, final=final) for mark in SEPARATORS], BY_SUFFIX.get(suffix, ""), place)
    width = chosen.widths[0]
    if width > COLUMNS:
        raise InputError("limit", f"the file has more than {COLUMNS} columns", "is the separator right?", place)
    names = _names(chosen.first, place) if header else tuple(f"c{number}" for number in range(1, width + 1))
    return Dialect(chosen.separator, names, header)


def _choose(readings: list[_Reading], preferred: str, place: Place) -> _Reading:
    splitting = [reading for reading in readings if reading.splits]
    # Under a wrong separator quotes seem broken; under all of them only where they are.
    splitting = [reading for reading in splitting if not reading.is_broken] or splitting
    if not splitting:
        return next(reading for reading in readings if reading.separator == (preferred or ","))
    agreeing = [reading for reading in splitting if reading.agrees] or splitting
    widest = max(reading.widths[0] for reading in agreeing)
    best = [reading for reading in agreeing if reading.widths[0] == widest]
    for reading in best:
        if len(best) == 1 or reading.separator == preferred:
            return reading
    raise InputError("malformed", "the separator is ambiguous", "say which it is with --delimiter", place)


def _read(sample: bytes, separator: str, *, final: bool) -> _Reading:
    mark = ord(separator)
    quotes = find_quotes(sample, mark)
    end = record_end(sample, quotes, final=final)
    is_broken = quotes.bad is not None or (final and end < len(sample))
    cells = find_cells(sample[:end], quotes.before(end), mark)
    if not len(cells.last):
        return _Reading(separator, (1,), (sample.lstrip(b"\r\n").splitlines()[0],), is_broken)
    return _Reading(separator, tuple(cells.widths.tolist()), _first_cells(sample, cells), is_broken)


def _first_cells(data: bytes, cells: Cells) -> tuple[bytes, ...]:
    stop = int(cells.last[0]) + 1
    spans = zip(cells.starts[:stop].tolist(), cells.ends[:stop].tolist(), strict=True)
    return tuple(data[start:end] for start, end in spans)


def first_record_end(data: bytes, cells: Cells) -> int:
    """Give the position where the second record starts (or the data ends): all before belongs to the first."""
    following = np.flatnonzero(cells.starts > cells.ends[cells.last[0]])
    return int(cells.starts[following[0]]) if len(following) else len(data)


def _names(raw: tuple[bytes, ...], place: Place) -> tuple[str, ...]:
    texts = [_unquoted(cell) for cell in raw]
    if len({text for text in texts if text}) != len([text for text in texts if text]):
        raise InputError("malformed", "two columns have the same name", "rename one of them in the header", place)
    taken = {text for text in texts if text}
    names: list[str] = []
    for number, text in enumerate(texts, start=1):
        name = text or f"column {number}"
        while not text and name in taken:
            name += " (no name)"
        taken.add(name)
        names.append(name)
    return tuple(names)


def _unquoted(cell: bytes) -> str:
    text = cell.decode()
    return text[1:-1].replace('""', '"') if text.startswith('"') else text
