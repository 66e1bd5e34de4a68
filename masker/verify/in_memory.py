"""Holds a masked table in memory to its promises: rows, kept cells, NULLs, masked cells that equal their original."""

import pyarrow as pa

from masker.errors import Place
from masker.promises import Promises, TablePromise
from masker.verify.cells import Cells
from masker.verify.column_pair import ColumnPair
from masker.verify.problems import Problem, Verification
from masker.verify.search import Search
from masker.verify.spill import Spill


def examine_table(promise: TablePromise, before: pa.Table, after: pa.Table) -> Verification:
    """Compare a table with its masked copy, column by column; the result lists what is wrong, never a value."""
    place = Place(table=promise.name)
    wanted = [column for column in promise.columns if column.fate != "dropped"]
    if before.num_rows != after.num_rows or after.schema.names != [column.name for column in wanted]:
        return Verification((Problem("mismatch", "the copy has other rows or columns", place),), 1, 0, {})
    problems: list[Problem] = []
    unchanged: dict[tuple[str, str], int] = {}
    with Spill() as spill:
        search = Search(Promises((promise,)), spill)
        for column in promise.columns:
            old = {column.name: Cells(before[column.name].combine_chunks())}
            new = {column.name: Cells(after[column.name].combine_chunks())} if column in wanted else {}
            search.take(promise.name, old, new)
            if column in wanted:
                searched = search.covers(promise.name, column.name)
                pair = ColumnPair(column, Place(table=promise.name, column=column.name), searched=searched)
                pair.take(old[column.name], new[column.name], 1)
                problems += pair.finish()
                unchanged[promise.name, column.name] = pair.unchanged
        problems += search.finish()
    checks = len(promise.columns) + 1
    return Verification(tuple(problems), checks, before.num_rows, unchanged, search.searched, search.by_chance)
