"""A sample of a column's non-null values, spread over the whole table, the same however the rows come in batches.

Each row number has a fixed pseudo-random rank (the finaliser of SplitMix64, Steele et al. 2014); the sample is the
rows of lowest rank that have a value. It is repeatable on purpose: the same table gives the same findings.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import is_text, offsets_of, text_bytes, text_of, validity
from masker.scan.excerpts import CUT, read_at

Ranks = npt.NDArray[np.uint64]
_MUCH = 1 << 26
"""Bytes of held cells from which on the sample is thinned before it has twice its size."""


def ranks(first: int, count: int) -> Ranks:
    """The ranks of the rows `first` … `first + count - 1`, shape (count,); a bijection of row numbers."""
    z = (np.arange(first, first + count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


class Sampler:
    """The growing sample of one column: at most `size` non-null values."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._ranks: list[Ranks] = []
        self._values: list[pa.Array] = []
        self._held = 0
        self._bytes = 0
        self._bar = np.uint64(2**64 - 1)

    def add(self, column: pa.Array, rank: Ranks) -> None:
        """Take in the next batch of the column with its rows' ranks."""
        chosen = rank <= self._bar
        if column.null_count:
            chosen &= validity(column)
        rows = np.flatnonzero(chosen)
        if len(rows) > self._size:
            rows = rows[np.argpartition(rank[rows], self._size - 1)[: self._size]]
        if len(rows) == 0:
            return
        self._values.append(column.take(_indices(rows)))
        self._ranks.append(rank[rows])
        self._held += len(rows)
        self._bytes += self._values[-1].nbytes
        if self._held > 2 * self._size or self._bytes > _MUCH:
            self._shrink()

    def _shrink(self) -> None:
        rank = np.concatenate(self._ranks)
        order = np.argsort(rank)[: self._size]
        values = _excerpts(pa.concat_arrays(self._values).take(_indices(order)))
        self._ranks, self._values, self._held = [rank[order]], [values], len(order)
        self._bytes = min(values.nbytes, _MUCH // 2)
        if len(order) == self._size:
            self._bar = rank[order[-1]]

    def finish(self, type_: pa.DataType) -> pa.Array:
        """The sampled values in rank order, none NULL."""
        if not self._values:
            return pa.nulls(0, type_)
        self._shrink()
        return self._values[0]


def _excerpts(values: pa.Array) -> pa.Array:
    """Long texts cut. A cell's place among those of lower rank only grows, so that batches change nothing."""
    if not is_text(values.type) or not len(values):
        return values
    lengths = np.diff(text_bytes(values)[1])
    if lengths.max() <= CUT:
        return values
    cells = [read_at(place, cell).encode() for place, cell in enumerate(values.to_pylist())]
    sizes = np.fromiter(map(len, cells), dtype=np.int64, count=len(cells))
    return text_of(np.frombuffer(b"".join(cells), dtype=np.uint8), offsets_of(sizes))


def _indices(rows: npt.NDArray[np.int64]) -> pa.Array:
    return pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows, np.int64))])


def distinct(values: pa.Array, most: int) -> pa.Array:
    """The first `most` distinct values of a sample, in its order."""
    return pc.unique(values).slice(0, most)
