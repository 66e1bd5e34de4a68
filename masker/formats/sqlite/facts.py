"""What a copy of a database is held to: SOURCE is sound, these rows have no parent, these columns order the rows."""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from masker.errors import InputError, Place
from masker.formats.sqlite.loading import Orphans, orphans_of
from masker.formats.sqlite.opening import opened
from masker.formats.sqlite.refusing import refusing
from masker.formats.sqlite.schema import Database, Entry, read_database
from masker.sql.blanks import BLANK

_WITHOUT_ROWID = re.compile(rf"\bWITHOUT\b{BLANK}+ROWID\b[^)]*\Z", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Facts:
    """`keys` are the columns by which a table's rows lie in the file, of the tables where a column tells that.

    `counters` are the last numbers that SQLite gave out, by table (AUTOINCREMENT); `analyzed`: it has statistics;
    `tagged`: it is a copy. `encoding` is that of its texts.
    """

    keys: Mapping[str, tuple[str, ...]]
    orphans: Orphans
    counters: Mapping[str, int]
    analyzed: bool
    tagged: bool
    encoding: str = "UTF-8"


def facts_of(path: Path, place: Place) -> Facts:
    """Look through a whole database; raises `InputError` (`malformed`) where a page of it is damaged."""
    with opened(path, place) as connection, refusing(place):
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            hint = "`PRAGMA integrity_check` of the sqlite3 shell tells where"
            raise InputError("malformed", "the database is damaged", hint, place)
        database = read_database(connection, place)
        counted = connection.execute("SELECT name, seq FROM sqlite_sequence") if database.numbered else ()
        counters = {name: seq for name, seq in counted if isinstance(seq, int)}
        (encoding,) = connection.execute("PRAGMA encoding").fetchone()
        keys, orphans = _keys(connection, database), orphans_of(connection)
        return Facts(keys, orphans, counters, database.analyzed, database.tagged, encoding)


def _keys(connection: sqlite3.Connection, database: Database) -> dict[str, tuple[str, ...]]:
    found = {name: table.columns[:1] for name, table in database.virtual.items() if table.held == "own"}
    found |= {table.name: key for table in database.tables if (key := _key(connection, table))}
    return found


def _key(connection: sqlite3.Connection, table: Entry) -> tuple[str, ...]:
    listed = connection.execute("SELECT name FROM pragma_table_xinfo(?) WHERE pk > 0 ORDER BY pk", (table.name,))
    primary = tuple(name for (name,) in listed)
    if not primary or _WITHOUT_ROWID.search(table.sql):
        return primary
    # A key that is the rowid itself is the only one that needs no index.
    indexed = connection.execute("SELECT count(*) FROM pragma_index_list(?) WHERE origin = 'pk'", (table.name,))
    return () if indexed.fetchone()[0] else primary
