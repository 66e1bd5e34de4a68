"""The classes inside which integer keys are permuted: as many digits as before, and they fit the type they fitted.

Here and not beside the permutation, since whoever sets a sequence behind the largest key must know how far that may go.
"""

from bisect import bisect_right

CUTS = tuple(sorted({10**power for power in range(19)} | {1 << bits for bits in (7, 8, 15, 16, 31, 32, 63)}))
"""Powers of ten, and one past the largest value of the integer types: each begins a class."""


def class_bound(number: int) -> int:
    """The largest pseudonym that a key up to `number` may get; a sequence must go on behind it.

    `permute` and `fpe` keep an integer in its class, whatever the key, so this needs no look at the copy. 0, negative
    numbers and those from 2^63 on: the number itself (`fpe`, which masks the latter too, keeps their digits).

    >>> class_bound(7), class_bound(120), class_bound(4711), class_bound(40_000), class_bound(2**31 - 1)
    (9, 127, 9999, 65535, 2147483647)
    """
    if number < 1 or number >= CUTS[-1]:
        return number
    return CUTS[bisect_right(CUTS, number)] - 1
