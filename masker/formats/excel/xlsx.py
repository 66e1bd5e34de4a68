"""Workbooks of Office Open XML (`.xlsx`; ECMA-376 part 1, section 18), their sheets read as streams.

Shared strings are held in memory; all else is bounded by a row.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from masker.errors import InputError, Place
from masker.formats.excel.book import DATE, ERROR, MAX_COLUMNS, MAX_ROWS, NUMBER, TEXT, TRUTH, Cell, Facts, Row
from masker.formats.excel.container import Container, Element, local, refusing
from masker.formats.excel.formulas import column_number, shifted
from masker.formats.excel.number_formats import formats_of
from masker.formats.excel.numbers import number_text
from masker.formats.excel.serials import date_text, is_date_format
from masker.label import KEY
from masker.streams import InputFile

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MACROS = ("macroEnabled", "vbaProject")
# What stands beside the cells of a sheet and says nothing by itself; all that is not here is told of.
_PLAIN = {
    "worksheet", "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "pageMargins", "pageSetup",
    "printOptions", "phoneticPr", "ignoredErrors", "autoFilter", "sheetCalcPr", "rowBreaks", "colBreaks",
}  # fmt: skip
_CALLED = {
    "mergeCells": "merged cells", "dataValidations": "validation lists", "hyperlinks": "links",
    "headerFooter": "headers and footers", "conditionalFormatting": "conditional formats", "drawing": "drawings",
    "legacyDrawing": "comments", "legacyDrawingHF": "pictures in headers", "tableParts": "table definitions",
    "picture": "backgrounds", "oleObjects": "embedded objects", "controls": "controls", "scenarios": "scenarios",
    "customSheetViews": "views of users", "protectedRanges": "protected ranges", "sheetProtection": "protections",
    "customProperties": "properties of sheets", "smartTags": "smart tags", "extLst": "extensions",
    "dataConsolidate": "consolidations", "cellWatches": "watched cells", "webPublishItems": "web publishing",
}  # fmt: skip
# Parts by the first word of their folder or file below `xl/`, as their owners would call them.
_PARTS = {
    "comments": "comments", "threadedComments": "comments", "persons": "comments", "pivotCache": "pivot tables",
    "pivotTables": "pivot tables", "media": "pictures", "charts": "charts", "chartsheets": "chart sheets",
    "externalLinks": "links to other workbooks", "connections": "data connections", "queryTables": "data connections",
    "embeddings": "embedded objects", "customXml": "custom XML", "printerSettings": "printer settings",
    "slicers": "slicers", "slicerCaches": "slicers", "ctrlProps": "controls", "activeX": "controls",
    "macrosheets": "macro sheets", "dialogsheets": "dialog sheets", "revisions": "change histories",
}  # fmt: skip


class XlsxBook:
    """An `.xlsx` workbook, read from its parts."""

    def __init__(self, file: InputFile) -> None:
        self.file, self.place = file, Place(file.path.name)
        with file.open() as stream, refusing(self.place):
            container = Container(file, stream)
            main = next((name for kind, name in container.relations("").values() if kind == "officeDocument"), "")
            if not container.has(main) or main.endswith(".bin"):
                raise InputError("unsupported", "the file is no workbook of Excel", place=self.place)
            _refuse_macros(container)
            relations = container.relations(main)
            root = container.read(main)
            parts = dict(relations.values())
            self._strings = _strings(container, parts.get("sharedStrings", ""), self.place)
            self._formats = formats_of(container, parts.get("styles", ""))
            self._dates = [is_date_format(code) for code in self._formats]
            self.from_1904 = any(
                each.get("date1904") in ("1", "true") for each in root if local(each.tag) == "workbookPr"
            )
            self._sheets, hidden = self._listed(root, relations)
            self.has_tag = _has_tag(container)
            self.dropped = tuple(_dropped(container, root, hidden))

    @property
    def sheets(self) -> "tuple[XlsxSheet, ...]":
        """The visible worksheets in order."""
        return self._sheets

    def _listed(self, root: Element, relations: dict[str, tuple[str, str]]) -> "tuple[tuple[XlsxSheet, ...], int]":
        found, hidden = [], 0
        for each in next((part for part in root if local(part.tag) == "sheets"), ()):
            id_ = next(value for key, value in each.items() if key.endswith("}id"))
            kind, part = relations[id_]
            if each.get("state", "visible") != "visible":
                hidden += 1
            elif kind == "worksheet":
                found.append(XlsxSheet(self, each.get("name", ""), part))
        return tuple(found), hidden

    def cell(self, element: Element, shared: "_Shared", at: tuple[int, int], facts: Facts) -> Cell | None:
        """The cell of a `c` element; None where it has no value."""
        kind, formula = element.get("t", "n"), ""
        value: str | None = None
        for child in element:
            name = local(child.tag)
            if name == "v":
                value = child.text or ""
            elif name == "is":
                value = _text_of(child)
            elif name == "f":
                formula = shared.formula(child, at)
        # openpyxl writes `<v/>` beside a formula that nothing has computed yet.
        if value is None or (not value and kind not in ("str", "inlineStr", "s")):
            if formula:
                facts.drop("formulas without values")
            return None
        number = int(element.get("s", "0"))
        format_ = self._formats[number] if number < len(self._formats) else ""
        if kind == "s":
            value = self._strings[int(value)]
            return Cell(TEXT, value, value, format_, formula) if value else None
        if kind in ("str", "inlineStr"):
            value = value if kind == "inlineStr" else unescaped(value)
            return Cell(TEXT, value, value, format_, formula) if value else None
        if kind == "b":
            return Cell(TRUTH, "true" if value == "1" else "false", "1" if value == "1" else "0", format_, formula)
        if kind == "e":
            return Cell(ERROR, value, value, format_, formula)
        if kind == "d":
            text = value.removesuffix("Z").replace("T", " ").removesuffix(" 00:00:00")
            return Cell(TEXT, text, text, format_, formula)
        if kind != "n":
            raise ValueError("an unknown type of cell")
        serial = float(value)
        if number < len(self._dates) and self._dates[number]:
            day = date_text(serial, from_1904=self.from_1904)
            if day is not None:
                raw = value if not self.from_1904 or serial < 1 else repr(serial + 1462)
                return Cell(DATE, day, raw, format_, formula)
        return Cell(NUMBER, number_text(value), value, format_, formula)


@dataclass(frozen=True)
class XlsxSheet:
    """One worksheet of an `.xlsx` workbook."""

    book: XlsxBook
    name: str
    part: str

    def rows(self, facts: Facts | None = None) -> Iterator[Row]:
        """The rows with values, from the top."""
        facts = facts if facts is not None else Facts()
        with self.book.file.open() as stream, refusing(Place(self.book.place.file, self.name)):
            yield from self._rows(Container(self.book.file, stream), facts)

    def _rows(self, container: Container, facts: Facts) -> Iterator[Row]:
        shared = _Shared()
        last, depth = -1, 0
        data: Element | None = None
        for event, element in container.events(self.part):
            name = local(element.tag)
            if event == "start":
                depth += 1
                if name == "sheetData":
                    data = element
                elif depth == 2 and name not in _PLAIN:
                    facts.drop(_CALLED.get(name, "parts of sheets that masker does not know"))
                continue
            depth -= 1
            if name == "row" and data is not None:
                number = int(element.get("r", last + 2)) - 1
                if not last < number < MAX_ROWS:
                    raise ValueError("rows out of order")
                last = number
                cells = self._cells(element, number, shared, facts)
                data.clear()
                if cells:
                    yield Row(number, cells)
            elif name == "col":
                _note_width(element, facts)

    def _cells(self, row: Element, number: int, shared: "_Shared", facts: Facts) -> dict[int, Cell]:
        cells: dict[int, Cell] = {}
        column = -1
        for element in row:
            where = element.get("r")
            column = column + 1 if where is None else _place_of(where, number)
            if column >= MAX_COLUMNS or column in cells:
                raise ValueError("a cell out of its place")
            cell = self.book.cell(element, shared, (number, column), facts)
            if cell is not None:
                cells[column] = cell
        return cells


@dataclass
class _Shared:
    """The formulas that cells share: each is written once, and moved to where it is used."""

    masters: dict[str, tuple[str, int, int]] = field(default_factory=dict)

    def formula(self, element: Element, at: tuple[int, int]) -> str:
        text, kind = element.text or "", element.get("t", "normal")
        if kind == "normal":
            return text or "?"
        if kind != "shared":
            return "?"
        number = element.get("si", "")
        if text:
            self.masters[number] = (text, *at)
            return text
        master, row, column = self.masters[number]
        return shifted(master, at[0] - row, at[1] - column) or "?"


def unescaped(text: str) -> str:
    """A text with its `_x000D_` escapes read (ECMA-376 part 1, section 22.4.2.4)."""
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text


def _place_of(where: str, row: int) -> int:
    found = _REFERENCE.match(where)
    if found is None or int(found.group(2)) != row + 1:
        raise ValueError("a cell that is not in its row")
    return column_number(found.group(1))


def _note_width(element: Element, facts: Facts) -> None:
    first, last, width = int(element.get("min", "1")), int(element.get("max", "1")), element.get("width")
    if element.get("hidden") in ("1", "true"):
        facts.drop("marks of hidden columns")
    if width is not None and last - first < 4096:  # further to the right there is nothing: a default
        for column in range(first - 1, min(last, MAX_COLUMNS)):
            facts.widths[column] = min(255.0, max(0.0, float(width)))


def _text_of(element: Element) -> str:
    """The text of a string, rich or plain, without what tells how it is pronounced."""
    runs = []
    for child in element:
        name = local(child.tag)
        if name == "t":
            runs.append(child.text or "")
        elif name == "r":
            runs += [part.text or "" for part in child if local(part.tag) == "t"]
    return unescaped("".join(runs))


def _strings(container: Container, part: str, place: Place) -> list[str]:
    found: list[str] = []
    if not container.has(part):
        return found
    root: Element | None = None
    for event, element in container.events(part):
        if root is None:
            root = element
        elif event == "end" and local(element.tag) == "si":
            found.append(_text_of(element))
            root.clear()
    return found


def _refuse_macros(container: Container) -> None:
    types = container.read("[Content_Types].xml")
    if any(word in each.get("ContentType", "") for each in types for word in _MACROS):
        raise InputError("unsupported", "the workbook has macros", "save it as .xlsx without them", container.place)


def _has_tag(container: Container) -> bool:
    name = "docProps/custom.xml"
    return container.has(name) and any(each.get("name") == KEY for each in container.read(name))


def _dropped(container: Container, root: Element, hidden: int) -> Iterator[str]:
    if hidden:
        yield f"hidden sheets (SOURCE has {hidden})"
    for each in root:
        name = local(each.tag)
        if name == "definedNames" and len(each):
            yield "defined names"
    if any(name.startswith("docProps/") for name in container.names):
        yield "document properties"
    words = {name.split("/")[1] if name.startswith("xl/") else name.split("/")[0] for name in container.names}
    for word, called in _PARTS.items():
        if any(each == word or each.rstrip("0123456789.xmlbin") == word for each in words):
            yield called
