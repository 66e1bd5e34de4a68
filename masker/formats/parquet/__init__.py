"""Parquet: rows by row group, in bounded batches; the copy is built anew from the rows (https://parquet.apache.org).

Kept: column types, nesting, row group borders, each column's compression codec, INT96 where every timestamp has it.
Rebuilt or left out: statistics, dictionaries (so that no unused value survives), page indexes, bloom filters, and all
key-value metadata (pandas', the writer's own) but the label. Compressed as a whole (`.parquet.gz`), a file is refused.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from masker.columnar import bare_schema, check_bytes, decoded, encoded, no_rows, plain, refusing
from masker.columns import Bools, booleans
from masker.errors import InputError, Place
from masker.formats import ReadOptions, Sink
from masker.formats.parquet.bombs import dictionaries_of, exceeds, inflates_too_far, packed_bytes, rows_at_a_time
from masker.formats.parquet.layout import Layout
from masker.label import KEY, Label
from masker.snapshot import Part, Rows, Source, Table, Text, limits_of
from masker.streams import InputFile

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_MAGIC, _ENCRYPTED = _MAGICS = (b"PAR1", b"PARE")
MAX_BATCH_ROWS = 1 << 16
MAX_GROUP_ROWS = 64 << 20  # Arrow's writer makes no larger row groups
MAX_GROUP_BYTES = 4 << 30  # decoded; a row group is held in memory until it is written
_INT96_MICROSECONDS = (1 << 63) // 1000  # what 64 bits of nanoseconds around 1970 hold: the years 1677 to 2262


@dataclass(frozen=True, slots=True)
class _Origin:
    """Whether these rows end their row group."""

    ends_group: bool


class ParquetSource:
    """A Parquet file. Dictionary and extension types come as their plain value and storage types."""

    def __init__(self, file: InputFile, options: ReadOptions) -> None:
        self._file, self._place = file, Place(file.path.name, file.table_name)
        if file.compression:
            raise InputError("unsupported", "a Parquet file inside another compression", "inflate it", self._place)
        self._block_bytes = options.block_bytes
        _check_ends(file, self._place)
        with file.open() as stream, refusing("Parquet", self._place):
            opened = _opened(stream)
            metadata, self.file_schema = opened.metadata, bare_schema(opened.schema_arrow)
            self._groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
            if self._groups and self._groups[0].num_rows:
                # Arrow's metadata properties abort the process at a damaged footer; a read checks it and raises.
                next(opened.iter_batches(1, [0]), None)
            self.layout = Layout.of(metadata)
        if len(set(self.file_schema.names)) < len(self.file_schema):
            raise InputError("malformed", "two columns have the same name", place=self._place)
        if any(group.num_rows > MAX_GROUP_ROWS or group.total_byte_size > MAX_GROUP_BYTES for group in self._groups):
            raise self._too_large()
        if any(inflates_too_far(group, file.limits) for group in self._groups):
            raise self._too_large()
        if not self.layout.int96 <= set(self.file_schema.names):
            raise InputError("unsupported", "INT96 inside a nested column", place=self._place)
        rows = pa.schema([f.with_type(plain(f.type)) for f in self.file_schema])
        self._table = Table(file.table_name, rows, limits=limits_of(rows))

    @property
    def tables(self) -> tuple[Table, ...]:
        """The one table."""
        return (self._table,)

    def parts(self, table: str | None = None) -> Iterator[Part]:
        """Stream the rows in batches that never cross a row group; a row group without rows is a batch of none.

        Raises `InputError`: `malformed`, `encoding` for text that is not UTF-8, `unsupported`.
        """
        if table is not None and table != self._table.name:
            return
        opens = self._file.open
        with opens() as stream, opens() as second, opens() as third, refusing("Parquet", self._place):
            opened = _opened(stream)
            dictionaries = _opened(third, dictionaries=dictionaries_of(self._table.schema))
            checks = _opened(second, unit="us") if self.layout.int96 else None
            for number, group in enumerate(self._groups):
                left, total = group.num_rows, 0
                rows = max(1, min(MAX_BATCH_ROWS, self._block_bytes * left // max(1, group.total_byte_size)))
                rows = rows_at_a_time(dictionaries, number, rows, self._block_bytes) if left else rows
                if checks is not None:
                    self._check_int96(checks.iter_batches(rows, [number], columns=sorted(self.layout.int96)))
                for batch in opened.iter_batches(rows, [number]) if left else ():
                    rebuilt = self._rebuilt(batch)
                    left, total = left - batch.num_rows, total + rebuilt.nbytes
                    if total > MAX_GROUP_BYTES or exceeds(total, packed_bytes(group), self._file.limits):
                        raise self._too_large()
                    yield Rows(self._table.name, rebuilt, _Origin(not left))
                if left:
                    raise InputError("malformed", "a row group has other rows than it says", place=self._place)
                if not group.num_rows:
                    yield Rows(self._table.name, no_rows(self._table.schema), _Origin(True))
        if not self._groups:
            yield Rows(self._table.name, no_rows(self._table.schema), _Origin(False))

    def without(self, rows: Rows, left_out: Bools, *, first: bool) -> Part:
        """The rows less those that are `left_out`; a row group may be left without rows."""
        return replace(rows, batch=rows.batch.filter(booleans(~left_out)))

    def _too_large(self) -> InputError:
        return InputError("limit", "a row group is too large", "write the file with smaller row groups", self._place)

    def _check_int96(self, batches: Iterator[pa.RecordBatch]) -> None:
        """Refuse what wraps around in 64 bits of nanoseconds; `batches` hold microseconds."""
        for batch in batches:
            for column in batch.columns:
                bounds = pc.min_max(column.cast(pa.int64())).as_py()
                if max(abs(bounds["min"] or 0), abs(bounds["max"] or 0)) >= _INT96_MICROSECONDS:
                    what = "an INT96 timestamp outside the years 1677 to 2262"
                    raise InputError("unsupported", what, "write it as 64-bit microseconds", self._place)

    def _rebuilt(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch in the table's schema, checked to the last byte."""
        check_bytes(batch, self._place)
        columns = [decoded(batch.column(i), field.type) for i, field in enumerate(self._table.schema)]
        if not columns:
            return batch
        return pa.RecordBatch.from_arrays(columns, schema=self._table.schema)


