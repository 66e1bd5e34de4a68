"""What a file of a copy holds beside its cells: Parquet's metadata, unused words, statistics, stray bytes; labels.

What a dump has beside rows is compared with SOURCE (`beside`); here only its label is looked at. Of a Parquet file
nothing may come from SOURCE. Key-value metadata is the label alone; every word of a dictionary is used; the least
and the greatest value in the footer are those of the rows; and every byte of the file belongs to a page or the footer
(Apache Parquet format, https://parquet.apache.org/docs/file-format/).
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from masker.errors import Place
from masker.label import KEY, Label
from masker.promises import Promises
from masker.verify.arrow_container import arrow_problems
from masker.verify.avro_container import avro_problems
from masker.verify.bits import picked
from masker.verify.labels import label_text
from masker.verify.opening import Where
from masker.verify.problems import Problem
from masker.verify.reading import format_of
from masker.verify.sides import below
from masker.verify.texts import text_column, validity
from masker.verify.workbook_container import workbook_problems

_OURS = {KEY.encode(), b"ARROW:schema"}
_FIELD_KEYS = {b"PARQUET:field_id"}
_MAGIC = 4
_FOOTER_END = 8


def container_problems(promises: Promises, copy: Where, label: str | None) -> list[Problem]:
    """What is wrong with the Parquet files and dumps of a copy; `label` is the text that they carry (None: any).

    A file that cannot be read at all is not reported here: comparing rows does that.
    """
    problems: list[Problem] = []
    seen: set[str] = set()
    for table in promises.tables:
        path = below(copy, table.file)
        if not isinstance(path, Path):
            continue
        place = Place(table.file or None, table.name)
        try:
            with path.open("rb") as file:
                is_parquet = file.read(_MAGIC) == b"PAR1"
            if is_parquet:
                problems += _of_file(path, place, label)
            elif format_of(path) == "avro":
                problems += avro_problems(path, place, label)
            elif format_of(path) == "arrow":
                problems += arrow_problems(path, place, label)
            elif table.file not in seen and format_of(path) == "excel":
                seen.add(table.file)
                problems += workbook_problems(path, promises, table.file, label)
            elif table.file not in seen and format_of(path) == "sql":
                seen.add(table.file)
                problems += _of_dump(path, Place(table.file or None), label)
        except (OSError, pa.ArrowException):
            continue
    return problems


def _of_dump(path: Path, place: Place, label: str | None) -> Iterator[Problem]:
    found = label_text(path)
    if not found or Label.parse(found) is None:
        yield Problem("mismatch", "the dump has no label at its top", place)
    elif label is not None and found != label:
        yield Problem("leak", "the dump carries a label that is not the copy's", place)


def _of_file(path: Path, place: Place, label: str | None) -> Iterator[Problem]:
    file = pq.ParquetFile(path)
    schema, metadata = file.schema_arrow, file.metadata
    held = {**(metadata.metadata or {}), **(schema.metadata or {})}
    if set(held) - _OURS or (label is not None and held.get(KEY.encode(), label.encode()) != label.encode()):
        yield Problem("leak", "the file carries metadata that is not the copy's label", place)
    for field in schema:
        if set(field.metadata or {}) - _FIELD_KEYS:
            at = Place(place.file, place.table, field.name)
            yield Problem("leak", "a column carries metadata of its own", at)
    if _stray_bytes(path, metadata):
        yield Problem("leak", "the file has bytes that belong to no page", place)
    texts = [field.name for field in schema if _is_text(field.type)]
    if not texts:
        return
    words = pq.ParquetFile(path, read_dictionary=texts)
    unused: dict[str, set[object]] = {name: set() for name in texts}
    for group in range(metadata.num_row_groups):
        for name in texts:
            column = words.read_row_group(group, columns=[name], use_threads=False)[name]
            for chunk in column.chunks:
                unused[name] |= _unused(chunk)
            if not _bounds_are_of_rows(column, metadata.row_group(group), name):
                at = Place(place.file, place.table, name)
                yield Problem("leak", "statistics hold a value that no row has", at)
    for name, left in unused.items():
        if left and (left := left - _used(words, name)):
            at = Place(place.file, place.table, name)
            yield Problem("leak", "a dictionary holds words that no row uses", at, len(left))


def _is_text(type_: pa.DataType) -> bool:
    plain = type_.value_type if pa.types.is_dictionary(type_) else type_
    return bool(pa.types.is_string(plain) or pa.types.is_large_string(plain))


def _unused(chunk: pa.Array) -> set[object]:
    """The words of a dictionary that none of its rows points at."""
    if not pa.types.is_dictionary(chunk.type):
        return set()
    indices = pc.cast(chunk.indices, pa.int64())
    numbers = np.frombuffer(indices.buffers()[1], dtype=np.int64)[indices.offset : indices.offset + len(indices)]
    left = np.ones(len(chunk.dictionary), dtype=np.bool_)
    left[numbers[validity(indices)]] = False
    return set(picked(chunk.dictionary, np.flatnonzero(left)).to_pylist()) if left.any() else set()


def _used(file: pq.ParquetFile, name: str) -> set[object]:
    """All values of a column: a writer may give every row group the dictionary of the whole column."""
    used: set[object] = set()
    for batch in file.iter_batches(columns=[name], use_threads=False):
        used.update(batch.column(0).unique().to_pylist())
    return used


def _bounds_are_of_rows(column: pa.ChunkedArray, group: pq.RowGroupMetaData, name: str) -> bool:
    held = next(
        (c for c in map(group.column, range(group.num_columns)) if c.path_in_schema == name and c.is_stats_set), None
    )
    if held is None or not held.statistics.has_min_max:
        return True
    bounds = text_column([held.statistics.min, held.statistics.max])
    found: set[object] = set()
    for chunk in column.chunks:
        values = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
        among = pc.SetLookupOptions(value_set=bounds.cast(values.type))
        found.update(values.filter(pc.is_in(values, options=among)).to_pylist())
    return {held.statistics.min, held.statistics.max} <= found


def _stray_bytes(path: Path, metadata: pq.FileMetaData) -> bool:
    """Whether the pages, one after the other, leave room between the magic bytes and the footer."""
    spans = []
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            # A chunk without rows has a dictionary page and no data page, at offset 0.
            start = min(filter(None, (column.dictionary_page_offset, column.data_page_offset)), default=0)
            if start:
                spans.append((start, start + column.total_compressed_size))
    end = _MAGIC
    for start, stop in sorted(spans):
        if start != end:
            return True
        end = stop
    # Indexes and bloom filters, which other writers put after the pages, are never written.
    return bool(path.stat().st_size - metadata.serialized_size - _FOOTER_END != end)
