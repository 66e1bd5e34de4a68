"""What the verifier's own readers give: columns of one file as Arrow batches, and a record count by separate code.

They share no code with masker's formats, on purpose: a mistake there must not hide itself here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from masker.errors import InputError, Place

ROWS = 1 << 14
"""Rows a batch, at most: what bounds memory and how local a fault can be seen."""

_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".psv": "csv",
    ".txt": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
_COMPRESSIONS = {".gz", ".zst"}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read, where its name and bytes alone do not tell ("": they do).

    `format` is `csv`, `json`, `jsonl` or `parquet`. A CSV's delimiter is otherwise the one under which its first
    record is the header that was promised. `parser` is who reads a CSV: `duckdb`, or `arrow` for the other side, so
    that no mistake of one parser is made on both.
    """

    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    header: bool = True
    parser: str = "duckdb"


class Reader(Protocol):
    """One file, opened to be checked: the columns that were asked for, and nothing may be there beside them."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows in order, from the start; raises `InputError` where the file is malformed or truncated."""
        ...

    def records(self) -> int:
        """The number of records, counted by code that shares nothing with `batches`."""
        ...


def open_reader(path: Path, reading: Reading, columns: tuple[str, ...]) -> Reader:
    """Open a file of which exactly `columns` are expected.

    Raises `InputError` (`unsupported` where the format has no reader here, `malformed`, ...) and `GateError`
    (`mismatch`) where the file has other columns.
    """
    kind = reading.format or format_of(path)
    if kind in {"csv", "tsv"}:
        from masker.verify.csv_reader import open_csv

        return open_csv(path, reading, columns)
    if kind in {"json", "jsonl"}:
        from masker.verify.json_reader import JsonReader

        return JsonReader(path, columns)
    if kind == "parquet":
        from masker.verify.parquet_reader import ParquetReader

        return ParquetReader(path, columns)
    raise InputError("unsupported", "there is no verifying reader for this format", place=Place(file=path.name))


def format_of(path: Path) -> str:
    """The format that a file's name tells, without its compression ending; "" where it tells none."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    while suffixes and suffixes[-1] in _COMPRESSIONS:
        suffixes.pop()
    return _SUFFIXES.get(suffixes[-1], "") if suffixes else ""
