"""What leads from rows to rows of other tables, found by the verifier's own code.

Foreign keys, keys inside of cells, and keys whose table another cell names. A key to a table leads to its partitions
too. NULL leads nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.promises import TablePromise
from masker.verify.cell_keys import keys_in
from masker.verify.cells import Cells
from masker.verify.fingerprints import Prints, mixed
from masker.verify.row_keys import Flags, canonical
from masker.verify.spelled import spelled_prints
from masker.verify.texts import as_text, text_column, validity

Numbers = npt.NDArray[np.int64]
Ignored = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Lead:
    """Rows of a table lead to rows of `table` that have in `ref` what they have in `columns`.

    `inside`: at this path of the cell. `among` (a column and a word): only rows that have the word there.
    """

    table: str
    ref: tuple[str, ...]
    columns: tuple[str, ...]
    inside: str = ""
    among: tuple[str, str] = ("", "")

    @property
    def reads(self) -> set[str]:
        """The columns that say where it leads."""
        return {*self.columns, self.among[0]} - {""}


def leads_of(tables: Sequence[TablePromise]) -> dict[str, list[Lead]]:
    """The leads out of each table, to tables that were promised."""
    found: dict[str, list[Lead]] = {}
    for table in tables:
        leads = [Lead(key.table, key.ref, key.columns) for key in table.foreign_keys]
        leads += [Lead(key.table, (key.ref,), (key.column,), key.path) for key in table.held]
        for key in table.typed:
            leads += [Lead(to, (ref,), (key.id,), among=(key.type, word)) for word, to, ref in key.targets]
        found[table.name] = [
            Lead(to.name, lead.ref, lead.columns, lead.inside, lead.among)
            for lead in leads
            for to in tables
            if lead.table in _with_wholes(to, tables)
        ]
    return found


def _with_wholes(table: TablePromise, tables: Sequence[TablePromise]) -> set[str]:
    """The names of a table and of all that it is a partition of."""
    names = {table.name}
    for _ in tables:
        names |= {each.part_of for each in tables if each.name in names}
    return names - {""}


def ignored(table: TablePromise) -> Ignored:
    """What does not tell values apart, by column."""
    return {column.name: column.ignores for column in table.columns}


def target(batch: pa.RecordBatch, ref: Sequence[str], ignores: Ignored) -> tuple[Prints, Flags]:
    """A fingerprint a row of what leads may lead to, and whether there is one; both of shape (n,)."""
    prints = np.zeros(batch.num_rows, dtype=np.uint64)
    valid = np.ones(batch.num_rows, dtype=np.bool_)
    for name in ref:
        text = canonical(batch[name])
        prints = mixed(prints, spelled_prints(Cells(text), ignores.get(name, ())))
        valid &= validity(text)
    return prints, valid


def origin(batch: pa.RecordBatch, lead: Lead, ignores: Ignored) -> tuple[Numbers, Prints]:
    """The rows that lead somewhere, each as often as it does, and the fingerprints of what to; shape (k,)."""
    if lead.inside:
        return _inside(batch, lead, ignores)
    prints, valid = target(batch, lead.columns, ignores)
    column, word = lead.among
    if column:
        valid &= np.fromiter(
            (cell == word for cell in as_text(batch[column]).to_pylist()), dtype=np.bool_, count=batch.num_rows
        )
    rows = np.flatnonzero(valid)
    return rows, prints[rows]


def _inside(batch: pa.RecordBatch, lead: Lead, ignores: Ignored) -> tuple[Numbers, Prints]:
    name = lead.columns[0]
    pairs: list[tuple[int, str]] = []
    for row, cell in enumerate(as_text(batch[name]).to_pylist()):
        found = keys_in(cell, lead.inside, (lead.inside,))
        pairs += [(row, key) for key in (found.keys if found else ())]
    keys = pa.RecordBatch.from_arrays([text_column([key for _, key in pairs])], [name])
    prints, _ = target(keys, (name,), ignores)
    return np.fromiter((row for row, _ in pairs), dtype=np.int64, count=len(pairs)), prints
