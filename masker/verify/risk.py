"""How well rows of a copy hide among each other: k-anonymity, distinct l-diversity, share of unique rows.

k: the fewest rows that agree in all quasi-identifiers (L. Sweeney, "k-anonymity: a model for protecting privacy",
2002). l: the fewest different values of a sensitive column among such rows (A. Machanavajjhala et al., "l-diversity:
privacy beyond k-anonymity", 2007), in its distinct form. NULL counts as a value of its own in both. They are properties
of the copy as it stands; what an attacker knows from elsewhere they do not see.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from masker.errors import Place
from masker.infotypes import INFOTYPES
from masker.manifest import TableRisk
from masker.promises import ColumnPromise, Promises, TablePromise
from masker.requirement import Require
from masker.verify.cells import Cells
from masker.verify.fingerprints import Prints, mixed
from masker.verify.groups import Groups, Within
from masker.verify.problems import Problem
from masker.verify.spill import Spill

SENSITIVE = ("health", "ethnicity", "religion", "salary")
_NULL = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was found in one table: its risk, its rows and groups, and the shares of rows in groups below 5 and 10."""

    risk: TableRisk
    rows: int
    groups: int
    below_5: float
    below_10: float


class TableGroups:
    """The groups of one table by its quasi-identifiers, and by each sensitive column within them; spilled."""

    def __init__(self, quasi: tuple[str, ...], sensitive: tuple[str, ...], spill: Spill) -> None:
        self.quasi, self.sensitive = quasi, sensitive
        self._groups = Groups(spill)
        self._within = {name: Within(spill) for name in sensitive}

    @property
    def any(self) -> bool:
        """Whether a row was taken."""
        return self._groups.any

    def take(self, batch: pa.RecordBatch) -> None:
        """Add n rows of the copy."""
        self.take_cells({name: Cells(batch[name]) for name in (*self.quasi, *self.sensitive)})

    def take_cells(self, rows: Mapping[str, Cells]) -> None:
        """Add n rows of the copy, by column name; there is at least one quasi-identifier."""
        prints = np.zeros(len(rows[self.quasi[0]].column), dtype=np.uint64)
        for name in self.quasi:
            prints = mixed(prints, _prints(rows[name]))
        self._groups.add(prints)
        for name, within in self._within.items():
            within.add(prints, _prints(rows[name]))

    def figures(self) -> Figures:
        """The figures over all rows taken; after it nothing is held any more."""
        rows = groups = 0
        smallest: list[int] = []
        below = dict.fromkeys((2, 5, 10), 0)
        for counts in self._groups.counts():
            rows, groups = rows + int(counts.sum()), groups + len(counts)
            smallest += [int(counts.min())] if len(counts) else []
            for limit in below:
                below[limit] += int(counts[counts < limit].sum())
        self._groups.forget()
        diverse = [int(counts.min()) for within in self._within.values() for counts in within.counts() if len(counts)]
        for within in self._within.values():
            within.forget()
        risk = TableRisk(
            self.quasi,
            self.sensitive,
            k=min(smallest, default=0),
            l=min(diverse, default=0),
            unique=_share(below[2], rows),
        )
        return Figures(risk, rows, groups, _share(below[5], rows), _share(below[10], rows))


class Risk:
    """A check of the copy's tables that have quasi-identifiers; `found` and `figures` by table after `finish`.

    Exact, in bounded memory: what does not fit lies in `spill`, one table at a time.
    """

    def __init__(self, promises: Promises, require: Mapping[str, Require], spill: Spill) -> None:
        self._tables: dict[str, TableGroups] = {}
        self._require = require
        self._places = {table.name: Place(table.file or None, table.name) for table in promises.tables}
        self.figures: dict[str, Figures] = {}
        for table in promises.tables:
            quasi, sensitive = columns_asked(table, require.get(table.name, Require()))
            if quasi:
                self._tables[table.name] = TableGroups(quasi, sensitive, spill)

    @property
    def found(self) -> dict[str, TableRisk]:
        """The risk of each table that has quasi-identifiers."""
        return {name: figures.risk for name, figures in self.figures.items()}

    def take(self, table: TablePromise, before: pa.RecordBatch, after: pa.RecordBatch, first_row: int) -> None:
        """See n rows of the copy."""
        if table.name in self._tables:
            self._settle(but=table.name)
            self._tables[table.name].take(after)

    def take_cells(self, table: TablePromise, before: Mapping[str, Cells], after: Mapping[str, Cells]) -> None:
        """See n rows of the copy."""
        if table.name in self._tables:
            self._settle(but=table.name)
            self._tables[table.name].take_cells(after)

    def finish(self) -> list[Problem]:
        """The tables that do not keep to what is required (`risk`): k, l, share found and required; never a group."""
        self._settle(but="")
        return [
            Problem("risk", message, self._places[name])
            for name, figures in self.figures.items()
            if figures.rows
            for message in broken(figures.risk, self._require.get(name, Require()))
        ]

    def _settle(self, *, but: str) -> None:
        for name in [name for name, groups in self._tables.items() if name != but and (groups.any or not but)]:
            self.figures[name] = self._tables.pop(name).figures()


def columns_asked(table: TablePromise, require: Require) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The quasi-identifiers and sensitive columns of a table, as far as its copy has them, in its own order."""
    shown = [column for column in table.columns if column.fate not in ("dropped", "nulled")]

    def named(names: tuple[str, ...] | None, column: ColumnPromise, *, by_infotype: bool) -> bool:
        return by_infotype if names is None else column.name in names

    sensitive = tuple(c.name for c in shown if named(require.sensitive, c, by_infotype=c.infotype in SENSITIVE))
    quasi = tuple(
        column.name
        for column in shown
        if named(require.quasi, column, by_infotype=_is_quasi(column.infotype) and column.name not in sensitive)
    )
    return quasi, sensitive


def broken(risk: TableRisk, require: Require) -> list[str]:
    """What of `require` a table does not keep to, in words."""
    messages = []
    if risk.k < require.k:
        messages.append(f"k is {risk.k}, required is {require.k}")
    if risk.sensitive and risk.l < require.l:
        messages.append(f"l is {risk.l}, required is {require.l}")
    if risk.unique > require.unique:
        messages.append(f"{risk.unique:.2%} of the rows are unique, allowed are {require.unique:.2%}")
    return messages


def _is_quasi(infotype: str) -> bool:
    return infotype in INFOTYPES and INFOTYPES[infotype].quasi


def _prints(cells: Cells) -> Prints:
    return np.where(cells.valid, cells.prints, _NULL) if cells.column.null_count else cells.prints


def _share(part: int, rows: int) -> float:
    return round(part / rows, 6) if rows else 0.0
