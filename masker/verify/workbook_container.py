"""What a workbook of a copy holds beside its cells: nothing but what a fresh one needs, and the label.

Every part, every element and every text is looked at: parts of other names, comments, names, links, strings that no
cell has, formulas in masked columns or with texts in them, long texts in number formats, cells above the header, and
bytes of the archive that belong to no part.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.parsers import expat

from masker.errors import Place
from masker.label import KEY
from masker.promises import Promises
from masker.verify.problems import Problem

_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/custom\.xml|xl/(?:workbook|styles)\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/worksheets/sheet[1-9][0-9]*\.xml"
)
_ELEMENTS = {
    "sheet": {"worksheet", "cols", "col", "sheetData", "row", "c", "f", "v", "is", "t"},
    "workbook.xml": {"workbook", "sheets", "sheet", "calcPr"},
    "styles.xml": set(
        "styleSheet numFmts numFmt fonts font sz name fills fill patternFill borders border left right top bottom "
        "diagonal cellStyleXfs cellXfs xf cellStyles cellStyle".split()
    ),
    "custom.xml": {"Properties", "property", "vt:lpwstr"},
    "[Content_Types].xml": {"Types", "Default", "Override"},
    ".rels": {"Relationships", "Relationship"},
    "workbook.xml.rels": {"Relationships", "Relationship"},
}
_TEXTS = {"v", "t", "f", "vt:lpwstr"}
_QUOTED = re.compile(r'"([^"]*)"')
_LONG_NUMBER = re.compile(r"[0-9]{7}")
_TEXT = 3  # characters of a text in a number format
_END = 22  # bytes of the record at the end of an archive
_GAPS = (0, 12, 16, 20, 24)  # bytes of a data descriptor (APPNOTE.TXT 4.3.9)


def workbook_problems(path: Path, promises: Promises, file: str, label: str | None) -> list[Problem]:
    """What is wrong with a workbook of a copy; `label` is the text that it carries (None: any)."""
    place = Place(file or None)
    kept = {
        (table.name, column.name)
        for table in promises.tables
        if table.file == file
        for column in table.columns
        if column.fate == "kept"
    }
    try:
        with zipfile.ZipFile(path) as archive:
            return [*_found(archive, path, place, kept, label)]
    except (OSError, zipfile.BadZipFile, expat.ExpatError, ValueError, KeyError, StopIteration):
        return [Problem("mismatch", "the workbook is not built as copies are", place)]


def _found(
    archive: zipfile.ZipFile, path: Path, place: Place, kept: set[tuple[str, str]], label: str | None
) -> Iterator[Problem]:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if any(_PARTS.fullmatch(name) is None for name in names) or len(set(names)) < len(names):
        yield Problem("leak", "the workbook has a part that is not the copy's", place)
        return
    if archive.comment or any(part.comment for part in parts) or _has_gaps(path, parts, archive.start_dir):
        yield Problem("leak", "the file has bytes that belong to no part", place)
    said = {name: _Part(name) for name in names if "worksheets" not in name}
    for part in said.values():
        part.read(archive)
        if part.strange:
            yield Problem("leak", "a part of the workbook holds what no copy has", place)
    held = said["docProps/custom.xml"]
    if held.names != [KEY] or (label is not None and held.texts != [label]):
        yield Problem("leak", "the workbook has properties that are not the copy's label", place)
    if any(len(text) > _TEXT for code in said["xl/styles.xml"].codes for text in _QUOTED.findall(code)):
        yield Problem("leak", "a number format holds a text", place)
    sheets = said["xl/workbook.xml"].names
    tables = {table for table, _ in kept}
    for number, sheet in enumerate(sheets, 1):
        part = _Sheet(f"xl/worksheets/sheet{number}.xml", sheets)
        part.read(archive)
        table = sheet if sheet in tables or len(tables) != 1 or len(sheets) != 1 else next(iter(tables))
        at = replace(place, table=table)
        if part.strange:
            yield Problem("leak", "a sheet holds what no copy has", at)
        for column in sorted(part.computed):
            if (table, part.heads.get(column, "")) not in kept:
                yield Problem("leak", "a column that is not kept has formulas", replace(at, column=part.heads[column]))


def _has_gaps(path: Path, parts: list[zipfile.ZipInfo], directory: int) -> bool:
    """Whether parts, directory and end record do not follow each other (APPNOTE.TXT 4.3.6)."""
    at = 0
    with path.open("rb") as file:
        for part in sorted(parts, key=lambda each: each.header_offset):
            if part.header_offset - at not in (_GAPS if at else (0,)):
                return True
            file.seek(part.header_offset + 26)
            lengths = file.read(4)
            extra = int.from_bytes(lengths[2:], "little")
            if extra not in (0, 20):  # sizes of 64 bits
                return True
            at = part.header_offset + 30 + int.from_bytes(lengths[:2], "little") + extra + part.compress_size
        end = directory + sum(46 + len(part.filename) for part in parts)
        file.seek(end)
        record = file.read()
    return directory - at not in _GAPS or len(record) != _END or not record.startswith(b"PK\x05\x06")


class _Part:
    """One part, read whole: its texts, the names and number formats in it, and whether there is anything else."""

    def __init__(self, name: str) -> None:
        self.name, self.strange = name, False
        self.texts: list[str] = []
        self.names: list[str] = []
        self.codes: list[str] = []
        self._allowed = _ELEMENTS["sheet" if "worksheets" in name else name.rpartition("/")[2]]
        self._open: list[str] = []

    def read(self, archive: zipfile.ZipFile) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.text
        parser.CommentHandler = parser.ProcessingInstructionHandler = self._odd
        parser.StartDoctypeDeclHandler = self._odd
        with archive.open(self.name) as file:
            parser.ParseFile(file)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._open.append(name)
        if name not in self._allowed or attributes.get("TargetMode"):
            self.strange = True
        if name in ("sheet", "property"):
            self.names.append(attributes["name"])
        self.codes += [attributes["formatCode"]] if "formatCode" in attributes else []

    def end(self, name: str) -> None:
        self._open.pop()

    def text(self, data: str) -> None:
        if self._open[-1] not in _TEXTS:
            self.strange = self.strange or bool(data.strip())
        else:
            self.texts.append(data)

    def _odd(self, *_: object) -> None:
        self.strange = True


class _Sheet(_Part):
    """A sheet; its first row is the header."""

    def __init__(self, name: str, sheets: list[str]) -> None:
        super().__init__(name)
        self.heads: dict[str, str] = {}
        self.computed: set[str] = set()
        self._sheets, self._rows, self._column, self._formula = sheets, 0, "", ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        if name == "row":
            self._rows += 1
        elif name == "c":
            self._column = attributes["r"].rstrip("0123456789")
        elif name == "f":
            self.strange = self.strange or bool(attributes)
            self._formula = ""

    def text(self, data: str) -> None:
        where = self._open[-1]
        if where == "f":
            self._formula += data
        elif where in ("v", "t"):
            if self._rows == 1:
                self.heads[self._column] = self.heads.get(self._column, "") + data
        else:
            super().text(data)

    def end(self, name: str) -> None:
        super().end(name)
        if name == "f":
            self.computed.add(self._column)
            self.heads.setdefault(self._column, "")
            self.strange = self.strange or not self._is_plain(self._formula)

    def _is_plain(self, formula: str) -> bool:
        """Whether a formula is made of cells, functions, short numbers and operators."""
        bare = formula
        for sheet in self._sheets:
            bare = bare.replace("'" + sheet.replace("'", "''") + "'!", "").replace(sheet + "!", "")
        cells = re.sub(r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}", "", bare)
        return bool(re.fullmatch(r"[A-Za-z0-9$:.,;()+*/^&=<>% \n-]*", bare)) and not _LONG_NUMBER.search(cells)
