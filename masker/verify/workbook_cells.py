"""The verifier's view of a workbook: the cells of its visible sheets, by libraries that the masking path does not use.

`.xlsx` is read by python-calamine, whose rows are counted by an XML parser; `.xls` by xlrd,
`.ods` by `ods_cells`, `.xlsb` by
`xlsb_cells`.
"""

import math
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from xml.parsers import expat

from masker.errors import InputError, Place

Grid = Iterator[tuple[int, Mapping[int, object]]]
"""Rows with values: the number of each (from 0), and its values by column (from 0)."""

_BLOCK = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0"


def kind_of(path: Path) -> str:
    """`xlsx`, `xlsb`, `ods` or `xls`, told by what is inside; raises `InputError`."""
    try:
        with path.open("rb") as file:
            if file.read(4) == _OLE:
                return "xls"
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except FileNotFoundError:
        raise InputError("not-found", "the file is missing", place=Place(file=path.name)) from None
    except (OSError, zipfile.BadZipFile):
        raise InputError("malformed", "this is no workbook, or a damaged one", place=Place(file=path.name)) from None
    if "[Content_Types].xml" in names:
        return "xlsb" if any(name.endswith("workbook.bin") for name in names) else "xlsx"
    return "ods"


def form(value: object) -> str | None:
    """A value as text: numbers in their shortest form, dates in ISO form; None where there is none."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, timedelta):
        value = value / timedelta(days=1)
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    if isinstance(value, datetime):
        value = _to_millisecond(value)
        return str(value.date()) if value.time() == time() else str(value)
    if isinstance(value, time):
        return str(_to_millisecond(datetime.combine(date(2000, 1, 1), value)).time())
    return str(value)


def kind(value: object) -> int:
    """What sort of value a cell has: 0 none, 1 text, 2 number, 3 truth, 4 a date or time."""
    if value is None or value == "":
        return 0
    if isinstance(value, bool):
        return 3
    if isinstance(value, int | float | timedelta):
        return 2
    return 4 if isinstance(value, date | time) else 1


def calamine_sheets(path: Path) -> list[str]:
    """The visible worksheets, in order."""
    from python_calamine import load_workbook

    book = load_workbook(str(path))
    return [
        each.name
        for each in book.sheets_metadata
        if str(each.visible).endswith(".Visible") and str(each.typ).endswith(".WorkSheet")
    ]


def calamine_rows(path: Path, sheet: str) -> Grid:
    """The rows of a sheet as python-calamine reads them; errors are no values."""
    from python_calamine import load_workbook

    found = load_workbook(str(path)).get_sheet_by_name(sheet)
    if found.start is None:
        return
    left = found.start[1]
    for number, row in enumerate(found.iter_rows()):
        values = {left + i: value for i, value in enumerate(row) if value != ""}
        if values:
            yield number, values


def xlrd_sheets(path: Path) -> list[str]:
    """The visible worksheets, in order."""
    import xlrd

    with xlrd.open_workbook(str(path), on_demand=True) as book:
        return [sheet.name for sheet in map(book.sheet_by_index, range(book.nsheets)) if sheet.visibility == 0]


def xlrd_rows(path: Path, sheet: str) -> Grid:
    """The rows of a sheet as xlrd reads them; errors are no values."""
    import xlrd

    with xlrd.open_workbook(str(path), on_demand=True) as book:
        found = book.sheet_by_name(sheet)
        for number in range(found.nrows):
            types, held = found.row_types(number), found.row_values(number)
            values = {
                i: _of_xls(kind_, value, book.datemode)
                for i, (kind_, value) in enumerate(zip(types, held, strict=True))
                if kind_ not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR) and value != ""
            }
            if values:
                yield number, values


def _of_xls(kind_: int, value: object, mode: int) -> object:
    import xlrd

    if kind_ == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind_ != xlrd.XL_CELL_DATE or not isinstance(value, float):
        return value
    if value < 1:
        return _to_millisecond(datetime.min + timedelta(days=value)).time()
    try:
        return xlrd.xldate.xldate_as_datetime(value, mode)
    except (xlrd.xldate.XLDateError, OverflowError, ValueError):
        return value


def counted(path: Path, sheet: str, below: int) -> int:
    """Rows with values below row `below` of a sheet of an `.xlsx` workbook, counted by its XML."""
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        count = _Count(below)
        parser = _parser(count.start, count.end, count.text)
        with archive.open(part) as file:
            while block := file.read(_BLOCK):
                parser.Parse(block, False)
            parser.Parse(b"", True)
    return count.rows


class _Count:
    def __init__(self, below: int) -> None:
        self.rows, self._below, self._at = 0, below + 1, 0
        self._holds = self._inside = self._error = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "row":
            self._at = int(attributes.get("r", self._at + 1))
            self._holds = False
        elif name == "c":
            self._error = attributes.get("t") == "e"
        elif name in ("v", "t"):
            self._inside = True

    def text(self, data: str) -> None:
        self._holds |= self._inside and not self._error and bool(data)

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name in ("v", "t"):
            self._inside = False
        elif name == "row":
            self.rows += self._holds and self._at > self._below


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Which part a sheet is, by the workbook's own list."""
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def listed(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            ids[attributes["name"]] = next(value for key, value in attributes.items() if key.endswith(":id"))
        elif name == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        _parser(listed).Parse(archive.read(part), True)
    target = targets[ids[sheet]]
    return target[1:] if target.startswith("/") else "xl/" + target


def _parser(start: object, end: object = None, text: object = None) -> expat.XMLParserType:
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise ValueError("a document type")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start  # type: ignore[assignment]
    parser.EndElementHandler = end  # type: ignore[assignment]
    parser.CharacterDataHandler = text  # type: ignore[assignment]
    parser.buffer_text = True
    return parser


def _to_millisecond(moment: datetime) -> datetime:
    rest = moment.microsecond % 1000
    return moment + timedelta(microseconds=1000 - rest if rest >= 500 else -rest)
