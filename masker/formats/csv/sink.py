"""Writes masked CSV: a block that nothing changed passes verbatim, else only masked cells are new."""

from typing import BinaryIO

import pyarrow as pa

from masker.columns import as_text
from masker.errors import GateError, InternalError, OutputError
from masker.formats.csv.faithful import Faithful
from masker.formats.csv.fast import Fast
from masker.formats.csv.source import Header
from masker.formats.csv.text import UTF8
from masker.snapshot import Part, Text

Prepared = list[pa.Buffer | bytes]


class CsvSink:
    """Writes the parts of one CSV file to `out`, in the source's encoding."""

    def __init__(self, out: BinaryIO, encoding: str) -> None:
        self._out, self._encoding = out, encoding

    def prepare(self, part: Part) -> Prepared:
        """Render a part; pure, for any thread.

        Raises `GateError` (`does-not-fit`) where a masked value has no place in the file's encoding, `OutputError`
        where no column is left.
        """
        return self._encoded(_rendered(part))

    def write(self, prepared: object) -> None:
        """Write what `prepare` gave, in the parts' order."""
        if not isinstance(prepared, list):
            raise TypeError("write takes what prepare gave")
        for piece in prepared:
            self._out.write(piece)

    def close(self) -> None:
        """Nothing is left to write: a CSV file ends with its last row."""

    def _encoded(self, pieces: Prepared) -> Prepared:
        if self._encoding == UTF8:
            return pieces
        text = b"".join(bytes(piece) for piece in pieces).decode()
        try:
            return [text.encode(self._encoding)]
        except UnicodeEncodeError:
            message = f"a masked value has characters that {self._encoding} cannot hold"
            raise GateError("does-not-fit", message, "convert the source to UTF-8 first") from None


def _rendered(part: Part) -> Prepared:
    if isinstance(part, Text):
        return [part.data]
    origin, changed = part.origin, part.changed or frozenset()
    is_header = isinstance(origin, Header)
    layout = origin.layout if isinstance(origin, Header) else origin
    if not isinstance(layout, Fast | Faithful):
        raise InternalError("internal", "rows that no CSV source made reached a CSV sink")
    if part.batch.num_rows != (0 if is_header else layout.batch.num_rows):
        raise InternalError("internal", "masking changed the number of rows")
    left = set(part.batch.schema.names)
    keep = [number for number, name in enumerate(layout.batch.schema.names) if name in left]
    if not keep:
        raise OutputError("output", "no column is left to write", "keep at least one, or leave the table out")
    names = layout.batch.schema.names
    replaced = {
        number: as_text(part.batch.column(names[number]))
        for number in keep
        if names[number] in changed and not is_header
    }
    if not replaced and len(keep) == len(names):
        return [layout.data]
    return layout.join(keep, replaced)
