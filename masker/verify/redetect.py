"""The scan once more, over the copy: what identifies people in it by its values alone, though nobody said it would.

A column that was to stay as it is and turns out to hold identifiers is a leak by decision: nobody saw what is in it. A
masked column that looks like something else than planned is told, not refused: format-preserving pseudonyms of an
address look like an address.
"""

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa

from masker.errors import Place
from masker.findings import Finding
from masker.infotypes import INFOTYPES
from masker.promises import ColumnPromise, TablePromise
from masker.scan import scan
from masker.snapshot import Table
from masker.verify.problems import Problem
from masker.verify.sampling import Gathered, Sample

_LOOKED_AT = Sample(head=16, later=4, run=64)


@dataclass(frozen=True, slots=True)
class Seen:
    """A column of the copy that holds, by its values, another directly identifying infotype than the plan says."""

    table: str
    column: str
    infotype: str
    planned: str
    fate: str
    score: float


class Redetection:
    """A check of the copy alone, on a sample of some 1,000 to 2,000 rows a table; `seen` after `finish`.

    Problems (`leak`): a kept column that is `personal` by its values alone, and by values and names together, of an
    infotype that identifies a person by itself, where the plan does not name that very infotype. And (`agreement`):
    a kept column that holds, if only in some cells, an infotype of `never_keep`.
    """

    def __init__(self, never_keep: Collection[str] = ()) -> None:
        self._never_keep = frozenset(never_keep)
        self.seen: tuple[Seen, ...] = ()
        self._table: TablePromise | None = None
        self._batches: list[pa.RecordBatch] = []
        self._gathered = Gathered()
        self._problems: list[Problem] = []

    def take(self, table: TablePromise, before: pa.RecordBatch, after: pa.RecordBatch, first_row: int) -> None:
        """See n rows of the copy; SOURCE is not looked at."""
        if self._table is None or table.name != self._table.name:
            self._settle()
            self._table = table
        columns = [column.name for column in table.columns if _is_looked_at(column)]
        for start, end in _LOOKED_AT.runs(first_row, after.num_rows):
            for (rows,) in self._gathered.add(after.select(columns).slice(start, end - start)):
                self._batches.append(rows)

    def finish(self) -> list[Problem]:
        """What is wrong."""
        self._settle()
        return self._problems

    def _settle(self) -> None:
        table, batches = self._table, [*self._batches, *(rows for (rows,) in self._gathered.rest())]
        self._batches = []
        if table is None or not batches or not batches[0].num_columns:
            return
        planned = {column.name: column for column in table.columns}
        surprises = {
            finding.column: finding
            for finding in _findings(table, batches, ignore_names=True)
            if finding.decision == "personal" and _is_surprise(planned[finding.column], finding.infotype)
        }
        for name, found in surprises.items():
            told = planned[name]
            self.seen += (Seen(table.name, name, found.infotype, told.infotype, told.fate, found.score),)
        kept = {name for name in batches[0].schema.names if planned[name].fate == "kept"}
        if not kept or not (self._never_keep or kept & set(surprises)):
            return
        for finding in _findings(table, batches, ignore_names=False):
            if finding.column not in kept:
                continue
            place = Place(table.file or None, table.name, finding.column)
            for infotype in sorted(self._never_keep & {finding.infotype, *finding.contains}):
                message = f"the recipient's copies keep no `{infotype}`, and the copy holds it in a kept column"
                self._problems.append(Problem("agreement", message, place))
            by_values = surprises.get(finding.column)
            if by_values and (finding.decision, finding.infotype) == ("personal", by_values.infotype):
                message = f"the copy holds `{finding.infotype}` in a column that was to hold none"
                hint = f"mask it, or say that it is known: `{{method: keep, infotype: {finding.infotype}}}`"
                self._problems.append(Problem("leak", message, place, hint=hint))


def _findings(table: TablePromise, batches: list[pa.RecordBatch], *, ignore_names: bool) -> tuple[Finding, ...]:
    described = Table(table.name, batches[0].schema)
    joined = pa.Table.from_batches(batches).combine_chunks().to_batches()
    return scan([(described, lambda: iter(joined))], source="", ignore_names=ignore_names).tables[0].columns


def _is_looked_at(column: ColumnPromise) -> bool:
    """Not what was planned to look like an identifier: pseudonyms of one are one."""
    planned = INFOTYPES[column.infotype] if column.infotype in INFOTYPES else None
    return column.fate == "kept" or (column.fate == "masked" and not (planned and planned.direct))


def _is_surprise(planned: ColumnPromise, infotype: str) -> bool:
    return infotype in INFOTYPES and INFOTYPES[infotype].direct and planned.infotype != infotype
