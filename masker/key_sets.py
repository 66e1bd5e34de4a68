"""Growing sets of key values as keyed 64-bit hashes in bounded memory, and the hashes of key columns; never a value.

Two different keys share a hash with probability about 2^-64. The key of the hashes is random and dies with its object.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import Bools, key_text, validity
from masker.hidden_file import HiddenFile
from masker.scan.hashing import Hasher, Hashes
from masker.spelling import alike

# 2^64 over the golden ratio, odd: spreads what it multiplies (Knuth, The Art of Computer Programming 3, section 6.4).
_ODD, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)
LIMIT = 8 << 20
"""Bytes that the sets of one `KeySets` hold in memory together."""

_PIECE = 1 << 15  # hashes that are read back at once: a look-up of few reads few


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


class KeySets:
    """Makes sets that share one bound of memory, in bytes, and one hidden file in `folder` for what is beyond."""

    def __init__(self, folder: Path | None = None, *, limit: int = LIMIT) -> None:
        self.limit = limit
        self.file = HiddenFile(folder)
        self._sets: list[KeySet] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._sets.clear()
        self.file.close()

    def make(self) -> "KeySet":
        """A new set."""
        self._sets.append(KeySet(self))
        return self._sets[-1]

    @property
    def spilled(self) -> bool:
        """Whether anything lies in the file, so that a look-up of many hashes at once costs less than many of few."""
        return self.file.size > 0

    def _grown(self) -> None:
        """Write the largest sets out where together they are over the bound."""
        held = {each: each.held for each in self._sets}
        total = sum(held.values())
        for each in sorted(held, key=lambda each: held[each], reverse=True) if total > self.limit else ():
            if total <= self.limit // 4:
                break
            each._write_out(self.file)
            total -= held[each]


@dataclass(frozen=True, slots=True)
class _Written:
    """A sorted run in the file: where it begins, how many hashes it has, and the first of each piece of it."""

    start: int
    count: int
    firsts: Hashes = field(repr=False)


class KeySet:
    """A set of hashes in sorted runs, each less than half as long as the one before, so that growing stays cheap."""

    def __init__(self, owner: KeySets | None = None) -> None:
        self._owner = owner
        self._runs: list[Hashes] = []
        self._written: list[_Written] = []

    def __len__(self) -> int:
        return sum(map(len, self._runs)) + sum(run.count for run in self._written)

    @property
    def held(self) -> int:
        """Bytes in memory."""
        return sum(run.nbytes for run in self._runs)

    def add(self, hashes: Hashes) -> bool:
        """Take hashes in, in any order; whether any of them is new. Raises `OutputError` where there is no space."""
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
        if self._owner is not None:
            self._owner._grown()
        return True

    def has(self, hashes: Hashes) -> Bools:
        """Which hashes are in the set, shape (n,)."""
        found = np.zeros(len(hashes), dtype=np.bool_)
        for run in self._runs:
            found |= _among(hashes, run)
        if self._written and len(hashes):
            order = np.argsort(hashes)
            found[order] |= self._in_file(hashes[order])
        return found

    def _in_file(self, ordered: Hashes) -> Bools:
        assert self._owner is not None
        found = np.zeros(len(ordered), dtype=np.bool_)
        for run in self._written:
            places: npt.NDArray[np.intp] = np.append(np.searchsorted(ordered, run.firsts), len(ordered))
            for piece in np.flatnonzero(places[1:] > places[:-1]).tolist():
                first, last = piece * _PIECE, min((piece + 1) * _PIECE, run.count)
                raw = self._owner.file.read(run.start + 8 * first, run.start + 8 * last)
                part = slice(places[piece], places[piece + 1])
                found[part] |= _among(ordered[part], np.frombuffer(raw, dtype=np.uint64))
        return found

    def _write_out(self, file: HiddenFile) -> None:
        hashes = np.concatenate(self._runs)
        hashes.sort(kind="stable")
        self._runs = []
        start = file.append(hashes.view(np.uint8).data)
        self._written.append(_Written(start, len(hashes), hashes[::_PIECE].copy()))


def _among(hashes: Hashes, run: Hashes) -> Bools:
    at: npt.NDArray[np.intp] = np.minimum(np.searchsorted(run, hashes), len(run) - 1)
    return np.asarray(run[at] == hashes, dtype=np.bool_)
