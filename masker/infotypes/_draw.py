"""Turns keyed bits into picks: lanes of a 128-bit draw, an index into a pool, and the column taken from it."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import Bools, text_bytes, text_of, validity
from masker.infotypes import Words

Indices = npt.NDArray[np.int64]


class Lane(NamedTuple):
    """A run of `bits` bits of a draw: which of its two words, and how far from the word's low end."""

    word: int
    shift: int
    bits: int


def lane(words: Words, which: Lane) -> npt.NDArray[np.uint64]:
    """The lane of every row as a number below 2**bits, shape (n,)."""
    shifted = words[:, which.word] >> np.uint64(which.shift)
    return shifted & np.uint64((1 << which.bits) - 1)


def index(words: Words, which: Lane, size: int | Indices) -> Indices:
    """An index below `size` (at least 1; one for all rows or one a row), shape (n,), by multiply and shift.

    Every index is drawn with probability 1/size up to 2**-bits (Lemire 2019, "Fast random integer generation in an
    interval", without its rejection step).
    """
    factor = np.uint64(size) if isinstance(size, int) else size.astype(np.uint64)
    return ((lane(words, which) * factor) >> np.uint64(which.bits)).astype(np.int64)


def take(pool: pa.Array, indices: Indices, like: pa.Array) -> pa.Array:
    """`pool[indices]`, NULL where `like` is NULL; shape (n,)."""
    bits = None
    if like.null_count:
        bits = pa.py_buffer(np.packbits(validity(like), bitorder="little"))
    picks = np.ascontiguousarray(indices, dtype=np.int32)
    return pool.take(pa.Array.from_buffers(pa.int32(), len(picks), [bits, pa.py_buffer(picks)]))


def take_pairs(pool: pa.Array, indices: npt.NDArray[np.int32], like: pa.Array) -> pa.Array:
    """Two entries of the pool joined for every row, by indices of shape (n, 2); NULL where `like` is NULL."""
    # One `take` lays both pieces of a row side by side: every other offset is a row's.
    pieces = pool.take(pa.Array.from_buffers(pa.int32(), indices.size, [None, pa.py_buffer(indices)]))
    data, offsets = text_bytes(pieces)
    return text_of(data, offsets[::2], validity(like))


def of_matrix(letters: npt.NDArray[np.uint8], like: pa.Array) -> pa.Array:
    """The rows of a byte matrix (n, width) as text, NULL where `like` is NULL, with no bytes left under a NULL."""
    width = letters.shape[1]
    if not like.null_count and letters.size < 2**31:
        offsets32 = np.arange(0, letters.size + 1, width, dtype=np.int32) if len(letters) else np.zeros(1, np.int32)
        buffers = [None, pa.py_buffer(offsets32), pa.py_buffer(np.ascontiguousarray(letters))]
        return pa.Array.from_buffers(pa.string(), len(letters), buffers)
    valid = validity(like)
    kept, bits = letters, None
    if like.null_count:
        kept, bits = letters[valid], pa.py_buffer(np.packbits(valid, bitorder="little"))
    offsets = np.zeros(len(valid) + 1, dtype=np.int64)
    np.cumsum(valid, out=offsets[1:])
    offsets *= width
    buffers = [bits, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(kept))]
    if offsets[-1] < 2**31:
        buffers[1] = pa.py_buffer(offsets.astype(np.int32))
        return pa.Array.from_buffers(pa.string(), len(valid), buffers)
    return pa.Array.from_buffers(pa.large_string(), len(valid), buffers)


def numbers(column: pa.Array, otherwise: int) -> Indices:
    """An int32 column as NumPy, `otherwise` where NULL, shape (n,)."""
    values = np.frombuffer(column.buffers()[1], dtype=np.int32)[column.offset : column.offset + len(column)]
    return np.where(validity(column), values, otherwise) if column.null_count else values.astype(np.int64)


def like_flags(values: Bools) -> pa.Array:
    """NumPy flags as a boolean column without NULLs, shape (n,): the inverse of `flags`."""
    bits = np.packbits(values, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])
