"""The verifier's reader of JSON documents: rows and cells where the promises say that they stand, and nowhere else."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]
from pathlib import Path

import numpy as np
import pyarrow as pa

from masker.errors import GateError, InputError, Place
from masker.verify.document_count import counted
from masker.verify.document_places import ELEMENT, MEMBER, Places, Spot, places_of
from masker.verify.document_tokens import tokens
from masker.verify.opening import utf8_blocks
from masker.verify.reading import KIND, LEAD, ROWS, Reading
from masker.verify.texts import text_column

_DEEPEST = 1000
_HELD_BYTES = 32 << 20
_WHOLE_BYTES = 32 << 20
_BLANKS = frozenset(b" \t\r\n")

Cell = tuple[str | None, str]
"""What a cell says, and how it is written."""
_ABSENT: Cell = (None, "")


@dataclass(slots=True, eq=False)
class _Row:
    """A row that is open: its cells by place, what stands between them, the rows in it that wait for its kind."""

    spot: Spot
    cells: dict[tuple[int, bool], Cell] = field(default_factory=dict)
    between: int = 0
    kind: str | None = None
    waiting: list["_Row"] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Open:
    """A container that is open."""

    spot: Spot | None
    is_list: bool
    row: _Row | None
    keys: set[str] = field(default_factory=set)
    own_row: bool = False


class Document:
    """One file; those that are not large are read once for all of their tables."""

    def __init__(self, path: Path, reading: Reading) -> None:
        self.path, self.places = path, places_of(reading.documents)
        self.between = not reading.dropped
        self._held: list[list[pa.RecordBatch]] | None = None

    def reader(self, table: str, columns: tuple[str, ...]) -> "DocumentReader":
        """Open one table."""
        return DocumentReader(self, self.places.names.index(table), columns)

    def batches(self, table: int) -> Iterator[pa.RecordBatch]:
        """All columns of one table; raises `InputError`, and `GateError` for a value that nobody promised."""
        if self._held is None and self.path.stat().st_size <= _HELD_BYTES:
            held: list[list[pa.RecordBatch]] = [[] for _ in self.places.names]
            for number, batch in self._all(None):
                held[number].append(batch)
            self._held = held
        if self._held is not None:
            return iter(self._held[table])
        return (batch for _, batch in self._all(table))

    def _all(self, only: int | None) -> Iterator[tuple[int, pa.RecordBatch]]:
        place = Place(file=self.path.name)
        waiting: list[list[_Row]] = [[] for _ in self.places.names]
        try:
            for number, row in _Walk(self.places, place).rows(tokens(utf8_blocks(self.path))):
                if only in (None, number):
                    waiting[number].append(row)
                    if len(waiting[number]) == ROWS:
                        yield number, self._batch(number, waiting[number])
                        waiting[number] = []
        except InputError as error:
            raise InputError(error.code, error.message, error.hint, place) from None
        except (ValueError, IndexError):
            raise InputError("malformed", "the JSON cannot be read", place=place) from None
        for number, rows in enumerate(waiting):
            if rows:
                yield number, self._batch(number, rows)

    def _batch(self, table: int, rows: list[_Row]) -> pa.RecordBatch:
        names, arrays = [], []
        for spot, name in self.places.columns[table].items():
            cells = [row.cells.get(spot, _ABSENT) for row in rows]
            names += [name, KIND + name]
            arrays += [text_column([text for text, _ in cells]), text_column([kind for _, kind in cells])]
        if self.between:
            lead = np.fromiter((row.between for row in rows), dtype=np.uint32, count=len(rows))
            names.append(LEAD)
            arrays.append(pa.Array.from_buffers(pa.uint32(), len(rows), [None, pa.py_buffer(lead)]))
        return pa.RecordBatch.from_arrays(arrays, names)


class DocumentReader:
    """One table of a document: text columns, and a column for each that says how its cells are written."""

    def __init__(self, document: Document, table: int, columns: tuple[str, ...]) -> None:
        self._document, self._table, self._columns = document, table, columns

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows; raises `GateError` (`mismatch`) where there are values in other columns than those asked for."""
        own = [name for column in self._columns for name in (column, KIND + column)]
        others = [KIND + name for name in self._document.places.columns[self._table].values()]
        others = [name for name in others if name not in own]
        for batch in self._document.batches(self._table):
            if any(any(kind.as_py() for kind in batch[name]) for name in others):
                where = Place(self._document.path.name, self._document.places.names[self._table])
                raise GateError("mismatch", "a value at a place that was to be empty", place=where)
            yield batch.select([*own, *([LEAD] if self._document.between else [])])

    def records(self) -> int:
        """The rows, counted in what msgspec makes of the file."""
        places, path = self._document.places, self._document.path
        if not places.lines and path.stat().st_size > _WHOLE_BYTES:
            return sum(len(batch) for batch in self._document.batches(self._table))
        return counted(path, places, self._table)


