"""How rows are written in a dump: the same on both sides around every cell, whatever stands in the cells."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.errors import Place
from masker.promises import TablePromise
from masker.verify.dump_cells import NUMERIC, QUOTED, is_number, with_nulls
from masker.verify.problems import Problem
from masker.verify.reading import FORM, LEAD
from masker.verify.texts import validity

_CELL = "a cell is not written in the form that it has in SOURCE"
_ROW = "rows are not written as in SOURCE"


class Forms:
    """Compares, row by row, the columns of two readers that say how rows are written; others have none."""

    def __init__(self, table: TablePromise, place: Place) -> None:
        self._place = place
        self._columns = [column.name for column in table.columns if column.fate == "masked"]
        self._found: dict[str, Problem] = {}

    def take(self, old: pa.RecordBatch, new: pa.RecordBatch, first_row: int) -> None:
        """Check n rows of both sides; `first_row` is the 1-based number of the first."""
        names = {*old.schema.names} & {*new.schema.names}
        for name in self._columns:
            if FORM + name in names:
                self._cells(old, new, name, first_row)
        for name in (FORM, LEAD):
            if name in names:
                self._report(old[name], new[name], first_row, _ROW, None)

    def _cells(self, old: pa.RecordBatch, new: pa.RecordBatch, name: str, first_row: int) -> None:
        before, after = old[FORM + name], new[FORM + name]
        if before.equals(after):
            return
        # What is no number any more cannot stand bare.
        codes = _numbers(after).copy()
        for row in np.flatnonzero((_numbers(before) == NUMERIC) & (codes == QUOTED) & validity(before)):
            if not is_number(str(new[name][int(row)].as_py())):
                codes[row] = NUMERIC
        self._report(before, with_nulls(codes, validity(after)), first_row, _CELL, name)

    def finish(self, *, all_there: bool) -> list[Problem]:
        """What is wrong; where rows were left out (not `all_there`), others may have come to stand first."""
        return [problem for key, problem in self._found.items() if all_there or key != _ROW]

    def _report(self, old: pa.Array, new: pa.Array, first_row: int, message: str, column: str | None) -> None:
        if old.equals(new):
            return
        rows = np.flatnonzero((_numbers(old) != _numbers(new)) & validity(old) & validity(new))
        if not len(rows):
            return
        place = Place(self._place.file, self._place.table, column, first_row + int(rows[0]))
        key = message if column is None else message + column
        known = self._found.get(key)
        cells = len(rows) + (known.cells if known else 0)
        self._found[key] = Problem("mismatch", message, known.place if known else place, cells)


def _numbers(column: pa.Array) -> npt.NDArray[np.uint32]:
    values = np.frombuffer(column.buffers()[1], dtype=np.uint32)
    return np.asarray(values[column.offset : column.offset + len(column)])
