"""The verifier's Parquet reader: the columns in their own types, row group by row group."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from masker.errors import GateError, InputError, Place
from masker.verify.reading import ROWS


class ParquetReader:
    """Rows of one Parquet file of exactly the expected columns, in their order."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self.path = path
        self._place = Place(file=path.name)
        with self._opened() as file:
            names = tuple(file.schema_arrow.names)
        if names != columns:
            raise GateError("mismatch", "the columns are not those that were promised", place=self._place)

    def records(self) -> int:
        """Rows as the footer counts them, group by group."""
        with self._opened() as file:
            return sum(file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups))

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows; raises `InputError` where a page is damaged."""
        with self._opened() as file:
            try:
                yield from file.iter_batches(batch_size=ROWS, use_threads=False)
            except (OSError, pa.ArrowException):
                raise InputError("malformed", "the Parquet file is damaged", place=self._place) from None

    def _opened(self) -> pq.ParquetFile:
        try:
            return pq.ParquetFile(self.path, buffer_size=1 << 20, pre_buffer=False)
        except FileNotFoundError:
            raise InputError("not-found", "the file is missing", place=self._place) from None
        except (OSError, pa.ArrowException):
            raise InputError("malformed", "this is no Parquet file, or a damaged one", place=self._place) from None
