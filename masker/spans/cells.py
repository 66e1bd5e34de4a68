"""Where the cells of a block of delimited text stand: the span tokenizer."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from masker.spans.quotes import CR, LF, QUOTE, Positions, Quotes


@dataclass(frozen=True, slots=True)
class Cells:
    """The spans of all cells of a block, in order: bytes `starts[i]` to `ends[i]`, quotes included.

    `last` is the index of each record's last cell, shape (records,). Blank lines are no records: their bytes lie
    between one record's last end and the next one's first start, as the line ends do.
    """

    starts: Positions
    ends: Positions
    last: Positions

    @property
    def widths(self) -> Positions:
        """The number of cells of each record, shape (records,)."""
        return np.diff(self.last, prepend=-1)


def find_cells(data: bytes, quotes: Quotes, separator: int) -> Cells:
    """Find the cells of whole records: the separators and line ends that an even number of quotes precedes.

    `quotes` is what `find_quotes` says of `data`, none open and none bad. Line ends are LF, CRLF and CR, in any
    mixture; the last record needs none. Costs two passes over the bytes, the rest is by cell.

    >>> from masker.spans.quotes import find_quotes
    >>> cells = find_cells(b"a,b\\n\\n1,2", find_quotes(b"a,b\\n\\n1,2", ord(",")), ord(","))
    >>> cells.starts.tolist(), cells.ends.tolist(), cells.last.tolist()
    ([0, 2, 5, 7], [1, 3, 6, 8], [1, 3])
    """
    block = np.frombuffer(data, np.uint8)
    marks = block == separator
    marks |= block == LF
    has_cr = CR in data
    if has_cr:
        marks |= block == CR
    if len(quotes.positions):
        marks[quotes.positions] = True
    events = np.flatnonzero(marks)
    if len(quotes.positions):
        events = events[_outside(block, events, quotes)]
    kinds = block[events]
    follows = events + 1
    if has_cr:
        pairs = (kinds[:-1] == CR) & (kinds[1:] == LF) & (follows[:-1] == events[1:])
        follows[:-1][pairs] += 1
        single = np.concatenate((np.ones(min(1, len(events)), np.bool_), ~pairs))
        events, kinds, follows = events[single], kinds[single], follows[single]
    is_line = kinds != separator
    if len(data) and (not len(events) or follows[-1] != len(data) or not is_line[-1]):
        events = np.append(events, len(data))
        follows = np.append(follows, len(data))
        is_line = np.append(is_line, True)
    starts = np.concatenate((np.zeros(min(1, len(events)), np.int64), follows[:-1]))
    blank = is_line & (starts == events)
    blank[1:] &= is_line[:-1]
    if blank.any():
        starts, events, is_line = starts[~blank], events[~blank], is_line[~blank]
    return Cells(starts, events, np.flatnonzero(is_line))


def _outside(block: npt.NDArray[np.uint8], events: Positions, quotes: Quotes) -> npt.NDArray[np.bool_]:
    if quotes.every:
        turns = block[events] == QUOTE
    else:
        turns = np.zeros(len(events), np.bool_)
        turns[np.searchsorted(events, quotes.positions)] = True
    outside: npt.NDArray[np.bool_] = np.cumsum(turns, dtype=np.int32) & 1 == 0
    outside &= ~turns
    return outside
