"""Which quotes of a block of delimited text open and close a cell, and where the last whole record ends."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

QUOTE, LF, CR = ord('"'), ord("\n"), ord("\r")


@dataclass(frozen=True, slots=True)
class Quotes:
    """The quotes that open and close, shape (q,), ascending: inside of a quoted cell is where an odd number precedes.

    A doubled quote inside a quoted cell counts as a close and an open. `every` says that no quote of the block is
    literal (none stands inside an unquoted cell). `bad` is the position of the first closing quote that neither a
    separator, a line end, a quote nor the end follows, or None; positions from there on mean nothing.
    """

    positions: Positions
    every: bool = True
    bad: int | None = None

    def before(self, end: int) -> "Quotes":
        """Only those that stand before `end`, which must be a record's end (or the block's)."""
        bad = self.bad if self.bad is not None and self.bad < end else None
        return Quotes(self.positions[: np.searchsorted(self.positions, end)], self.every, bad)


def find_quotes(data: bytes, separator: int) -> Quotes:
    """Find the opening and closing quotes of a block that starts at a record's start.

    Quotes alternate between open and close where each opening one follows a separator, a line end, the block's start
    or the quote that it doubles, and each closing one precedes a separator, a line end, the block's end or its
    double: then counting is the grammar. Only where that fails, the quotes (not the bytes) are walked one by one.

    >>> find_quotes(b'a,"b, c"', ord(",")).positions.tolist()
    [2, 7]
    """
    if QUOTE not in data:
        return Quotes(np.empty(0, np.int64))
    block = np.frombuffer(data, np.uint8)
    positions = np.flatnonzero(block == QUOTE)
    if _may_neighbour(_before(block, positions[0::2]), separator) and _may_neighbour(
        _after(block, positions[1::2]), separator
    ):
        return Quotes(positions)
    return _walk(positions, _before(block, positions), _after(block, positions), separator)


def _before(block: Bytes, positions: Positions) -> Bytes:
    neighbours = block[positions - 1]
    if positions[0] == 0:
        neighbours[0] = LF
    return neighbours


def _after(block: Bytes, positions: Positions) -> Bytes:
    if not len(positions) or positions[-1] < len(block) - 1:
        return block[positions + 1]
    return np.append(block[positions[:-1] + 1], np.uint8(LF))


def _may_neighbour(neighbours: Bytes, separator: int) -> bool:
    fits = (neighbours == separator) | (neighbours == LF) | (neighbours == CR) | (neighbours == QUOTE)
    return bool(fits.all())


def _walk(positions: Positions, before: Bytes, after: Bytes, separator: int) -> Quotes:
    ends = frozenset((separator, LF, CR))
    active: list[int] = []
    inside, doubled = False, False
    for position, left, right in zip(positions.tolist(), before.tolist(), after.tolist(), strict=True):
        if doubled:
            doubled = False
            active.append(position)
        elif not inside:
            if left in ends:
                inside = True
                active.append(position)
        elif right == QUOTE:
            doubled = True
            active.append(position)
        elif right in ends:
            inside = False
            active.append(position)
        else:
            return Quotes(np.array(active, np.int64), every=False, bad=position)
    return Quotes(np.array(active, np.int64), every=len(active) == len(positions))


def record_end(data: bytes, quotes: Quotes, *, final: bool) -> int:
    """Find the end of the last whole record of `data`: the position after its line end, 0 where there is none.

    With `final` no more bytes follow, so that an unfinished last line counts; without it, a CR at the very end waits
    for the LF that may follow. A quoted cell left open gives the end of the record before it, also with `final`.
    """
    positions = quotes.positions
    is_open = len(positions) % 2 == 1
    if quotes.bad is not None:
        limit = quotes.bad
        is_open = True
    else:
        limit = len(data)
    if final and not is_open:
        return len(data)
    if not final and data.endswith(b"\r"):
        limit = min(limit, len(data) - 1)
    end = max(data.rfind(b"\n", 0, limit), data.rfind(b"\r", 0, limit) if CR in data else -1)
    if end < 0 or np.searchsorted(positions, end) % 2 == 0:
        return end + 1
    block = np.frombuffer(data, np.uint8, limit)
    line_ends = np.flatnonzero((block == LF) | (block == CR))
    outside = line_ends[np.searchsorted(positions, line_ends) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0
