"""The parts of cells that may be a value of their own: words in longer text, numbers with their digits set apart.

Words are cut so that e-mail addresses, ids, numbers with dots and dashes and tokens stay whole.
"""

import numpy as np
import numpy.typing as npt

from masker.verify.bits import Marked
from masker.verify.cells import Cells
from masker.verify.entropy import FEWEST_DIGITS, SHORTEST, Sought
from masker.verify.fingerprints import Prints, span_prints

_NONE = np.zeros(0, dtype=np.uint64)


def _bytes_of(characters: str, *, high: bool = False) -> npt.NDArray[np.bool_]:
    table = np.zeros(256, dtype=np.bool_)
    table[list(characters.encode())] = True
    table[128:] = high
    return table


def _not_of(inside: npt.NDArray[np.bool_]) -> bytes:
    return (~inside).tobytes()


_DIGITS = "0123456789"
_BETWEEN = _not_of(_bytes_of(_DIGITS + "abcdefghijklmnopqrstuvwxyz._%+-@#~$^", high=True))
_BETWEEN_NUMBERS = _not_of(_bytes_of(_DIGITS + " -./()+"))
_ENDING = _bytes_of(".-")


def word_prints(cells: Cells, sought: Sought) -> Prints:
    """The fingerprints of all words that stand in a cell beside something else and may be an original."""
    data, offsets = cells.bytes, cells.offsets
    outside = _marked(data, _BETWEEN)
    if not outside.any() and not (len(data) and _ENDING[data[offsets[1:] - 1]].any()):
        return _NONE
    starts, ends = _words(np.flatnonzero(outside), Marked(outside).before(offsets), offsets)
    long_enough = np.flatnonzero(ends - starts >= SHORTEST)
    if not len(long_enough):
        return _NONE
    starts, ends = starts[long_enough], ends[long_enough]
    ended = _ENDING[data[ends - 1]]
    ends = ends - ended
    digits = cells.digit_marks.before(ends) - cells.digit_marks.before(starts)
    ats = None if cells.at_marks is None else cells.at_marks.before(ends) - cells.at_marks.before(starts)
    wanted = np.flatnonzero(sought.may_be(ends - starts, digits, ats))
    if not len(wanted):
        return _NONE
    starts, ends = starts[wanted], ends[wanted]
    cell = np.searchsorted(offsets, starts, side="right") - 1
    part = (starts > offsets[cell]) | (ends < offsets[cell + 1])
    return span_prints(data, starts[part], (ends - starts)[part])


def number_prints(cells: Cells) -> Prints:
    """The fingerprints of the digits alone, from 12 on: of each cell as a whole, and of each number inside of one."""
    if int(cells.lengths.max(initial=0)) <= FEWEST_DIGITS:
        return _NONE
    offsets, counts = cells.offsets, cells.digits
    if int(counts.max(initial=0)) < FEWEST_DIGITS:
        return _NONE
    whole = (counts >= FEWEST_DIGITS) & (counts < cells.lengths)
    if not whole.any():
        return _NONE
    before = cells.digit_marks.before
    digits, cell_starts = cells.bytes[cells.is_digit], before(offsets)
    outside = _marked(cells.bytes, _BETWEEN_NUMBERS)
    starts, ends = _words(np.flatnonzero(outside), Marked(outside).before(offsets), offsets)
    starts, ends = before(starts), before(ends)
    inner = ends - starts >= FEWEST_DIGITS
    starts, ends = starts[inner], ends[inner]
    # A run that holds all digits of its cell says the same as the cell.
    cell = np.searchsorted(cell_starts, starts, side="right") - 1
    own = (starts > cell_starts[cell]) | (ends < cell_starts[cell + 1])
    spans = np.concatenate([cell_starts[:-1][whole], starts[own]])
    lengths = np.concatenate([counts[whole], (ends - starts)[own]])
    return span_prints(digits, spans, lengths)


def digit_prints(cells: Cells, wanted: npt.NDArray[np.bool_]) -> Prints:
    """The fingerprints of the digits alone of the wanted cells."""
    starts = cells.digit_marks.before(cells.offsets)
    return span_prints(cells.bytes[cells.is_digit], starts[:-1][wanted], np.diff(starts)[wanted])


def _marked(data: npt.NDArray[np.uint8], table: bytes) -> npt.NDArray[np.bool_]:
    # Indexing would widen every byte to 64 bits first.
    return np.frombuffer(data.tobytes().translate(table), dtype=np.bool_)


def _words(
    between: npt.NDArray[np.int64], before: npt.NDArray[np.int64], offsets: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where the words begin and end, some empty: what the bytes at `between` and the ends of cells set apart.

    `before` says how many of these stand before each of `offsets`. No word reaches over the end of a cell.
    """
    if not len(between):
        return offsets[:-1], offsets[1:].copy()
    starts, ends = np.append(between + 1, offsets[:-1]), np.append(between, offsets[1:])
    # Each start is closed by what comes next: the byte between, or the end of its cell.
    has = before[1:] > before[:-1]
    firsts, lasts = before[:-1][has], before[1:][has] - 1
    count = len(between)
    ends[: count - 1] = between[1:]
    ends[lasts] = offsets[1:][has]
    ends[count:][has] = between[firsts]
    return starts, ends
