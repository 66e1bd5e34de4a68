"""The parts of cells that may be a value of their own: words in longer text, numbers with their digits set apart.

Words are cut so that e-mail addresses, ids, numbers with dots and dashes and tokens stay whole.
"""

import numpy as np
import numpy.typing as npt

from masker.verify.cells import Cells
from masker.verify.entropy import FEWEST_DIGITS, SHORTEST
from masker.verify.fingerprints import Prints, span_prints

_NONE = np.zeros(0, dtype=np.uint64)


def _bytes_of(characters: str, *, high: bool = False) -> npt.NDArray[np.bool_]:
    table = np.zeros(256, dtype=np.bool_)
    table[list(characters.encode())] = True
    table[128:] = high
    return table


_DIGITS = "0123456789"
_WORD = _bytes_of(_DIGITS + "abcdefghijklmnopqrstuvwxyz._%+-@#~$^", high=True)
_IN_NUMBER = _bytes_of(_DIGITS + " -./()+")
_ENDING = _bytes_of(".-")


def word_prints(cells: Cells) -> Prints:
    """The fingerprints of all words of at least 8 bytes that stand in a cell beside something else."""
    data = cells.bytes
    inside = np.take(_WORD, data)
    if inside.all():
        return _NONE
    starts, ends = _runs(inside, cells.offsets)
    ends = ends - _ENDING[data[ends - 1]]
    wanted = np.flatnonzero(ends - starts >= SHORTEST)
    if not len(wanted):
        return _NONE
    starts, ends = starts[wanted], ends[wanted]
    cell = np.searchsorted(cells.offsets, starts, side="right") - 1
    part = (starts > cells.offsets[cell]) | (ends < cells.offsets[cell + 1])
    return span_prints(data, starts[part], (ends - starts)[part])


def number_prints(cells: Cells) -> Prints:
    """The fingerprints of the digits alone, from 12 on: of each cell as a whole, and of each number inside of one."""
    if int(cells.lengths.max(initial=0)) <= FEWEST_DIGITS:
        return _NONE
    offsets, before, counts = cells.offsets, cells.digits_before, cells.digits
    if int(counts.max(initial=0)) < FEWEST_DIGITS:
        return _NONE
    whole = (counts >= FEWEST_DIGITS) & (counts < cells.lengths)
    if not whole.any():
        return _NONE
    digits = cells.bytes[cells.is_digit]
    starts, ends = _runs(np.take(_IN_NUMBER, cells.bytes), offsets)
    inner = before[ends] - before[starts] >= FEWEST_DIGITS
    starts, ends = before[starts[inner]].astype(np.int64), before[ends[inner]].astype(np.int64)
    # A run that holds all digits of its cell says the same as the cell.
    cell = np.searchsorted(before[offsets], starts, side="right") - 1
    own = (starts > before[offsets[cell]]) | (ends < before[offsets[cell + 1]])
    spans = np.concatenate([before[offsets[:-1]][whole], starts[own]])
    lengths = np.concatenate([counts[whole], (ends - starts)[own]])
    return span_prints(digits, spans.astype(np.int64), lengths)


def digit_prints(cells: Cells, wanted: npt.NDArray[np.bool_]) -> Prints:
    """The fingerprints of the digits alone of the wanted cells."""
    starts = cells.digits_before[cells.offsets].astype(np.int64)
    return span_prints(cells.bytes[cells.is_digit], starts[:-1][wanted], np.diff(starts)[wanted])


def _runs(
    inside: npt.NDArray[np.bool_], offsets: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where the runs of `inside` begin and end; none reaches over the end of a cell."""
    first, last = inside.copy(), inside.copy()
    first[1:] &= ~inside[:-1]
    last[:-1] &= ~inside[1:]
    begins = offsets[:-1][np.diff(offsets) > 0]
    first[begins] = inside[begins]
    ends = offsets[1:][np.diff(offsets) > 0] - 1
    last[ends] = inside[ends]
    return np.flatnonzero(first), np.flatnonzero(last) + 1
