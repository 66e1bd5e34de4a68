"""Edits the statistics in a Parquet footer: the smallest value of a column, put there byte for byte."""

import io

import pyarrow.parquet as pq


def with_smallest(data: bytes, column: str, smallest: bytes) -> bytes:
    """The file with `smallest` as the least value of `column` in its first row group.

    The footer is Thrift's compact protocol; a value of the same length is exchanged in place.
    """
    group = pq.ParquetFile(io.BytesIO(data)).metadata.row_group(0)
    chunk = next(c for c in map(group.column, range(group.num_columns)) if c.path_in_schema == column)
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    known = str(chunk.statistics.min).encode()
    fitted = smallest[: len(known)].ljust(len(known), b"0")
    return data[:footer] + data[footer:].replace(known, fitted)
