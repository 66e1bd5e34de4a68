"""Compares a table whose rows nobody can pair: a database gives them in an order of its own.

A run notes in which order it wrote the rows of an SQLite file, and pairs them by that. Later nothing tells it, on
purpose: who knew the order would know the rank of every masked key. A server tells no order at all. What is checked
then holds for the rows as a set: the kept cells of each row together, the NULLs of each column, how many different
values unique columns have, the number of rows. Originals are searched for as in any other table.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from masker.errors import Place
from masker.promises import ColumnPromise
from masker.verify.cells import Cells
from masker.verify.fingerprints import mixed
from masker.verify.problems import Problem
from masker.verify.reading import KIND, Reader


@dataclass(frozen=True, slots=True)
class Orderless:
    """The copy is in a database. `same_style`: SOURCE is in one too, so that equal values are written alike."""

    same_style: bool


@runtime_checkable
class Sorted(Protocol):
    """A reader that gives the rows by the values of some columns."""

    @property
    def sorted_by(self) -> tuple[str, ...]:
        """These columns; none where the rows come as they were written."""
        ...


def goes_unpaired(after: Reader, columns: Sequence[ColumnPromise]) -> bool:
    """Whether the copy's rows come in the order of values that masking made."""
    ordering = after.sorted_by if isinstance(after, Sorted) else ()
    return any(column.name in ordering and column.fate == "masked" for column in columns)


class Unpaired:
    """Both sides of one table, each in its own order: fingerprints are added up, so that order does not count.

    `compared` are the kept columns whose values are compared, `styles`: and how they are written too.
    """

    def __init__(
        self, columns: Sequence[ColumnPromise], place: Place, compared: Collection[str], *, styles: bool
    ) -> None:
        self._columns, self.place = columns, place
        self._prefixes = ("", KIND) if styles else ("",)
        self._compared = compared
        self._sums = [0, 0]
        self._nulls = [dict.fromkeys((column.name for column in columns), 0) for _ in range(2)]
        self.rows = [0, 0]

    def take(self, side: int, cells: Mapping[str, Cells]) -> None:
        """See n rows of SOURCE (0) or of the copy (1)."""
        rows = len(next(iter(cells.values())).column)
        self.rows[side] += rows
        kept = np.zeros(rows, dtype=np.uint64)
        for column in self._columns:
            found = cells[column.name]
            self._nulls[side][column.name] += int(rows - found.valid.sum())
            for prefix in self._prefixes if column.name in self._compared else ():
                name = prefix + column.name
                if name in cells:
                    valid = cells[name].valid
                    kept = mixed(
                        mixed(kept, np.where(valid, cells[name].prints, np.uint64(0))), valid.astype(np.uint64)
                    )
        self._sums[side] = (self._sums[side] + int(kept.sum(dtype=np.uint64))) % (1 << 64)

    def finish(self) -> Iterator[Problem]:
        """What does not agree between the two sides."""
        if self.rows[0] != self.rows[1]:
            off = abs(self.rows[0] - self.rows[1])
            yield Problem("mismatch", "the copy has more or fewer rows than SOURCE", self.place, off)
        elif self._sums[0] != self._sums[1]:
            yield Problem("mismatch", "cells that were to be kept have changed", self.place)
        for column in self._columns:
            before, after = (nulls[column.name] for nulls in self._nulls)
            place = Place(self.place.file, self.place.table, column.name)
            if column.fate == "nulled" and after < self.rows[1]:
                yield Problem("leak", "a column that was to be NULL holds values", place, self.rows[1] - after)
            changed = (column.fate == "masked" and column.nulls_kept) or column.fate == "kept"
            if changed and self.rows[0] == self.rows[1] and before != after:
                yield Problem("mismatch", "a NULL came or went", place, abs(before - after))
