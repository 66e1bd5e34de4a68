"""The shape of a check that watches all rows of SOURCE and copy go by, and says in the end what is wrong."""

from collections.abc import Iterable, Mapping
from typing import Protocol, runtime_checkable

import pyarrow as pa

from masker.promises import TablePromise
from masker.verify.cells import Cells
from masker.verify.problems import Problem


class Check(Protocol):
    """Fed with every table in step, batch by batch, in bounded memory."""

    def take(self, table: TablePromise, before: pa.RecordBatch, after: pa.RecordBatch, first_row: int) -> None:
        """See n rows of both sides; `first_row` is the 1-based number of the first of them.

        `before` has all columns of the table, `after` those that are not dropped, in types of the readers' own.
        """
        ...

    def finish(self) -> Iterable[Problem]:
        """What is wrong, after the last row of the last table."""
        ...


@runtime_checkable
class CellCheck(Check, Protocol):
    """A check that asks of cells what others ask too, and shares with them what was worked out."""

    def take_cells(self, table: TablePromise, before: Mapping[str, Cells], after: Mapping[str, Cells]) -> None:
        """See n rows of both sides, by column name; in the place of `take`."""
        ...
