"""A CSV file as a source: one table, its header and blocks of rows in order, as often as asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePath

import pyarrow as pa

from masker.columns import Bools
from masker.errors import InputError, Place, shown
from masker.formats import ReadOptions
from masker.formats.csv.blocks import Block, check, cut, too_long
from masker.formats.csv.dialect import SEPARATORS, Dialect, find_dialect, first_record_end
from masker.formats.csv.faithful import Faithful, read_faithful
from masker.formats.csv.fast import Fast, read_fast
from masker.formats.csv.layout import Layout
from masker.formats.csv.limits import RECORD_BYTES
from masker.formats.csv.text import BOM, encoding_of, read_utf8
from masker.snapshot import Part, Rows, Table, Text
from masker.spans import find_cells, find_quotes, record_end
from masker.streams import InputFile

_SAMPLE_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class Header:
    """The `origin` of a header: a block of one row whose cells are names, not values, and never replaced."""

    layout: Layout


@dataclass(frozen=True)
class CsvSource:
    """One CSV file. `faithful` leaves the fast path out; the results are the same.

    With `uneven`, rows with more or fewer cells than the header are read and counted there, and nothing can be written.
    """

    file: InputFile
    encoding: str
    dialect: Dialect
    block_bytes: int
    table: Table
    place: Place
    faithful: bool = field(default=False)
    uneven: list[int] | None = None

    @property
    def tables(self) -> tuple[Table, ...]:
        """The one table, named like the file."""
        return (self.table,)

    @property
    def uneven_rows(self) -> tuple[str, ...]:
        """That rows were read, in the last pass, that no copy can have."""
        if not self.uneven:
            return ()
        rows = "1 row has" if sum(self.uneven) == 1 else f"{sum(self.uneven)} rows have"
        return (f"{shown(self.table.name)}: {rows} more or fewer cells than the header, which `masker mask` refuses",)

    def parts(self, table: str | None = None) -> Iterator[Part]:
        """Stream the mark (as `Text`), the header (as `Rows` without rows), then the rows, from the start.

        Each block is read by Arrow where that is proved exact, else by its spans. Blank lines between blocks come as
        `Text`. Raises `InputError` at ragged rows and all that `cut` refuses.
        """
        names, separator = self.dialect.names, self.dialect.separator
        if self.uneven is not None:
            self.uneven.clear()
        # A list, so that `cut` sees the count as it stands when it refuses.
        taken = [-1 if self.dialect.header else 0]
        with self.file.open() as stream:
            chunks = read_utf8(stream, self.encoding, max(1, self.block_bytes), self.place)
            mark, chunks = _without_bom(chunks)
            if mark:
                yield Text(mark)
            for block in cut(chunks, ord(separator), self.place, lambda: taken[0]):
                rest = block
                if taken[0] < 0:
                    cells = find_cells(block.data, block.quotes, ord(separator))
                    if not len(cells.last):
                        yield Text(block.data)
                        continue
                    head, rest = _split(block, first_record_end(block.data, cells))
                    layout = read_faithful(head, names, separator, self.place, -1)
                    taken[0] = 0
                    if layout is None:
                        raise AssertionError("a header has a record")
                    yield Rows(self.table.name, layout.batch.slice(0, 0), Header(layout), None)
                    if not rest.data:
                        continue
                read = self._read(rest, taken[0])
                if read is None:
                    yield Text(rest.data)
                    continue
                yield Rows(self.table.name, read.batch, read, None)
                taken[0] += read.batch.num_rows

    def without(self, rows: Rows, left_out: Bools, *, first: bool) -> Part:
        """The rows less those that are `left_out`, each with its line end; `Text` where only blank lines are left."""
        layout = rows.origin
        if not isinstance(layout, Fast | Faithful):
            raise TypeError("rows that did not come from a CSV file")
        left = layout.without(left_out)
        return Text(left) if isinstance(left, bytes) else replace(rows, batch=left.batch, origin=left)

    def _read(self, block: Block, rows: int) -> Layout | None:
        names, separator = self.dialect.names, self.dialect.separator
        fast = None if self.faithful else read_fast(block, names, separator)
        return fast or read_faithful(block, names, separator, self.place, rows, uneven=self.uneven)


def open_csv(file: InputFile, options: ReadOptions) -> CsvSource:
    """Find encoding, separator and header in the head of the file and give its source.

    A file without any record has a table without columns. Raises `InputError` where the head is unusable.
    """
    place = Place(file=file.path.name)
    if options.delimiter and (
        not options.delimiter.isascii() or len(options.delimiter) != 1 or options.delimiter in '"\r\n\0'
    ):
        raise InputError("unsupported", "a delimiter is one ASCII character, no quote and no line end", "", place)
    with file.open() as stream:
        encoding = encoding_of(stream.read(4), options.encoding, place)
    sample, final = _sample(file, encoding, options.delimiter, place)
    suffix = PurePath(_bare_name(file)).suffix.lower()
    if sample.strip(b"\r\n"):
        dialect = find_dialect(
            sample, final=final, separator=options.delimiter, suffix=suffix, header=options.header, place=place
        )
    else:
        dialect = Dialect(options.delimiter or ",", (), options.header)
    schema = pa.schema([(name, pa.string()) for name in dialect.names])
    table = Table(PurePath(_bare_name(file)).stem, schema)
    uneven: list[int] | None = [] if options.uneven else None
    at = replace(place, table=table.name)
    return CsvSource(file, encoding, dialect, options.block_bytes, table, at, uneven=uneven)


def _bare_name(file: InputFile) -> str:
    ending = f".{file.compression}"
    return file.path.name.removesuffix(ending) if file.compression else file.path.name


def _sample(file: InputFile, encoding: str, delimiter: str, place: Place) -> tuple[bytes, bool]:
    """Read until the sample is long enough and holds a whole record, or the file ends."""
    sample, wanted = bytearray(), _SAMPLE_BYTES
    with file.open() as stream:
        _, chunks = _without_bom(read_utf8(stream, encoding, _SAMPLE_BYTES, place))
        for chunk in chunks:
            sample += chunk
            if len(sample) < wanted:
                continue
            if _has_record(bytes(sample), delimiter or SEPARATORS):
                whole = bytes(sample)[: max(sample.rfind(b"\n"), sample.rfind(b"\r")) + 1]
                check(whole, place)
                return whole, False
            if len(sample) > RECORD_BYTES:
                raise too_long(replace(place, row=1))
            wanted = 2 * len(sample)
    check(bytes(sample), place)
    return bytes(sample), True


def _has_record(sample: bytes, separators: str) -> bool:
    if not sample.strip(b"\r\n"):
        return False
    lead = len(sample) - len(sample.lstrip(b"\r\n"))
    for mark in separators:
        quotes = find_quotes(sample, ord(mark))
        if quotes.bad is None and record_end(sample, quotes, final=False) <= lead:
            return False
    return True


def _without_bom(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= len(BOM):
            break
    mark = BOM if head.startswith(BOM) else b""
    return mark, _chained(head[len(mark) :], chunks)


def _chained(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from chunks


def _split(block: Block, position: int) -> tuple[Block, Block]:
    before = block.quotes.before(position)
    after = replace(block.quotes, positions=block.quotes.positions[len(before.positions) :] - position)
    return Block(block.data[:position], before), Block(block.data[position:], after)
