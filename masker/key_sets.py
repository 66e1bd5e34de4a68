"""Growing sets of key values as keyed 64-bit hashes, 8 bytes each, and the hashes of key columns; never a value.

Two different keys share a hash with probability about 2^-64. The key of the hashes is random and dies with its object.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import Bools, key_text, validity
from masker.scan.hashing import Hasher, Hashes
from masker.spelling import alike

# 2^64 over the golden ratio, odd: spreads what it multiplies (Knuth, The Art of Computer Programming 3, section 6.4).
_ODD, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)


class KeyHasher:
    """Hashes keys of one column or several under one random key, as canonical text: 7, "7" and "007" are one."""

    def __init__(self) -> None:
        self._hasher = Hasher()

    def __call__(self, columns: Sequence[tuple[pa.Array, tuple[str, ...]]]) -> tuple[Hashes, Bools]:
        """A hash a row over the columns together, and whether none of them is NULL; both of shape (n,).

        With each column goes what does not tell its values apart (see `spelling.py`).
        """
        state = np.zeros(len(columns[0][0]), dtype=np.uint64)
        valid = np.ones(len(state), dtype=np.bool_)
        for column, ignores in columns:
            text = alike(key_text(column), ignores)
            filled = validity(text)
            hashes = np.zeros(len(state), dtype=np.uint64)
            hashes[filled] = self._hasher(text)
            state = (state ^ hashes) * _ODD
            state ^= state >> _HALF
            valid &= filled
        return state, valid


class KeySet:
    """A set of hashes in sorted runs, each less than half as long as the one before, so that growing stays cheap."""

    def __init__(self) -> None:
        self._runs: list[Hashes] = []

    def __len__(self) -> int:
        return sum(map(len, self._runs))

    def add(self, hashes: Hashes) -> bool:
        """Take hashes in, in any order; whether any of them is new."""
        new = np.sort(hashes)
        if len(new):
            new = new[np.concatenate([[True], new[1:] != new[:-1]])]
            new = new[~self.has(new)]
        if not len(new):
            return False
        while self._runs and 2 * len(new) > len(self._runs[-1]):
            new = np.concatenate([self._runs.pop(), new])
            new.sort(kind="stable")
        self._runs.append(new)
        return True

    def has(self, hashes: Hashes) -> Bools:
        """Which hashes are in the set, shape (n,)."""
        found = np.zeros(len(hashes), dtype=np.bool_)
        for run in self._runs:
            at: npt.NDArray[np.intp] = np.minimum(np.searchsorted(run, hashes), len(run) - 1)
            found |= run[at] == hashes
        return found
