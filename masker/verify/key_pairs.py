"""Distinct (original, pseudonym) pairs of a key, as fingerprints: what uniqueness and joins are checked on."""

import numpy as np
import numpy.typing as npt

from masker.verify.fingerprints import Prints, distinct_rows, mixed

_MOST = 1 << 19


class KeyPairs:
    """The distinct pairs of one column, or of several taken together, over a whole table.

    Exact up to about half a million distinct pairs (16 bytes each); beyond, a pair stays where the original's or the
    pseudonym's fingerprint is a multiple of `step` (a power of two that doubles as needed). Then every question is
    answered on a random share of 1/`step` of the values: a broken column shows, a single broken value may not.
    """

    def __init__(self, most: int = _MOST) -> None:
        self.step = 1
        self._most = most
        self._pairs: npt.NDArray[np.uint64] = np.zeros((0, 2), dtype=np.uint64)
        self._new: list[npt.NDArray[np.uint64]] = []
        self._waiting = 0

    def add(self, before: Prints, after: Prints) -> None:
        """Take the pairs of n rows."""
        pairs = np.stack([before, after], axis=1)
        self._new.append(pairs[_sampled(pairs, self.step)] if self.step > 1 else pairs)
        self._waiting += len(self._new[-1])
        if self._waiting > max(1 << 19, len(self._pairs)):
            self._settle()

    def collisions(self) -> int:
        """How many pairs are too many for a one-to-one mapping: two originals share a pseudonym, or one has two."""
        pairs = self.pairs()
        by_old, by_new = (pairs[pairs[:, side] % np.uint64(self.step) == 0] for side in (0, 1))
        return len(by_old) - _count(by_old[:, 0]) + len(by_new) - _count(by_new[:, 1])

    def pairs(self, step: int = 1) -> npt.NDArray[np.uint64]:
        """The distinct pairs, shape (k, 2), thinned to at least `step`."""
        self._settle()
        return self._pairs if step <= self.step else self._pairs[_sampled(self._pairs, step)]

    def _settle(self) -> None:
        if self._new:
            self._pairs = _distinct(np.concatenate([self._pairs, *self._new]))
            self._new, self._waiting = [], 0
        while len(self._pairs) > self._most:
            self.step *= 2
            self._pairs = self._pairs[_sampled(self._pairs, self.step)]


def broken_joins(child: KeyPairs, parent: KeyPairs) -> int:
    """Key values that joined in SOURCE and do not in the copy, or the other way round (distinct pairs are counted)."""
    step = max(child.step, parent.step)
    pairs, known = child.pairs(step), parent.pairs(step)
    if step > 1:
        pairs = pairs[(pairs % np.uint64(step) == 0).all(axis=1)]
    joined = [np.isin(pairs[:, side], known[:, side]) for side in (0, 1)]
    return int((joined[0] != joined[1]).sum())


def _sampled(pairs: npt.NDArray[np.uint64], step: int) -> npt.NDArray[np.bool_]:
    return np.asarray((pairs % np.uint64(step) == 0).any(axis=1), dtype=np.bool_)


def _distinct(pairs: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    # One fingerprint of the pair sorts several times faster than two columns do.
    return pairs[distinct_rows(mixed(pairs[:, 0], pairs[:, 1]))]


def _count(prints: Prints) -> int:
    ordered = np.sort(prints)
    return int((ordered[1:] != ordered[:-1]).sum()) + min(len(prints), 1)
