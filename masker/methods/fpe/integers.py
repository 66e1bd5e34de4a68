"""Integers written as text: "00123", "123" and the integer 123 get the same pseudonym, each in its own style."""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from masker.crypto.keys import Keys
from masker.crypto.permute import permute_integers
from masker.integer_text import IntegerRows

Values = npt.NDArray[np.uint64]

# The least value of each signed type has no positive counterpart: it stays, so that a negative number fits its type.
_LEAST = np.array([1 << bits for bits in (7, 15, 31, 63)], dtype=np.uint64)


def encrypt_integers(keys: Keys, integers: IntegerRows) -> None:
    """Replace integers of at most 19 digits, in place.

    One digit becomes one of 0..9 (of 1..9 where negative); more keep their number of digits and fit every integer type
    that the original fits: `crypto.permute.permute_integers`. One to one over rows of equal sign and digits.
    """
    values, negative = integers.read(), integers.negative
    out = values.copy()
    single = integers.digits == 1
    _replace(out, single & ~negative, keys.permutation(10, "fpe-digit"))
    one = np.uint64(1)
    below = single & negative & (values > 0)
    _replace(out, below, lambda digit: keys.permutation(9, "fpe-negative-digit")(digit - one) + one)
    _replace(out, ~single & (values < 1 << 63), partial(_permuted, keys))
    for sign, low in (negative, (1 << 63) + 1), (~negative, 1 << 63):
        _replace(out, sign & (values >= low), partial(_above, keys, low=low))
    least = negative & np.isin(values, _LEAST)
    out[least] = values[least]
    # A class holds one of them at most, so one more step leads past it.
    _replace(out, negative & ~least & np.isin(out, _LEAST), partial(_permuted, keys))
    integers.write(out)


def _replace(values: Values, chosen: npt.NDArray[np.bool_], image: Callable[[Values], Values]) -> None:
    if chosen.all():
        values[:] = image(values)
    elif chosen.any():
        values[chosen] = image(values[chosen])


def _permuted(keys: Keys, values: Values) -> Values:
    return permute_integers(keys.permutation, values.astype(np.int64)).astype(np.uint64)


def _above(keys: Keys, values: Values, low: int) -> Values:
    """Permute the numbers from `low` (2^63 and its neighbour) to the largest of 19 digits."""
    return keys.permutation(10**19 - low, f"fpe:{low}")(values - np.uint64(low)) + np.uint64(low)