class _Walk:
    """Goes through the tokens of a document with the containers that are open."""

    def __init__(self, places: Places, place: Place) -> None:
        self._places, self._place = places, place
        self._stack: list[_Open] = []
        self._between = b""

    def rows(self, found: Iterator[bytes]) -> Iterator[tuple[int, _Row]]:
        own = None if self._places.lines else _Row(self._places.root)
        ended = False
        key: str | None = None
        raw_key = b""
        waits = "value"
        for token in found:
            first = token[0]
            if first in _BLANKS:
                self._between += token
                continue
            if not self._stack and (ended and not self._places.lines):
                raise InputError("malformed", "something follows the document")
            if waits == "colon":
                if token != b":":
                    raise InputError("malformed", "a key without a value")
                self._between += token
                waits = "value"
                continue
            if waits == "comma or end" and token == b",":
                self._between += token
                waits = "element" if self._stack[-1].is_list else "key"
                continue
            if token in (b"]", b"}"):
                top = self._stack[-1] if self._stack else None
                good = waits in ("comma or end", "first")
                if top is None or not good or top.is_list != (token == b"]"):
                    raise InputError("malformed", "a bracket that nothing opened")
                self._between += token
                self._stack.pop()
                waits = "comma or end" if self._stack else "value"
                ended = ended or not self._stack
                if top.own_row and top.row is not None:
                    yield from self._close(top.row)
                continue
            top = self._stack[-1] if self._stack else None
            if top is not None and not top.is_list and waits in ("key", "first"):
                key, _ = scanstring(token.decode(), 1, True) if first == ord('"') else (None, 0)
                if key is None or key in top.keys:
                    raise InputError("malformed", "an object has the same key twice, or a key that is no text")
                top.keys.add(key)
                raw_key = token
                if top.spot is None or MEMBER not in top.spot.below:
                    self._between += token
                waits = "colon"
                continue
            if waits not in ("value", "first", "element"):
                raise InputError("malformed", "two values without a comma between")
            spot, row, is_new = self._here(top, key, own)
            if is_new and row is not None and top is not None and not top.is_list:
                row.cells[row.spot.number, True] = (str(key), _spelled(raw_key, str(key)))
            if token in (b"{", b"["):
                if len(self._stack) >= _DEEPEST:
                    raise InputError("limit", "the JSON is nested too deeply")
                self._between += token
                self._stack.append(_Open(spot, token == b"[", row, own_row=is_new))
                waits = "first"
                continue
            if top is None:
                raise InputError("malformed", "a document that is neither an object nor an array")
            self._scalar(token, spot, row)
            waits = "comma or end"
            if is_new and row is not None:
                yield from self._close(row)
        if self._stack or not (ended or self._places.lines):
            raise InputError("truncated", "the JSON ends early")
        if own is not None and own.cells:
            yield from self._close(own)

    def _here(self, top: _Open | None, key: str | None, own: _Row | None) -> tuple[Spot | None, _Row | None, bool]:
        """The place of the value that comes, the row that it is in, and whether it is a new one."""
        if top is None:
            return (self._places.root, own, False) if own else (self._places.root, _Row(self._places.root), True)
        if top.spot is None:
            return None, top.row, False
        below = top.spot.below
        if top.is_list:
            spot, many = below.get(ELEMENT), True
        elif MEMBER in below:
            spot, many = below[MEMBER], True
        else:
            spot, many = below.get(f".{key}"), False
        if not many:
            return spot, top.row, False
        if spot is None:
            return None, top.row, False
        row = _Row(spot)
        return spot, row, True

    def _scalar(self, token: bytes, spot: Spot | None, row: _Row | None) -> None:
        if spot is None or row is None:
            raise GateError("mismatch", "a value at a place that nobody promised", place=self._place)
        text: str | None = token.decode()
        kind = "other"
        if token[0] == ord('"'):
            said = scanstring(text, 1, True)[0]
            kind = _spelled(token, said)
            text = said
            if spot.number == row.spot.word:
                row.kind = said
        elif token == b"null":
            text, kind = None, "null"
        row.cells[spot.number, False] = (text, kind)
        row.between = zlib.crc32(self._between, row.between)
        self._between = b""

    def _close(self, row: _Row) -> Iterator[tuple[int, _Row]]:
        """Give a row away whose kind is known, with those in it that waited; else let it wait in the row around."""
        if row.spot.word < 0:
            for each in reversed(self._stack):
                if each.row is not None and each.row is not row and each.row.spot.word >= 0:
                    each.row.waiting.append(row)
                    return
            yield from self._named(row, None)
            return
        yield from self._named(row, row.kind)
        for each_row in row.waiting:
            yield from self._named(each_row, row.kind)
        row.waiting = []

    def _named(self, row: _Row, kind: str | None) -> Iterator[tuple[int, _Row]]:
        table = self._places.tables.get((row.spot.number, kind))
        if table is not None:
            if not self._places.columns[table].keys() >= row.cells.keys():
                raise GateError("mismatch", "a value at a place that nobody promised", place=self._place)
            yield table, row
        elif row.cells:
            raise GateError("mismatch", "a row of a kind that nobody promised", place=self._place)


def _spelled(token: bytes, text: str) -> str:
    """How a text is written: "text" where it stands as it is, else its escapes."""
    raw = token[1:-1].decode()
    return "text" if raw == text else raw
