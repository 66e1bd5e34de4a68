"""Many 64-bit numbers in bounded memory: what does not fit lies encrypted in a file without a name."""

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from masker.hidden_file import HiddenFile

Numbers = npt.NDArray[np.uint64]
LIMIT = 8 << 20
"""Bytes that all logs of one `Spill` hold in memory together."""

PARTS = 256
_TOGETHER = 1 << 13
_BOUNDS = np.arange(1, PARTS, dtype=np.uint64) << np.uint64(56)


class Spill:
    """Makes logs that share one bound of memory and one file in `folder`, which is made when it is first needed."""

    def __init__(self, folder: Path | None = None, *, limit: int = LIMIT) -> None:
        self.limit = limit
        self.file = HiddenFile(folder)
        self._logs: list[Log] = []
        self.held = 0
        self._free: list[Numbers] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget everything."""
        self._logs.clear()
        self.file.close()

    @property
    def spilled(self) -> int:
        """Bytes in the file."""
        return self.file.size

    def log(self, width: int = 1) -> "Log":
        """A new set of rows of `width` numbers."""
        self._logs.append(Log(self, width))
        return self._logs[-1]

    def forget(self, *logs: "Log") -> None:
        """Let go of logs that are of no more use."""
        self._logs = [log for log in self._logs if log not in logs]

    def _grow(self, count: int) -> None:
        self.held += count
        if self.held > self.limit:
            self.held = sum(log._settle() for log in self._logs)
            # The largest ones go: many small logs would make many small reads later.
            for log in sorted(self._logs, key=lambda log: log._held, reverse=True):
                if self.held <= self.limit // 4:
                    log._move_apart()
                else:
                    self.held -= log._write_out()

    def _block(self) -> Numbers:
        """Pages that hold `_TOGETHER` numbers, used over and over."""
        return self._free.pop() if self._free else _pages(_TOGETHER)


class Log:
    """A set of rows of one or two numbers (the first of them evenly spread, as fingerprints are)."""

    def __init__(self, spill: Spill, width: int) -> None:
        self._spill, self._width = spill, width
        self._blocks: list[Numbers] = []
        self._filled = _TOGETHER  # numbers in the last block
        self._settled = self._empty()
        self._runs: list[tuple[int, npt.NDArray[np.int64]]] = []
        self._held = 0

    def add(self, rows: Numbers) -> None:
        """Take n rows: shape (n,), or (n, 2) where the width is 2."""
        if not len(rows):
            return
        numbers = rows.reshape(-1)
        done = 0
        while done < len(numbers):
            if self._filled == _TOGETHER:
                self._blocks.append(self._spill._block())
                self._filled = 0
            count = min(len(numbers) - done, _TOGETHER - self._filled)
            self._blocks[-1][self._filled : self._filled + count] = numbers[done : done + count]
            self._filled, done = self._filled + count, done + count
        self._held += rows.nbytes
        self._spill._grow(rows.nbytes)

    @property
    def most(self) -> int:
        """How many different rows there are at most."""
        held = self._held // (8 * self._width)
        return held + sum(int(places[-1]) for _, places in self._runs)

    def read(self, first: int = 0, last: int = PARTS) -> Numbers:
        """The different rows whose first number's top byte is from `first` to below `last`, in the order of that."""
        self._settle()
        places = _places(self._settled)
        runs = [self._settled[places[first] : places[last]]]
        size = 8 * self._width
        for start, places in self._runs:
            low, high = int(places[first]), int(places[last])
            if low < high:
                raw = self._spill.file.read(start + low * size, start + high * size)
                runs.append(np.frombuffer(raw, dtype=np.uint64).reshape(self._shape(-1)))
        return _distinct(np.concatenate(runs)) if len(runs) > 1 else runs[0]

    def _shape(self, count: int) -> tuple[int, ...]:
        return (count,) if self._width == 1 else (count, self._width)

    def _empty(self) -> Numbers:
        return np.zeros(self._shape(0), dtype=np.uint64)

    def _settle(self) -> int:
        if self._blocks:
            new = [*self._blocks[:-1], self._blocks[-1][: self._filled]]
            self._settled = _distinct(np.concatenate([self._settled.reshape(-1), *new]).reshape(self._shape(-1)))
            self._spill._free += self._blocks
            self._blocks, self._filled = [], _TOGETHER
            self._held = self._settled.nbytes
        return self._held

    def _move_apart(self) -> None:
        """Keep the rows in pages of their own: amid larger arrays that do not live long they would pin the heap."""
        if len(self._settled):
            held = _pages(self._settled.size).reshape(self._settled.shape)
            held[...] = self._settled
            self._settled = held

    def _write_out(self) -> int:
        held = self._settled.nbytes
        if held:
            start = self._spill.file.append(self._settled.reshape(-1).view(np.uint8).data)
            self._runs.append((start, _places(self._settled)))
            self._settled, self._held = self._empty(), 0
        return held


def slices(logs: "list[Log]", budget: int) -> Iterator[tuple[int, int]]:
    """Ranges for `Log.read`, so many that `budget` bytes hold what all logs give of one of them (as a rule)."""
    size = sum(log.most * 8 * log._width for log in logs)
    count = 1
    while count < PARTS and size > budget * count:
        count *= 2
    step = PARTS // count
    for first in range(0, PARTS, step):
        yield first, first + step


def _pages(count: int) -> Numbers:
    return np.frombuffer(mmap.mmap(-1, 8 * count), dtype=np.uint64)


def _places(ordered: Numbers) -> npt.NDArray[np.int64]:
    firsts = ordered if ordered.ndim == 1 else ordered[:, 0]
    return np.concatenate([[0], np.searchsorted(firsts, _BOUNDS), [len(ordered)]]).astype(np.int64)


def _distinct(rows: Numbers) -> Numbers:
    if rows.ndim == 1:
        ordered = np.sort(rows)
        fresh = np.ones(len(ordered), dtype=np.bool_)
        np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
        return ordered if fresh.all() else ordered[fresh]
    ordered = rows[np.argsort(rows[:, 0])]
    same = ordered[1:, 0] == ordered[:-1, 0]
    other = ordered[1:, 1] != ordered[:-1, 1]
    if (same & other).any():  # one first number with several second ones
        ordered = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
        same = (ordered[1:] == ordered[:-1]).all(axis=1)
    fresh = np.ones(len(ordered), dtype=np.bool_)
    fresh[1:] = ~same
    return ordered[fresh]
