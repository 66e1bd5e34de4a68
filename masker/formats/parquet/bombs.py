"""Whether a row group inflates beyond measure, and how many of its rows are decoded at a time so that none can.

A page inflates as its codec does; a dictionary holds a long value once and names it a million times, and prefixes are
shared (DELTA_BYTE_ARRAY): both show only when rows are decoded. Encodings: https://parquet.apache.org/docs/file-format/
"""

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import is_text
from masker.streams import Limits

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_PREFIXED = {"DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"}
_PREFIXED_ROWS = 256


def inflates_too_far(group: "pq.RowGroupMetaData", limits: Limits) -> bool:
    """Whether the footer says that the pages of a row group inflate beyond `limits`."""
    return exceeds(group.total_byte_size, packed_bytes(group), limits)


def packed_bytes(group: "pq.RowGroupMetaData") -> int:
    """The bytes of a row group as they lie in the file."""
    return sum(group.column(i).total_compressed_size for i in range(group.num_columns))


def exceeds(inflated: int, packed: int, limits: Limits) -> bool:
    """Whether so many bytes are too many to have come out of `packed` ones."""
    return inflated > limits.free_bytes and inflated > limits.ratio * max(1, packed)


def rows_at_a_time(opened: "pq.ParquetFile", number: int, rows: int, block_bytes: int) -> int:
    """How many of `rows` may be decoded at once; `opened` gives columns as their dictionaries (`dictionaries_of`)."""
    group = opened.metadata.row_group(number)
    encodings = {name for i in range(group.num_columns) for name in group.column(i).encodings}
    if encodings & _PREFIXED:
        rows = min(rows, _PREFIXED_ROWS)
    first = next(opened.iter_batches(1, [number]), None)
    longest = sum(_longest(column) for column in first.columns) if first is not None else 0
    return max(1, min(rows, 8 * block_bytes // max(1, longest)))


def dictionaries_of(schema: pa.Schema) -> list[str]:
    """The columns that can be read as dictionaries: those of text and bytes at the top."""
    return [field.name for field in schema if is_text(field.type) or pa.types.is_binary(field.type)]


def _longest(column: pa.Array) -> int:
    """Bytes of the longest value in a column's dictionary; 0 where it has none."""
    if not pa.types.is_dictionary(column.type) or not len(column.dictionary):
        return 0
    return int(pc.max(pc.binary_length(column.dictionary)).as_py() or 0)
