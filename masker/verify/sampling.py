"""Which rows a check looks at where all of them would be too dear: the first ones, then ever sparser runs of rows.

And these rows out of their batches, so that nothing else of a batch is held, and joined, as each call has its price.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from masker.verify.bits import numbered

_TOGETHER = 1 << 13

Sides = tuple[pa.RecordBatch, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """The first `head` runs of `run` rows, then `later` runs in each doubling of the rows after them.

    It depends on row numbers alone, so that both sides of a comparison, and two runs over the same rows, see the same
    ones, however they come in batches. n rows give at most `run` · (`head` + `later` · log2(n / (`head` · `run`)) + 1).

    >>> list(Sample(head=4, later=2, run=10).runs(1, 200))
    [(0, 50), (60, 70), (80, 90), (120, 130), (160, 170)]
    """

    head: int
    later: int
    run: int

    def runs(self, first_row: int, count: int) -> Iterator[tuple[int, int]]:
        """Those of `count` rows from the 1-based `first_row` on, as (start, end) from 0, neighbours joined."""
        start = end = -1
        row = first_row - 1
        while row < first_row - 1 + count:
            block = row // self.run
            stop = min((block + 1) * self.run, first_row - 1 + count)
            if self._chosen(block):
                if end != row:
                    if end >= 0:
                        yield start - first_row + 1, end - first_row + 1
                    start = row
                end = stop
            row = stop
        if end >= 0:
            yield start - first_row + 1, end - first_row + 1

    def _chosen(self, block: int) -> bool:
        if block < self.head:
            return True
        width = self.head << ((block // self.head).bit_length() - 1)
        return block % max(1, width // self.later) == 0


@dataclass
class Gathered:
    """Runs of rows of one side or of several, to be looked at together, `together` rows or more at a time."""

    together: int = _TOGETHER
    _waiting: list[Sides] = field(default_factory=list)

    def add(self, *sides: pa.RecordBatch) -> Iterator[Sides]:
        """Take n rows of each side, and give those that have waited where they are enough."""
        if self._waiting and any(a.schema != b.schema for a, b in zip(sides, self._waiting[0], strict=True)):
            yield from self.rest()
        rows = numbered(np.arange(sides[0].num_rows))
        self._waiting.append(tuple(side.take(rows) for side in sides))
        if sum(waiting[0].num_rows for waiting in self._waiting) >= self.together:
            yield from self.rest()

    def rest(self) -> Iterator[Sides]:
        """Give what still waits."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            yield tuple(pa.concat_batches(side) for side in zip(*waiting, strict=True))
