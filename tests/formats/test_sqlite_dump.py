"""An SQLite file as a dump, and a file made from that dump: the same rows, the same schema, nothing besides."""

import math
import sqlite3
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from masker.errors import GateError, InputError, Place
from masker.formats import ReadOptions
from masker.formats.sqlite import FORMAT
from masker.formats.sqlite.dumping import Dump
from masker.formats.sqlite.facts import facts_of
from masker.formats.sqlite.loading import Loading
from masker.formats.sqlite.values import quoted
from masker.snapshot import Rows
from masker.streams import InputFile
from masker.verify.reading import KIND, Reading
from masker.verify.sqlite_reader import open_sqlite


def made(path: Path, script: str, *rows: tuple[str, list[tuple[object, ...]]]) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    for statement, values in rows:
        connection.executemany(statement, values)
    connection.commit()
    connection.close()
    return path


def dump(path: Path) -> bytes:
    return b"".join(Dump(InputFile(path)).chunks())


def copied(source: Path, data: bytes | None = None) -> Path:
    """The file that is loaded from a dump of `source`."""
    folder = source.parent / "private"
    folder.mkdir()
    copy = source.with_name("copy.db")
    loading = Loading(folder, source.name)
    for chunk in [data] if data is not None else Dump(InputFile(source)).chunks():
        loading.feed(chunk)
    copy.write_bytes(b"".join(loading.finish(None, {}, counters=facts_of(source, Place()).counters, analyzed=False)))
    loading.close()
    assert list(folder.iterdir()) == []
    folder.rmdir()
    return copy


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows by table, text as bytes, every value with its storage class, in the order of the table."""
    connection = sqlite3.connect(path)
    connection.text_factory = bytes
    tables = [
        name.decode()
        for (name,) in connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema='main' AND type IN ('table','virtual')"
            " AND name NOT IN ('sqlite_schema', 'masker_tag') ORDER BY name"
        )
    ]
    found = {}
    for table in tables:
        names = [
            name.decode()
            for (name,) in connection.execute("SELECT name FROM pragma_table_xinfo(?) WHERE hidden != 1", (table,))
        ]
        columns = ",".join(f"{quoted(name)}, typeof({quoted(name)})" for name in names)
        rows = connection.execute(f"SELECT {columns} FROM {quoted(table)}").fetchall()
        found[table] = [tuple(struct.pack("<d", v) if isinstance(v, float) else v for v in row) for row in rows]
    connection.close()
    return found


def schema(path: Path) -> set[tuple[str, str, str]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name != 'masker_tag'").fetchall()
    connection.close()
    return set(rows)


EVERYTHING = """
PRAGMA page_size = 1024; PRAGMA auto_vacuum = 1; PRAGMA application_id = 77; PRAGMA user_version = 12;
CREATE TABLE person (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, born DATE, -- when
  shout TEXT GENERATED ALWAYS AS (upper(name)) VIRTUAL, stored TEXT AS (name || '!') STORED, boss REFERENCES person);
