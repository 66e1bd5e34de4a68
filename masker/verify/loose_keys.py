"""Keys of tables whose rows nobody can pair: each side's distinct values by themselves, so that only numbers compare.

How many values joined and how many did not has to be the same on both sides. That two joins changed places with each
other goes unseen; that a row lost its parent does not.
"""

from masker.verify.fingerprints import Prints, within
from masker.verify.key_pairs import KeyPairs
from masker.verify.spill import Log, Spill, slices

_AT_ONCE = 8 << 20


class LooseKeys:
    """The distinct values of one key on each side over a whole table; 8 bytes each, spilled."""

    def __init__(self, spill: Spill) -> None:
        self.logs = (spill.log(), spill.log())

    def add(self, side: int, prints: Prints) -> None:
        """Take n values of SOURCE (0) or of the copy (1)."""
        self.logs[side].add(prints)

    def sizes(self) -> tuple[int, int]:
        """How many different values each side has."""
        before, after = (sum(len(log.read(*part)) for part in slices([log], _AT_ONCE)) for log in self.logs)
        return before, after


def changed_joins(child: LooseKeys | KeyPairs, parent: LooseKeys | KeyPairs) -> int:
    """By how many distinct values the joins of SOURCE and its copy differ: those that join, and those that do not."""
    counts = [_joined(*ends) for ends in zip(_sides(child), _sides(parent), strict=True)]
    (joined, lone), (joined_after, lone_after) = counts
    return max(abs(joined - joined_after), abs(lone - lone_after))


def _sides(key: LooseKeys | KeyPairs) -> tuple[Log, Log]:
    return key.logs if isinstance(key, LooseKeys) else (key.originals, key.pseudonyms)


def _joined(child: Log, parent: Log) -> tuple[int, int]:
    joined = lone = 0
    for first, last in slices([child, parent], _AT_ONCE):
        known = within(child.read(first, last), parent.read(first, last))
        joined += int(known.sum())
        lone += int((~known).sum())
    return joined, lone
