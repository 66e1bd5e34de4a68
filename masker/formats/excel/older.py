"""Workbooks of other kinds (`.xls`, `.xlsb`, `.ods`), read whole by python-calamine: values without formulas.

What it does not tell is not known: comments, names, widths and number formats are left behind without a count.
"""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from masker.errors import InputError, Place
from masker.formats.excel.book import DATE, NUMBER, TEXT, TRUTH, Cell, Facts, Row
from masker.formats.excel.container import OLE, Container, local, refusing
from masker.formats.excel.extent import reaches_too_far
from masker.formats.excel.numbers import number_text
from masker.formats.excel.serials import moment_text, serial_of
from masker.streams import InputFile

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MAX_BYTES = 512 << 20  # of a file, inflated: it is read as a whole
_MANIFEST = "META-INF/manifest.xml"
_FORMATS = {date: "yyyy-mm-dd", time: "hh:mm:ss"}
_MOMENT = "yyyy-mm-dd hh:mm:ss"
_VBA = "_VBA_PROJECT".encode("utf-16-le")


class OlderBook:
    """A workbook that is read as a whole."""

    def __init__(self, file: InputFile) -> None:
        self._place = Place(file.path.name)
        macros = _check(file, self._place)
        book = _load(file, self._place)
        visible = [each for each in book.sheets_metadata if str(each.visible).endswith(".Visible")]
        sheets = [each.name for each in visible if str(each.typ).endswith(".WorkSheet")]
        self._sheets = tuple(OlderSheet(book, name, self._place) for name in sheets)
        hidden = len(book.sheets_metadata) - len(visible)
        dropped = ["formulas, comments, names, widths, links and properties: they are not read from this kind of file"]
        dropped += [f"hidden sheets (SOURCE has {hidden})"] if hidden else []
        self.dropped = (*dropped, *(["macros"] if macros else []))
        self.has_tag = False

    @property
    def sheets(self) -> "tuple[OlderSheet, ...]":
        """The visible worksheets in order."""
        return self._sheets


@dataclass(frozen=True)
class OlderSheet:
    """One worksheet."""

    book: "CalamineWorkbook"
    name: str
    place: Place

    def rows(self, facts: Facts | None = None) -> Iterator[Row]:
        """The rows with values, from the top; nothing is known for `facts`."""
        with _reading(self.place):
            sheet = self.book.get_sheet_by_name(self.name)
            if sheet.start is None:
                return
            left = sheet.start[1]
            for number, row in enumerate(sheet.iter_rows()):
                found = {left + i: cell for i, value in enumerate(row) if (cell := _cell(value)) is not None}
                if found:
                    yield Row(number, found)


def _cell(value: object) -> Cell | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return Cell(TRUTH, "true" if value else "false", str(int(value)))
    if isinstance(value, str):
        return Cell(TEXT, value, value)
    if isinstance(value, timedelta):
        value = value / timedelta(days=1)
    if isinstance(value, int | float):
        if not math.isfinite(value):
            return None
        raw = repr(value).removesuffix(".0")
        return Cell(NUMBER, number_text(raw), raw)
    if isinstance(value, date | time):
        text = moment_text(value)
        serial = serial_of(text)
        format_ = _FORMATS.get(type(value), _MOMENT)
        return Cell(TEXT, text, text) if serial is None else Cell(DATE, text, serial, format_)
    raise TypeError("a value of an unknown type")


def _check(file: InputFile, place: Place) -> bool:
    """Refuse what is encrypted or inflates too far; whether the file has macros."""
    with file.open() as stream:
        is_ole = stream.read(len(OLE)) == OLE
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        if is_ole:
            if size > MAX_BYTES:
                raise _too_large(place)
            return _VBA in stream.read()
        with refusing(place):
            container = Container(file, stream)
            if container.inflated > MAX_BYTES:
                raise _too_large(place)
            if container.has(_MANIFEST) and any(
                local(element.tag) == "encryption-data" for _, element in container.events(_MANIFEST)
            ):
                raise InputError("unsupported", "the workbook is encrypted", "save it without a password", place)
            if reaches_too_far(container):
                raise _too_large(place)
            return any("vba" in name.lower() or name.startswith("Basic/") for name in container.names)


def _too_large(place: Place) -> InputError:
    return InputError("limit", "the workbook is too large to be read as a whole", "save it as .xlsx", place)


def _load(file: InputFile, place: Place) -> "CalamineWorkbook":
    try:
        from python_calamine import PasswordError, load_workbook
    except ImportError:
        hint = "`pip install python-calamine xlrd`, or save it as .xlsx"
        raise InputError("unsupported", "this kind of workbook needs python-calamine", hint, place) from None
    with _reading(place):
        try:
            return load_workbook(str(file.path))
        except PasswordError:
            raise InputError("unsupported", "the workbook is encrypted", "save it without a password", place) from None


@contextmanager
def _reading(place: Place) -> Iterator[None]:
    """Turn what calamine raises into `InputError`, without its text; a panic of its is no `Exception`."""
    try:
        yield
    except (InputError, GeneratorExit, KeyboardInterrupt, SystemExit):
        raise
    except MemoryError:
        raise InputError("limit", "the file needs more memory than there is", place=place) from None
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise InputError("malformed", "the workbook is damaged", "open it and save it again", place) from None
        raise
