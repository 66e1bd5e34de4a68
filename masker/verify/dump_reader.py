"""The verifier's reader of SQL dumps: PostgreSQL's COPY and INSERT, MySQL's and MariaDB's, SQLite's.

Shares no code with `masker.sql`. A dump is looked through once (`dump_scan`), which counts the rows too; then the rows
of each table are read from where they stand (`dump_rows`).
"""

import codecs
from collections.abc import Collection, Iterator

import pyarrow as pa

from masker.errors import GateError, InputError, Place
from masker.verify.dump_charset import BY_NUMBER, Unmarked, unmarked
from masker.verify.dump_ddl import Declared, declared_tables
from masker.verify.dump_rows import Parsed, copy_rows, insert_rows, numbered
from masker.verify.dump_scan import Scan, Scanned, Stretch
from masker.verify.dump_words import MYSQL, POSTGRES, SQLITE, dialect_of
from masker.verify.opening import Where, raw_blocks
from masker.verify.ranges import Ranges
from masker.verify.reading import FORM, KIND, LEAD, Reading, Said, Tables
from masker.verify.texts import text_column

_HEAD = 1 << 20


def open_dump(where: Where, reading: Reading) -> Tables:
    """Look through a dump; raises `InputError` where it is malformed or truncated."""
    return DumpTables(where, reading)


class DumpTables:
    """The tables of one dump, by the names that its statements give them."""

    def __init__(self, where: Where, reading: Reading) -> None:
        where = unmarked(where)
        self.where, self.reading = where, reading
        self.dialect = reading.dialect or dialect_of(_head(where))
        fixed = isinstance(where, Unmarked) or bool(reading.encoding)
        self.scanned: Scanned = Scan(raw_blocks(where), self.dialect, where.name, utf8=fixed).run()
        self.ranges = Ranges(where)
        self._declared = declared_tables(self.scanned.said, self.dialect)

    @property
    def names(self) -> tuple[str, ...]:
        """The tables that have rows, in the order of their first ones."""
        return tuple(self.scanned.stretches)

    def reader(self, table: str, columns: tuple[str, ...]) -> "DumpReader":
        """Open a table by its name, with its schema or without; without rows it has whatever columns."""
        return DumpReader(self, self.full_name(table), columns)

    def said(self) -> Iterator[Said]:
        """All that is no row."""
        return iter(self.scanned.said)

    def full_name(self, table: str) -> str:
        """The name that the dump gives a table, "" where it has no rows here.

        Raises `GateError` (`mismatch`) where it could be one of several.
        """
        found = _alike(table, self.scanned.stretches)
        if len(found) > 1:
            place = Place(file=self.where.name, table=table)
            raise GateError("mismatch", "several tables of the dump have this name", place=place)
        return found[0] if found else ""

    def declared(self, table: str) -> tuple[Declared, ...] | None:
        """The columns that the dump's DDL declares of a table; None where it does not declare it, or several of it."""
        found = _alike(table, self._declared)
        return self._declared[found[0]] if len(found) == 1 else None


