"""Whether a subset is closed: a key that finds its row in SOURCE finds it among the rows that stay too."""

from collections.abc import Iterable, Sequence

import pyarrow as pa

from masker.errors import Place
from masker.promises import TablePromise
from masker.verify.fingerprints import within
from masker.verify.problems import Problem
from masker.verify.row_keys import Flags, together
from masker.verify.spill import Log, Spill, slices

_AT_ONCE = 8 << 20
_End = tuple[str, tuple[str, ...]]


class Closed:
    """Sees which rows of every table stay, and says which keys would dangle; 8 bytes for each key value, spilled."""

    def __init__(self, tables: Sequence[TablePromise], spill: Spill) -> None:
        self._keys = [(table, key) for table in tables for key in table.foreign_keys]
        parents = {(key.table, key.ref) for _, key in self._keys}
        children = {(table.name, key.columns) for table, key in self._keys}
        self._there: dict[_End, Log] = {end: spill.log() for end in sorted(parents | children)}
        self._gone: dict[_End, Log] = {end: spill.log() for end in sorted(parents)}

    def see(self, table: str, batch: pa.RecordBatch, stays: Flags) -> None:
        """Take n rows of SOURCE, and which of them stay."""
        for (name, columns), log in self._there.items():
            if name == table:
                prints, valid = together([batch[column] for column in columns])
                log.add(prints[valid & stays])
                if (name, columns) in self._gone:
                    self._gone[name, columns].add(prints[valid & ~stays])

    def problems(self) -> Iterable[Problem]:
        """What dangles, after the last row of the last table."""
        for table, key in self._keys:
            child = self._there[table.name, key.columns]
            there, gone = self._there[key.table, key.ref], self._gone[key.table, key.ref]
            dangling = 0
            for first, last in slices([child, there, gone], _AT_ONCE):
                values = child.read(first, last)
                lost = within(values, gone.read(first, last)) & ~within(values, there.read(first, last))
                dangling += int(lost.sum())
            if dangling:
                place = Place(table.file or None, table.name, key.columns[0])
                yield Problem("orphans", "rows of the subset refer to rows that were left outside", place, dangling)
