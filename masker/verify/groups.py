"""Counts of equal fingerprints over a whole table, added run by run and exact."""

import numpy as np
import numpy.typing as npt

from masker.verify.fingerprints import Prints, mixed

_WAITING = 1 << 19


class Groups:
    """How often each fingerprint occurs; with `pairs`, how many different seconds each first has.

    In memory: 12 bytes a group (8 for the fingerprint, 4 for its count), 20 a pair, and half a million rows that wait.
    Two of n groups fall together with probability about n²/2^65, so that counts are exact for all that fits a disk.
    """

    def __init__(self, *, pairs: bool = False) -> None:
        self._pairs = pairs
        self._keys: Prints = np.zeros(0, dtype=np.uint64)
        self._firsts: Prints = np.zeros(0, dtype=np.uint64)
        self._counts: npt.NDArray[np.uint32] = np.zeros(0, dtype=np.uint32)
        self._new: list[tuple[Prints, Prints]] = []
        self._waiting = 0
        self.any = False

    def add(self, firsts: Prints, seconds: Prints | None = None) -> None:
        """Take n rows; `seconds` where these are pairs."""
        self.any |= bool(len(firsts))
        self._new.append((firsts if seconds is None else mixed(firsts, seconds), firsts))
        self._waiting += len(firsts)
        if self._waiting > max(_WAITING, len(self._keys)):
            self._settle()

    def counts(self) -> npt.NDArray[np.int64]:
        """Rows in each group, shape (groups,), in no order that tells anything."""
        self._settle()
        return self._counts.astype(np.int64)

    def values_in_group(self) -> npt.NDArray[np.int64]:
        """Different seconds that each first has, shape (groups,)."""
        self._settle()
        ordered = np.sort(self._firsts)
        return np.diff(np.append(np.flatnonzero(_fresh(ordered)), len(ordered)))

    def _settle(self) -> None:
        if not self._new:
            return
        keys = np.concatenate([self._keys, *(key for key, _ in self._new)])
        counts = np.concatenate([self._counts, np.ones(len(keys) - len(self._counts), dtype=np.uint32)])
        order = np.argsort(keys)
        starts = np.flatnonzero(_fresh(keys[order]))
        if self._pairs:
            self._firsts = np.concatenate([self._firsts, *(first for _, first in self._new)])[order][starts]
        self._keys = keys[order][starts]
        self._counts = np.add.reduceat(counts[order], starts) if len(starts) else counts[:0]
        self._new, self._waiting = [], 0


def _fresh(ordered: Prints) -> npt.NDArray[np.bool_]:
    fresh = np.ones(len(ordered), dtype=np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return fresh