class ParquetSink:
    """Writes a Parquet file with the row groups of its source; holds one row group in memory."""

    def __init__(self, out: BinaryIO, source: Source, label: Label | None) -> None:
        if not isinstance(source, ParquetSource):
            raise TypeError("the source is not a Parquet file")
        self._out, self._source, self._label = out, source, label
        self._held: list[pa.RecordBatch] = []
        self._writer: pq.ParquetWriter | None = None

    def prepare(self, part: Part) -> tuple[pa.RecordBatch, bool]:
        """The rows in the file's own types, and whether they end a row group; pure.

        Raises `GateError` (`does-not-fit`) where a masked column has another type than the file's.
        """
        if isinstance(part, Text) or not isinstance(part.origin, _Origin):
            raise TypeError("a part that did not come from a Parquet file")
        schema = self._schema(part.batch.schema.names)
        columns = [encoded(part.batch.column(field.name), field) for field in schema]
        return pa.RecordBatch.from_arrays(columns, schema=schema), part.origin.ends_group

    def write(self, prepared: object) -> None:
        """Hold the rows until their row group is whole, then write it."""
        batch, ends_group = prepared  # type: ignore[misc]
        self._held.append(batch)  # type: ignore[has-type]
        if ends_group:  # type: ignore[has-type]
            table = pa.Table.from_batches(self._held)
            self._opened(table.schema).write_table(table, row_group_size=max(1, table.num_rows))
            self._held.clear()

    def close(self) -> None:
        """Write the footer; a file without row groups gets none."""
        schema = self._held[0].schema if self._held else self._schema(self._source.file_schema.names)
        self._opened(schema).close()

    def _schema(self, names: list[str]) -> pa.Schema:
        metadata = {KEY: self._label.as_text()} if self._label else None
        kept = set(names)
        return pa.schema([field for field in self._source.file_schema if field.name in kept], metadata)

    def _opened(self, schema: pa.Schema) -> "pq.ParquetWriter":
        if self._writer is None:
            import pyarrow.parquet as pq

            layout = self._source.layout
            self._writer = pq.ParquetWriter(
                self._out, schema, compression=layout.compression, use_deprecated_int96_timestamps=layout.all_int96
            )
        return self._writer


class Parquet:
    """Parquet, with the label among the metadata of the file."""

    name = "parquet"
    suffixes = (".parquet", ".pq")
    carries_label = True
    compresses_itself = True

    def sniff(self, head: bytes) -> bool:
        """Whether the file starts like Parquet, encrypted or not."""
        return head.startswith(_MAGICS)

    def open(self, file: InputFile, options: ReadOptions) -> ParquetSource:
        """Read the footer; raises `InputError` (`truncated`, `malformed`, `unsupported` for encryption, `limit`)."""
        return ParquetSource(file, options)

    def sink(self, out: BinaryIO, source: Source, label: Label | None) -> Sink:
        """The writer of a copy; the label goes into the key-value metadata as `masker_tag`."""
        return ParquetSink(out, source, label)


FORMAT = Parquet()


def _opened(stream: BinaryIO, unit: str | None = None, dictionaries: list[str] | None = None) -> "pq.ParquetFile":
    import pyarrow.parquet as pq

    return pq.ParquetFile(
        stream,
        pre_buffer=False,
        page_checksum_verification=True,
        coerce_int96_timestamp_unit=unit,
        read_dictionary=dictionaries,
    )


def _check_ends(file: InputFile, place: Place) -> None:
    with file.open() as stream:
        head = stream.read(4)
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - 4))
        tail = stream.read(4)
    if _ENCRYPTED in (head, tail):
        raise InputError("unsupported", "the file is encrypted", "decrypt it first", place)
    if not _MAGIC.startswith(head):
        raise InputError("malformed", "the file is not Parquet", place=place)
    if size < 12 or tail != _MAGIC:
        raise InputError("truncated", "the file ends before its footer does", "export or copy it again", place)
