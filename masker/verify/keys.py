"""The keys of a comparison: what unique columns and both ends of foreign keys hold, and whether that is right.

Where rows are paired, as (original, pseudonym); in a table whose rows nobody can pair, each side by itself.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from masker.errors import Place
from masker.promises import ColumnPromise, Promises, TablePromise
from masker.verify.cells import Cells
from masker.verify.key_pairs import KeyPairs, broken_joins
from masker.verify.loose_keys import LooseKeys, changed_joins
from masker.verify.problems import Problem
from masker.verify.spelled import together
from masker.verify.spill import Spill

_Names = tuple[str, ...]


class Keys:
    """All keys that masking changed at one end or both; `checks` counts the joins that were judged."""

    def __init__(self, promises: Promises, spill: Spill) -> None:
        self._promises, self._spill = promises, spill
        self._held: dict[tuple[str, _Names], KeyPairs | LooseKeys] = {key: KeyPairs(spill) for key in _wanted(promises)}
        self.checks = 0

    def pairs(self, table: TablePromise) -> "Paired":
        """The keys of a table, to be fed with both sides at once."""
        return Paired(table, {of: key for of, key in self._of(table) if isinstance(key, KeyPairs)})

    def loose(self, table: TablePromise) -> "Loose":
        """The keys of a table, to be fed with one side after the other."""
        for of, key in self._of(table):
            if isinstance(key, KeyPairs):
                self._spill.forget(key.log)
                self._held[of] = LooseKeys(self._spill)
        return Loose(table, {of: key for of, key in self._of(table) if isinstance(key, LooseKeys)})

    def joins(self, failed: Collection[str]) -> Iterator[Problem]:
        """Check every foreign key but those with an end in a table that could not be read."""
        for table in self._promises.tables:
            for key in table.foreign_keys:
                child, parent = self._held.get((table.name, key.columns)), self._held.get((key.table, key.ref))
                if child is None or parent is None or table.name in failed or key.table in failed:
                    continue
                self.checks += 1
                if broken := _broken(child, parent):
                    message = "key values that joined in SOURCE do not join in the copy, or the other way round"
                    yield Problem("orphans", message, Place(table.file or None, table.name, key.columns[0]), broken)

    def _of(self, table: TablePromise) -> list[tuple[tuple[str, _Names], KeyPairs | LooseKeys]]:
        return [(of, key) for of, key in self._held.items() if of[0] in (table.name, table.part_of)]


@dataclass(frozen=True, slots=True)
class Paired:
    """The keys of one table whose rows are paired."""

    table: TablePromise
    keys: Mapping[tuple[str, _Names], KeyPairs]

    def take(self, before: Mapping[str, Cells], after: Mapping[str, Cells]) -> None:
        """See n rows of both sides."""
        for (_, names), key in self.keys.items():
            if after.keys() >= set(names):
                old, there = together(names, before, self.table)
                new, left = together(names, after, self.table)
                key.add(old[there & left], new[there & left])

    def clashes(self) -> Iterator[Problem]:
        """What is wrong with unique columns, after the last row."""
        for name in _unique(self.table):
            yield from _clash(self.table, name, self.keys[self.table.name, (name,)].collisions())


@dataclass(frozen=True, slots=True)
class Loose:
    """The keys of one table whose rows nobody can pair."""

    table: TablePromise
    keys: Mapping[tuple[str, _Names], LooseKeys]

    def take(self, side: int, cells: Mapping[str, Cells]) -> None:
        """See n rows of SOURCE (0) or of the copy (1)."""
        for (_, names), key in self.keys.items():
            if cells.keys() >= set(names):
                prints, valid = together(names, cells, self.table)
                key.add(side, prints[valid])

    def clashes(self) -> Iterator[Problem]:
        """What is wrong with unique columns, after the last row of both sides."""
        for name in _unique(self.table):
            before, after = self.keys[self.table.name, (name,)].sizes()
            yield from _clash(self.table, name, abs(before - after))


def _clash(table: TablePromise, name: str, clashes: int) -> Iterator[Problem]:
    if clashes:
        message = "values that were to stay distinct fall together, or equal ones apart"
        yield Problem("mismatch", message, Place(table.file or None, table.name, name), clashes)


def _broken(child: KeyPairs | LooseKeys, parent: KeyPairs | LooseKeys) -> int:
    if isinstance(child, KeyPairs) and isinstance(parent, KeyPairs):
        return broken_joins(child, parent)
    return changed_joins(child, parent)


def _wanted(promises: Promises) -> list[tuple[str, _Names]]:
    columns = {(table.name, column.name): column for table in promises.tables for column in table.columns}
    wanted: set[tuple[str, _Names]] = {(table.name, (name,)) for table in promises.tables for name in _unique(table)}
    for table in promises.tables:
        for key in table.foreign_keys:
            ends = [*((table.name, name) for name in key.columns), *((key.table, name) for name in key.ref)]
            fates = {columns[end].fate if end in columns else "dropped" for end in ends}
            # What is kept throughout joins as before; a side that is gone or NULL joins nothing and promises nothing.
            if "masked" in fates and fates <= {"masked", "kept"}:
                wanted |= {(table.name, key.columns), (key.table, key.ref)}
    return sorted(wanted)


def _unique(table: TablePromise) -> list[str]:
    return [column.name for column in table.columns if _checks_unique(column)]


def _checks_unique(column: ColumnPromise) -> bool:
    return column.unique and column.fate == "masked"
