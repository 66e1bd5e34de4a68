"""Writes a masked dump: statements and untouched cells byte for byte, masked cells in their own style."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO

import pyarrow as pa

from masker.columns import as_text
from masker.errors import GateError, InternalError, Place
from masker.label import Label
from masker.snapshot import Part, Rows, Text
from masker.sql.charsets import from_utf8
from masker.sql.dump.label import label_line
from masker.sql.dump.runs import Run
from masker.sql.dump.sequences import Sequences, largest
from masker.sql.dump.source import End, Head, SqlSource
from masker.sql.dump.unicode import as_before


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rendered rows; the first `separator` bytes stand between them and the rows before.

    `largest` are the largest numbers in columns that sequences number.
    """

    pieces: list[bytes | pa.Buffer]
    separator: int
    largest: Mapping[tuple[str, str], int]


class SqlSink:
    """Writes the parts of one dump to `out`. An INSERT of which no row is left is left out whole."""

    def __init__(self, out: BinaryIO, label: Label | None, source: SqlSource | None = None) -> None:
        self._out = out
        owners = source.owners if source is not None else {}
        self._numbered = frozenset(column for columns in owners.values() for column in columns)
        self._parts = {table.name: _bare(table.part_of) for table in source.tables if table.part_of} if source else {}
        self._changed: frozenset[tuple[str, str]] = frozenset()
        self._sequences = Sequences(source.ddl if source else (), owners, lambda column: column in self._changed)
        self._sequences.elsewhere = frozenset(map(_bare, source.scattered)) if source is not None else frozenset()
        self.moved: list[str] = []
        self._head: Head | None = None
        self._label: bytes | None = label_line(label) if label is not None else b""
        self._file = source.file if source is not None else None

    def foresee(self, changed: Mapping[str, Collection[str]], shortened: Collection[str] = ()) -> None:
        """Say, before the first part, which columns of which tables will be written anew, here or in other files."""
        self._changed = frozenset((_bare(table), name) for table, names in changed.items() for name in names)

    def prepare(self, part: Part) -> Text | Prepared:
        """Render a part; pure. Raises `GateError` (`does-not-fit`) where a masked value has no literal."""
        if isinstance(part, Text):
            return part
        run = part.origin
        if not isinstance(run, Run):
            raise InternalError("internal", "rows that no dump made reached the sink of a dump")
        if part.batch.num_rows != len(run.opens):
            raise InternalError("internal", "masking changed the number of rows")
        try:
            pieces = run.rendered(_replaced(part, run))
        except GateError as error:
            raise GateError(error.code, error.message, error.hint, Place(table=part.table)) from None
        separator = run.data[: int(run.opens[0])] if len(run.opens) else b""
        if run.codec:
            pieces = [from_utf8(bytes(piece), run.codec) for piece in pieces]
        return Prepared(pieces, len(from_utf8(separator, run.codec)), self._largest_of(part))

    def write(self, prepared: object) -> None:
        """Write what `prepare` gave, in the parts' order."""
        self._begin()
        if isinstance(prepared, Head):
            self._head = prepared
            if prepared.style == "copy":
                self._put(prepared)
        elif isinstance(prepared, End):
            if self._head is None or self._head.style == "copy":
                self._put(prepared)
            self._head = None
        elif isinstance(prepared, Text):
            self._put(replace(prepared, data=self._moved(prepared.data)))
        elif isinstance(prepared, Prepared):
            self._write_rows(prepared)
        else:
            raise TypeError("write takes what prepare gave")

    def close(self) -> None:
        """Write the label, if nothing else was written."""
        self._begin()

    def write_plainly(self) -> None:
        """Write UTF-8 whatever SOURCE is in, where its byte order mark says so: for a server, before the first part."""
        self._file = None

    def _begin(self) -> None:
        if self._label is not None:
            self._out, label, self._label = as_before(self._out, self._file), self._label, None
            self._out.write(label)

    def _put(self, text: Text) -> None:
        self._out.write(from_utf8(text.data, getattr(text, "codec", "")))

    def _largest_of(self, part: Rows) -> dict[tuple[str, str], int]:
        tables = {_bare(part.table), self._parts.get(part.table, "")}
        changed = (part.changed or frozenset()) & set(part.batch.schema.names)
        columns = [each for each in self._numbered if each[0] in tables and each[1] in changed]
        found = {each: largest(as_text(part.batch.column(each[1]))) for each in columns}
        return {each: number or 0 for each, number in found.items()}

    def _moved(self, data: bytes) -> bytes:
        """A statement that sets a sequence goes on behind what was written, or may be later."""
        data, sequence = self._sequences.moved(data)
        self.moved += [sequence] if sequence else []
        return data

    def _write_rows(self, rows: Prepared) -> None:
        self._sequences.wrote(rows.largest)
        pieces = [memoryview(piece) for piece in rows.pieces]
        if not sum(map(len, pieces)):
            return
        if self._head is not None and self._head.style == "insert":
            self._put(self._head)
            self._head = None
            pieces[0] = pieces[0][rows.separator :]
        for piece in pieces:
            self._out.write(piece)


def _bare(table: str) -> str:
    return table.rsplit(".", 1)[-1]


def _replaced(part: Rows, run: Run) -> dict[str, pa.Array | None]:
    """The columns to write anew; those that were dropped are NULL in every row, since the DDL still has them."""
    left = set(part.batch.schema.names)
    changed = part.changed or frozenset()
    return {name: as_text(part.batch.column(name)) if name in left else None for name in run.names if name in changed}
