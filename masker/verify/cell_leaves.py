"""Holds values inside of JSON cells to their own promises, as if each path were a column of a table of its own."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from masker.errors import Place
from masker.paths import read_path
from masker.promises import ColumnPromise, LeafPromise, Promises, TablePromise
from masker.verify.cell_tokens import OTHERS, UNREADABLE, ChangedError, Leaf, leaves
from masker.verify.cells import Cells
from masker.verify.column_pair import ColumnPair
from masker.verify.mapping import Mapping
from masker.verify.problems import Problem
from masker.verify.redetect import Redetection
from masker.verify.search import Search
from masker.verify.texts import as_text, text_column


def with_leaves(promises: Promises) -> Promises:
    """The promises with a table of its own for each path into cells: what the search has to look for and at."""
    more = [_table(table, told) for table in promises.tables for column in table.columns for told in _all(column)]
    return replace(promises, tables=(*promises.tables, *(table for table in more)))


class CellLeaves:
    """The checks of one table's columns with JSON; its rows come paired."""

    def __init__(self, table: TablePromise, place: Place, search: Search) -> None:
        self._search = search
        self._columns = [_Column(table, column, place) for column in table.columns if column.leaves]

    def take(self, before: pa.RecordBatch, after: pa.RecordBatch, first_row: int) -> None:
        """See n rows of both sides."""
        for column in self._columns:
            column.take(before[column.name], after[column.name], first_row, self._search)

    def finish(self) -> Iterator[Problem]:
        """What is wrong."""
        for column in self._columns:
            yield from column.finish()


class _Column:
    def __init__(self, table: TablePromise, column: ColumnPromise, place: Place) -> None:
        self.name = column.name
        self._paths = [read_path(leaf.path) for leaf in column.leaves]
        self._place = Place(place.file, table.name, column.name)
        numbers = [*range(len(column.leaves)), OTHERS, UNREADABLE]
        told = dict(zip(numbers, _all(column), strict=True))
        self._told = {number: _table(table, each) for number, each in told.items()}
        self._pairs = {n: ColumnPair(t.columns[0], self._place, searched=True) for n, t in self._told.items()}
        self._checks = {n: (Mapping(Promises((t,))), Redetection()) for n, t in self._told.items()}
        self._seen: dict[int, int] = defaultdict(lambda: 1)
        self._problems: dict[str, Problem] = {}

    def take(self, before: pa.Array, after: pa.Array, first_row: int, search: Search) -> None:
        found: dict[int, list[Leaf]] = defaultdict(list)
        for row, (old, new) in enumerate(zip(as_text(before).to_pylist(), as_text(after).to_pylist(), strict=True)):
            if not old or new is None:
                if (old or None) != (new or None) and not old:
                    self._report("a NULL or an empty cell came or went", first_row + row)
                continue
            try:
                for leaf in leaves(old, new, self._paths):
                    found[leaf.path].append(leaf)
                    if self._told[leaf.path].columns[0].fate == "kept" and not leaf.same:
                        self._report("a value inside of a cell that was to be kept has changed", first_row + row)
            except ChangedError:
                self._report("the bytes around the values inside of a cell have changed", first_row + row)
        for number, values in found.items():
            self._compare(number, values, search)

    def _compare(self, number: int, values: list[Leaf], search: Search) -> None:
        table = self._told[number]
        name = table.columns[0].name
        old = pa.RecordBatch.from_arrays([text_column([leaf.before for leaf in values])], [name])
        new = pa.RecordBatch.from_arrays([text_column([leaf.after for leaf in values])], [name])
        cells = {name: Cells(old[name])}, {name: Cells(new[name])}
        search.take(table.name, *cells)
        self._pairs[number].take(cells[0][name], cells[1][name], self._seen[number])
        for check in self._checks[number]:
            check.take(table, old, new, self._seen[number])
        self._seen[number] += len(values)

    def finish(self) -> Iterator[Problem]:
        yield from self._problems.values()
        for number, pair in self._pairs.items():
            found = [*pair.finish()]
            for check in self._checks[number]:
                found += check.finish()
            yield from (replace(problem, place=self._place) for problem in found)

    def _report(self, message: str, row: int) -> None:
        known = self._problems.get(message)
        place = known.place if known else replace(self._place, row=row)
        self._problems[message] = Problem("mismatch", message, place, known.cells + 1 if known else 1)


def _all(column: ColumnPromise) -> list[LeafPromise]:
    """The promises for what is inside of a column: by path, for all others, and for cells that cannot be read."""
    if not column.leaves or column.others is None or column.unread is None:
        return []
    return [*column.leaves, column.others, column.unread]


def _table(table: TablePromise, leaf: LeafPromise) -> TablePromise:
    names = {name: getattr(leaf, name) for name in LeafPromise.__match_args__ if name not in ("column", "path")}
    column = ColumnPromise(name="value", nulls_kept=False, **names)
    return TablePromise(f"{table.name}.{leaf.column}{leaf.path[1:]}", table.file, (column,))
