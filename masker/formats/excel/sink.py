"""Writes a fresh `.xlsx` workbook from masked rows: cells, number formats, widths, and formulas over kept columns.

Bounded by a batch: sheets are written as their rows come. A formula stays where every cell that it computes from lies
in a kept column of a table of the copy. One that computes from masked cells would show, in a kept column, what
masking hides: the run is refused.
"""

import zipfile
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import IO, BinaryIO

from masker.columns import as_text
from masker.errors import GateError, Place
from masker.formats.excel import sheet_xml as xml
from masker.formats.excel.book import DATE, NUMBER, TEXT, TRUTH, Cell
from masker.formats.excel.kept import Formulas
from masker.formats.excel.numbers import number_of
from masker.formats.excel.serials import serial_of
from masker.formats.excel.source import ExcelSource, Origin
from masker.label import Label
from masker.snapshot import Part, Rows

_MADE = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip archive can tell


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Rendered rows of a table: for each its number in SOURCE, and its cells by column; `columns` are those there."""

    table: str
    columns: frozenset[int]
    numbers: tuple[int, ...]
    rows: list[list[tuple[int, Cell]]]
    valued: int


class _Archive(zipfile.ZipFile):
    """An archive that is not finished where a run ends early: nobody will read it."""

    def __del__(self) -> None:
        pass


class ExcelSink:
    """The writer of one copy; `notices` tell, at the end, what became of formulas."""

    def __init__(self, out: BinaryIO, source: ExcelSource, label: Label | None) -> None:
        self._label = label
        self._zip = _Archive(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._layouts = {layout.name: layout for _, layout in source.sheets}
        self._sheets = {layout.name: sheet.name for sheet, layout in source.sheets}
        self._formulas = Formulas(self._layouts, self._sheets, {}, frozenset())
        self._shortened: frozenset[str] = frozenset()
        self._styles: dict[str, int] = {"": 0}
        self._part: IO[bytes] | None = None
        self._table, self._next = "", 0
        self._valued: Counter[str] = Counter()

    @property
    def notices(self) -> tuple[str, ...]:
        """Where values took the place of formulas."""
        return tuple(
            f"sheet `{self._sheets[name]}`: {count} formulas became values" for name, count in self._valued.items()
        )

    def foresee(self, changed: Mapping[str, Collection[str]], shortened: Collection[str] = ()) -> None:
        """Which columns will be written anew, and of which tables rows stay out: formulas hang on both."""
        self._shortened = frozenset(shortened) & self._layouts.keys()
        self._formulas = Formulas(self._layouts, self._sheets, changed, self._shortened)

    def prepare(self, part: Part) -> _Prepared:
        """The cells of the copy; pure. Raises `GateError` (`does-not-fit`)."""
        if not isinstance(part, Rows) or not isinstance(part.origin, Origin):
            raise TypeError("a part that did not come from a workbook")
        layout, changed = self._layouts[part.table], part.changed or frozenset()
        rows: list[list[tuple[int, Cell]]] = [[] for _ in part.origin.numbers]
        there, valued = set(), 0
        for place, (number, name) in enumerate(layout.columns.items()):
            if name not in part.batch.schema.names:
                continue
            there.add(number)
            old = [cells[place] for cells in part.origin.cells]
            if name in changed:
                new = as_text(part.batch.column(name)).to_pylist()
                valued += sum(cell is not None and cell.formula != "" for cell in old)
                cells = [*map(written_anew, old, new)]
            else:
                cells = [self._formulas.kept(cell, part.table, name) for cell in old]
                valued += sum(a is not b for a, b in zip(old, cells, strict=True))
            for row, cell in zip(rows, cells, strict=True):
                if cell is not None:
                    row.append((number, cell))
        if not all(rows):
            message = "a row of the copy has no values, and a sheet cannot tell it from no row"
            raise GateError("does-not-fit", message, "keep or mask a column that has values", Place(table=part.table))
        return _Prepared(part.table, frozenset(there), part.origin.numbers, rows, valued)

    def write(self, prepared: object) -> None:
        """Write the rows at their places, and the start of a sheet before its first ones."""
        if not isinstance(prepared, _Prepared):
            raise TypeError("what this sink did not prepare")
        if prepared.table != self._table:
            self._start(prepared)
        if self._part is None:
            raise TypeError("rows before their sheet")
        moved = prepared.table in self._shortened
        lines = []
        for number, cells in zip(prepared.numbers, prepared.rows, strict=True):
            at = self._next if moved else number
            self._next = at + 1
            lines.append(self._row(at, cells))
        self._part.write("".join(lines).encode())
        if prepared.valued:
            self._valued[prepared.table] += prepared.valued

    def close(self) -> None:
        """Write the parts that tell of the sheets."""
        self._end()
        names = list(self._sheets.values())
        parts = {
            "[Content_Types].xml": xml.content_types(len(names)),
            "_rels/.rels": xml.root_relations(),
            "docProps/custom.xml": xml.custom_properties(self._label.as_text() if self._label else None),
            "xl/workbook.xml": xml.workbook(names),
            "xl/_rels/workbook.xml.rels": xml.workbook_relations(len(names)),
            "xl/styles.xml": xml.styles(self._styles),
        }
        for name, text in parts.items():
            self._zip.writestr(_entry(name), text.encode())
        self._zip.close()

    def _start(self, prepared: _Prepared) -> None:
        self._end()
        self._table = prepared.table
        layout = self._layouts[self._table]
        self._next = layout.header + 1
        number = list(self._layouts).index(self._table)
        self._part = self._zip.open(_entry(xml.sheet_part(number)), "w")
        widths = {column: width for column, width in layout.widths.items() if column in layout.columns}
        heads = [(i, cell._replace(formula="")) for i, cell in sorted(layout.heads.items()) if i in prepared.columns]
        head = self._row(layout.header, heads) if heads else ""
        self._part.write((xml.sheet_start(widths) + head).encode())

    def _end(self) -> None:
        if self._part is not None:
            self._part.write(xml.SHEET_END.encode())
            self._part.close()
            self._part = None

    def _row(self, number: int, cells: list[tuple[int, Cell]]) -> str:
        for _, cell in cells:
            self._styles.setdefault(cell.format, len(self._styles))
        return xml.row(number, cells, self._styles)


def written_anew(old: Cell | None, new: str | None) -> Cell | None:
    """A masked cell, of the kind that its original had where the new text is such a value, else a text."""
    if new is None or new == "":
        return None
    if len(new) > xml.MAX_TEXT:
        raise GateError("does-not-fit", "a masked text is longer than a cell can hold", "choose a shorter method")
    kind, format_ = (old.kind, old.format) if old is not None else (TEXT, "")
    if kind == NUMBER and (raw := number_of(new)) is not None:
        return Cell(NUMBER, new, raw, format_)
    if kind == DATE and (raw := serial_of(new)) is not None:
        return Cell(DATE, new, raw, format_)
    if kind == TRUTH and new in ("true", "false"):
        return Cell(TRUTH, new, "1" if new == "true" else "0", format_)
    return Cell(TEXT, new, new, format_ if kind == TEXT else "")


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _MADE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
