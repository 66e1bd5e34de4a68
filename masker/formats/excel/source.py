"""A workbook as a source: each visible sheet a table of text columns, its rows in batches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow as pa

from masker.columns import Bools, booleans
from masker.errors import InputError, Place
from masker.formats.excel.book import Book, Cell
from masker.formats.excel.container import ZIP
from masker.formats.excel.layout import Layout, layout_of, table_name
from masker.formats.excel.xlsx import XlsxBook
from masker.snapshot import Part, Rows, Table
from masker.streams import InputFile

BATCH_ROWS = 1 << 13
COPY_SUFFIX = ".xlsx"


@dataclass(frozen=True, slots=True)
class Origin:
    """The cells of a batch: the number of each row, and its cells in the order of the table's columns."""

    numbers: tuple[int, ...]
    cells: tuple[tuple[Cell | None, ...], ...]


class ExcelSource:
    """One workbook, all of whose rows were looked through once."""

    def __init__(self, file: InputFile, *, has_header: bool = True) -> None:
        self.book = _opened(file)
        self.is_xlsx = isinstance(self.book, XlsxBook)
        place = Place(file.path.name)
        sheets = self.book.sheets
        found = []
        for sheet in sheets:
            name = table_name(sheet.name, file.table_name, alone=len(sheets) == 1)
            found.append((sheet, layout_of(sheet, name, Place(place.file, sheet.name), has_header=has_header)))
        self.sheets = [(sheet, layout) for sheet, layout in found if layout is not None]
        if not self.sheets:
            raise InputError("unsupported", "no visible sheet of the workbook has a cell", place=place)
        self._empty = len(found) - len(self.sheets)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables, in the order of the sheets."""
        return tuple(
            Table(layout.name, pa.schema([(name, pa.string()) for name in layout.columns.values()]))
            for _, layout in self.sheets
        )

    @property
    def notices(self) -> tuple[str, ...]:
        """What a copy lacks."""
        beside = dict.fromkeys(what for _, layout in self.sheets for what in layout.dropped)
        told = [f"the copy has no {what}" for what in dict.fromkeys((*self.book.dropped, *beside))]
        told += [f"{self._empty} sheets without cells are left out"] if self._empty else []
        return (*told, *(notice for _, layout in self.sheets for notice in layout.notices))

    @property
    def has_tag(self) -> bool:
        """Whether the workbook is a copy of masker's."""
        return self.book.has_tag

    def parts(self, table: str | None = None) -> Iterator[Part]:
        """Stream the rows, sheet after sheet. Raises `InputError`."""
        for sheet, layout in self.sheets:
            if table is not None and table != layout.name:
                continue
            numbers: list[int] = []
            cells: list[tuple[Cell | None, ...]] = []
            yield _rows(layout, numbers, cells)  # tells the writer which columns a sheet has, though it has no rows
            for row in sheet.rows():
                if row.number <= layout.header:
                    continue
                if not row.cells.keys() <= layout.columns.keys():
                    raise InputError("malformed", "the file changed while it was read", place=Place(table=layout.name))
                numbers.append(row.number)
                cells.append(tuple(map(row.cells.get, layout.columns)))
                if len(cells) == BATCH_ROWS:
                    yield _rows(layout, numbers, cells)
                    numbers, cells = [], []
            if cells:
                yield _rows(layout, numbers, cells)

    def without(self, rows: Rows, left_out: Bools, *, first: bool) -> Part:
        """The rows that stay; their copies stand one below the other."""
        origin = rows.origin
        if not isinstance(origin, Origin):
            raise TypeError("rows that did not come from a workbook")
        stay = [i for i, out in enumerate(left_out) if not out]
        left = Origin(tuple(origin.numbers[i] for i in stay), tuple(origin.cells[i] for i in stay))
        return replace(rows, batch=rows.batch.filter(booleans(~left_out)), origin=left)


def _opened(file: InputFile) -> Book:
    if file.compression:
        raise InputError("unsupported", "a workbook inside another compression", "inflate it", Place(file.path.name))
    suffix = file.path.suffix.lower()
    with file.open() as stream:
        is_zip = stream.read(len(ZIP)) == ZIP
    if suffix in (COPY_SUFFIX, ".xlsm") or (is_zip and suffix == ".xls"):  # Excel opens both under the older name
        return XlsxBook(file)
    from masker.formats.excel.older import OlderBook

    return OlderBook(file)


def _rows(layout: Layout, numbers: list[int], cells: list[tuple[Cell | None, ...]]) -> Rows:
    columns = [
        pa.array([None if (cell := row[place]) is None else cell.text for row in cells], pa.string())
        for place in range(len(layout.columns))
    ]
    batch = pa.RecordBatch.from_arrays(columns, list(layout.columns.values()))
    return Rows(layout.name, batch, Origin(tuple(numbers), tuple(cells)))
