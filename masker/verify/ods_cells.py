"""The verifier's reading of OpenDocument sheets (OASIS OpenDocument 1.3 part 3, section 9), from `content.xml`."""

import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_NUMBERS = ("float", "percentage", "currency")


def ods_sheets(path: Path) -> list[str]:
    """The visible sheets, in order."""
    hidden: set[str] = set()
    names: list[str] = []
    for event, element in _events(path):
        if element.tag == _STYLE + "table-properties" and element.get(_TABLE + "display") == "false":
            hidden.add("")
        elif element.tag == _STYLE + "style" and event == "end":
            if "" in hidden:
                hidden = {*hidden - {""}, element.get(_STYLE + "name", "?")}
        elif element.tag == _TABLE + "table" and event == "start":
            if element.get(_TABLE + "style-name") not in hidden:
                names.append(element.get(_TABLE + "name", ""))
        elif element.tag == _TABLE + "table-row" and event == "end":
            element.clear()
    return names


def ods_rows(path: Path, sheet: str) -> Iterator[tuple[int, Mapping[int, object]]]:
    """The rows with values of a sheet, repeated ones as often as they are; errors are no values."""
    inside, number = False, 0
    for event, element in _events(path):
        if element.tag == _TABLE + "table":
            if inside and event == "end":
                return
            inside = inside or element.get(_TABLE + "name") == sheet
        elif element.tag == _TABLE + "table-row" and event == "end":
            if inside:
                values = _values(element)
                count = int(element.get(_TABLE + "number-rows-repeated", "1"))
                if values:
                    yield from ((number + i, values) for i in range(count))
                number += count
            element.clear()


def _values(row: ElementTree.Element) -> dict[int, object]:
    found: dict[int, object] = {}
    column = 0
    for cell in row:
        count = int(cell.get(_TABLE + "number-columns-repeated", "1"))
        value = _value(cell) if cell.tag in (_TABLE + "table-cell", _TABLE + "covered-table-cell") else None
        if value is not None and value != "":
            found.update(dict.fromkeys(range(column, column + count), value))
        column += count
    return found


def _value(cell: ElementTree.Element) -> object:
    kind = cell.get(_OFFICE + "value-type")
    if kind in _NUMBERS:
        return float(cell.get(_OFFICE + "value", ""))
    if kind == "boolean":
        return cell.get(_OFFICE + "boolean-value") == "true"
    if kind == "date":
        return datetime.fromisoformat(cell.get(_OFFICE + "date-value", ""))
    if kind == "time":
        return _duration(cell.get(_OFFICE + "time-value", ""))
    if kind != "string":
        return None
    said = cell.get(_OFFICE + "string-value")
    return said if said is not None else "\n".join(_text(part) for part in cell if part.tag == _TEXT + "p")


def _text(element: ElementTree.Element) -> str:
    """The text of a paragraph, with its blanks, tabs and line breaks."""
    text = element.text or ""
    for part in element:
        if part.tag == _TEXT + "s":
            text += " " * int(part.get(_TEXT + "c", "1"))
        elif part.tag in (_TEXT + "tab", _TEXT + "line-break"):
            text += "\t" if part.tag == _TEXT + "tab" else "\n"
        elif part.tag != _OFFICE + "annotation":
            text += _text(part)
        text += part.tail or ""
    return text


def _duration(text: str) -> object:
    hours, minutes, seconds = text.removeprefix("PT").removesuffix("S").replace("H", " ").replace("M", " ").split()
    length = timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds.replace(",", ".")))
    return (datetime.min + length).time() if length < timedelta(days=1) else length


def _events(path: Path) -> Iterator[tuple[str, ElementTree.Element]]:
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as part:
        yield from ElementTree.iterparse(part, ("start", "end"))
