"""Keys that no single column tells: inside of cells, of a table that another cell names, unique together.

They are found here by code of the verifier's own. Keys that joined in SOURCE join in the copy, the others do not; what
stands beside keys in a cell is what it was; rows that differed in a unique set still do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker.errors import Place
from masker.promises import ColumnPromise, Promises, TablePromise
from masker.snapshot import HeldKey, TypedKey
from masker.verify.bits import Bools, true
from masker.verify.cell_keys import keys_in
from masker.verify.cells import Cells
from masker.verify.fingerprints import Prints, fingerprints, mixed
from masker.verify.key_pairs import KeyPairs, broken_joins
from masker.verify.problems import Problem
from masker.verify.spelled import spelled_prints
from masker.verify.spill import Spill
from masker.verify.texts import text_column

_End = tuple[str, str]


@dataclass
class Related:
    """A `Check` of the promises' `held`, `typed` and `unique`; memory as of `KeyPairs`.

    `unpaired` are tables whose rows nobody could pair (`unpaired.py`): what refers to their keys is not judged.
    """

    promises: Promises
    spill: Spill
    unpaired: set[str] = field(default_factory=set)
    _parents: dict[_End, KeyPairs] = field(default_factory=dict, repr=False)
    _children: list[tuple[KeyPairs, _End, Place]] = field(default_factory=list, repr=False)
    _held: dict[tuple[str, HeldKey], KeyPairs] = field(default_factory=dict, repr=False)
    _typed: dict[tuple[str, TypedKey, str], KeyPairs] = field(default_factory=dict, repr=False)
    _sets: dict[tuple[str, tuple[str, ...]], "_Set"] = field(default_factory=dict, repr=False)
    _problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        columns = {(table.name, column.name): column for table in self.promises.tables for column in table.columns}
        masked = {end for end, column in columns.items() if column.fate == "masked"}
        there = masked | {end for end, column in columns.items() if column.fate == "kept"}
        for table in self.promises.tables:
            for held in table.held:
                if (table.name, held.column) in masked and (held.table, held.ref) in there:
                    self._held[table.name, held] = self._child(table, held.column, (held.table, held.ref))
            for typed in table.typed:
                for word, target, ref in typed.targets:
                    if (table.name, typed.id) in masked and (target, ref) in there:
                        self._typed[table.name, typed, word] = self._child(table, typed.id, (target, ref))
            for names in table.unique:
                if all((table.name, name) in there for name in names):
                    self._sets[table.name, names] = _Set(KeyPairs(self.spill), Place(table.file or None, table.name,
                                                                                     names[0]))  # fmt: skip

    @property
    def checks(self) -> int:
        """How many promises are looked at."""
        return len(self._children) + len(self._sets)

    def take(self, table: TablePromise, before: pa.RecordBatch, after: pa.RecordBatch, first_row: int) -> None:
        """See n rows of both sides; see `Check`."""
        sides = [_Side(batch, table) for batch in (before, after)]
        names = {table.name, table.part_of}
        for (name, ref), parent in self._parents.items():
            if name in names:
                self._add(parent, sides, (ref,))
        for (name, held), child in self._held.items():
            if name == table.name:
                self._inside(child, held, table, sides, first_row)
        for (name, typed, word), child in self._typed.items():
            if name == table.name:
                self._add(child, sides, (typed.id,), sides[0].says(typed.type, word))
        for (name, columns), unique in self._sets.items():
            if name == table.name:
                self._add(unique.pairs, sides, columns)

    def finish(self) -> Iterable[Problem]:
        """What is wrong, after the last row."""
        for child, parent, place in self._children:
            if parent[0] in self.unpaired:
                continue
            if broken := broken_joins(child, self._parents[parent]):
                message = "key values that joined in SOURCE do not join in the copy, or the other way round"
                self._problems.append(Problem("orphans", message, place, broken))
        for unique in self._sets.values():
            originals, pseudonyms = unique.pairs.sizes()
            if originals > pseudonyms:
                message = "rows that differed in a unique key fall together in the copy"
                self._problems.append(Problem("mismatch", message, unique.place, originals - pseudonyms))
        return self._problems

    def _child(self, table: TablePromise, column: str, parent: _End) -> KeyPairs:
        self._parents.setdefault(parent, KeyPairs(self.spill))
        pairs = KeyPairs(self.spill)
        self._children.append((pairs, parent, Place(table.file or None, table.name, column)))
        return pairs

    def _add(self, pairs: KeyPairs, sides: list["_Side"], names: tuple[str, ...], chosen: Bools | None = None) -> None:
        valid = sides[0].valid(names) & sides[1].valid(names)
        if chosen is not None:
            valid &= chosen
        pairs.add(*(side.prints(names)[valid] for side in sides))

    def _inside(
        self, child: KeyPairs, held: HeldKey, table: TablePromise, sides: list["_Side"], first_row: int
    ) -> None:
        place = Place(table.file or None, table.name, held.column)
        others = [each.path for each in table.held if each.column == held.column]
        texts = [side.cells(held.column).text.to_pylist() for side in sides]
        old: list[str] = []
        new: list[str] = []
        for row, (before, after) in enumerate(zip(*texts, strict=True)):
            first, second = keys_in(before, held.path, others), keys_in(after, held.path, others)
            if first is None:  # the whole cell went the way of what cannot be read
                continue
            if second is None or first.rest != second.rest or len(first.keys) != len(second.keys):
                at = Place(place.file, place.table, place.column, first_row + row)
                self._problems.append(Problem("mismatch", "what stands beside keys in a cell has changed", at))
                continue
            old += first.keys
            new += second.keys
        child.add(*(fingerprints(text_column(keys)) for keys in (old, new)))


@dataclass
class _Set:
    pairs: KeyPairs
    place: Place


class _Side:
    """One side of a run of rows, with the cells that keys need."""

    def __init__(self, batch: pa.RecordBatch, table: TablePromise) -> None:
        self._batch = batch
        self._promises: Mapping[str, ColumnPromise] = {column.name: column for column in table.columns}
        self._cells: dict[str, Cells] = {}

    def cells(self, name: str) -> Cells:
        """One column."""
        if name not in self._cells:
            self._cells[name] = Cells(self._batch.column(name))
        return self._cells[name]

    def valid(self, names: tuple[str, ...]) -> Bools:
        """Which rows have a value in all of the columns (MATCH SIMPLE, and how UNIQUE takes NULL)."""
        return np.asarray(np.logical_and.reduce([self.cells(name).valid for name in names]), dtype=np.bool_)

    def prints(self, names: tuple[str, ...]) -> Prints:
        """One fingerprint a row over the columns together."""
        state = np.zeros(self._batch.num_rows, dtype=np.uint64)
        for name in names:
            state = mixed(state, spelled_prints(self.cells(name), self._promises[name].ignores))
        # As one column's own, where it is one: keys inside of cells are compared with these.
        return spelled_prints(self.cells(names[0]), self._promises[names[0]].ignores) if len(names) == 1 else state

    def says(self, name: str, word: str) -> Bools:
        """Which rows have the word."""
        text = self.cells(name).text
        return true(pc.equal(text, text_column([word] * len(text))))
