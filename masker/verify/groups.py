"""Counts of equal fingerprints over a whole table, and of what comes together with each: exact, in bounded memory."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from masker.verify.fingerprints import Prints
from masker.verify.spill import Spill, slices

Numbers = npt.NDArray[np.int64]
GROUPS = 1 << 17
"""Groups that a `Groups` counts in memory before it hands their counts to the spill."""

_WAITING, _AT_ONCE = 1 << 16, 2 << 20
# A row of the log is a fingerprint and (number of the hand-over << 40 | count): no two hand-overs write the same row,
# which a log would keep once. 2^40 rows and 2^24 hand-overs, each of at least 2^17 groups, are more than disks hold.
_COUNT = np.uint64(40)
_COUNT_BITS = np.uint64((1 << 40) - 1)


class Groups:
    """How often each fingerprint occurs.

    Memory: at most some 20 MB of its own, whatever the rows; the rest lies in `spill`, 16 bytes a group and hand-over.
    Two of n groups fall together with probability about n²/2^65, so that counts are exact for all that fits a disk.
    """

    def __init__(self, spill: Spill, *, held: int = GROUPS) -> None:
        self._spill, self._most = spill, held
        self._log = spill.log(2)
        self._handed_over = 0
        self._new: list[Prints] = []
        self._waiting = 0
        self._keys: Prints = np.zeros(0, dtype=np.uint64)
        self._counts: Numbers = np.zeros(0, dtype=np.int64)
        self.any = False

    def add(self, prints: Prints) -> None:
        """Take n rows."""
        self.any |= bool(len(prints))
        self._new.append(prints)
        self._waiting += len(prints)
        if self._waiting > max(min(_WAITING, self._most), len(self._keys)):
            self._settle()

    def counts(self) -> Iterator[Numbers]:
        """Rows in each group, some groups at a time, each group once, in no order that tells anything."""
        self._settle()
        if not self._handed_over:
            yield self._counts
            return
        self._hand_over()
        for first, last in slices([self._log], _AT_ONCE):
            rows = self._log.read(first, last)
            _, counts = _summed(rows[:, 0], (rows[:, 1] & _COUNT_BITS).astype(np.int64))
            yield counts

    def forget(self) -> None:
        """Let go of what the spill holds."""
        self._spill.forget(self._log)

    def _settle(self) -> None:
        if self._new:
            keys = np.concatenate([self._keys, *self._new])
            counts = np.ones(len(keys), dtype=np.int64)
            counts[: len(self._counts)] = self._counts
            self._new, self._waiting = [], 0
            order = np.argsort(keys)
            self._keys, self._counts = _summed(keys[order], counts[order])
        if len(self._keys) > self._most:
            self._hand_over()

    def _hand_over(self) -> None:
        tag = np.uint64(self._handed_over) << _COUNT
        for first in range(0, len(self._keys), _WAITING):
            keys, counts = self._keys[first : first + _WAITING], self._counts[first : first + _WAITING]
            self._log.add(np.stack([keys, counts.astype(np.uint64) | tag], axis=1))
        self._handed_over += 1
        self._keys, self._counts = self._keys[:0].copy(), self._counts[:0].copy()


class Within:
    """How many different seconds come with each first: 16 bytes a pair, all of it in `spill`."""

    def __init__(self, spill: Spill) -> None:
        self._spill = spill
        self._log = spill.log(2)

    def add(self, firsts: Prints, seconds: Prints) -> None:
        """Take n rows."""
        self._log.add(np.stack([firsts, seconds], axis=1))

    def counts(self) -> Iterator[Numbers]:
        """Different seconds of each first, some firsts at a time, each first once."""
        for first, last in slices([self._log], _AT_ONCE):
            rows = self._log.read(first, last)
            yield _summed(rows[:, 0], np.ones(len(rows), dtype=np.int64))[1]

    def forget(self) -> None:
        """Let go of what the spill holds."""
        self._spill.forget(self._log)


def _summed(ordered: Prints, counts: Numbers) -> tuple[Prints, Numbers]:
    if not len(ordered):
        return ordered, counts
    fresh = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    starts = np.flatnonzero(fresh)
    return ordered[starts], np.add.reduceat(counts, starts)
