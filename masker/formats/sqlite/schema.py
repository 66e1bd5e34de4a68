"""What is in an SQLite database: which tables hold rows of their own, which are rebuilt from others, what never counts.

The shadow tables of FTS and R*Tree, which hold the same words once more, and what `ANALYZE` sampled are never read.
"""

import sqlite3
from dataclasses import dataclass

from masker.errors import Place
from masker.label import KEY
from masker.sql.virtual import VirtualTable, virtual_table


@dataclass(frozen=True, slots=True)
class Entry:
    """One object of the schema: its kind (`table`, `index`, `view`, `trigger`), name and statement."""

    kind: str
    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Database:
    """The objects of a database in the order of their making: plain tables, virtual ones, and all that is no table.

    `virtual` says by name what the virtual tables are; `numbered` whether a table counts its rows (AUTOINCREMENT),
    `analyzed` whether `ANALYZE` was run, `tagged` whether it is a copy with a label.
    """

    tables: tuple[Entry, ...]
    virtual_tables: tuple[Entry, ...]
    virtual: dict[str, VirtualTable]
    others: tuple[Entry, ...]
    numbered: bool
    analyzed: bool
    tagged: bool


def read_database(connection: sqlite3.Connection, place: Place) -> Database:
    """Read the schema; raises `InputError` (`unsupported`) where a virtual table's module is not known here."""
    entries, names = [], set()
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY rowid"):
        names.add(name)
        if sql is not None and not name.lower().startswith("sqlite_") and name != KEY:
            entries.append(Entry(kind, name, sql))
    tables = [entry for entry in entries if entry.kind == "table"]
    virtual = {entry.name: found for entry in tables if (found := virtual_table(entry.sql, place))}
    shadows = {name.lower() for table in virtual.values() for name in table.shadows}
    return Database(
        tables=tuple(entry for entry in tables if entry.name not in virtual and entry.name.lower() not in shadows),
        virtual_tables=tuple(entry for entry in tables if entry.name in virtual),
        virtual=virtual,
        others=tuple(entry for entry in entries if entry.kind != "table"),
        numbered="sqlite_sequence" in names,
        analyzed="sqlite_stat1" in names,
        tagged=KEY in names,
    )


def columns_of(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """The columns of a plain table that an INSERT of its rows names: none that is generated."""
    listed = connection.execute("SELECT name, hidden FROM pragma_table_xinfo(?) ORDER BY cid", (table,))
    return tuple(name for name, hidden in listed if not hidden)
