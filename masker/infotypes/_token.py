"""Tokens of 60 bits as twelve letters of base32: RFC 4648 §6 in lower case."""

import numpy as np
import numpy.typing as npt

from masker.infotypes import Words

LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
SIZE = 12
"""Letters in a token, five bits each."""
SPACE = 2.0**60
"""How many tokens there are."""


def write_tokens(words: Words, into: npt.NDArray[np.uint8]) -> None:
    """Write the high 60 bits of each draw's first word as twelve letters into the first columns of `into` (n, width).

    Among n distinct values two share a token with probability below n²/2**61.
    """
    number = words[:, 0]
    into[:, :8] = _letters(number >> np.uint64(24))
    into[:, 8:SIZE] = _letters(number << np.uint64(40) >> np.uint64(24))[:, :4]


# How far to move, and which bits to keep: 40 bits as halves of a word, those as quarters, those as eighths.
_STEPS = ((20, 32, 0xFFFFF), (10, 16, 0x3FF_0000_03FF), (5, 8, 0x1F_001F_001F_001F))


def _letters(number: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint8]:
    """The low 40 bits of each number as eight of `LETTERS`, shape (n, 8), by arithmetic that NumPy vectorises."""
    for bits, apart, mask in _STEPS:
        low = np.uint64(mask)
        number = (number >> np.uint64(bits) & low) << np.uint64(apart) | number & low
    five = number.astype(">u8").view(np.uint8).reshape(-1, 8)
    # From `a` on, and from 26 on from `2`.
    letters: npt.NDArray[np.uint8] = five + np.uint8(97) - (five > 25).view(np.uint8) * np.uint8(97 - 24)
    return letters
