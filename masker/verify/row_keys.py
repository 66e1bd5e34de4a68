"""Keys of rows as fingerprints, and growing sets of them, by which the verifier follows foreign keys."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.verify.fingerprints import Prints, distinct, fingerprints, mixed, within
from masker.verify.texts import as_text, validity

Flags = npt.NDArray[np.bool_]
_FEW = 1 << 16


def together(columns: Sequence[pa.Array]) -> tuple[Prints, Flags]:
    """A fingerprint a row over the columns together, and whether none of them is NULL; both of shape (n,)."""
    prints = np.zeros(len(columns[0]), dtype=np.uint64)
    valid = np.ones(len(columns[0]), dtype=np.bool_)
    for column in columns:
        text = canonical(column)
        prints = mixed(prints, fingerprints(text))
        valid &= validity(text)
    return prints, valid


def canonical(column: pa.Array) -> pa.Array:
    """The text that values are compared by: digits without leading zeros, times as `YYYY-MM-DD HH:MM:SS`."""
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, format="%Y-%m-%d %H:%M:%S")
    text = as_text(column)
    if not pc.starts_with(text, pattern="0").true_count:
        return text
    return pc.replace_substring_regex(text, pattern="^0+([0-9]+)$", replacement=r"\1")


class Growing:
    """A set of fingerprints that grows: many settled ones, and a few new ones apart; 8 bytes each."""

    def __init__(self) -> None:
        self._many: Prints = np.zeros(0, dtype=np.uint64)
        self._few: Prints = np.zeros(0, dtype=np.uint64)

    def __bool__(self) -> bool:
        return bool(len(self._many) or len(self._few))

    def has(self, prints: Prints) -> Flags:
        """Which fingerprints are in the set, shape (n,)."""
        return within(prints, self._many) | within(prints, self._few)

    def take(self, prints: Prints) -> bool:
        """Take fingerprints in; whether any is new."""
        new = prints[~self.has(prints)]
        if not len(new):
            return False
        self._few = distinct(np.concatenate([self._few, new]))
        if len(self._few) > max(_FEW, len(self._many) // 8):
            self._many = np.sort(np.concatenate([self._many, self._few]))
            self._few = self._few[:0]
        return True
