"""Arrow's bits as NumPy and NumPy's numbers as Arrow, without the detour that imports pandas; marks to be counted."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bools = npt.NDArray[np.bool_]
_ALL, _SIX, _IN_WORD = np.uint64(2**64 - 1), np.int64(6), np.int64(63)


class Marked:
    """n marks as bits, so that those before any place are counted without a sum over all of them.

    >>> Marked(np.array([True, False, True])).before(np.array([0, 1, 3])).tolist()
    [0, 1, 2]
    """

    def __init__(self, marks: Bools) -> None:
        packed = np.packbits(marks, bitorder="little")
        words = np.zeros(len(packed) // 8 + 1, dtype="<u8")
        words.view(np.uint8)[: len(packed)] = packed
        self._words = words
        self._sums = np.zeros(len(words), dtype=np.int64)
        np.cumsum(np.bitwise_count(words[:-1]), out=self._sums[1:])

    def before(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """How many marks stand before each of these places, 0 to n, in their shape."""
        words = places >> _SIX
        left = self._words[words]
        left &= ~(_ALL << (places & _IN_WORD).astype(np.uint64))
        found = self._sums[words]
        found += np.bitwise_count(left)
        return np.asarray(found, dtype=np.int64)


def true(bools: pa.Array) -> Bools:
    """Where a boolean column is true, shape (n,); NULL is not."""
    # `fill_null` would make a scalar, and that imports pandas.
    valid, bits = bools.buffers()
    both = np.frombuffer(bits, dtype=np.uint8)
    if valid is not None:
        both = both[: valid.size] & np.frombuffer(valid, dtype=np.uint8)[: len(both)]
    flags = np.unpackbits(both, bitorder="little", count=bools.offset + len(bools))[bools.offset :]
    return np.asarray(flags, dtype=np.bool_)


def lengths(text: pa.Array) -> npt.NDArray[np.int64]:
    """The length in bytes of each cell of a `pa.string()` column, shape (n,)."""
    if not len(text):
        return np.zeros(0, dtype=np.int64)
    offsets = np.frombuffer(text.buffers()[1], dtype=np.int32)[text.offset : text.offset + len(text) + 1]
    return np.diff(offsets).astype(np.int64)


def numbered(rows: npt.NDArray[np.int64]) -> pa.Array:
    """Row numbers as Arrow takes them."""
    return pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows))])


def picked(column: pa.Array, rows: npt.NDArray[np.int64]) -> pa.Array:
    """The rows of a column."""
    return column.take(numbered(rows))


class Marks:
    """A growing row of marks, a bit each; what was never put is not marked.

    >>> marks = Marks()
    >>> marks.put(0, np.array([True, False, True]))
    >>> marks.put(3, np.array([True]))
    >>> marks.get(1, 4).tolist()
    [False, True, True, False]
    """

    def __init__(self) -> None:
        self._bits = np.zeros(64, dtype=np.uint8)

    def put(self, start: int, marks: Bools) -> None:
        """Set the marks from place `start` on."""
        first, end = start // 8, (start + len(marks) + 7) // 8
        if end > len(self._bits):
            self._bits = np.concatenate([self._bits, np.zeros(end, dtype=np.uint8)])
        part = np.unpackbits(self._bits[first:end], bitorder="little")
        part[start % 8 : start % 8 + len(marks)] = marks
        self._bits[first:end] = np.packbits(part, bitorder="little")

    def get(self, start: int, count: int) -> Bools:
        """The marks of `count` places from `start` on, shape (count,)."""
        part = np.unpackbits(self._bits[start // 8 : (start + count + 7) // 8], bitorder="little")[start % 8 :][:count]
        found = np.zeros(count, dtype=np.bool_)
        found[: len(part)] = part
        return found
