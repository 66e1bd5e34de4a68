"""Integers written as text: "00123", "123" and the integer 123 get the same pseudonym, each in its own style."""

import numpy as np
import numpy.typing as npt

from masker.columns import Bools, Bytes, Offsets
from masker.crypto.keys import Keys
from masker.crypto.permute import permute_integers

Rows = npt.NDArray[np.int64]

_TEN_19 = 10**19
# The least value of each signed type has no positive counterpart: it stays, so that a negative number fits its type.
_LEAST = np.array([1 << bits for bits in (7, 15, 31, 63)], dtype=np.uint64)


def integer_rows(data: Bytes, offsets: Offsets) -> Bools:
    """True where a row is ASCII digits and nothing else but a sign before them, shape (n,)."""
    digit = (data - np.uint8(48)) < 10
    counts = np.concatenate([[0], np.cumsum(digit)])
    digits = counts[offsets[1:]] - counts[offsets[:-1]]
    lengths = np.diff(offsets)
    signed = np.zeros(len(lengths), dtype=np.bool_)
    filled = lengths > 0
    signed[filled] = np.isin(data[offsets[:-1][filled]], (43, 45))
    return (digits > 0) & (digits == lengths - signed)


def significant(data: Bytes, offsets: Offsets, rows: Rows) -> Rows:
    """Where the first digit that counts is: behind sign and leading zeros, but at most the last digit."""
    counting = np.flatnonzero((data - np.uint8(49)) < 9)
    ends = offsets[1:][rows]
    if not len(counting):
        return ends - 1
    found = np.searchsorted(counting, offsets[:-1][rows])
    first = counting[np.minimum(found, len(counting) - 1)]
    return np.where((first >= offsets[:-1][rows]) & (first < ends), first, ends - 1)


def encrypt_integers(keys: Keys, data: Bytes, first: Rows, ends: Rows, negative: Bools) -> None:
    """Replace the digits `data[first:ends]` of each row, in place; at most 19 of them, the first not 0 unless alone.

    One digit becomes one of 0..9 (of 1..9 where negative); more keep their number of digits and fit every integer type
    that the original fits: `crypto.permute.permute_integers`. One to one over rows of equal sign and digits.
    """
    digits = ends - first
    values = np.zeros(len(first), dtype=np.uint64)
    for place in range(int(digits.max(initial=0))):
        going = np.flatnonzero(digits > place)
        values[going] += (data[ends[going] - 1 - place] - np.uint8(48)).astype(np.uint64) * np.uint64(10**place)
    values = _image(keys, values, digits, negative)
    for place in range(int(digits.max(initial=0))):
        going = np.flatnonzero(digits > place)
        values[going], digit = np.divmod(values[going], np.uint64(10))
        data[ends[going] - 1 - place] = digit.astype(np.uint8) + np.uint8(48)


def _image(keys: Keys, values: npt.NDArray[np.uint64], digits: Rows, negative: Bools) -> npt.NDArray[np.uint64]:
    out = values.copy()
    single = digits == 1
    alone = single & ~negative
    out[alone] = keys.permutation(10, "fpe-digit")(values[alone])
    below = single & negative & (values > 0)
    out[below] = keys.permutation(9, "fpe-negative-digit")(values[below] - np.uint64(1)) + np.uint64(1)
    more = np.flatnonzero(~single & (values < 1 << 63))
    out[more] = _permuted(keys, values[more])
    for sign, low in (negative, (1 << 63) + 1), (~negative, 1 << 63):
        above = np.flatnonzero(sign & (values >= low))
        if len(above):
            permutation = keys.permutation(_TEN_19 - low, f"fpe:{low}")
            out[above] = permutation(values[above] - np.uint64(low)) + np.uint64(low)
    least = np.flatnonzero(negative & np.isin(values, _LEAST))
    out[least] = values[least]
    # A class holds one of them at most, so one more step leads past it.
    walking = np.flatnonzero(negative & ~np.isin(values, _LEAST) & np.isin(out, _LEAST))
    out[walking] = _permuted(keys, out[walking])
    return out


def _permuted(keys: Keys, values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return permute_integers(keys.permutation, values.astype(np.int64)).astype(np.uint64)
