"""The verifier's reader of workbooks: each visible sheet with cells a table, its columns as text with their kinds.

The header is the first row that says the promised names in their order; nothing may stand beside the columns below it.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.parsers import expat

import numpy as np
import pyarrow as pa

from masker.errors import GateError, InputError, MaskerError, Place
from masker.verify import workbook_cells as cells
from masker.verify.ods_cells import ods_rows, ods_sheets
from masker.verify.opening import Where
from masker.verify.reading import KIND, ROWS, Reader, Reading, Said, Tables
from masker.verify.texts import text_column
from masker.verify.xlsb_cells import xlsb_rows, xlsb_sheets

_UNNAMED = re.compile(r"column [1-9][0-9]*\Z")
_SHEETS: dict[str, Callable[[Path], list[str]]] = {
    "xlsx": cells.calamine_sheets,
    "xls": cells.xlrd_sheets,
    "ods": ods_sheets,
    "xlsb": xlsb_sheets,
}
_ROWS: dict[str, Callable[[Path, str], cells.Grid]] = {
    "xlsx": cells.calamine_rows,
    "xls": cells.xlrd_rows,
    "ods": ods_rows,
    "xlsb": xlsb_rows,
}


def open_workbook(where: Where, reading: Reading) -> Tables:
    """Open a workbook; raises `InputError` (`unsupported`, `malformed`)."""
    if not isinstance(where, Path) or where.suffix.lower() in (".gz", ".zst", ".bz2"):
        raise InputError("unsupported", "a workbook that is no file of its own", place=Place(file=where.name))
    kind = cells.kind_of(where)
    return WorkbookTables(where, kind, has_header=reading.header)


class WorkbookTables:
    """The sheets of one workbook that have cells."""

    def __init__(self, path: Path, kind: str, *, has_header: bool) -> None:
        self._path, self._kind, self._has_header = path, kind, has_header
        with _reading(Place(file=path.name)):
            sheets = _SHEETS[kind](path)
            self._sheets = tuple(name for name in sheets if next(_ROWS[kind](path, name), None) is not None)

    @property
    def dialect(self) -> str:
        """None: a workbook has no statements."""
        return ""

    @property
    def names(self) -> tuple[str, ...]:
        """The sheets with cells."""
        return self._sheets

    def reader(self, table: str, columns: tuple[str, ...]) -> Reader:
        """Open the sheet of a table; raises `GateError` (`mismatch`)."""
        sheet = self.full_name(table)
        if not sheet:
            raise GateError("mismatch", "the table is missing", place=Place(self._path.name, table))
        return WorkbookReader(self._path, self._kind, sheet, columns, has_header=self._has_header)

    def full_name(self, table: str) -> str:
        """The sheet of a table; a workbook of one sheet may have a table with another name."""
        if table in self._sheets:
            return table
        return self._sheets[0] if len(self._sheets) == 1 else ""

    def said(self) -> Iterator[Said]:
        """Nothing: what a copy has beside cells is looked at as a container."""
        return iter(())


class WorkbookReader:
    """The rows of one sheet below its header."""

    def __init__(self, path: Path, kind: str, sheet: str, columns: tuple[str, ...], *, has_header: bool) -> None:
        self._path, self._kind, self._sheet, self._names = path, kind, sheet, columns
        self._place = Place(path.name, sheet)
        with _reading(self._place):
            self._header, used = self._find() if has_header else self._without_header()
        if len(used) != len(columns):
            raise GateError("mismatch", "the columns are not those that were promised", place=self._place)
        self._columns = used

    def records(self) -> int:
        """Rows with values, counted by another library than reads them."""
        with _reading(self._place):
            if self._kind == "xlsx":
                return cells.counted(self._path, self._sheet, self._header)
            return sum(number > self._header for number, _ in cells.calamine_rows(self._path, self._sheet))

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows; raises `InputError`."""
        held: list[list[object]] = []
        with _reading(self._place):
            for number, row in _ROWS[self._kind](self._path, self._sheet):
                if number > self._header:
                    held.append([row.get(column) for column in self._columns])
                if len(held) == ROWS:
                    yield self._batch(held)
                    held = []
            if held:
                yield self._batch(held)

    def _find(self) -> tuple[int, list[int]]:
        header, used = -1, set[int]()
        for number, row in _ROWS[self._kind](self._path, self._sheet):
            if header >= 0:
                used.update(row)
                continue
            said = [cells.form(value) for _, value in sorted(row.items())]
            rest = [name for name in self._names if name not in said]
            if said == [name for name in self._names if name in said] and all(map(_UNNAMED.match, rest)):
                header = number
                used.update(row)
        if header < 0:
            raise GateError("mismatch", "the columns are not those that were promised", place=self._place)
        return header, sorted(used)

    def _without_header(self) -> tuple[int, list[int]]:
        return -1, sorted({column for _, row in _ROWS[self._kind](self._path, self._sheet) for column in row})

    def _batch(self, rows: list[list[object]]) -> pa.RecordBatch:
        texts, kinds = [], []
        for values in zip(*rows, strict=True):
            texts.append(text_column([*map(cells.form, values)]))
            kind = np.fromiter(map(cells.kind, values), dtype=np.uint8, count=len(values))
            kinds.append(pa.Array.from_buffers(pa.uint8(), len(kind), [None, pa.py_buffer(kind)]))
        return pa.RecordBatch.from_arrays([*texts, *kinds], [*self._names, *(KIND + name for name in self._names)])


@contextmanager
def _reading(place: Place) -> Iterator[None]:
    """Turn what the libraries raise at a bad file into `InputError`, without its text; a panic is no `Exception`."""
    try:
        yield
    except (MaskerError, GeneratorExit, KeyboardInterrupt, SystemExit):
        raise
    except ImportError:
        message = "verifying workbooks needs python-calamine, and xlrd for .xls"
        raise InputError("unsupported", message, "`pip install python-calamine xlrd`", place) from None
    except (zipfile.BadZipFile, expat.ExpatError):
        raise InputError("malformed", "this is no workbook, or a damaged one", place=place) from None
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise InputError("malformed", "the workbook is damaged", place=place) from None
        raise
