"""The verifier's reader of SQLite files: the tables as SQLite itself gives them, columns as text with NULLs.

Numbers are texts of their shortest form, blobs are hex; a kind column for each tells the storage class. Rows come as
they lie in the table, which is by key where the key is the table's order. Where masking gave rows new keys, the writer
of the copy noted in which order it had them (`Reading.order`): a row then stands where its original does.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from masker.errors import GateError, InputError, Place
from masker.label import KEY
from masker.verify.opening import Where
from masker.verify.reading import KIND, ROWS, Reader, Reading, Said, Tables
from masker.verify.sqlite_file import Text, connected
from masker.verify.texts import text_column

_CELLS = 1 << 22  # characters a batch, where cells are long
_KINDS: dict[type, int] = {type(None): 0, int: 1, float: 2, Text: 3, bytes: 4}
_INEXACT = 5
_SETTINGS = ("encoding", "page_size", "auto_vacuum", "application_id", "user_version")
# Virtual tables that hold rows of their own, by module, and the key that their rows go by beside their columns.
_KEYS = {"fts3": ("docid",), "fts4": ("docid",), "fts5": ("rowid",), "rtree": (), "rtree_i32": ()}


def open_sqlite(where: Where, reading: Reading) -> Tables:
    """Open an SQLite file; raises `InputError` (`unsupported` for what is no file, `malformed`)."""
    if not isinstance(where, Path):
        raise InputError("unsupported", "an SQLite database that is no file", place=Place(file=where.name))
    return SqliteTables(where, reading.order)


class SqliteTables:
    """The tables of one SQLite file that hold rows; `order` is where their order was noted, if it was."""

    def __init__(self, path: Path, order: Path | None = None) -> None:
        self._path, self._order = path, order
        with connected(path) as connection:
            rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
            entries = [(str(kind), str(name), str(sql)) for kind, name, sql in rows]
            self._modules = {name: _module(sql) for kind, name, sql in entries if kind == "table" and _module(sql)}
            shadows = {name for (name,) in connection.execute("SELECT name FROM pragma_table_list WHERE type='shadow'")}
            columns = {name: _columns(connection, name) for kind, name, _ in entries if kind == "table"}
            self._sorted_by = {name: _sorted_by(connection, name) for name in columns if name not in self._modules}
        foreign = {name for name in columns if name.startswith("sqlite_") or name == KEY}
        # A table of a user may have a shadow's name where a full-text index refers to it.
        shadows -= {content for sql in map(_last, entries) for content in _contents(sql)}
        self._columns = {
            name: (*_KEYS.get(self._modules.get(name, ""), ()), *found)
            for name, found in columns.items()
            if name not in foreign | shadows and self._holds(name, entries)
        }
        named = sorted((kind, name, sql) for kind, name, sql in entries if name not in foreign | shadows)
        self._said = [(kind, sql) for kind, _, sql in named]
        self._told = _settings(path)

    @property
    def dialect(self) -> str:
        """SQLite's."""
        return "sqlite"

    @property
    def names(self) -> tuple[str, ...]:
        """The tables that hold rows, by name."""
        return tuple(self._columns)

    def reader(self, table: str, columns: tuple[str, ...]) -> Reader:
        """Open one table of exactly these columns; raises `GateError` (`mismatch`) where it has others.

        A column that was dropped is still declared: it has to be NULL in every row.
        """
        place = Place(self._path.name, table)
        if table not in self._columns:
            raise GateError("mismatch", "the table is missing", place=place)
        dropped = [name for name in self._columns[table] if name not in columns]
        if tuple(name for name in self._columns[table] if name in columns) != columns or self._any(table, dropped):
            raise GateError("mismatch", "the columns are not those that were promised", place=place)
        sorted_by = columns[:1] if table in self._modules else self._sorted_by[table]
        return SqliteReader(self._path, table, columns, self._order, sorted_by, virtual=table in self._modules)

    def full_name(self, table: str) -> str:
        """The table's own name; "" where it holds no rows."""
        return table if table in self._columns else ""

    def said(self) -> Iterator[Said]:
        """The settings of the file, and the statements of the schema by kind and name."""
        for kind, sql in (*self._told, *self._said):
            yield Said(kind.upper(), sql.encode("utf-8", "surrogateescape"), 0)

    def _any(self, table: str, columns: list[str]) -> bool:
        """Whether one of these columns has a value."""
        if not columns:
            return False
        filled = " OR ".join(f"{_quoted(name)} IS NOT NULL" for name in columns)
        with connected(self._path) as connection:
            found = connection.execute(f"SELECT EXISTS (SELECT 1 FROM {_quoted(table)} WHERE {filled})")
            return bool(found.fetchone()[0])

    def _holds(self, name: str, entries: list[tuple[str, str, str]]) -> bool:
        module = self._modules.get(name)
        if module is None:
            return True
        sql = next(sql for kind, other, sql in entries if kind == "table" and other == name)
        return module in _KEYS and not (module != "fts3" and "content=" in "".join(sql.lower().split()))


