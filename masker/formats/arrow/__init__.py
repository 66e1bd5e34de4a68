"""Arrow IPC files and streams, of which Feather is one: rows batch by batch, the copy built anew from them.

A file is a stream between two magic words and a footer (https://arrow.apache.org/docs/format/Columnar.html), and a copy
is what its source is. Kept: column types, the codec of buffers (LZ4, Zstandard). Rebuilt or left out: dictionaries (so
that no unused value survives; each batch adds to them), and all metadata (pandas', the writer's own) but the label.
Batches of more than 65,536 rows become several. Feather of version 1 is not read. A stream without its end mark is
refused.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from masker.columnar import bare_schema, check_bytes, decoded, encoded, no_rows, plain, refusing
from masker.columns import Bools, booleans, is_text
from masker.errors import GateError, InputError, Place
from masker.formats import ReadOptions, Sink
from masker.formats.arrow.messages import look_through
from masker.label import KEY, Label
from masker.snapshot import Part, Rows, Source, Table, Text, limits_of
from masker.streams import InputFile

MAGIC = b"ARROW1"
_FEATHER_1 = b"FEA1"
_START, _END = 8, b"\xff\xff\xff\xff\0\0\0\0"
MAX_BATCH_ROWS = 1 << 16


class ArrowSource:
    """An Arrow file or stream. Dictionary and extension types come as their plain value and storage types."""

    def __init__(self, file: InputFile, options: ReadOptions) -> None:
        self._file, self._place = file, Place(file.path.name, file.table_name)
        if file.compression:
            raise InputError("unsupported", "an Arrow file inside another compression", "inflate it", self._place)
        self._block_bytes = options.block_bytes
        self.is_file = self._check_ends()
        with file.open() as stream, refusing("Arrow", self._place):
            schema = self._reader(stream).schema
        self.schema, self.has_tag = bare_schema(schema), KEY.encode() in (schema.metadata or {})
        with file.open() as stream, refusing("Arrow", self._place):
            stream.seek(_START if self.is_file else 0)
            self.codec = look_through(pa.PythonFile(stream, "r"), file.limits, self._place).codec
        if len(set(self.schema.names)) < len(self.schema):
            raise InputError("malformed", "two columns have the same name", place=self._place)
        rows = pa.schema([f.with_type(plain(f.type)) for f in self.schema])
        self._table = Table(file.table_name, rows, limits=limits_of(rows))

    @property
    def tables(self) -> tuple[Table, ...]:
        """The one table."""
        return (self._table,)

    def parts(self, table: str | None = None) -> Iterator[Part]:
        """Stream the rows. Raises `InputError`: `malformed`, `encoding` for text that is not UTF-8, `unsupported`."""
        if table is not None and table != self._table.name:
            return
        yield Rows(self._table.name, no_rows(self._table.schema))
        with self._file.open() as stream, refusing("Arrow", self._place):
            reader = self._reader(stream)
            count = reader.num_record_batches if self.is_file else None
            number = 0
            while count is None or number < count:
                try:
                    batch = reader.get_batch(number) if self.is_file else reader.read_next_batch()
                except StopIteration:
                    return
                number += 1
                check_bytes(batch, self._place)
                step = self._rows_at_a_time(batch)
                for start in range(0, batch.num_rows, step):
                    yield Rows(self._table.name, self._rebuilt(batch.slice(start, step)))

    def without(self, rows: Rows, left_out: Bools, *, first: bool) -> Part:
        """The rows less those that are `left_out`."""
        return replace(rows, batch=rows.batch.filter(booleans(~left_out)))

    def _reader(self, stream: BinaryIO) -> "pa.ipc.RecordBatchFileReader":
        import pyarrow.ipc as ipc

        return ipc.open_file(stream) if self.is_file else ipc.open_stream(stream)

    def _check_ends(self) -> bool:
        """Whether it is a file; raises where its end is missing."""
        with self._file.open() as stream:
            head = stream.read(len(MAGIC))
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - _START))
            tail = stream.read()
        if head.startswith(_FEATHER_1):
            raise InputError("unsupported", "Feather of version 1", "write it as version 2", self._place)
        is_file = head == MAGIC
        if not head or not tail.endswith(MAGIC if is_file else _END):
            raise InputError("truncated", "the file ends before its last mark", place=self._place)
        return is_file

    def _rows_at_a_time(self, batch: pa.RecordBatch) -> int:
        """A dictionary names one long value for many rows: they are not all decoded at once."""
        longest = sum(_longest(column) for column in batch.columns)
        return max(1, min(MAX_BATCH_ROWS, 8 * self._block_bytes // max(1, longest)))

    def _rebuilt(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = [decoded(batch.column(i), field.type) for i, field in enumerate(self._table.schema)]
        return pa.RecordBatch.from_arrays(columns, schema=self._table.schema) if columns else batch


class ArrowSink:
    """Writes an Arrow file or stream, as the source is, batch by batch; holds the words of dictionary columns."""

    def __init__(self, out: BinaryIO, source: Source, label: Label | None) -> None:
        if not isinstance(source, ArrowSource):
            raise TypeError("the source is not an Arrow file")
        self._out, self._source, self._label = out, source, label
        self._words: dict[str, pa.Array] = {}
        self._writer: pa.ipc.RecordBatchFileWriter | None = None

    def prepare(self, part: Part) -> pa.RecordBatch:
        """The rows in the file's own types; pure. Raises `GateError` (`does-not-fit`)."""
        if isinstance(part, Text):
            raise TypeError("a part that did not come from an Arrow file")
        kept = set(part.batch.schema.names)
        schema = pa.schema([field for field in self._source.schema if field.name in kept])
        columns = [encoded(part.batch.column(field.name), field) for field in schema]
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    def write(self, prepared: object) -> None:
        """Write the rows of one batch."""
        if not isinstance(prepared, pa.RecordBatch):
            raise TypeError("what this sink did not prepare")
        writer = self._opened(prepared.schema)
        if prepared.num_rows:
            columns = [self._in_words(field, column) for field, column in zip(prepared.schema, prepared, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=writer_schema(prepared.schema, self._label)))

    def close(self) -> None:
        """Write the end."""
        self._opened(self._source.schema).close()

    def _in_words(self, field: pa.Field, column: pa.Array) -> pa.Array:
        """A dictionary column in the words of all batches so far, to which its new ones are added."""
        if not pa.types.is_dictionary(column.type):
            return column
        known = self._words.get(field.name)
        if known is None:
            words = column.dictionary
        else:
            new = column.dictionary.filter(pc.invert(pc.is_in(column.dictionary, value_set=known)))
            words = pa.concat_arrays([known, new])
        self._words[field.name] = words
        places = pc.index_in(column.dictionary_decode(), options=pc.SetLookupOptions(value_set=words, skip_nulls=True))
        try:
            indices = places.cast(field.type.index_type)
        except pa.ArrowInvalid:
            message = "a dictionary column has more values than its type counts"
            raise GateError("does-not-fit", message, place=Place(column=field.name)) from None
        return pa.DictionaryArray.from_arrays(indices, words, ordered=field.type.ordered)

    def _opened(self, schema: pa.Schema) -> "pa.ipc.RecordBatchFileWriter":
        if self._writer is None:
            import pyarrow.ipc as ipc

            options = ipc.IpcWriteOptions(compression=self._source.codec or None, emit_dictionary_deltas=True)
            new = ipc.new_file if self._source.is_file else ipc.new_stream
            self._writer = new(self._out, writer_schema(schema, self._label), options=options)
        return self._writer


