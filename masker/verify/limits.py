"""Whether masked cells keep to what the copy's own DDL declares: lengths, lists of values, NOT NULL.

A cell that breaks a rule which its original kept would stop the copy from loading. What SOURCE breaks already (servers
that are not strict let it) is not held against the copy.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.errors import Place
from masker.promises import TablePromise
from masker.verify.bits import true
from masker.verify.cells import Cells
from masker.verify.dump_ddl import Declared
from masker.verify.problems import Problem
from masker.verify.texts import text_column, validity

Bools = npt.NDArray[np.bool_]
_TOO_LONG = "a masked cell is longer than its column is declared"
_NOT_LISTED = "a masked cell is none of the values that its column may have"
_NULL = "a masked cell is NULL in a column that may not be"


class Limits:
    """Watches the masked columns of one table that its DDL limits."""

    def __init__(self, table: TablePromise, declared: tuple[Declared, ...], place: Place) -> None:
        changed = {column.name for column in table.columns if column.fate != "kept"}
        self._place = place
        self._declared = [column for column in declared if column.name in changed]
        self._allowed = {
            column.name: text_column(column.values) for column in self._declared if column.values is not None
        }
        self._found: dict[tuple[str, str], Problem] = {}

    def take(self, before: Mapping[str, Cells], after: Mapping[str, Cells], first_row: int) -> None:
        """Check n rows; `first_row` is the 1-based number of the first."""
        for column in self._declared:
            old, new = before[column.name].column, after[column.name].column
            if not (pa.types.is_string(old.type) and pa.types.is_string(new.type)):
                continue
            if column.not_null:
                self._report(column.name, _NULL, ~validity(new) & validity(old), first_row)
            if column.length is not None:
                over = _longer(new, column.length)
                if over.any():
                    self._report(column.name, _TOO_LONG, over & ~_longer(old, column.length), first_row)
            if column.values is not None:
                stray = _stray(new, self._allowed[column.name])
                if stray.any():
                    self._report(column.name, _NOT_LISTED, stray & ~_stray(old, self._allowed[column.name]), first_row)

    def finish(self) -> list[Problem]:
        """The first broken limit of each kind, by column."""
        return [*self._found.values()]

    def _report(self, column: str, message: str, broken: Bools, first_row: int) -> None:
        if broken.any():
            place = Place(self._place.file, self._place.table, column, first_row + int(broken.argmax()))
            known = self._found.get((column, message))
            cells = int(broken.sum()) + (known.cells if known else 0)
            self._found[column, message] = Problem("mismatch", message, known.place if known else place, cells)


def _longer(text: pa.Array, length: int) -> Bools:
    # Blanks at the end do not count: servers cut them, or pad with them.
    characters = pc.utf8_length(pc.utf8_rtrim(text, characters=" "))
    values = np.frombuffer(characters.buffers()[1], dtype=np.int32)[characters.offset : characters.offset + len(text)]
    return np.asarray((values > length) & validity(text))


def _stray(text: pa.Array, allowed: pa.Array) -> Bools:
    known = true(pc.is_in(text, options=pc.SetLookupOptions(value_set=allowed)))
    return np.asarray(~known & validity(text))
