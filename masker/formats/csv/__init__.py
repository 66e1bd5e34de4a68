"""CSV and its kin (tab, semicolon, bar): cells as text columns, and every cell that nobody masked keeps its bytes.

RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180) as found in the wild: any of four separators, any line ends, a BOM,
blank lines, needless quotes, quotes inside unquoted cells, UTF-16 and declared one-byte encodings. Ragged rows,
duplicate headers, NUL bytes, a BOM at the start of a later line and broken quoting are refused, never repaired.

A blank line is no record, also in a file of one column: it stays where it is. A quote inside an unquoted cell
(`5" pipe`) is an ordinary character. A CR outside quotes always ends a line. The header travels as `Rows` without
rows, so that dropped columns lose their names too.
"""

import codecs
from typing import BinaryIO

from masker.formats import ReadOptions, Sink
from masker.formats.csv.sink import CsvSink
from masker.formats.csv.source import CsvSource, open_csv
from masker.label import Label
from masker.snapshot import Source
from masker.streams import InputFile

# What neither a name of a column nor a lone value begins with, but JSON does.
_OTHERS = (b"{", b"[", b"PAR1")
_TEXT = bytes(byte for byte in range(256) if byte >= 0x20 or byte in b"\t\r\f")


class Csv:
    """The format `csv`. It has no place for a label."""

    name = "csv"
    suffixes = (".csv", ".tsv", ".txt", ".tab", ".psv")
    carries_label = False

    def sniff(self, head: bytes) -> bool:
        """Whether the first bytes are text: a file of one column has no separator, so the name has to decide.

        >>> Csv().sniff(b"a\\n1\\n"), Csv().sniff(b"PAR1\\x15\\x04"), Csv().sniff(b"[1]")
        (True, False, False)
        """
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return True
        line = head.partition(b"\n")[0]
        if b"\0" in head:
            return False
        if any(mark in line for mark in (b",", b";", b"\t", b"|")):
            return True
        return not line.lstrip().startswith(_OTHERS) and not any(line.translate(None, _TEXT))

    def open(self, file: InputFile, options: ReadOptions) -> CsvSource:
        """Read the head of the file: encoding, separator and header. Raises `InputError` where they are unusable."""
        return open_csv(file, options)

    def sink(self, out: BinaryIO, source: Source, label: Label | None) -> Sink:
        """Give the writer for a masked copy of `source` (which `open` made); `label` finds no place in a CSV file."""
        if not isinstance(source, CsvSource):
            raise TypeError("a CSV sink needs a CSV source")
        return CsvSink(out, source.encoding)


FORMAT = Csv()
