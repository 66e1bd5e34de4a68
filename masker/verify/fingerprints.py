"""Keyed 64-bit fingerprints of text columns, for counting and joining in memory; none is ever written anywhere.

Each value is read as little-endian 64-bit words that are folded in one by one with the finaliser of MurmurHash3
(Austin Appleby, public domain), from random state that is new in every process: nobody can prepare values that fall
together, and two runs share nothing. n distinct values fall together with probability about n²/2^65.
"""

import hashlib
import secrets
import sys

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Prints = npt.NDArray[np.uint64]
_FOLD, _SPREAD = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_HALF = np.uint64(32)
_LONG = 256
_TAILS = np.array([(1 << 8 * n) - 1 for n in range(8)] + [(1 << 64) - 1], dtype=np.uint64)
_KEY = secrets.token_bytes(32)
_START = np.uint64(int.from_bytes(_KEY[:8], "little"))


def fingerprints(text: pa.Array) -> Prints:
    """The fingerprints of a `pa.string()` column, shape (n,); equal values have equal ones, NULLs any."""
    count = len(text)
    if count == 0:
        return np.zeros(0, dtype=np.uint64)
    _, offset_buffer, data_buffer = text.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int32)[text.offset : text.offset + count + 1].astype(np.int64)
    data = np.frombuffer(data_buffer or b"", dtype=np.uint8)[offsets[0] : offsets[-1]]
    return span_prints(data, offsets[:-1] - offsets[0], np.diff(offsets))


def span_prints(data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> Prints:
    """The fingerprints of n spans of UTF-8 bytes, shape (n,): those of columns with the same texts."""
    # A word may begin at the last byte, or (of an empty span) after it.
    data = np.concatenate([data, np.zeros(8, dtype=np.uint8)])
    words = np.ndarray((len(data) - 7,), dtype="<u8", buffer=data, strides=(1,))
    state = mixed(np.full(len(starts), _START, dtype=np.uint64), lengths.astype(np.uint64))
    shortest, longest = int(lengths.min(initial=_LONG)), int(lengths.max(initial=0))
    rows: npt.NDArray[np.int64] | slice = slice(None)
    for position in range(0, max(1, min(longest, _LONG)), 8):
        if (position and position >= shortest) or longest > _LONG:
            rows = np.flatnonzero((lengths > position) & (lengths <= _LONG))
            if not len(rows):
                break
        found = words[starts[rows] + position]
        if shortest < position + 8:
            found &= _TAILS[np.minimum(lengths[rows] - position, 8)]
        state[rows] = mixed(state[rows], found)
    for row in np.flatnonzero(lengths > _LONG) if longest > _LONG else ():
        value = data[starts[row] : starts[row] + lengths[row]].tobytes()
        state[row] = int.from_bytes(hashlib.blake2b(value, digest_size=8, key=_KEY).digest(), sys.byteorder)
    return state


def mixed(state: Prints, words: Prints) -> Prints:
    """Fold `words` into `state`, row by row; the order of several calls matters."""
    result = state ^ words
    result *= _FOLD
    result ^= result >> _HALF
    result *= _SPREAD
    result ^= result >> _HALF
    return result


def distinct(prints: Prints) -> Prints:
    """The different fingerprints in order, shape (k,)."""
    ordered = np.sort(prints)
    fresh = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return ordered[fresh]


def within(values: Prints, ordered: Prints) -> npt.NDArray[np.bool_]:
    """Which of n values an ordered array has, shape (n,)."""
    if not len(ordered):
        return np.zeros(len(values), dtype=np.bool_)
    places = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.asarray(ordered[places] == values, dtype=np.bool_)


def distinct_rows(prints: Prints) -> npt.NDArray[np.int64]:
    """The row of one occurrence of each distinct fingerprint, shape (k,).

    (`np.unique` of NumPy 2.3 and later hashes, which took twenty times as long here.)
    """
    order = np.argsort(prints)
    fresh = np.ones(len(prints), dtype=np.bool_)
    fresh[1:] = np.diff(prints[order]) != 0
    return np.asarray(order[fresh], dtype=np.int64)
