"""Of which kind each row of a block is, where rows of one array are of several."""

from dataclasses import dataclass, field

import msgspec
import numpy as np

from masker.errors import InputError, Place
from masker.formats.json.documents.values import Values
from masker.formats.json.scan import Kind, Longs


@dataclass(slots=True)
class Splits:
    """`words` maps the place of rows to the place of the word that tells their kind; kinds are numbered from 1 on."""

    words: dict[int, int] = field(default_factory=dict)
    numbers: dict[tuple[int, str], int] = field(default_factory=dict)
    frozen: bool = False

    def variants(self, values: Values) -> Longs:
        """The kind of the row that each value is in, or of the nearest row around that has one; 0: none. Shape (m,)."""
        count = len(values.start)
        if not self.words or not count:
            return np.zeros(count, dtype=np.int64)
        own = np.zeros(count + 1, dtype=np.int64)
        told = np.zeros(count + 1, dtype=np.bool_)
        for row_place, place in self.words.items():
            told[:-1] |= values.is_row & (values.place == row_place)
            for i in np.flatnonzero((values.place == place) & (values.kind == Kind.STRING)).tolist():
                text = msgspec.json.decode(values.data[values.start[i] : values.end[i]], type=str)
                own[values.row[i]] = self._number(row_place, text)
        outer = np.full(count + 1, -1, dtype=np.int64)
        rows = np.flatnonzero(values.is_row)
        parent = values.parent[rows]
        outer[rows] = np.where(parent >= 0, values.row[np.maximum(parent, 0)], -1)
        nearest = values.row.copy()
        while True:
            beyond = (nearest >= 0) & ~told[nearest]
            if not beyond.any():
                break
            nearest[beyond] = outer[nearest[beyond]]
        own[-1] = 0
        found: Longs = np.where(nearest >= 0, own[nearest], 0)
        return found

    def _number(self, row_place: int, text: str) -> int:
        number = self.numbers.get((row_place, text))
        if number is None:
            if self.frozen:
                raise InputError("malformed", "the file changed while it was read", place=Place())
            number = self.numbers[row_place, text] = len(self.numbers) + 1
        return number
