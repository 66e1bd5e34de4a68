"""The shape of a check that watches all rows of SOURCE and copy go by, and says in the end what is wrong."""

from collections.abc import Iterable
from typing import Protocol

import pyarrow as pa

from masker.promises import TablePromise
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
