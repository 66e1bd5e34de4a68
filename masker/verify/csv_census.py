"""A count of a CSV's records by quote parity, and whether its quoting is so regular that every CSV reader agrees on it.

Independent of the readers: it knows bytes only. Record ends are the newlines that an even number of quotes precedes;
where the quoting is irregular that means nothing, and Python's `csv` counts.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from masker.errors import InputError, Place
from masker.verify.csv_spots import Spots

_QUOTE, _NEWLINE, _RETURN = 0x22, 0x0A, 0x0D


@dataclass(frozen=True, slots=True)
class Census:
    """What was counted: `records` (the header is one), `open_ends` (those with a delimiter last), `blank` and `crlf`.

    `regular`: quotes only around whole cells, doubled inside and closed; one kind of line end; no blank line. The
    counts mean something only then.
    """

    records: int
    open_ends: int
    blank: int
    crlf: int
    regular: bool


def census(blocks: Iterable[bytes], delimiter: str, *, file: str = "", spots: Spots | None = None) -> Census:
    """Count over UTF-8 `blocks`; raises `InputError` (`malformed`) at a NUL byte. `spots` are offered each of them."""
    marks = _Marks(ord(delimiter))
    # Line ends before the start and after the end stand in for the neighbours that the first and last byte lack.
    pending = b"\n\n"
    last = b""
    for block in blocks:
        if not block:
            continue
        if 0 in block:
            raise InputError("malformed", "a NUL byte in text", place=Place(file=file))
        if spots is not None:
            spots.offer(block, *marks.with_last(last))
        data = pending + block
        marks.take(data)
        pending = data[-3:]
        last = block[-1:]
    if last:
        marks.take(pending + (b"\n" if last != b"\n" else b"") + b"\n")
    ends = marks.ends
    one_kind = marks.crlf in (0, ends) or (marks.crlf == ends - 1 and last != b"\n")
    regular = marks.regular and one_kind and not marks.blank and marks.quotes % 2 == 0
    return Census(ends - marks.blank, marks.open_ends, marks.blank, marks.crlf, regular)


def separators(blocks: Iterable[bytes], delimiter: str) -> int:
    """Delimiters outside of quotes, in a CSV whose quoting is regular."""
    total = quotes_before = 0
    for block in blocks:
        data = np.frombuffer(block, dtype=np.uint8)
        places, quotes = np.flatnonzero(data == ord(delimiter)), np.flatnonzero(data == _QUOTE)
        total += int(((np.searchsorted(quotes, places) + quotes_before) % 2 == 0).sum())
        quotes_before += len(quotes)
    return total


def count_slowly(blocks: Iterator[bytes], delimiter: str) -> int:
    """Records as Python's `csv` sees them, the header is one; blank lines do not count."""
    largest = csv.field_size_limit(1 << 30)
    try:
        lines = io.TextIOWrapper(io.BufferedReader(Feed(blocks), 1 << 16), encoding="utf-8", newline="")
        return sum(1 for record in csv.reader(lines, delimiter=delimiter) if record)
    finally:
        csv.field_size_limit(largest)


class Feed(io.RawIOBase):
    """Blocks as a readable raw stream."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__()
        self._blocks, self._left = blocks, memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        """Fill `buffer` as far as the next block goes; 0 at the end."""
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._left = memoryview(block)
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


class _Marks:
    """The counts so far; `take` sees bytes 2..n-1 of its data, the others are neighbours."""

    def __init__(self, delimiter: int) -> None:
        self.delimiter = delimiter
        self.quotes = self.ends = self.open_ends = self.blank = self.crlf = 0
        self.regular = True

    def with_last(self, last: bytes) -> tuple[int, int]:
        """Records that ended and quotes, with the byte that `take` has seen only as a neighbour."""
        outside = self.quotes % 2 == 0
        return self.ends + (last == b"\n" and outside), self.quotes + (last == b'"')

    def take(self, raw: bytes) -> None:
        if len(raw) < 4:
            return
        data = np.frombuffer(raw, dtype=np.uint8)
        seen = data[2:-1]
        newlines = np.flatnonzero(seen == _NEWLINE)
        if _QUOTE in raw:
            quotes = np.flatnonzero(seen == _QUOTE)
            newlines = newlines[(np.searchsorted(quotes, newlines) + self.quotes) % 2 == 0]
            self._check_quotes(data, quotes)
        else:
            quotes = np.zeros(0, dtype=np.int64)
            if self.quotes % 2:
                newlines = newlines[:0]
        before, two_before = data[newlines + 1], data[newlines]
        self.ends += len(newlines)
        self.open_ends += int((before == self.delimiter).sum())
        if _RETURN in raw:
            returned = before == _RETURN
            self.crlf += int(returned.sum())
            self.open_ends += int((returned & (two_before == self.delimiter)).sum())
            self.blank += int(((before == _NEWLINE) | (returned & (two_before == _NEWLINE))).sum())
            returns = np.flatnonzero(seen == _RETURN)
            outside = returns[(np.searchsorted(quotes, returns) + self.quotes) % 2 == 0]
            self.regular &= bool((data[outside + 3] == _NEWLINE).all())
        else:
            self.blank += int((before == _NEWLINE).sum())
        self.quotes += len(quotes)

    def _check_quotes(self, data: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64]) -> None:
        opens = quotes[self.quotes % 2 :: 2]
        closes = quotes[1 - self.quotes % 2 :: 2]
        before, after = data[opens + 1], data[closes + 3]
        fits_before = (before == self.delimiter) | (before == _NEWLINE) | (before == _QUOTE)
        fits_after = (after == self.delimiter) | (after == _NEWLINE) | (after == _RETURN) | (after == _QUOTE)
        self.regular &= bool(fits_before.all() and fits_after.all())