def writer_schema(schema: pa.Schema, label: Label | None) -> pa.Schema:
    """The schema of a copy, with its label."""
    return schema.with_metadata({KEY: label.as_text()} if label else None)


class Arrow:
    """Arrow IPC, with the label among the metadata of the schema."""

    name = "arrow"
    suffixes = (".arrow", ".feather", ".arrows", ".ipc")
    carries_label = True
    compresses_itself = True

    def sniff(self, head: bytes) -> bool:
        """Whether the file starts with the magic word of files, or like a message."""
        return head.startswith((MAGIC, _FEATHER_1, _END[:4]))

    def open(self, file: InputFile, options: ReadOptions) -> ArrowSource:
        """Look through all messages; raises `InputError` (`truncated`, `malformed`, `unsupported`, `limit`)."""
        return ArrowSource(file, options)

    def sink(self, out: BinaryIO, source: Source, label: Label | None) -> Sink:
        """The writer of a copy; the label goes into the metadata of the schema as `masker_tag`."""
        return ArrowSink(out, source, label)


FORMAT = Arrow()


def _longest(column: pa.Array) -> int:
    if not pa.types.is_dictionary(column.type) or not len(column.dictionary):
        return 0
    words = column.dictionary
    if not is_text(words.type) and not pa.types.is_binary(words.type):
        return 0
    return int(pc.max(pc.binary_length(words)).as_py() or 0)
