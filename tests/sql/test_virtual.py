"""What is known of a virtual table from its statement alone is what SQLite itself says of it."""

import sqlite3

import pytest

from masker.errors import InputError
from masker.sql.virtual import virtual_table

KNOWN = [
    ("fts5(a, b UNINDEXED, tokenize = 'porter ascii')", "own"),
    ("fts5('a b', \"c,d\", [e(f], `g`)", "own"),
    ("fts5(a, content='')", "none"),
    ("fts5(a, content='n', content_rowid='id')", "others"),
    ("fts5(a, content = n)", "others"),
    ('FTS4(a, b, tokenize=unicode61 "remove_diacritics=0")', "own"),
    ("fts4(a, content='')", "none"),
    ("fts4", "own"),
    ("fts3(a TEXT NOT NULL, b VARCHAR(10, 2))", "own"),
    ("rtree(i, a, b, +label TEXT, +more)", "own"),
    ("rtree_i32(i, a, b)", "own"),
]


@pytest.mark.parametrize(("made", "held"), KNOWN)
def test_columns_and_shadows_are_those_of_sqlite(made: str, held: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE n (id INTEGER PRIMARY KEY, a)")
    connection.execute(f'CREATE VIRTUAL TABLE "the ""table" USING {made}')
    sql = connection.execute("SELECT sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'").fetchone()[0]
    found = virtual_table(sql)
    assert found is not None
    assert (found.name, found.held) == ('the "table', held)
    listed = connection.execute("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0", (found.name,))
    keys = 0 if found.module.startswith("rtree") else 1
    assert found.columns[keys:] == tuple(name for (name,) in listed)
    assert len(found.types) == len(found.columns)
    shadows = connection.execute("SELECT name FROM pragma_table_list WHERE type = 'shadow'").fetchall()
    assert {name for (name,) in shadows} <= set(found.shadows)
    connection.close()


@pytest.mark.parametrize("made", ["spellfix1", "fts4(a, languageid='l')", "fts4(a, compress=zip, uncompress=unzip)"])
def test_what_is_not_known_is_refused(made: str) -> None:
    with pytest.raises(InputError, match="unsupported"):
        virtual_table(f"CREATE VIRTUAL TABLE t USING {made}")


def test_other_statements_make_no_virtual_table() -> None:
    assert virtual_table("CREATE TABLE t (a)") is None
