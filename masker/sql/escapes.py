"""Backslashes and doubled quotes taken out of a whole block at once, each position moved to where its byte now stands.

What a backslash means: MySQL, https://dev.mysql.com/doc/refman/8.0/en/string-literals.html; PostgreSQL's `E''`,
https://www.postgresql.org/docs/current/sql-syntax-lexical.html section 4.1.2.2; COPY,
https://www.postgresql.org/docs/current/sql-copy.html, "Text Format".
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from masker.sql.tuples import Positions

_MYSQL = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}
_POSTGRES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _table(meanings: dict[str, str]) -> npt.NDArray[np.uint8]:
    table = np.arange(256, dtype=np.uint8)
    for letter, meaning in meanings.items():
        table[ord(letter)] = ord(meaning)
    return table


MYSQL, POSTGRES = _table(_MYSQL), _table(_POSTGRES)
# In MySQL these two keep their backslash outside of patterns, where it makes no difference.
_KEPT = np.frombuffer(b"%_", np.uint8)


@dataclass(frozen=True, slots=True)
class Clean:
    """A block without its escapes; `removed` are the positions (ascending) of the bytes that are gone."""

    data: bytes
    removed: Positions

    def moved(self, places: Positions) -> Positions:
        """Where bytes of the block stand now; shape as given."""
        if not len(self.removed):
            return places
        return places - np.searchsorted(self.removed, places)


def cleaned(data: bytes, slashes: Positions, doubled: Positions, meaning: npt.NDArray[np.uint8]) -> Clean:
    """Take out the backslashes at `slashes` and the quotes at `doubled`; escaped bytes become what they mean."""
    if not len(slashes) and not len(doubled):
        return Clean(data, slashes)
    block = np.frombuffer(data, np.uint8).copy()
    if len(slashes):
        slashes = slashes[slashes + 1 < len(block)]
        if meaning is MYSQL:
            slashes = slashes[~np.isin(block[slashes + 1], _KEPT)]
        block[slashes + 1] = meaning[block[slashes + 1]]
    removed = np.sort(np.concatenate((slashes, doubled))) if len(doubled) else slashes
    stays = np.ones(len(block), np.bool_)
    stays[removed] = False
    return Clean(block[stays].tobytes(), removed)
