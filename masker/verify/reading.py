"""What the verifier's own readers give: columns of one table as Arrow batches, and a record count by separate code.

They share no code with masker's formats, on purpose: a mistake there must not hide itself here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import pyarrow as pa

from masker.errors import InputError, Place
from masker.promises import Promises
from masker.verify.opening import Where, starts_with

if TYPE_CHECKING:
    from masker.verify.document_reader import Document
    from masker.verify.dump_ddl import Declared

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
    ".sql": "sql",
    ".pgsql": "sql",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
    ".db3": "sqlite",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".arrows": "arrow",
    ".ipc": "arrow",
    ".avro": "avro",
    ".xlsx": "excel",
    ".xls": "excel",
    ".xlsb": "excel",
    ".ods": "excel",
}
MANY = frozenset({"sql", "sqlite", "excel"})
"""Formats whose files hold many tables."""
DECLARING = frozenset({"sql", "sqlite"})
"""Those of them that say how their tables are made, and so still name a column that was dropped."""
_COMPRESSIONS = {".gz", ".zst", ".bz2"}
_MAGICS = {b"SQLite format 3\0": "sqlite", b"PK\x03\x04": "excel", b"ARROW1": "arrow", b"Obj\x01": "avro"}

KIND = "\0"
"""Prefix of columns that say how each cell is written: checked of kept columns (`"1"` and `1` have the same text)."""
FORM = "\1"
"""Prefix of columns that say how a cell is written whatever it holds (NULL: in any way); alone, what stands between
the cells of a row."""
LEAD = FORM + FORM
"""The column that says what leads to each row: what stands between two rows, or opens them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read, where its name and bytes alone do not tell ("": they do).

    `format` is `csv`, `json`, `jsonl`, `parquet`, `sql`, `sqlite`,
    `excel`, `arrow` or `avro`. A CSV's delimiter is otherwise the one
    under which its first record is the header that was promised. `dialect` is that of a dump. `order` is the file in
    which the writer of a database noted the order in which it had the rows, where masking gave them new keys.
    `documents` says of the tables of a nested JSON file where they stand (`TablePromise.at`), `dropped` that a copy
    lacks some columns. `computed`: a dump of MySQL's may say what the server once computed, where a copy says DEFAULT.
    """

    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    header: bool = True
    dialect: str = ""
    order: Path | None = None
    documents: tuple[tuple[str, str], ...] = ()
    dropped: bool = False
    computed: bool = False


def with_documents(readings: Mapping[str, Reading], promises: Promises) -> dict[str, Reading]:
    """The readings by file, nested JSON files among them told where their tables stand."""
    found = dict(readings)
    for file in {table.file for table in promises.tables if table.at}:
        tables = [table for table in promises.tables if table.file == file]
        dropped = any(column.fate == "dropped" for table in tables for column in table.columns)
        told = tuple((table.name, table.at) for table in tables)
        found[file] = replace(found.get(file, Reading()), documents=told, dropped=dropped)
    return found


class Reader(Protocol):
    """One table, opened to be checked: the columns that were asked for, and nothing may be there beside them.

    A batch may have further columns whose names begin with `KIND` or `FORM`: how cells and rows are written.
    """

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows in order, from the start; raises `InputError` where the file is malformed or truncated."""
        ...

    def records(self) -> int:
        """The number of records, counted by code that shares nothing with `batches`."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """One statement of a file beside its rows: `text` with the comments that lead to it.

    `kind` is its leading words in upper case ("" of comments and blanks alone), `line` where it begins (1-based),
    `rows` which rows stand directly before it: how many of which table, in order.
    """

    kind: str
    text: bytes
    line: int
    rows: tuple[tuple[str, int], ...] = ()


class Tables(Protocol):
    """A file that holds many tables, looked through once; each table is then read by itself."""

    @property
    def dialect(self) -> str:
        """Whose SQL `said` is: `postgres`, `mysql` or `sqlite`."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """The tables that have rows here, in the order in which they are read with least effort."""
        ...

    def reader(self, table: str, columns: tuple[str, ...]) -> Reader:
        """Open one table, which may have no rows here; raises as `open_reader` does."""
        ...

    def full_name(self, table: str) -> str:
        """What `names` calls a table that a promise names; "" where it has no rows here."""
        ...

    def said(self) -> Iterator[Said]:
        """All that is no row of `names`, in order; nothing where a file has no text of its own."""
        ...


@runtime_checkable
class Declares(Protocol):
    """Tables whose file says how their columns are made."""

    def declared(self, table: str) -> "tuple[Declared, ...] | None":
        """The columns that it declares of a table; None where it does not."""
        ...


@dataclass
class Files:
    """The files of one side, each looked through once however many tables it holds.

    `as_noted`: rows come in the order that was noted for the copy, which is no order of SOURCE.
    """

    as_noted: bool = True
    _held: dict[object, Tables] = field(default_factory=dict)
    _documents: "dict[Path, Document]" = field(default_factory=dict)

    def reader(self, where: Where, reading: Reading, columns: tuple[str, ...], table: str = "") -> Reader:
        """Open the `table` of a file of which exactly `columns` are expected; a file of one table needs no name.

        Raises `InputError` (`unsupported` where the format has no reader here, `malformed`, ...) and `GateError`
        (`mismatch`) where there are other columns.
        """
        if reading.documents and isinstance(where, Path):
            return self._document(where, reading).reader(table, columns)
        tables = self.tables(where, reading)
        return _one_table(where, reading, columns) if tables is None else tables.reader(table, columns)

    def tables(self, where: Where, reading: Reading) -> Tables | None:
        """The tables of a file of many; None where its format has one table a file."""
        kind = reading.format or format_of(where)
        if kind not in MANY:
            return None
        known: object = where if isinstance(where, Path) else id(where)
        if known not in self._held:
            read_as = reading if self.as_noted else replace(reading, order=None)
            self._held[known] = _many_tables(kind, where, read_as)
        return self._held[known]

    def _document(self, where: Path, reading: Reading) -> "Document":
        from masker.verify.document_reader import Document

        if where not in self._documents:
            self._documents.clear()  # tables come file by file, and a document may be large
            self._documents[where] = Document(where, reading)
        return self._documents[where]


def open_reader(where: Where, reading: Reading, columns: tuple[str, ...], table: str = "") -> Reader:
    """`Files.reader` for one table alone."""
    return Files().reader(where, reading, columns, table)


def _many_tables(kind: str, where: Where, reading: Reading) -> Tables:
    if kind == "sqlite":
        from masker.verify.sqlite_reader import open_sqlite

        return open_sqlite(where, reading)
    if kind == "excel":
        from masker.verify.workbook_reader import open_workbook

        return open_workbook(where, reading)
    from masker.verify.dump_reader import open_dump

    return open_dump(where, reading)


def _one_table(where: Where, reading: Reading, columns: tuple[str, ...]) -> Reader:
    kind = reading.format or format_of(where)
    if isinstance(where, Path):
        if kind in {"csv", "tsv"}:
            from masker.verify.csv_reader import open_csv

            return open_csv(where, reading, columns)
        if kind in {"json", "jsonl"}:
            from masker.verify.json_reader import JsonReader

            return JsonReader(where, columns)
        if kind == "parquet":
            from masker.verify.parquet_reader import ParquetReader

            return ParquetReader(where, columns)
        if kind == "avro":
            from masker.verify.avro_reader import AvroReader

            return AvroReader(where, columns)
        if kind == "arrow":
            from masker.verify.arrow_reader import ArrowReader

            return ArrowReader(where, columns)
    raise InputError("unsupported", "there is no verifying reader for this format", place=Place(file=where.name))


def format_of(where: Where) -> str:
    """The format that a file's name tells, without its compression ending, or its first bytes; "" where neither do."""
    suffixes = [suffix.lower() for suffix in Path(where.name).suffixes]
    while suffixes and suffixes[-1] in _COMPRESSIONS:
        suffixes.pop()
    found = _SUFFIXES.get(suffixes[-1], "") if suffixes else ""
    if found:
        return found
    return next((name for magic, name in _MAGICS.items() if starts_with(where, magic)), "")