class SqliteReader:
    """The rows of one table; `sorted_by` are the columns by which they lie, unless their order was noted."""

    def __init__(
        self,
        path: Path,
        table: str,
        columns: tuple[str, ...],
        order: Path | None,
        sorted_by: tuple[str, ...],
        *,
        virtual: bool = False,
    ) -> None:
        self._path, self._table, self._columns, self._order, self._virtual = path, table, columns, order, virtual
        self.sorted_by = sorted_by
        if order is not None:
            with connected(path) as connection:
                self.sorted_by = () if self._noted(connection, order) else sorted_by

    def records(self) -> int:
        """The rows as SQLite counts them."""
        with connected(self._path) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {_quoted(self._table)}").fetchone()[0])

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows; raises `InputError` where a page is damaged."""
        with connected(self._path) as connection:
            held: list[tuple[object, ...]] = []
            size = 0
            for row in connection.execute(self._query(connection)):
                held.append(row)
                size += sum(len(value) for value in row if isinstance(value, str | bytes))
                if len(held) >= ROWS or size > _CELLS:
                    yield self._batch(held)
                    held, size = [], 0
            if held:
                yield self._batch(held)

    def _query(self, connection: sqlite3.Connection) -> str:
        wanted = ", ".join(f"t.{_quoted(name)}" for name in self._columns)
        table = _quoted(self._table)
        if self._order is not None and (noted := self._noted(connection, self._order)):
            number, keys = noted
            joined = " AND ".join(f"t.{_quoted(key)} = o.k{i}" for i, key in enumerate(keys))
            # CROSS keeps the noted order outside: the rows are looked up one by one, and nothing is sorted.
            return f"SELECT {wanted} FROM noted.o{number} o CROSS JOIN {table} t ON {joined} ORDER BY o.at"
        if self._virtual:
            return f"SELECT {wanted} FROM {table} t ORDER BY t.{_quoted(self._columns[0])}"
        return f"SELECT {wanted} FROM {table} t NOT INDEXED"

    def _noted(self, connection: sqlite3.Connection, order: Path) -> tuple[int, list[str]] | None:
        if not order.is_file():
            return None
        connection.execute("COMMIT")
        connection.execute("ATTACH ? AS noted", (f"{order.resolve().as_uri()}?immutable=1",))
        found = connection.execute(
            "SELECT number, key FROM noted.keys WHERE name = ? ORDER BY place", (self._table,)
        ).fetchall()
        return (int(found[0][0]), [str(key) for _, key in found]) if found else None

    def _batch(self, rows: list[tuple[object, ...]]) -> pa.RecordBatch:
        texts, kinds = [], []
        for values in zip(*rows, strict=True):
            texts.append(text_column([*map(_form, values)]))
            kind = np.fromiter(map(_kind, values), dtype=np.uint8, count=len(values))
            kinds.append(pa.Array.from_buffers(pa.uint8(), len(kind), [None, pa.py_buffer(kind)]))
        return pa.RecordBatch.from_arrays([*texts, *kinds], [*self._columns, *(KIND + name for name in self._columns)])


def _form(value: object) -> str | None:
    if value is None or type(value) is Text:
        return value
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def _kind(value: object) -> int:
    return _INEXACT if type(value) is Text and not value.exact else _KINDS[type(value)]


def _columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    found = connection.execute(f"PRAGMA table_xinfo({_quoted(table)})")
    return tuple(str(row[1]) for row in found if row[6] == 0)


def _sorted_by(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """The key, where the table is kept by it: it is the number of the rows, or there are no such numbers."""
    name = _quoted(table)
    keys = sorted((row[5], str(row[1])) for row in connection.execute(f"PRAGMA table_xinfo({name})") if row[5])
    without = connection.execute("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?", (table,))
    indexed = any(row[3] == "pk" for row in connection.execute(f"PRAGMA index_list({name})"))
    return tuple(key for _, key in keys) if without.fetchone()[0] or not indexed else ()


def _settings(path: Path) -> list[tuple[str, str]]:
    with connected(path) as connection:
        return [(name, str(connection.execute(f"PRAGMA {name}").fetchone()[0])) for name in _SETTINGS]


def _module(sql: str) -> str:
    words = sql.split("(", 1)[0].upper().split()
    if words[:3] != ["CREATE", "VIRTUAL", "TABLE"] or "USING" not in words:
        return ""
    return words[-1].lower().strip("\"'`[]")


def _contents(sql: str) -> list[str]:
    """What tables a full-text index takes its words from."""
    compact = "".join(sql.split())
    start = compact.lower().find("content=")
    if start < 0:
        return []
    return [compact[start + 8 :].split(",")[0].split(")")[0].strip("\"'`[]")]


def _last(entry: tuple[str, str, str]) -> str:
    return entry[2] if _module(entry[2]) else ""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
