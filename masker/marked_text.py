"""The letters and digits of text rows as matrices, by how many a row has; separators are left where they are."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import Bools, Bytes, alike, text_bytes, text_of, validity

Rows = npt.NDArray[np.int64]

OTHER, DIGIT, LETTER, STRANGE = range(4)


def kinds_of(separators: bytes | None) -> Bytes:
    """A table byte → kind: ASCII digits, ASCII letters, `separators` (None: the rest of ASCII), and what is strange."""
    table = np.full(256, STRANGE, dtype=np.uint8)
    table[np.arange(128) if separators is None else np.frombuffer(separators, dtype=np.uint8)] = OTHER
    table[48:58] = DIGIT
    table[65:91] = table[97:123] = LETTER
    return table


@dataclass(frozen=True, eq=False)
class Group:
    """Rows of one number of marked characters: their numbers, and those characters, shape (len(rows), count)."""

    rows: Rows
    cells: Rows | None
    marked: Bytes

    def where(self, chosen: Rows | Bools) -> "Group":
        """Only some of the rows."""
        return Group(self.rows[chosen], None if self.cells is None else self.cells[chosen], self.marked[chosen])


class Layout:
    """A text column whose marked characters (kinds in `marks`) are to change in place.

    Rows that hold a strange character, or none to mark, are in no group. `put` writes a group back and makes its rows
    readable; `finish` gives the column, NULL in rows that were not put; NULL and '' stay.
    """

    def __init__(self, text: pa.Array, kinds: Bytes, *marks: int) -> None:
        self._text = text
        data, self._offsets = text_bytes(text)
        self._data = data.copy()
        self._kinds = kinds
        self._marks = marks
        self._readable = np.diff(self._offsets) == 0
        self._columns: Rows | slice | None = None

    def groups(self) -> Iterator[Group]:
        """The groups, by number of marked characters; columns of one layout all through take a short cut."""
        rows = len(self._offsets) - 1
        length = len(self._data) // rows if rows else 0
        if length and length * rows == len(self._data) and (np.diff(self._offsets) == length).all():
            cells = self._data.reshape(rows, length)
            kinds = self._even_kinds(cells)
            if kinds is not None and STRANGE not in kinds:
                columns = np.flatnonzero(np.isin(kinds, self._marks))
                if len(columns):
                    # A slice where one will do: it needs no gather.
                    run = slice(int(columns[0]), int(columns[-1]) + 1)
                    self._columns = run if run.stop - run.start == len(columns) else columns
                    yield Group(np.arange(rows), None, cells[:, self._columns].copy())
                return
        yield from self._mixed()

    def _even_kinds(self, cells: Bytes) -> Bytes | None:
        """The kinds of each row, where all rows have the same; None where they differ."""
        # Digits in the same places and the same bytes besides: settled without a look into the table.
        if alike(self._data, cells.shape[1]):
            first: Bytes = self._kinds[cells[0]]
            return first
        kinds = self._kinds[cells]
        return kinds[0] if (kinds == kinds[0]).all() else None

    def _mixed(self) -> Iterator[Group]:
        kinds = np.take(self._kinds, self._data)
        at = np.flatnonzero(np.logical_or.reduce([kinds == mark for mark in self._marks]))
        begins = np.searchsorted(at, self._offsets)
        counts = np.diff(begins).astype(np.int32)
        strange = np.flatnonzero(kinds == STRANGE)
        counts[np.searchsorted(self._offsets, strange, side="right") - 1] = 0
        order = np.argsort(counts.astype(np.uint16) if counts.max(initial=0) < 1 << 16 else counts, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(counts[order])) + 1):
            if len(rows) and counts[rows[0]]:
                cells = at[begins[rows][:, None] + np.arange(counts[rows[0]])]
                yield Group(rows, cells, self._data[cells])

    def put(self, group: Group, changed: Bytes) -> None:
        """Write a group's characters back, and call its rows readable."""
        if group.cells is None:
            width = len(self._data) // (len(self._offsets) - 1)
            cells = self._data.reshape(-1, width)
            if len(group.rows) == len(cells):
                cells[:, self._columns] = changed
            elif isinstance(self._columns, slice):
                cells[group.rows, self._columns] = changed
            else:
                cells[group.rows[:, None], self._columns] = changed
        else:
            self._data[group.cells] = changed
        self._readable[group.rows] = True

    def finish(self) -> pa.Array:
        """The column with all groups written back."""
        return text_of(self._data, self._offsets, validity(self._text) & self._readable)
