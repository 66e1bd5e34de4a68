"""Excerpts of long cells: windows spread evenly over the text, so that a scan of huge cells stays bounded.

The first cells of a sample are read whole up to 2**20 letters; longer ones, and what follows, as windows of 2**16
letters together. A cell is cut once and in one way, whatever stood beside it when it was.
"""

WHOLE = 1 << 20
"""Letters up to which one of the first cells of a sample is read whole."""
CUT = 1 << 16
"""Letters that are read of a cell that is not read whole."""
WHOLE_CELLS = 8
"""How many cells of a sample may be read whole."""
_WINDOWS = 16
GAP = "\n\x00\n"
"""What stands between windows: no pattern reaches over it."""


def excerpt(text: str, most: int = CUT) -> str:
    """The text, or sixteen windows of it with gaps between, `most` letters together, from its start to its end.

    >>> excerpt("abc")
    'abc'
    >>> len(excerpt("x" * 100_000, 1600)) <= 1600
    True
    """
    if len(text) <= most:
        return text
    size = (most - (_WINDOWS - 1) * len(GAP)) // _WINDOWS
    step = (len(text) - size) / (_WINDOWS - 1)
    return GAP.join(text[start : start + size] for start in (round(step * window) for window in range(_WINDOWS)))


def read_at(place: int, text: str) -> str:
    """What is read of a text at a place of the sample.

    >>> [len(read_at(place, "x" * 100_000)) <= CUT for place in (0, WHOLE_CELLS)]
    [False, True]
    """
    return text if place < WHOLE_CELLS and len(text) <= WHOLE else excerpt(text)
