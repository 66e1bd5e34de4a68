"""Functions that several columns have in common, as fingerprints: whether a new column's pairs agree with the known."""

import numpy as np

from masker.verify.fingerprints import Prints, distinct_rows, mixed


class Agreeing:
    """What each key was mapped to so far, in any column; 16 bytes a key."""

    def __init__(self) -> None:
        self._keys: Prints = np.zeros(0, dtype=np.uint64)
        self._values: Prints = np.zeros(0, dtype=np.uint64)

    def add(self, keys: Prints, values: Prints) -> int:
        """Take the pairs of one column; gives how many contradict each other or what was known before."""
        rows = distinct_rows(mixed(keys, values))
        keys, values = keys[rows], values[rows]
        first = distinct_rows(keys)
        clashes = len(keys) - len(first)
        at = np.searchsorted(self._keys, keys)
        known = at < len(self._keys)
        known[known] = self._keys[at[known]] == keys[known]
        clashes += int((self._values[at[known]] != values[known]).sum())
        fresh = first[~known[first]]
        joined = np.concatenate([self._keys, keys[fresh]])
        order = np.argsort(joined)
        self._keys, self._values = joined[order], np.concatenate([self._values, values[fresh]])[order]
        return clashes
