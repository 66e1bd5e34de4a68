"""Distinct (original, pseudonym) pairs of a key, as fingerprints: what uniqueness and joins are checked on, exactly."""

from functools import cached_property

import numpy as np

from masker.verify.fingerprints import Prints, within
from masker.verify.spill import Log, Spill, slices

_AT_ONCE = 8 << 20


class KeyPairs:
    """The distinct pairs of one column, or of several taken together, over a whole table; 16 bytes each, spilled."""

    def __init__(self, spill: Spill) -> None:
        self.spill = spill
        self.log = spill.log(2)

    def add(self, before: Prints, after: Prints) -> None:
        """Take the pairs of n rows."""
        self.log.add(np.stack([before, after], axis=1))

    def sizes(self) -> tuple[int, int]:
        """How many different originals there are, and how many different pseudonyms."""
        originals = 0
        for first, last in slices([self.log], _AT_ONCE):
            rows = self.log.read(first, last)
            originals += int((rows[1:, 0] != rows[:-1, 0]).sum()) + min(len(rows), 1)
        return originals, sum(len(self.pseudonyms.read(*part)) for part in slices([self.pseudonyms], _AT_ONCE))

    def collisions(self) -> int:
        """How many pairs are too many for a one-to-one mapping: two originals share a pseudonym, or one has two."""
        pairs = originals = 0
        for first, last in slices([self.log], _AT_ONCE):
            rows = self.log.read(first, last)
            pairs += len(rows)
            originals += int((rows[1:, 0] != rows[:-1, 0]).sum()) + min(len(rows), 1)
        pseudonyms = sum(len(self.pseudonyms.read(*part)) for part in slices([self.pseudonyms], _AT_ONCE))
        return 2 * pairs - originals - pseudonyms

    @cached_property
    def originals(self) -> Log:
        """The different originals; asked for after the last row."""
        log = self.spill.log()
        for first, last in slices([self.log], _AT_ONCE):
            log.add(self.log.read(first, last)[:, 0])
        return log

    @cached_property
    def pseudonyms(self) -> Log:
        """The different pseudonyms; asked for after the last row."""
        log = self.spill.log()
        for first, last in slices([self.log], _AT_ONCE):
            log.add(self.log.read(first, last)[:, 1])
        return log


def broken_joins(child: KeyPairs, parent: KeyPairs) -> int:
    """Key values that joined in SOURCE and do not in the copy, or the other way round (distinct ones are counted)."""
    spill = child.spill
    joined, lone = spill.log(), spill.log()
    for first, last in slices([child.log, parent.log], _AT_ONCE):
        rows = child.log.read(first, last)
        known = within(rows[:, 0], parent.log.read(first, last)[:, 0])
        joined.add(rows[known, 1])
        lone.add(rows[~known, 1])
    broken = 0
    for first, last in slices([joined, lone, parent.pseudonyms], _AT_ONCE):
        pseudonyms = parent.pseudonyms.read(first, last)
        broken += int((~within(joined.read(first, last), pseudonyms)).sum())
        broken += int(within(lone.read(first, last), pseudonyms).sum())
    spill.forget(joined, lone)
    return broken
