"""Keyed sketches of columns, fed batch by batch: how many distinct values, does any repeat, which hashes are smallest.

Samples are coordinated by the hash: a value is in every column's sample or in none, below both limits. So how much of
a foreign key is contained in its target can be measured on samples, which samples of rows cannot do (K. Beyer et al.,
"On Synopses for Distinct-Value Estimation Under Multiset Operations", SIGMOD 2007).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker.relations import FULL, ColumnSketch
from masker.scan.hashing import Hasher, Hashes, hashable

KEPT_OF_REPEATED = 1 << 13  # distinct hashes kept once a value repeats: containment of 0.95 is known to ±0.003
_ALL_COLUMNS = 1 << 22  # hashes held over all columns of the table that is being read: 32 MB at most
_FINISHED = 1 << 22  # hashes kept of a finished table: 32 MB at most


class Sketcher:
    """The growing sketch of one column; `columns` is how many share the table's memory.

    Exact while the column has fewer than about 16 million / `columns` distinct values (never more than 2 million);
    above, whether a value repeats is decided on a sample of the values with all their occurrences.
    """

    def __init__(self, hasher: Hasher, type_: pa.DataType, columns: int) -> None:
        self._hasher = hasher
        self._usable = hashable(type_)
        self._room = min(max(_ALL_COLUMNS // columns, KEPT_OF_REPEATED), 1 << 21)
        self._kept = min(max(_FINISHED // columns, KEPT_OF_REPEATED), 1 << 18)
        self._merged = np.zeros(0, dtype=np.uint64)
        self._pending: list[Hashes] = []
        self._waiting = 0
        self._limit = FULL
        self._repeats = False
        self._few_distinct = False
        self.rows = 0
        self.nulls = 0

    def add(self, column: pa.Array) -> None:
        """Take in the next batch of the column."""
        self.rows += len(column)
        self.nulls += column.null_count
        if not self._usable or len(column) == column.null_count:
            return
        values = pc.unique(column) if self._few_distinct else column
        hashes = self._hasher(values)
        if self._limit != FULL:
            hashes = hashes[hashes <= self._limit]
        distinct = _sorted_unique(hashes)
        self._repeats = self._repeats or len(distinct) < len(hashes)
        if self._limit == FULL:
            self._few_distinct = self._repeats and len(distinct) * 2 < len(column) - column.null_count
        self._pending.append(distinct)
        self._waiting += len(distinct)
        # merged when as much waits as is there: each hash is moved a logarithmic number of times
        if self._waiting > max(len(self._merged), KEPT_OF_REPEATED):
            self._merge()

    def _merge(self) -> None:
        everything = np.concatenate([self._merged, *self._pending])
        self._pending, self._waiting = [], 0
        self._merged = _sorted_unique(everything)
        self._repeats = self._repeats or len(self._merged) < len(everything)
        self._thin(KEPT_OF_REPEATED if self._repeats else self._room)

    def _thin(self, most: int) -> None:
        if len(self._merged) > most:
            self._merged = self._merged[:most].copy()
            self._limit = int(self._merged[-1])

    def finish(self) -> ColumnSketch:
        """The sketch of all rows so far."""
        self._merge()
        exact = self._limit == FULL
        distinct = len(self._merged)
        if not exact:
            distinct = round((distinct - 1) * (FULL / self._limit))
        self._thin(KEPT_OF_REPEATED if self._repeats else self._kept)
        return ColumnSketch(
            rows=self.rows,
            nulls=self.nulls,
            distinct=distinct,
            unique=bool(self._usable and not self._repeats and self.rows > self.nulls),
            exact=exact,
            hashes=self._merged,
            limit=self._limit,
        )


def _sorted_unique(hashes: Hashes) -> Hashes:
    if len(hashes) < 2:
        return hashes
    ordered = np.sort(hashes)
    first = np.empty(len(ordered), dtype=np.bool_)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered if first.all() else ordered[first]
