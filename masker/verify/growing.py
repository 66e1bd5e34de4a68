"""Sets of fingerprints that grow in bounded memory: the keys by which the verifier follows rows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.hidden_file import HiddenFile
from masker.verify.fingerprints import Prints, distinct, within
from masker.verify.row_keys import Flags

LIMIT = 8 << 20
"""Bytes that all sets of one `Room` hold in memory together."""

_FEW = 1 << 16
_TOP = np.uint64(56)
_TOPS = np.arange(257)
_GROUP_ROWS, _GROUP_BYTES = 1 << 17, 8 << 20


class Room:
    """What sets share: a bound of memory in bytes, and an encrypted file for what is beyond it."""

    def __init__(self, file: HiddenFile | None = None, *, limit: int = LIMIT) -> None:
        self.limit = limit
        self.file = HiddenFile() if file is None else file
        self.moved = False
        self._sets: list[Growing] = []

    def growing(self) -> "Growing":
        """A new set."""
        found = Growing(self)
        self._sets.append(found)
        return found

    def clear(self) -> None:
        """Forget the sets."""
        self._sets.clear()

    def tidy(self) -> None:
        """See to it that the sets are within the bound; the largest ones move."""
        while sum(each.size for each in self._sets) > self.limit:
            max(self._sets, key=lambda each: each.size).move()
            self.moved = True

    def groups(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The same rows, many at once where sets have moved: each look-up reads the file."""
        held: list[pa.RecordBatch] = []
        for batch in batches:
            held.append(batch)
            if (
                not self.moved
                or sum(each.num_rows for each in held) >= _GROUP_ROWS
                or sum(each.nbytes for each in held) >= _GROUP_BYTES
            ):
                yield pa.concat_batches(held) if len(held) > 1 else batch
                held = []
        if held:
            yield pa.concat_batches(held)


@dataclass(frozen=True, slots=True)
class _Moved:
    """Sorted fingerprints in the file from byte `start` on; those of top byte b are `places[b]` to `places[b + 1]`."""

    start: int
    places: npt.NDArray[np.int64]


class Growing:
    """A set of fingerprints that grows: many settled ones, and a few new ones apart; 8 bytes each."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._moved: list[_Moved] = []
        self._many: Prints = np.zeros(0, dtype=np.uint64)
        self._few: Prints = np.zeros(0, dtype=np.uint64)

    def __bool__(self) -> bool:
        return bool(len(self._many) or len(self._few) or self._moved)

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return self._many.nbytes + self._few.nbytes

    def has(self, prints: Prints) -> Flags:
        """Which fingerprints are in the set, shape (n,)."""
        found = within(prints, self._many) | within(prints, self._few)
        if not self._moved or not len(prints):
            return found
        asked = np.unique(prints)
        there = np.zeros(len(asked), dtype=np.bool_)
        tops = np.searchsorted((asked >> _TOP).astype(np.int64), _TOPS)
        for moved in self._moved:
            for top in np.flatnonzero(np.diff(tops) * np.diff(moved.places)).tolist():
                first, last = 8 * moved.places[top : top + 2] + moved.start
                known = np.frombuffer(self._room.file.read(int(first), int(last)), dtype=np.uint64)
                part = slice(tops[top], tops[top + 1])
                there[part] |= within(asked[part], known)
        return found | there[np.searchsorted(asked, prints)]

    def take(self, prints: Prints) -> bool:
        """Take fingerprints in; whether any is new. Raises `OutputError` where there is no space."""
        new = prints[~self.has(prints)]
        if not len(new):
            return False
        self._few = distinct(np.concatenate([self._few, new]))
        if len(self._few) > max(_FEW, len(self._many) // 8):
            self._settle()
        self._room.tidy()
        return True

    def move(self) -> None:
        """Write all that is in memory to the file."""
        self._settle()
        places = np.searchsorted((self._many >> _TOP).astype(np.int64), _TOPS).astype(np.int64)
        self._moved.append(_Moved(self._room.file.append(self._many.view(np.uint8).data), places))
        self._many = self._many[:0].copy()

    def _settle(self) -> None:
        self._many = np.sort(np.concatenate([self._many, self._few]))
        self._few = self._few[:0].copy()