class DumpReader:
    """The rows of one table of a dump, as `pa.string()` columns with NULL and '' told apart.

    A column that a statement does not list is NULL in its rows. Beside the cells come, for the verifier, their raw
    literals (`KIND`), the form of each literal of INSERT, and what stands around the cells of each row (`FORM`).
    """

    def __init__(self, dump: DumpTables, table: str, columns: tuple[str, ...]) -> None:
        self.dump, self.table, self.columns = dump, table, columns
        self._place = Place(file=dump.where.name, table=table or None)
        declared = dump.declared(table) or ()
        own = tuple(column.name for column in declared)
        self._computed = frozenset(column.name for column in declared if column.generated)
        # A table whose DDL stands elsewhere has the promised columns in the promised order.
        self._own = own if set(own) - self._computed == set(columns) else columns
        if own and not {name.casefold() for name in columns} <= {name.casefold() for name in own}:
            raise GateError("mismatch", "the columns are not those that were promised", place=self._place)
        for stretch in dump.scanned.stretches.get(table, ()):
            listed = self._listed(stretch)
            if len(set(listed)) != len(listed) or not set(listed) - self._computed <= set(columns):
                raise GateError("mismatch", "the columns are not those that were promised", place=self._place)

    def records(self) -> int:
        """Rows as the pass over the dump counted them."""
        return self.dump.scanned.counts.get(self.table, 0)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows; raises `InputError` (`malformed`, `encoding`, ...) with the row's number."""
        done = 0
        try:
            for stretch in self.dump.scanned.stretches.get(self.table, ()):
                listed = self._listed(stretch)
                for parsed in self._parsed(stretch, len(listed)):
                    batch = self._batch(parsed, listed)
                    yield batch
                    done += batch.num_rows
        except InputError as error:
            place = Place(file=self._place.file, table=self._place.table, row=done + 1)
            raise InputError(error.code, error.message, error.hint, place) from None

    def _parsed(self, stretch: Stretch, width: int) -> Iterator[Parsed]:
        encoding = stretch.heading.charset or self.dump.reading.encoding
        texts = _decoded(self.dump.ranges.read(stretch.start, stretch.end), encoding)
        if stretch.heading.copy:
            return copy_rows(texts, width, encoding, stretch.heading.written)
        return insert_rows(texts, stretch.heading, width, self.dump.dialect)

    def _listed(self, stretch: Stretch) -> tuple[str, ...]:
        """The columns of a row's cells, spelled as promised: only PostgreSQL minds their case."""
        named = stretch.heading.columns
        if named is None:
            fewer = stretch.heading.copy or self.dump.dialect == SQLITE
            return tuple(name for name in self._own if not (fewer and name in self._computed))
        if self.dump.dialect == POSTGRES:
            return named
        spelled = {name.casefold(): name for name in (*self._computed, *self.columns)}
        return tuple(name if name in self.columns else spelled.get(name.casefold(), name) for name in named)

    def _batch(self, parsed: Parsed, listed: tuple[str, ...]) -> pa.RecordBatch:
        count = len(parsed.leads)
        absent = text_column([None] * count)
        columns: dict[str, pa.Array] = {}
        at = {name: i for i, name in enumerate(listed)}
        for name in self.columns:
            columns[name] = parsed.texts[at[name]] if name in at else absent
        for name in self.columns:
            columns[KIND + name] = parsed.raws[at[name]] if name in at else absent
            if parsed.forms and name in at:
                columns[FORM + name] = parsed.forms[at[name]]
        frames = parsed.frames
        for name in self._computed & set(listed):
            raws, texts = parsed.raws[at[name]].to_pylist(), parsed.texts[at[name]]
            if texts.null_count != count and not (self.dump.reading.computed and self.dump.dialect == MYSQL):
                raise InputError("malformed", "a value for a column that the server computes")
            raws = ["DEFAULT" if there else raw for there, raw in zip(texts.is_valid().to_pylist(), raws, strict=True)]
            frames = [f"{frame}\0{raw}" for frame, raw in zip(frames, raws, strict=True)]
        columns[FORM] = numbered(frames)
        columns[LEAD] = numbered([lead.lstrip() for lead in parsed.leads])
        return pa.RecordBatch.from_arrays([*columns.values()], [*columns])


def _alike(table: str, names: Collection[str]) -> list[str]:
    """Those of `names` that may be meant: with or without a schema, and of other case only where none fits better."""
    if table in names:
        return [table]
    for fold in (str, str.casefold):
        wanted = fold(table)
        bare = wanted.rpartition(".")[2]
        found = [name for name in names if wanted == fold(name).rpartition(".")[2] or fold(name) in (wanted, bare)]
        if found:
            return found
    return []


def _head(where: Where) -> bytes:
    held = b""
    for block in raw_blocks(where):
        held += block
        if len(held) >= _HEAD:
            break
    return held[:_HEAD]


def _decoded(blocks: Iterator[bytes], encoding: str) -> Iterator[str]:
    # Binary literals of MySQL are no UTF-8: such bytes pass as surrogates, and the cell is shown as hex.
    errors = BY_NUMBER if encoding else "surrogateescape"
    decoder = codecs.getincrementaldecoder(encoding or "utf-8")(errors)
    try:
        for block in blocks:
            if text := decoder.decode(block):
                yield text
        if text := decoder.decode(b"", final=True):
            yield text
    except UnicodeError:
        raise InputError("encoding", "the dump is not in its encoding") from None
