"""Whether a subset is closed: a key that finds its row in SOURCE finds it among the rows that stay too."""

from collections.abc import Iterable, Sequence

import pyarrow as pa

from masker.errors import Place
from masker.promises import TablePromise
from masker.verify.fingerprints import within
from masker.verify.leads import ignored, leads_of, origin, target
from masker.verify.problems import Problem
from masker.verify.row_keys import Flags
from masker.verify.spill import Log, Spill, slices

_AT_ONCE = 8 << 20
_End = tuple[str, tuple[str, ...]]


class Closed:
    """Sees which rows of every table stay, and says which keys would dangle; 8 bytes for each key value, spilled."""

    def __init__(self, tables: Sequence[TablePromise], spill: Spill) -> None:
        self._tables = {table.name: table for table in tables}
        self._leads = [(table, lead) for table, leads in leads_of(tables).items() for lead in leads]
        self._values = [spill.log() for _ in self._leads]
        ends = sorted({(lead.table, lead.ref) for _, lead in self._leads})
        self._there: dict[_End, Log] = {end: spill.log() for end in ends}
        self._gone: dict[_End, Log] = {end: spill.log() for end in ends}

    def see(self, table: str, batch: pa.RecordBatch, stays: Flags) -> None:
        """Take n rows of SOURCE, and which of them stay."""
        ignores = ignored(self._tables[table])
        for (name, lead), log in zip(self._leads, self._values, strict=True):
            if name == table:
                rows, prints = origin(batch, lead, ignores)
                log.add(prints[stays[rows]])
        for name, ref in self._there:
            if name == table:
                prints, valid = target(batch, ref, ignores)
                self._there[name, ref].add(prints[valid & stays])
                self._gone[name, ref].add(prints[valid & ~stays])

    def problems(self) -> Iterable[Problem]:
        """What dangles, after the last row of the last table."""
        for (name, lead), values in zip(self._leads, self._values, strict=True):
            there, gone = self._there[lead.table, lead.ref], self._gone[lead.table, lead.ref]
            dangling = 0
            for first, last in slices([values, there, gone], _AT_ONCE):
                asked = values.read(first, last)
                lost = within(asked, gone.read(first, last)) & ~within(asked, there.read(first, last))
                dangling += int(lost.sum())
            if dangling:
                place = Place(self._tables[name].file or None, name, lead.columns[0])
                yield Problem("orphans", "rows of the subset refer to rows that were left outside", place, dangling)
