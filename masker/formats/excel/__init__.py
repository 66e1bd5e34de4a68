"""Excel workbooks: each visible sheet a table of text columns (ECMA-376; `.xls`, `.xlsb` and `.ods` are read as well).

A copy is a fresh `.xlsx` workbook. Kept: the kind of each cell (number, date, truth, text), number formats, column
widths, and formulas over kept columns. A masked cell keeps its kind where its new text is such a value, else it becomes
a text. Left out, and told: hidden sheets, comments, defined names, links, validation lists, headers and footers,
document properties, pivot tables, pictures, rows above the header, and everything else that masker does not write.

The header is found (see the notices of a run); several tables on a sheet, one below the other, are refused, and so are
encrypted workbooks and those with macros. A dropped column leaves its place blank, so that formulas still point right.
Formulas whose cells are masked become values; where a kept column has formulas over masked ones, the run is refused.
Sheets of `.xlsx` are streamed; shared strings, and the other kinds of workbooks as a whole, are held in memory.
"""

from typing import TYPE_CHECKING, BinaryIO

from masker.formats import ReadOptions, Sink
from masker.formats.excel.container import OLE, ZIP
from masker.label import Label
from masker.snapshot import Source
from masker.streams import InputFile

if TYPE_CHECKING:  # what reads and writes workbooks is loaded when there is one
    from masker.formats.excel.source import ExcelSource


class Excel:
    """Workbooks, with the label among the document properties of the copy."""

    name = "excel"
    suffixes = (".xlsx", ".xls", ".xlsb", ".ods", ".xlsm")
    carries_label = True
    compresses_itself = True
    copy_suffix = ".xlsx"

    def sniff(self, head: bytes) -> bool:
        """Whether the file starts like a zip archive, or like a file of the older kind."""
        return head.startswith((ZIP, OLE))

    def open(self, file: InputFile, options: ReadOptions) -> "ExcelSource":
        """Look through all rows; raises `InputError`."""
        from masker.formats.excel.source import ExcelSource

        return ExcelSource(file, has_header=options.header)

    def sink(self, out: BinaryIO, source: Source, label: Label | None) -> Sink:
        """The writer of a copy; the label is a custom property named `masker_tag`."""
        from masker.formats.excel.sink import ExcelSink
        from masker.formats.excel.source import ExcelSource

        if not isinstance(source, ExcelSource):
            raise TypeError("the source is no workbook")
        return ExcelSink(out, source, label)


FORMAT = Excel()
