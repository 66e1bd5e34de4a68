"""Integers written as text: where their digits are, what they say, and how to write another one in the same style."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from masker.columns import counts_of

Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Cells = npt.NDArray[np.int64]

LONGEST = 19
"""Digits that count, at most, in a number that `read` can hold."""


@dataclass(frozen=True, eq=False)
class IntegerRows:
    """The rows of a text column that are ASCII digits and nothing else but a sign before them.

    `rows` are their numbers; `starts`, `first` and `ends` are cells of `data`: the row's begin, its first digit that
    counts (behind sign and leading zeros; a zero has one digit), its end. Where all rows
    of the column are as many digits that count, `width` says how many, else it is 0.
    """

    data: Bytes
    rows: Cells
    starts: Cells
    first: Cells
    ends: Cells
    width: int = 0

    @classmethod
    def of(cls, data: Bytes, offsets: Cells) -> "IntegerRows":
        """Find them; row i is `data[offsets[i]:offsets[i+1]]`."""
        width = len(data) // (len(offsets) - 1) if len(offsets) > 1 else 0
        digit = (data - np.uint8(48)) < 10
        if 0 < width <= LONGEST and digit.all() and (np.diff(offsets) == width).all():
            starts = offsets[:-1]
            if width == 1 or (data[starts] != 48).all():
                return cls(data, np.arange(len(starts)), starts, starts, offsets[1:], width)
        digits = counts_of(digit, offsets)
        lengths = np.diff(offsets)
        signed = np.zeros(len(lengths), dtype=np.int64)
        filled = lengths > 0
        signed[filled] = np.isin(data[offsets[:-1][filled]], (43, 45))
        rows = np.flatnonzero((digits > 0) & (digits == lengths - signed))
        starts, ends = offsets[:-1][rows], offsets[1:][rows]
        return cls(data, rows, starts, _first(data, starts, ends), ends)

    @property
    def digits(self) -> Cells:
        """How many digits count."""
        return self.ends - self.first

    @property
    def negative(self) -> Bools:
        """Whether a minus stands before."""
        negative: Bools = self.data[self.starts] == 45
        return negative

    def where(self, chosen: Bools) -> "IntegerRows":
        """Only the rows that are `chosen`, one flag a row found."""
        if chosen.all():
            return self
        return IntegerRows(self.data, self.rows[chosen], self.starts[chosen], self.first[chosen], self.ends[chosen])

    def read(self) -> npt.NDArray[np.uint64]:
        """Their magnitudes; no row may have more than `LONGEST` digits that count."""
        values = np.zeros(len(self.rows), dtype=np.uint64)
        if self.width:
            for digits in self.data.reshape(-1, self.width).T:
                values = values * np.uint64(10) + (digits - np.uint8(48))
            return values
        for place, going in self._places():
            digit = (self.data[self.ends[going] - 1 - place] - np.uint8(48)).astype(np.uint64)
            values[going] += digit * np.uint64(10**place)
        return values

    def write(self, values: npt.NDArray[np.uint64]) -> None:
        """Put other magnitudes of as many digits into `data`; sign and leading zeros stay."""
        values = values.copy()
        if self.width:
            for digits in self.data.reshape(-1, self.width).T[::-1]:
                rest = values // np.uint64(10)
                digits[:] = values - rest * np.uint64(10) + np.uint64(48)
                values = rest
            return
        for place, going in self._places():
            values[going], digit = np.divmod(values[going], np.uint64(10))
            self.data[self.ends[going] - 1 - place] = digit.astype(np.uint8) + np.uint8(48)

    def _places(self) -> list[tuple[int, Cells | slice]]:
        digits = self.digits
        least, most = int(digits.min(initial=LONGEST)), int(digits.max(initial=0))
        return [(place, slice(None) if place < least else np.flatnonzero(digits > place)) for place in range(most)]


def _first(data: Bytes, starts: Cells, ends: Cells) -> Cells:
    counting = np.flatnonzero((data - np.uint8(49)) < 9)
    if not len(counting):
        return ends - 1
    found = counting[np.minimum(np.searchsorted(counting, starts), len(counting) - 1)]
    return np.where((found >= starts) & (found < ends), found, ends - 1)
