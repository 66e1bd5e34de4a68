"""Avro object container files of flat records (https://avro.apache.org/docs/1.12.0/specification/).

Kept: types and logical types (dates, times, timestamps, decimals, UUIDs), which fields may be null, the names of the
record and its fields, and the codec (deflate, snappy, zstandard, none). Left out: documentation, aliases, defaults,
properties of tools, and all metadata but the label; blocks and their marks are made anew. An enumeration that is masked
becomes text, since its words would tell of originals. Nested fields and unions of several types are refused.
"""

import hashlib
import io
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO, NamedTuple, cast

import pyarrow as pa

from masker.columnar import encoded
from masker.columns import Bools, booleans
from masker.errors import GateError, InputError, Place
from masker.formats import ReadOptions, Sink
from masker.formats.avro import container
from masker.formats.avro.fields import fields_of, schema_of_copy
from masker.label import KEY, Label
from masker.snapshot import Part, Rows, Source, Table, Text, limits_of
from masker.streams import InputFile

BATCH_ROWS = 1 << 13


class AvroSource:
    """One Avro file of flat records."""

    def __init__(self, file: InputFile) -> None:
        self._file, self._place = file, Place(file.path.name, file.table_name)
        if file.compression:
            raise InputError("unsupported", "an Avro file inside another compression", "inflate it", self._place)
        with file.open() as stream:
            self.header = container.read_header(stream, self._place)
        self.schema = container.schema_of(self.header, self._place)
        self.fields = fields_of(self.schema, self._place)
        self.has_tag = KEY in self.header.metadata
        columns = [pa.field(field.name, field.column, field.nullable) for field in self.fields]
        schema = pa.schema(columns)
        self._table = Table(file.table_name, schema, limits=limits_of(schema))
        self._parsed = _parsed(schema_of_copy(self.schema, self.fields, ()), self._place)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The one table."""
        return (self._table,)

    def parts(self, table: str | None = None) -> Iterator[Part]:
        """Stream the rows, block by block. Raises `InputError`."""
        if table is not None and table != self._table.name:
            return
        yield self._rows([])
        with self._file.open() as stream:
            header = container.read_header(stream, self._place)
            for count, data in container.blocks(stream, header, self._file.limits, self._place):
                if count > len(data):  # a record has a byte at least
                    raise self._damaged()
                yield from self._decoded(count, data)

    def without(self, rows: Rows, left_out: Bools, *, first: bool) -> Part:
        """The rows less those that are `left_out`."""
        return replace(rows, batch=rows.batch.filter(booleans(~left_out)))

    def _decoded(self, count: int, data: bytes) -> Iterator[Rows]:
        from fastavro import schemaless_reader

        stream = io.BytesIO(data)
        records: list[dict[str, object]] = []
        for _ in range(count):
            try:
                records.append(cast(dict[str, object], schemaless_reader(stream, self._parsed, None)))
            except UnicodeDecodeError:
                raise InputError("encoding", "a text that is not UTF-8", place=self._place) from None
            except (ValueError, EOFError, IndexError, KeyError, OverflowError, TypeError, ArithmeticError):
                raise self._damaged() from None
            if len(records) == BATCH_ROWS:
                yield self._rows(records)
                records = []
        if stream.tell() != len(data):
            raise self._damaged()
        if records:
            yield self._rows(records)

    def _rows(self, records: "list[dict[str, object]]") -> Rows:
        try:
            columns = [
                pa.array([_plain(record[field.name]) for record in records], field.column) for field in self.fields
            ]
        except (pa.ArrowException, ValueError, OverflowError, TypeError):
            raise self._damaged() from None
        return Rows(self._table.name, pa.RecordBatch.from_arrays(columns, schema=self._table.schema))

    def _damaged(self) -> InputError:
        return InputError("malformed", "a block holds what its schema does not allow", place=self._place)


class _Block(NamedTuple):
    """Rows of these columns, and their bytes, packed."""

    columns: list[str]
    rows: int
    data: bytes


class AvroSink:
    """Writes an Avro file, a block for each batch."""

    def __init__(self, out: BinaryIO, source: AvroSource, label: Label | None) -> None:
        self._out, self._source, self._label = out, source, label
        self._changed: Collection[str] = ()
        self._started, self._sync = False, b""

    def foresee(self, changed: Mapping[str, Collection[str]], shortened: Collection[str] = ()) -> None:
        """Which columns will be written anew: enumerations among them become text."""
        self._changed = changed.get(self._source.tables[0].name, ())

    def prepare(self, part: Part) -> "_Block":
        """The rows as a block; pure. Raises `GateError` (`does-not-fit`)."""
        from fastavro import schemaless_writer

        if isinstance(part, Text):
            raise TypeError("a part that did not come from an Avro file")
        batch = part.batch
        names = batch.schema.names
        parsed = _parsed(self._schema(names), Place(table=part.table))
        for field in self._source.fields:
            if field.name in names:
                encoded(batch.column(field.name), pa.field(field.name, field.column, field.nullable))
        out = io.BytesIO()
        for record in batch.to_pylist():
            try:
                schemaless_writer(out, parsed, record)
            except (ValueError, TypeError, KeyError, IndexError, OverflowError, ArithmeticError):
                message = "a masked value is none of its column's type"
                raise GateError("does-not-fit", message, place=Place(table=part.table)) from None
        return _Block(names, batch.num_rows, container.packed(out.getvalue(), self._source.header.codec))

    def write(self, prepared: object) -> None:
        """Write a block; the header before the first."""
        if not isinstance(prepared, _Block):
            raise TypeError("what this sink did not prepare")
        self._start(prepared.columns)
        if prepared.rows:
            sizes = container.long(prepared.rows) + container.long(len(prepared.data))
            self._out.write(sizes + prepared.data + self._sync)

    def close(self) -> None:
        """Nothing follows the last block."""
        self._start([field.name for field in self._source.fields])

    def _start(self, names: list[str]) -> None:
        if self._started:
            return
        self._started = True
        schema = json.dumps(self._schema(names), ensure_ascii=False, separators=(",", ":")).encode()
        label = self._label.as_text().encode() if self._label else b""
        metadata = {"avro.schema": schema, "avro.codec": self._source.header.codec.encode()}
        # Any 16 bytes that are no data will do; these are the same in every run that should give the same file.
        self._sync = hashlib.sha256(schema + label).digest()[: container.SYNC]
        self._out.write(container.header_bytes(metadata | ({KEY: label} if label else {}), self._sync))

    def _schema(self, names: list[str]) -> object:
        kept = [field for field in self._source.fields if field.name in names]
        return schema_of_copy(self._source.schema, kept, self._changed)


class Avro:
    """Avro, with the label among the metadata of the header."""

    name = "avro"
    suffixes = (".avro",)
    carries_label = True
    compresses_itself = True

    def sniff(self, head: bytes) -> bool:
        """Whether the file starts with Avro's magic word."""
        return head.startswith(container.MAGIC)

    def open(self, file: InputFile, options: ReadOptions) -> AvroSource:
        """Read the header; raises `InputError`."""
        return AvroSource(file)

    def sink(self, out: BinaryIO, source: Source, label: Label | None) -> Sink:
        """The writer of a copy; the label goes into the header as `masker_tag`."""
        if not isinstance(source, AvroSource):
            raise TypeError("the source is not an Avro file")
        return AvroSink(out, source, label)


FORMAT = Avro()


def _parsed(schema: object, place: Place) -> "dict[str, object]":
    try:
        from fastavro import parse_schema
        from fastavro.schema import SchemaParseException, UnknownType
    except ImportError:
        raise InputError("unsupported", "Avro needs fastavro", "`pip install fastavro`", place) from None
    try:
        parsed: dict[str, object] = parse_schema(schema)  # type: ignore[assignment, arg-type]
        return parsed
    except (SchemaParseException, UnknownType, ValueError, TypeError, KeyError):
        raise InputError("malformed", "the schema cannot be read", place=place) from None


def _plain(value: object) -> object:
    return str(value) if type(value).__name__ == "UUID" else value
