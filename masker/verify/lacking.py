"""The rows of a copy with the columns that were to be dropped, as far as a check has to see them.

A file of one table lacks them. A dump keeps them, since its DDL still has them: NULL throughout. A database may not
have one at all, since a version comment (`/*!50705 … */`) declares it for other servers: there it is given as NULL.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from masker.promises import TablePromise
from masker.verify.opening import Where
from masker.verify.reading import DECLARING, Declares, Files, Reader, Reading, Tables
from masker.verify.texts import text_column


def copy_reader(files: Files, where: Where, reading: Reading, table: TablePromise) -> Reader:
    """Open a table of a copy; raises as `Files.reader` does."""
    if reading.format not in DECLARING:
        return files.reader(where, reading, tuple(c.name for c in table.columns if c.fate != "dropped"), table.name)
    gone = _lacked(table, files.tables(where, reading))
    reader = files.reader(where, reading, tuple(c.name for c in table.columns if c.name not in gone), table.name)
    return Lacking(reader, gone) if gone else reader


def _lacked(table: TablePromise, there: Tables | None) -> frozenset[str]:
    """The dropped columns of a table that its copy does not declare."""
    declared = there.declared(table.name) if isinstance(there, Declares) else None
    if declared is None:
        return frozenset()
    have = {column.name.casefold() for column in declared}
    return frozenset(c.name for c in table.columns if c.fate == "dropped" and c.name.casefold() not in have)


@dataclass(frozen=True, slots=True)
class Lacking:
    """A reader with columns beside its own that are NULL in every row."""

    reader: Reader
    names: frozenset[str]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows with all columns."""
        for batch in self.reader.batches():
            nothing = text_column([None] * batch.num_rows)
            columns = dict(zip(batch.schema.names, batch.columns, strict=True))
            columns |= dict.fromkeys(sorted(self.names), nothing)
            yield pa.RecordBatch.from_arrays([*columns.values()], [*columns])

    def records(self) -> int:
        """The number of records."""
        return self.reader.records()