CREATE TABLE "odd ""name"" [x]" ("a b" INT, `c` TEXT, [select] BLOB, "q""q" REAL);
CREATE TABLE pair (a TEXT, b TEXT, n INT, PRIMARY KEY (b, a)) WITHOUT ROWID;
CREATE TABLE exact (i INTEGER, r REAL, t TEXT, x BLOB, y ANY) STRICT;
CREATE TABLE empty (z);
CREATE INDEX by_born ON person (born DESC) WHERE born IS NOT NULL;
CREATE UNIQUE INDEX by_lower ON person (lower(name), id);
CREATE VIEW elders AS SELECT name FROM person WHERE born < '1950' -- old
;
CREATE TRIGGER shouts AFTER INSERT ON person BEGIN INSERT INTO empty VALUES ('fired; END;'); SELECT 1; END;
INSERT INTO "odd ""name"" [x]" VALUES (1, 'it''s', x'00ff', 1.5), ('text', 'a;
b', NULL, 9e999), (NULL, CAST(x'610062' AS TEXT), x'', -0.0), (9223372036854775807, '', 'blob', 5e-324);
INSERT INTO pair VALUES ('b', 'a', 1), ('a', 'b', 2), ('a', 'a', NULL);
INSERT INTO exact VALUES (1, 2, '3', x'04', 5), (-9223372036854775808, 0.1, '', x'', 'any');
"""


def test_all_of_a_database_comes_back(tmp_path: Path) -> None:
    source = made(tmp_path / "all.db", EVERYTHING)
    with sqlite3.connect(source) as connection:
        connection.execute("DROP TRIGGER shouts")
        connection.execute(
            "INSERT INTO person (id, name, born, boss) VALUES (3, 'Ada', '1815', 3), (40, 'Bo', NULL, 3)"
        )
        connection.execute("DELETE FROM person WHERE id = 40")
        connection.execute("CREATE TRIGGER shouts AFTER INSERT ON person BEGIN INSERT INTO empty VALUES (';'); END")
    connection.close()
    copy = copied(source)
    assert contents(copy) == contents(source)
    assert schema(copy) == schema(source)
    with sqlite3.connect(copy) as connection:
        read = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "auto_vacuum")]
        read += [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        assert read == [1024, 1, 77, 12]
        assert connection.execute("SELECT seq FROM sqlite_sequence").fetchall() == [(40,)]
        assert connection.execute("SELECT * FROM elders").fetchall() == [("Ada",)]
    connection.close()


@pytest.mark.parametrize("encoding", ["UTF-16le", "UTF-16be"])
def test_the_encoding_stays(tmp_path: Path, encoding: str) -> None:
    source = made(
        tmp_path / "wide.db", f"PRAGMA encoding = '{encoding}'; CREATE TABLE t (a); INSERT INTO t VALUES ('ü')"
    )
    with sqlite3.connect(copied(source)) as connection:
        assert connection.execute("PRAGMA encoding").fetchone() == (encoding,)
        assert connection.execute("SELECT a FROM t").fetchone() == ("ü",)
    connection.close()


VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.floats(allow_nan=False, width=32),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(["1", "1.0", "1e5", "0x10", " 7 ", "-0", "a;b", "');", "\n", "\r\n", "--", "/*", "inf"]),
    st.binary(max_size=8),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(*[VALUES] * 6), max_size=12))
def test_any_values_in_any_columns_come_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple]) -> None:
    folder = tmp_path_factory.mktemp("values")
    script = "CREATE TABLE t (a INTEGER, b REAL, c TEXT, d NUMERIC, e BLOB, f VARCHAR(3) COLLATE NOCASE)"
    source = made(folder / "t.db", script, ("INSERT INTO t VALUES (?,?,?,?,?,?)", rows))
    copy = copied(source)
    assert contents(copy) == contents(source)
    both = [open_sqlite(path, Reading()).reader("t", tuple("abcdef")) for path in (source, copy)]
    assert [batch.to_pydict() for batch in both[0].batches()] == [batch.to_pydict() for batch in both[1].batches()]
    assert both[0].records() == len(rows)


def test_numbers_that_sqlite_reads_badly_come_back(tmp_path: Path) -> None:
    # Powers of two far from 1 are where SQLite's conversion of decimal digits is off by a bit.
    rows = [(math.ldexp(1 + i / 7, e),) for i in range(7) for e in range(-1070, 1023, 13)]
    source = made(tmp_path / "t.db", "CREATE TABLE t (x REAL)", ("INSERT INTO t VALUES (?)", rows))
    assert contents(copied(source)) == contents(source)
    opened = FORMAT.open(InputFile(source), ReadOptions())
    assert sum(part.batch.num_rows for part in opened.parts("t") if isinstance(part, Rows)) == len(rows)


def test_texts_that_are_no_utf8_come_back(tmp_path: Path) -> None:
    odd = "CAST(x'ff27' AS TEXT), 'it''s'), (CAST(x'00fe' AS TEXT), 2"
    source = made(tmp_path / "t.db", f"CREATE TABLE t (a TEXT, b); INSERT INTO t VALUES ({odd})")
    assert contents(source)["t"][0][0] == b"\xff'"
    assert contents(copied(source)) == contents(source)


SEARCH = """
CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT);
CREATE VIRTUAL TABLE own5 USING fts5(title, body UNINDEXED, tokenize = 'porter ascii');
CREATE VIRTUAL TABLE own4 USING fts4(title, body, tokenize=porter);
CREATE VIRTUAL TABLE own3 USING fts3(title TEXT, body TEXT);
CREATE VIRTUAL TABLE other5 USING fts5(body, content='note', content_rowid='id');
CREATE VIRTUAL TABLE other4 USING fts4(content="note", body);
CREATE VIRTUAL TABLE bare5 USING fts5(body, content='');
CREATE VIRTUAL TABLE words USING fts5vocab(own5, row);
CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, +label TEXT);
INSERT INTO note VALUES (7, 'quick brown fox'), (9, 'lazy dog');
INSERT INTO own5 (rowid, title, body) VALUES (5, 'first title', 'a'), (50, 'second', 'b');
INSERT INTO own4 (docid, title, body) VALUES (6, 'first title', 'a');
INSERT INTO own3 (docid, title, body) VALUES (6, 'first title', 'a');
INSERT INTO other5 (other5) VALUES ('rebuild');
INSERT INTO other4 (other4) VALUES ('rebuild');
INSERT INTO bare5 (rowid, body) VALUES (1, 'contentless words');
INSERT INTO box VALUES (3, 0.5, 1.25, 'here'), (4, -7, 7, NULL);
"""


def test_search_tables_find_what_they_found(tmp_path: Path) -> None:
    source = made(tmp_path / "search.db", SEARCH)
    copy = copied(source)
    assert schema(copy) == schema(source)
    with sqlite3.connect(copy) as connection:
        for query, found in {
            "SELECT rowid FROM own5 WHERE own5 MATCH 'seconds'": [(50,)],
            "SELECT docid FROM own4 WHERE own4 MATCH 'titles'": [(6,)],
            "SELECT docid FROM own3 WHERE title MATCH 'first'": [(6,)],
            "SELECT rowid FROM other5 WHERE other5 MATCH 'dog'": [(9,)],
            "SELECT docid FROM other4 WHERE other4 MATCH 'fox'": [(7,)],
            "SELECT rowid FROM bare5 WHERE bare5 MATCH 'contentless'": [],
            "SELECT id, label FROM box WHERE x0 > 0": [(3, "here")],
        }.items():
            assert connection.execute(query).fetchall() == found, query
    connection.close()
    assert b"contentless words" not in copy.read_bytes()
    tables = open_sqlite(copy, Reading())
    assert set(tables.names) == {"note", "own5", "own4", "own3", "box"}
    assert list(tables.said()) == list(open_sqlite(source, Reading()).said())
    assert next(iter(tables.reader("own5", ("rowid", "title", "body")).batches()))["rowid"].to_pylist() == ["5", "50"]
    assert next(iter(tables.reader("note", ("id", "body")).batches()))[KIND + "id"].to_pylist() == [1, 1]


def test_a_virtual_table_of_an_unknown_module_is_refused(tmp_path: Path) -> None:
    source = made(tmp_path / "t.db", "CREATE TABLE t (a); CREATE VIRTUAL TABLE s USING dbstat(main)")
    with pytest.raises(InputError, match="module `dbstat`"):
        dump(source)


def test_a_statement_may_not_reach_another_file(tmp_path: Path) -> None:
    source = made(tmp_path / "t.db", "CREATE TABLE t (a)")
    with pytest.raises(InputError, match="unsupported"):
        copied(source, f"ATTACH '{tmp_path / 'other.db'}' AS o;\n".encode())
    assert not (tmp_path / "other.db").exists()


def test_rows_that_break_a_constraint_are_refused(tmp_path: Path) -> None:
    source = made(tmp_path / "t.db", "CREATE TABLE t (a UNIQUE)")
    with pytest.raises(GateError, match="collision"):
        copied(source, b"CREATE TABLE t (a UNIQUE);\nINSERT INTO t VALUES ('canary'),\n('canary');\n")
