"""Writes a masked dump: statements and untouched cells byte for byte, masked cells in their own style."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa

from masker.columns import as_text
from masker.errors import GateError, InternalError, Place
from masker.label import Label
from masker.snapshot import Part, Rows, Text
from masker.sql.dump.label import label_line
from masker.sql.dump.runs import Run
from masker.sql.dump.sequences import largest, moved, moves_behind
from masker.sql.dump.source import End, Head, SqlSource


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
        self._owners = source.owners if source is not None else {}
        self._numbered = frozenset(column for columns in self._owners.values() for column in columns)
        self._largest: dict[tuple[str, str], int] = {}
        self.moved: list[str] = []
        self._set: list[bytes] = []
        self._ends_line = True
        self._head: Head | None = None
        if label is not None:
            out.write(label_line(label))

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
        return Prepared(pieces, int(run.opens[0]) if len(run.opens) else 0, self._largest_of(part))

    def write(self, prepared: object) -> None:
        """Write what `prepare` gave, in the parts' order."""
        if isinstance(prepared, Head):
            self._head = prepared
            if prepared.style == "copy":
                self._out.write(prepared.data)
        elif isinstance(prepared, End):
            if self._head is None or self._head.style == "copy":
                self._out.write(prepared.data)
            self._head = None
            self._ends_line = prepared.data.endswith(b"\n")
        elif isinstance(prepared, Text):
            self._out.write(self._moved(prepared.data))
            self._ends_line = prepared.data.endswith(b"\n")
        elif isinstance(prepared, Prepared):
            self._write_rows(prepared)
        else:
            raise TypeError("write takes what prepare gave")

    def close(self) -> None:
        """Move sequences that were set before their rows."""
        behind = moves_behind(self._set, self._owners, self._largest)
        if behind and not self._ends_line:
            self._out.write(b"\n")
        for name, statement in behind.items():
            self._out.write(statement)
            self.moved += [name] if name not in self.moved else []

    def _largest_of(self, part: Rows) -> dict[tuple[str, str], int]:
        table = part.table.rsplit(".", 1)[-1]
        columns = (part.changed or frozenset()) & {name for each, name in self._numbered if each == table}
        found = {name: largest(as_text(part.batch.column(name))) for name in columns if name in part.batch.schema.names}
        return {(table, name): number for name, number in found.items() if number is not None}

    def _moved(self, data: bytes) -> bytes:
        """A `setval` that goes on behind what was written."""
        if not self._owners or b"setval" not in data.lower():
            return data
        data, sequence = moved(data, self._owners, self._largest)
        self.moved += [sequence] if sequence else []
        self._set.append(data)
        return data

    def _write_rows(self, rows: Prepared) -> None:
        for column, number in rows.largest.items():
            self._largest[column] = max(number, self._largest.get(column, number))
        pieces = [memoryview(piece) for piece in rows.pieces]
        if not sum(map(len, pieces)):
            return
        if self._head is not None and self._head.style == "insert":
            self._out.write(self._head.data)
            self._head = None
            pieces[0] = pieces[0][rows.separator :]
        for piece in pieces:
            self._out.write(piece)


def _replaced(part: Rows, run: Run) -> dict[str, pa.Array | None]:
    """The columns to write anew; those that were dropped are NULL in every row, since the DDL still has them."""
    left = set(part.batch.schema.names)
    changed = part.changed or frozenset()
    return {name: as_text(part.batch.column(name)) if name in left else None for name in run.names if name in changed}
