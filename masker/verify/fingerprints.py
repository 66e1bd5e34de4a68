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
_HALF, _ONE = np.uint64(32), np.uint64(1)
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
    return span_prints(data, offsets[:-1] - offsets[0], offsets[1:] - offsets[:-1])


def span_prints(data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> Prints:
    """The fingerprints of n spans of UTF-8 bytes, shape (n,): those of columns with the same texts."""
    long = np.flatnonzero(lengths > _LONG) if int(lengths.max(initial=0)) > _LONG else ()
    state = mixed(np.full(len(starts), _START, dtype=np.uint64), lengths.astype(np.uint64))
    if len(starts):
        _fold(state, _aligned(data), starts, np.where(lengths > _LONG, 0, lengths) if len(long) else lengths)
    for row in long:
        value = data[starts[row] : starts[row] + lengths[row]].tobytes()
        state[row] = int.from_bytes(hashlib.blake2b(value, digest_size=8, key=_KEY).digest(), sys.byteorder)
    return state


def _aligned(data: npt.NDArray[np.uint8]) -> Prints:
    # Rows that have ended read on with the others, by no more than the longest one.
    padded = np.empty(len(data) // 8 * 8 + _LONG + 24, dtype=np.uint8)
    padded[: len(data)] = data
    padded[len(data) :] = 0
    return padded.view("<u8")


def _fold(state: Prints, words: Prints, starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> None:
    """Fold the spans into `state`, word by word of all rows at once.

    A word that begins anywhere is put together from two aligned ones, of which the second is the first of the next:
    NumPy gathers aligned words five times as fast as others.
    """
    rows: npt.NDArray[np.int64] | None = None  # where in `state` the rows that go on stand; None: where they stood
    part = state
    places, low = starts >> 3, ((starts & 7) << 3).astype(np.uint64)
    high = np.uint64(63) - low
    first = words[places]
    shortest, longest = int(lengths.min()), int(lengths.max())
    for position in range(0, max(1, longest), 8):
        places += 1
        second = words[places]
        found = (second << high) << _ONE
        found |= first >> low
        if shortest < position + 8:
            found &= _TAILS.take(lengths - position, mode="clip")
        step = mixed(part, found)
        if position == 0 or position < shortest:
            part[...] = step
        else:
            np.copyto(part, step, where=lengths > position)
        first = second
        if shortest <= position + 8 < longest:
            on = np.flatnonzero(lengths > position + 8)
            if 4 * len(on) < 3 * len(lengths):
                if rows is not None:
                    state[rows] = part
                rows = on if rows is None else rows[on]
                part, places, first, low, high = part[on], places[on], first[on], low[on], high[on]
                lengths = lengths[on]
                shortest = int(lengths.min())
    if rows is not None:
        state[rows] = part


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
