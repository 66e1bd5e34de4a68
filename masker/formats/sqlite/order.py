"""Notes in which order the rows of a copy came, where masking gave them the keys by which an SQLite table is ordered.

Such a table gives its rows back by their new keys; without the note nobody could lay a row beside its original. It
holds the copy's own keys alone, stands in the staging folder and is never published.
"""

import sqlite3
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from masker.formats.sqlite.refusing import unwritable
from masker.snapshot import Rows
from masker.staged import create_file, output_errors

Noted = tuple[str, tuple[str, ...], Sequence[pa.Array]]


class Order:
    """The note of one database; `keys` are the columns that order the rows, by table.

    It has the `encoding` of the copy: SQLite lets nobody look into two databases of different ones at once.
    """

    def __init__(self, path: Path, keys: Mapping[str, tuple[str, ...]], encoding: str) -> None:
        self._path, self._keys, self._encoding = path, keys, encoding
        self._numbers: dict[str, int] = {}
        self._connection: sqlite3.Connection | None = None

    def noted(self, rows: Rows) -> Noted | None:
        """What is to be noted of rows; pure."""
        key = self._keys.get(rows.table, ())
        if (rows.changed or frozenset()).isdisjoint(key) or not set(key) <= set(rows.batch.schema.names):
            return None
        return rows.table, key, [rows.batch.column(name) for name in key]

    def take(self, noted: Noted) -> None:
        """Note rows, in their order."""
        table, key, columns = noted
        with output_errors(), unwritable():
            connection = self._opened()
            if table not in self._numbers:
                number = self._numbers[table] = len(self._numbers)
                for place, name in enumerate(key):
                    connection.execute("INSERT INTO keys VALUES (?, ?, ?, ?)", (table, number, place, name))
                named = ", ".join(f"k{place}" for place in range(len(key)))
                connection.execute(f"CREATE TABLE o{number} (at INTEGER PRIMARY KEY, {named})")
            marks = ", ".join("?" * len(key))
            rows = zip(*(map(_value, column.to_pylist()) for column in columns), strict=True)
            connection.executemany(f"INSERT INTO o{self._numbers[table]} VALUES (NULL, {marks})", rows)

    def close(self) -> None:
        """Finish the note."""
        if self._connection is not None:
            with unwritable():
                self._connection.execute("COMMIT")
                self._connection.close()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            create_file(self._path).close()
            self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            weakref.finalize(self, self._connection.close)
            encoding = f"encoding = '{self._encoding}'"
            for setting in (encoding, "journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"):
                self._connection.execute(f"PRAGMA {setting}").fetchall()
            self._connection.execute("BEGIN")
            self._connection.execute("CREATE TABLE keys (name, number, place, key)")
        return self._connection


def _value(text: str | None) -> str | int | None:
    """A whole number as one: keys of virtual tables are compared without conversion."""
    if text is not None and len(text) < 20 and text.removeprefix("-").isdecimal() and str(int(text)) == text:
        return int(text)
    return text
