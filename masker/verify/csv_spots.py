"""Runs of records that a second parser reads: no mistake of the first one may stay unseen throughout a file.

At places spread over the file the records of some kilobytes are read by `csv_records`, which has nothing in common with
Arrow's parser. What Arrow gives for the same records must be the same, cell by cell, NULL and '' told apart.
"""

import contextlib
from collections.abc import Iterator
from itertools import islice

import pyarrow as pa

from masker.errors import InputError
from masker.verify.csv_records import Cells, records

MOST = 32
"""Runs kept at most: with more blocks, every second one is let go and as many blocks lie between them again."""

_BYTES, _ROWS, _STRIDE = 1 << 15, 64, 16
_QUOTE, _NEWLINE = b'"', b"\n"


class Spots:
    """Offered the blocks of a regular CSV in order; `differs` then says whether rows are not those that were read."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._runs: list[tuple[int, list[Cells]]] = []
        self._blocks, self._stride = 0, _STRIDE

    def offer(self, block: bytes, ends: int, quotes: int) -> None:
        """See the next block; `ends` records ended before it and `quotes` quotes stood there."""
        number = self._blocks
        self._blocks += 1
        if number % self._stride:
            return
        start, before = (0, ends) if not number else _after_end(block, ends, quotes % 2 == 1)
        piece = block[start : start + _BYTES]
        piece = piece[: _last_end(piece)]
        with contextlib.suppress(UnicodeDecodeError, InputError):  # then Arrow refuses it too, or is not asked
            found = [*islice(records(iter([piece.decode()]), self._delimiter), _ROWS)]
            self._runs.append((before, found))
        if len(self._runs) > MOST:
            self._runs = self._runs[::2]
            self._stride *= 2

    def differs(self, batch: pa.RecordBatch, first: int) -> int | None:
        """The first row of `batch` that another parser read otherwise, or None; `first` is the number of its first one.

        Rows count from 0 as records do, the header, where there is one, among them.
        """
        for start, run in self._runs:
            low, high = max(start, first), min(start + len(run), first + batch.num_rows)
            if low >= high:
                continue
            columns = [column.to_pylist() for column in batch.slice(low - first, high - low).columns]
            for row, cells in enumerate(zip(*columns, strict=True), low):
                if list(cells) != run[row - start]:
                    return row
        return None


def _after_end(block: bytes, ends: int, inside: bool) -> tuple[int, int]:
    """Where the first record that begins in a block begins, and how many ended before that."""
    for position in _ends(block, inside):
        return position, ends + 1
    return len(block), ends


def _last_end(piece: bytes) -> int:
    """Where the last whole record of a piece that begins with one ends."""
    last = 0
    for position in _ends(piece, False):
        last = position
    return last


def _ends(data: bytes, inside: bool) -> Iterator[int]:
    """The places behind each line end outside of quotes; `inside`: the data begins within quotes."""
    seen = 0
    position = data.find(_NEWLINE)
    while position >= 0:
        inside ^= data.count(_QUOTE, seen, position) % 2 == 1
        seen = position
        if not inside:
            yield position + 1
        position = data.find(_NEWLINE, position + 1)
