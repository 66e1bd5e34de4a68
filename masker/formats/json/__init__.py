"""JSON Lines, arrays and documents of any depth (RFC 8259; https://jsonlines.org).

Flat records are one table. Where values are themselves objects or arrays, the file is a document of several tables: see
`masker.formats.json.documents.layout`. Files are UTF-8, as the norm demands; `ReadOptions.encoding`, `delimiter` and
`header` are for others. Masking changes the masked tokens and nothing else: white space, key order, escapes, `1.10`,
blank lines stay.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

import pyarrow as pa

from masker.columns import Bools, booleans
from masker.errors import InputError, Place
from masker.formats import ReadOptions, Sink
from masker.formats.json.blocks import read_blocks
from masker.formats.json.cells import Block, Columns, cells
from masker.formats.json.documents.sink import DocumentSink
from masker.formats.json.documents.source import DocumentSource
from masker.formats.json.render import render
from masker.formats.json.scan import Kind
from masker.formats.json.shape import LINES, shape_of
from masker.formats.json.without import without
from masker.label import Label
from masker.snapshot import Part, Rows, Source, Table, Text
from masker.streams import InputFile

BLOCK_BYTES = 1 << 19  # the arrays of a larger block leave the processor's cache


class JsonSource:
    """A JSON file whose columns and types one pass over all of it has found.

    Integer columns are int64, boolean ones bool, the rest text; see `masker.formats.json.cells`.
    """

    def __init__(self, file: InputFile, options: ReadOptions) -> None:
        self._file, self._block_bytes = file, min(options.block_bytes, BLOCK_BYTES)
        self._place = Place(file.path.name, file.table_name)
        self._columns = Columns()
        for block in self._blocks():
            if isinstance(block, Block):
                self._columns.learn(block)
        self._columns.frozen = True
        self._table = Table(file.table_name, self._columns.schema())

    @property
    def nests(self) -> bool:
        """Whether some value is itself an object or an array."""
        return any(kinds & 1 << Kind.NESTED for kinds in self._columns.kinds)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The one table."""
        return (self._table,)

    def parts(self, table: str | None = None) -> Iterator[Part]:
        """Stream the records as `Rows`, and as `Text` the white space and brackets around them.

        Raises `InputError`, also (`malformed`) where the file is no longer the one that was opened.
        """
        for block in self._blocks():
            if isinstance(block, bytes):
                yield Text(block)
            elif table is None or table == self._table.name:
                yield Rows(self._table.name, self._cells(block), block)

    def without(self, rows: Rows, left_out: Bools, *, first: bool) -> Part:
        """The rows less those that are `left_out`; see `masker.formats.json.without`."""
        if not isinstance(rows.origin, Block):
            raise TypeError("rows that did not come from a JSON file")
        left = without(rows.origin, left_out, first=first)
        if not left.spans.rows:
            return Text(left.spans.data)
        return replace(rows, batch=rows.batch.filter(booleans(~left_out)), origin=left)

    def _blocks(self) -> Iterator[bytes | Block]:
        row = 0
        empty = self._file.path.name.lower().removesuffix(f".{self._file.compression}").endswith(LINES)
        with self._file.open() as stream:
            blocks = read_blocks(stream, block_bytes=self._block_bytes, place=self._place, may_be_empty=empty)
            for block in blocks:
                if isinstance(block, bytes):
                    yield block
                    continue
                yield self._columns.assign(block, self._place, row)
                row += block.rows

    def _cells(self, block: Block) -> pa.RecordBatch:
        try:
            return cells(block, self._table.schema)
        except pa.ArrowInvalid:
            raise InputError("malformed", "the file changed while it was read", place=self._place) from None


class JsonSink:
    """Writes the parts of a `JsonSource` back, masked columns re-rendered, all else byte for byte."""

    def __init__(self, out: BinaryIO, source: Source) -> None:
        self._out, self._names = out, list(source.tables[0].schema.names)

    def prepare(self, part: Part) -> bytes | pa.Buffer:
        """The bytes of a part; pure."""
        if isinstance(part, Text):
            return part.data
        if not isinstance(part.origin, Block):
            raise TypeError("rows that did not come from a JSON file")
        return render(part.origin, self._names, part.batch, part.changed or frozenset())

    def write(self, prepared: object) -> None:
        """Write prepared bytes."""
        self._out.write(memoryview(prepared))  # type: ignore[arg-type]

    def close(self) -> None:
        """Nothing is left to write: closing brackets are parts."""


class Json:
    """JSON Lines, arrays and documents. They have no place for a label."""

    name = "json"
    suffixes = (".json", *LINES)
    carries_label = False

    def sniff(self, head: bytes) -> bool:
        """Whether the first byte that counts opens an object or an array."""
        return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:1] in (b"{", b"[")

    def open(self, file: InputFile, options: ReadOptions) -> JsonSource | DocumentSource:
        """Read the file to the end and check all of it; raises `InputError`."""
        shape = shape_of(file)
        if shape != "document":
            try:
                source = JsonSource(file, options)
            except InputError as error:
                if error.code != "unsupported" or shape == "lines":
                    raise
                # An array that holds more than objects: a document, which says itself what is wrong with it.
                return DocumentSource(file, options, lines=False)
            if not source.nests:
                return source
        return DocumentSource(file, options, lines=shape == "lines")

    def sink(self, out: BinaryIO, source: Source, label: Label | None) -> Sink:
        """The writer of a copy; JSON has no place for a label."""
        return DocumentSink(out) if isinstance(source, DocumentSource) else JsonSink(out, source)


FORMAT = Json()
