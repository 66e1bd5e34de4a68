"""Tokens of 60 bits as twelve letters of base32: RFC 4648 §6 in lower case."""

import numpy as np
import numpy.typing as npt

from masker.infotypes import Words

LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
SIZE = 12
"""Letters in a token, five bits each."""
SPACE = 2.0**60
"""How many tokens there are."""

_PAIRS = np.ascontiguousarray(np.stack([np.repeat(LETTERS, 32), np.tile(LETTERS, 32)], axis=1)).view(np.uint16).ravel()


def write_tokens(words: Words, into: npt.NDArray[np.uint8]) -> None:
    """Write the high 60 bits of each draw's first word as twelve letters into the first columns of `into` (n, width).

    `width` must be even and the matrix contiguous. Among n distinct values two share a token with probability below
    n²/2**61.
    """
    pairs = into.view(np.uint16)
    number = words[:, 0]
    for place in range(SIZE // 2):
        pairs[:, place] = _PAIRS[(number >> np.uint64(54 - 10 * place)) & np.uint64(1023)]
