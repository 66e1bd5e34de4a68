"""The verifier's CSV reader: Arrow where the census shows that every reader agrees, records in Python elsewhere.

Runs of records spread over the file are read by both, and must be the same.
"""

import codecs
import csv
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv

from masker.errors import GateError, InputError, Place
from masker.verify.csv_census import Census, Feed, census, count_slowly, separators
from masker.verify.csv_records import Cells, records
from masker.verify.csv_spots import Spots
from masker.verify.opening import utf8_blocks
from masker.verify.reading import ROWS, Reading
from masker.verify.texts import text_column
from masker.verify.utf8 import checked

_DELIMITERS = (",", ";", "\t", "|")
_BLOCK = 1 << 18


def open_csv(path: Path, reading: Reading, columns: tuple[str, ...]) -> "CsvReader":
    """Open a CSV of exactly `columns`; its delimiter is the one under which the first record fits them.

    An unnamed header cell fits any name. Raises `GateError` (`mismatch`) where no delimiter does.
    """
    for delimiter in (reading.delimiter,) if reading.delimiter else _DELIMITERS:
        reader = CsvReader(path, reading, delimiter, columns)
        first = next(reader.cells(), None)
        if first is None and not reading.header:
            return reader  # no rows: of whatever columns
        first = first or []
        fits = not reading.header or all(
            cell is None or cell == name for cell, name in zip(first, columns, strict=False)
        )
        if len(first) == len(columns) and fits:
            return reader
    raise GateError("mismatch", "the columns are not those that were promised", place=Place(file=path.name))


class CsvReader:
    """Rows of one CSV as `pa.string()` columns: NULL for an empty unquoted cell, '' for a quoted one."""

    def __init__(self, path: Path, reading: Reading, delimiter: str, columns: tuple[str, ...]) -> None:
        self.path, self.reading, self.delimiter, self.columns = path, reading, delimiter, columns
        self._spots = Spots(delimiter)
        self._census: Census | None = None
        self._exact: bool | None = None

    def counted(self) -> Census:
        """The census of the file, taken once."""
        if self._census is None:
            blocks = checked(self._blocks(), self.path.name)
            self._census = census(blocks, self.delimiter, file=self.path.name, spots=self._spots)
        return self._census

    def records(self) -> int:
        """Records, the header not counted; a blank line is none."""
        counted = self.counted()
        if self._is_exact():
            return counted.records - self.reading.header
        try:
            return count_slowly(self._blocks(), self.delimiter) - self.reading.header
        except (csv.Error, UnicodeError):
            raise InputError("malformed", "the CSV cannot be read", place=Place(file=self.path.name)) from None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows; what the fast parser refuses is read by the slower reader from there on, or refused by it."""
        done = 0
        if self._is_exact():
            try:
                for batch in self._by_arrow():
                    if self._spots.differs(batch, done + self.reading.header) is not None:
                        message = "two parsers read a record of the CSV differently"
                        raise InputError("unsupported", message, place=Place(file=self.path.name))
                    yield batch
                    done += batch.num_rows
                return
            except pa.ArrowInvalid:
                pass
        yield from self._slow(done)

    def cells(self) -> Iterator[Cells]:
        """All records but blank lines, the header too; raises `InputError` for what is not UTF-8."""
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        texts = chain(map(decoder.decode, self._blocks()), (decoder.decode(b"", final=True) for _ in "1"))
        try:
            for cells in records(filter(None, texts), self.delimiter):
                if cells != [None]:
                    yield cells
        except UnicodeError:
            raise InputError("encoding", "the file is not UTF-8", place=Place(file=self.path.name)) from None

    def _is_exact(self) -> bool:
        # A reader may take a record with one empty cell too many without a word: then the separators must add up.
        if self._exact is None:
            counted = self.counted()
            self._exact = counted.regular and self.delimiter in _DELIMITERS
            if self._exact and counted.open_ends:
                wanted = counted.records * (len(self.columns) - 1)
                self._exact = separators(self._blocks(), self.delimiter) == wanted
        return self._exact

    def _blocks(self) -> Iterator[bytes]:
        return utf8_blocks(self.path, self.reading.encoding)

    def _slow(self, skip: int) -> Iterator[pa.RecordBatch]:
        rows = islice(self.cells(), skip + self.reading.header, None)
        count = skip
        while chunk := list(islice(rows, ROWS // 4)):
            for cells in chunk:
                count += 1
                if len(cells) != len(self.columns):
                    place = Place(file=self.path.name, row=count)
                    raise InputError("malformed", "a record has more or fewer cells than the header", place=place)
            yield pa.RecordBatch.from_arrays([text_column(column) for column in zip(*chunk, strict=True)], self.columns)

    def _by_arrow(self) -> Iterator[pa.RecordBatch]:
        names = [f"c{i}" for i in range(len(self.columns))]
        reader = arrow_csv.open_csv(
            pa.PythonFile(Feed(_ended(self._blocks())), mode="r"),
            arrow_csv.ReadOptions(
                use_threads=False, block_size=_BLOCK, column_names=names, skip_rows_after_names=int(self.reading.header)
            ),
            arrow_csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True),
            arrow_csv.ConvertOptions(
                check_utf8=False,  # the census has: of the whole at once, which is cheaper than cell by cell
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        for batch in evenly(reader, ROWS):
            yield pa.RecordBatch.from_arrays(batch.columns, self.columns)


def _ended(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks with a line end after the last line: without one Arrow takes an empty last cell for a quoted one."""
    last = b"\n"
    for block in blocks:
        yield block
        last = block[-1:] or last
    if last not in b"\r\n":
        yield b"\n"


def evenly(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of `rows`, but for the last one."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        held.append(batch)
        count += batch.num_rows
        if count < rows:
            continue
        joined = pa.concat_batches(held)
        whole = count - count % rows
        for start in range(0, whole, rows):
            yield joined.slice(start, rows)
        held, count = ([joined.slice(whole)] if count > whole else []), count - whole
    if count:
        yield pa.concat_batches(held)
