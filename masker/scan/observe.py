"""One pass over a table: per column a sample of values, counts, and the sketch that keys are inferred from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from masker.columns import is_text
from masker.relations import ColumnSketch
from masker.scan.hashing import Hasher, hashable
from masker.scan.named_values import Neighbours, neighbours
from masker.scan.sampling import Sampler, ranks
from masker.scan.sketches import Sketcher
from masker.snapshot import Table

SAMPLED = 1000  # non-null values a column


@dataclass(frozen=True, slots=True)
class ObservedColumn:
    """A column after the pass: `sample` holds values and therefore never leaves the scan."""

    name: str
    type: pa.DataType
    sample: pa.Array
    sketch: ColumnSketch


@dataclass(frozen=True, slots=True)
class ObservedTable:
    """A table after the pass, columns in schema order; `beside`: names that stand beside values."""

    table: Table
    rows: int
    columns: tuple[ObservedColumn, ...]
    beside: tuple[Neighbours, ...] = field(default=(), repr=False)


def observe(
    table: Table, batches: Callable[[], Iterator[pa.RecordBatch]], hasher: Hasher, *, size: int = SAMPLED
) -> ObservedTable:
    """Read a table once. Columns are taken by position; memory stays bounded whatever the number of rows."""
    width = max(len(table.schema), 1)
    samplers = [Sampler(size) for _ in table.schema]
    sketchers = [Sketcher(hasher, _plain_type(field.type), width) for field in table.schema]
    beside = neighbours(table.schema)
    rows = 0
    for batch in batches():
        if batch.num_rows == 0:
            continue
        rank = ranks(rows, batch.num_rows)
        plain = [_plain(column) for column in batch.columns]
        for pair in beside:
            pair.add(plain[pair.name], plain[pair.value])
        for column, sampler, sketcher in zip(plain, samplers, sketchers, strict=True):
            if hashable(column.type):
                sampler.add(column, rank)
            sketcher.add(column)
        rows += batch.num_rows
    columns = tuple(
        ObservedColumn(field.name, field.type, sampler.finish(_plain_type(field.type)), sketcher.finish())
        for field, sampler, sketcher in zip(table.schema, samplers, sketchers, strict=True)
    )
    return ObservedTable(table, rows, columns, tuple(beside))


def _plain_type(type_: pa.DataType) -> pa.DataType:
    """The type without dictionaries and views, for which Arrow lacks kernels."""
    if pa.types.is_dictionary(type_):
        return _plain_type(type_.value_type)
    return pa.string() if is_text(type_) else type_


def _plain(column: pa.Array) -> pa.Array:
    wanted = _plain_type(column.type)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column if column.type == wanted else column.cast(wanted)
