"""Whether a masked column holds originals of the same column in other rows, in other case or with blanks around.

A method whose output space is large never gives one by chance: a column that was shifted by a row, upper-cased or
passed through a no-op shows here, though no cell equals its own original.
"""

import numpy as np

from masker.verify.cells import Cells
from masker.verify.chance import most_by_chance
from masker.verify.fingerprints import Prints, distinct

SMALLEST_SPACE = 1e4
"""Below this, pseudonyms meet originals too often by chance for the count to tell anything."""

_SHORTEST = 7  # bytes; shorter values have too few forms
_ALL_ROWS, _ONE_RUN_IN = 1 << 17, 4
_FEWEST = 20  # different values; of fewer, several may well be spellings of one
_MOST_KEPT = 1 << 17  # fingerprints a side, 1 MB


class Originals:
    """Remembers folded fingerprints of both sides of one column: all of them, or beyond 2^17 a random share.

    `space` is the least number of outputs that are equally likely for one value. Where the column is `searched`
    elsewhere, only the first 2^17 rows are remembered, for `lost`.
    """

    def __init__(self, space: float, *, searched: bool = False) -> None:
        self.space, self.searched = space, searched
        self._limit = np.uint64(2**64 - 1)
        self._sides: list[list[Prints]] = [[], []]
        self._shortest = 64
        self._rows = self._runs = 0

    def take(self, before: Cells, after: Cells) -> None:
        """Add the values of n rows of SOURCE and of the copy; beyond 2^17 rows, of every fourth run of them."""
        self._runs += 1
        if self._rows > _ALL_ROWS and (self.searched or self._runs % _ONE_RUN_IN):
            return
        self._rows += len(before.column)
        for side, cells in enumerate((before, after)):
            wanted = cells.lengths >= _SHORTEST
            prints = cells.folded_prints[wanted]
            if len(prints):
                self._shortest = min(self._shortest, int(cells.lengths[wanted].min()))
                self._sides[side].append(prints[prints <= self._limit])
        if max(sum(map(len, side)) for side in self._sides) > _MOST_KEPT:
            self._thin()

    def lost(self) -> int:
        """How many of SOURCE's different values have no pseudonym of their own left, where that is most of them.

        Counted only while all values are remembered; spellings that a method folds together make no such difference.
        """
        before, after = (len(_different(side)) for side in self._sides)
        whole = self._limit == np.uint64(2**64 - 1) and self._rows <= _ALL_ROWS
        return before - after if whole and before >= _FEWEST and 0 < after < before / 2 else 0

    def found(self) -> int:
        """How many originals stand in the copy where chance does not account for them; else 0."""
        if self.searched:
            return 0
        before, after = map(_different, self._sides)
        limit = self._limit
        common = len(np.intersect1d(before[before <= limit], after[after <= limit], assume_unique=True))
        # A value of n characters has at least 10^n forms of its own shape, whatever its method promises beyond that.
        share = float(limit) / 2.0**64
        expected = len(before) * len(after) / (min(self.space, 10.0**self._shortest) * share)
        return common if common > most_by_chance(expected) else 0

    def _thin(self) -> None:
        self._sides = [[_different(side)] for side in self._sides]
        while max(len(side[0]) for side in self._sides) > _MOST_KEPT // 2:
            self._limit = np.uint64(int(self._limit) // 2)
            self._sides = [[side[0][side[0] <= self._limit]] for side in self._sides]


def _different(side: list[Prints]) -> Prints:
    return distinct(np.concatenate([*side, np.zeros(0, dtype=np.uint64)]))
