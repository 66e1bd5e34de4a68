"""Whole runs over SQLite files: the copy is a database that joins, searches and checks, and holds no original."""

import base64
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desk import MARK, Desk, desk

from masker.api import mask, verify
from masker.formats import ReadOptions
from masker.formats.sqlite import FORMAT
from masker.streams import InputFile

__all__ = ["desk"]
TAG = {"purpose": "test-patch", "expires": "14d"}
CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
CHINOOK = CORPUS / "chinook" / "Chinook_Sqlite.sqlite"

SCHEMA = """
PRAGMA user_version = 3;
CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT UNIQUE, note TEXT,
  boss INTEGER REFERENCES people, handle TEXT AS (substr(email, 1, 5)) STORED);
CREATE TABLE visits (person INTEGER REFERENCES people (id), day TEXT, note TEXT,
  PRIMARY KEY (person, day)) WITHOUT ROWID;
CREATE TABLE loose (person INTEGER REFERENCES people (id), amount NUMERIC, raw BLOB);
CREATE VIRTUAL TABLE search USING fts5(note);
CREATE VIRTUAL TABLE outer_search USING fts5(note, content='people', content_rowid='id');
CREATE VIRTUAL TABLE bare USING fts4(content='', note);
CREATE INDEX by_note ON people (note) WHERE boss IS NOT NULL;
CREATE VIEW bosses AS SELECT DISTINCT b.email FROM people p JOIN people b ON b.id = p.boss;
CREATE TRIGGER no_second AFTER INSERT ON visits BEGIN SELECT raise(ABORT, 'no') WHERE new.day = 'never'; END;
"""
PROFILE = """masker: 1
name: clinic
extends: test-env
tables:
  people:
    subject: {is: customer, key: id}
    columns: {id: permute, email: fake, note: {method: fpe, infotype: other, by: none}, boss: permute}
  visits:
    columns: {person: permute, day: {method: keep, infotype: none}, note: {method: fpe, infotype: other, by: none}}
  loose:
    columns: {person: permute, amount: {method: keep, infotype: none}, raw: {method: keep, infotype: none}}
  search:
    columns: {rowid: permute, note: {method: fpe, infotype: other, by: none}}
"""


def mark(kind: str, number: int) -> str:
    return MARK + hashlib.sha256(f"{kind}{number}".encode()).hexdigest()[:14]


def clinic(path: Path, people: int = 300) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    connection.execute("PRAGMA secure_delete = OFF")
    ids = [7 * n + 1000 for n in range(people)]
    connection.executemany(
        "INSERT INTO people VALUES (?, ?, ?, ?)",
        [(i, f"{mark('e', i)}@mail.example", mark("n", i), ids[i % 50] if i % 3 else None) for i in ids],
    )
    connection.executemany(
        "INSERT INTO visits VALUES (?, ?, ?)",
        [(i, f"2024-01-{day:02}", mark("v", i * 100 + day)) for i in ids for day in range(1, 1 + i % 3)],
    )
    connection.executemany("INSERT INTO loose VALUES (?, ?, ?)", [(i, i / 7, os.urandom(5)) for i in reversed(ids)])
    for table, key in (("search", "rowid"), ("bare", "docid")):
        connection.execute(f"INSERT INTO {table} ({key}, note) SELECT id, note FROM people")
    connection.execute("INSERT INTO outer_search (outer_search) VALUES ('rebuild')")
    connection.execute("ANALYZE")
    connection.commit()
    # What was there and is gone lies in free pages, in freed cells and in the segments of the indexes.
    connection.execute("CREATE TABLE past (a)")
    connection.executemany("INSERT INTO past VALUES (?)", [(mark("past", n),) for n in range(3000)])
    connection.commit()
    connection.execute("DROP TABLE past")
    for i in range(1, 200):
        connection.execute(
            "INSERT INTO people (id, email, note) VALUES (?, ?, ?)", (i, mark("gone", i), mark("past", i))
        )
    connection.execute("UPDATE people SET note = note || 'x' WHERE id < 200")
    connection.execute("DELETE FROM people WHERE id < 200")
    connection.execute("DELETE FROM search WHERE rowid % 5 = 0")
    connection.commit()
    connection.close()
    return path


def all_of(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    rows = connection.execute(query).fetchall()
    connection.close()
    return rows


def schema(path: Path) -> set[tuple[object, ...]]:
    return set(all_of(path, "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"))


def masked(desk: Desk, source: Path, *more: object) -> Path:
    profile = desk.put("../clinic.yaml", PROFILE.encode())
    copy = desk.folder / "copy.db"
    outcome = desk.mask(source, "--profile", profile, *more, dest=copy)
    assert outcome.exit == 0, outcome.stderr
    return copy


def test_a_masked_database_joins_searches_and_checks(desk: Desk) -> None:
    source = clinic(desk.folder / "in" / "clinic.db")
    assert MARK.encode() in source.read_bytes()
    copy = masked(desk, source)
    assert all_of(copy, "PRAGMA integrity_check") == [("ok",)]
    assert all_of(copy, "PRAGMA foreign_key_check") == []
    assert all_of(copy, "PRAGMA user_version") == [(3,)]
    tag = ("table", "masker_tag", "CREATE TABLE masker_tag (label TEXT NOT NULL)")
    assert schema(copy) == schema(source) | {tag}
    for table in ("people", "visits", "loose", "search", "bosses"):
        count = f"SELECT count(*) FROM {table}"
        assert all_of(copy, count) == all_of(source, count)
    # Same joins: bosses by their number of people, visits by person.
    for query in (
        "SELECT count(*) AS n FROM people WHERE boss IS NOT NULL GROUP BY boss ORDER BY n",
        "SELECT count(*) AS n FROM visits JOIN people ON id = person GROUP BY id ORDER BY n",
        "SELECT count(*) FROM search JOIN people ON people.id = search.rowid",
        "SELECT amount FROM loose",
    ):
        assert all_of(copy, query) == all_of(source, query)
    note, key = all_of(copy, "SELECT note, id FROM people LIMIT 1")[0]
    assert all_of(copy, f"SELECT rowid FROM outer_search WHERE outer_search MATCH '{note}'") == [(key,)]
    assert all_of(copy, "SELECT count(*) FROM people WHERE handle = substr(email, 1, 5)") == [(300,)]
    assert all_of(copy, "SELECT tbl FROM sqlite_stat1 WHERE idx = 'by_note'") == [("people",)]
    assert all_of(copy, "SELECT max(id) <= seq FROM people, sqlite_sequence") == [(1,)]


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_texts_of_any_encoding_and_a_remark_before_end_are_no_hindrance(desk: Desk, encoding: str) -> None:
    source = desk.folder / "in" / "clinic.db"
    with sqlite3.connect(source) as connection:
        connection.executescript(f"PRAGMA encoding = '{encoding}'; CREATE TABLE first (a); DROP TABLE first;")
    clinic(source)
    with sqlite3.connect(source) as connection:
        connection.execute(
            "CREATE TRIGGER t AFTER INSERT ON visits BEGIN SELECT CASE WHEN 1 THEN 2 END; -- that; is all\n END"
        )
    copy = masked(desk, source)
    assert all_of(copy, "PRAGMA encoding") == [(encoding,)]
    query = "SELECT count(*) AS n FROM visits JOIN people ON id = person GROUP BY id ORDER BY n"
    assert all_of(copy, query) == all_of(source, query)
    assert MARK.encode(encoding.lower()) not in copy.read_bytes()


@pytest.mark.promise("P1")
def test_nothing_of_the_original_is_in_the_bytes_of_the_copy(desk: Desk) -> None:
    source = clinic(desk.folder / "in" / "clinic.db")
    gone = [mark("past", n).encode() for n in (500, 2500)]
    assert any(each in source.read_bytes() for each in gone), "the original still holds what was deleted"
    copy = masked(desk, source)
    data = copy.read_bytes()
    for text in (data, data[::-1], data.lower()):
        assert MARK.encode() not in text
        assert MARK.encode("utf-16-le") not in text
    assert sorted(path.name for path in desk.folder.iterdir() if path.name.startswith(("copy", ".masker"))) == [
        "copy.db",
        "copy.db.masker.json",
    ]
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_run_tells_what_the_copy_lacks(desk: Desk) -> None:
    source = clinic(desk.folder / "in" / "clinic.db", people=80)
    connection = sqlite3.connect(source)
    connection.execute(f"CREATE TABLE more (a TEXT /* ask {MARK} */)")
    connection.close()
    profile = desk.put(
        "../clinic.yaml", (PROFILE + "  more: {columns: {a: {method: keep, infotype: none}}}\n").encode()
    )
    told = "masker: note: bare is empty: SOURCE has the index of its texts, and not the texts\n"
    for copy in ("copy.db", "copy.sql"):
        outcome = desk.mask(source, "--profile", profile, "--format", "json", dest=desk.folder / copy)
        assert outcome.exit == 0, outcome.stderr
        notices = json.loads(outcome.stdout)["notices"]
        sealed = json.loads((desk.folder / f"{copy}.masker.json").read_bytes())
        assert json.loads(base64.b64decode(sealed["payload"]))["predicate"]["lacks"] == notices
        assert [line.split()[0] for line in notices] == ["bare", "comments"]
    outcome = desk.mask(source, "--profile", profile, dest=desk.folder / "third.db")
    assert told in outcome.stderr
    assert "masker: note: comments left out that no tool wrote: 1\n" in outcome.stderr


def test_statistics_of_a_dump_are_left_out_and_that_is_told(desk: Desk) -> None:
    text = (
        "BEGIN TRANSACTION;\nCREATE TABLE t (a TEXT);\nCREATE INDEX i ON t (a);\nINSERT INTO t VALUES('x');\n"
        "ANALYZE sqlite_schema;\nINSERT INTO sqlite_stat1 VALUES('t','i','1 1');\n"
        f"INSERT INTO sqlite_stat4 VALUES('t','i','1','0','0',X'{MARK.encode().hex()}');\nCOMMIT;\n"
    )
    profile = b"masker: 1\nname: t\nextends: test-env\ntables: {t: {columns: {a: {method: keep, infotype: none}}}}\n"
    outcome = desk.mask(
        desk.put("d.sql", text.encode()), "--profile", desk.put("../t.yaml", profile), dest=desk.folder / "copy.sql"
    )
    assert outcome.exit == 0, outcome.stderr
    assert "note: statements of statistics left out: 2" in outcome.stderr
    assert "sqlite_stat" not in (desk.folder / "copy.sql").read_text()


def test_the_log_of_a_database_is_masked_with_it(desk: Desk) -> None:
    source = clinic(desk.folder / "in" / "clinic.db")
    writer = sqlite3.connect(source, isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("UPDATE people SET note = ? WHERE id = 1000", (mark("log", 1),))
    before = desk.tree()
    copy = masked(desk, source)
    for name, data in before.items():
        assert desk.tree()[name] == data, name
    assert all_of(copy, "SELECT count(*) FROM people") == [(300,)]
    assert MARK.encode() not in copy.read_bytes()
    writer.close()


def test_the_same_key_gives_the_same_bytes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from masker.crypto.root import new_root_file

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    new_root_file(desk.folder / "a.key")
    source = clinic(desk.folder / "in" / "clinic.db", people=80)
    day = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    same = ("--key-file", desk.folder / "a.key", "--expires", day)
    first = masked(desk, source, *same, "--jobs", 1, "--engine", "inline").read_bytes()
    for path in desk.folder.glob("copy.db*"):
        path.unlink()
    assert masked(desk, source, *same, "--jobs", 3).read_bytes() == first


def test_a_copy_verifies_later_and_a_changed_one_does_not(desk: Desk) -> None:
    source = clinic(desk.folder / "in" / "clinic.db", people=80)
    copy = masked(desk, source)
    compared = desk.run("verify", copy, "--against", source)
    assert compared.exit == 0
    assert "not checked: rows of people, search, visits have no order" in compared.stdout
    connection = sqlite3.connect(copy)
    connection.execute("UPDATE loose SET amount = 1")
    connection.commit()
    connection.close()
    assert desk.run("verify", copy).exit == 1


def test_a_copy_is_not_masked_again(desk: Desk) -> None:
    source = clinic(desk.folder / "in" / "clinic.db", people=80)
    copy = masked(desk, source)
    (desk.folder / "copy.db.masker.json").unlink()
    assert desk.mask(copy, dest=desk.folder / "again.db").code == "already-masked"


@pytest.mark.skipif(not CHINOOK.exists(), reason="the corpus is not there")
def test_chinook_kept_whole_is_the_same_database(tmp_path: Path) -> None:
    source = FORMAT.open(InputFile(CHINOOK), ReadOptions())
    copy = tmp_path / "copy.db"
    with copy.open("wb") as out:
        sink = FORMAT.sink(out, source, None)
        for part in source.parts():
            sink.write(sink.prepare(part))
        sink.close()
    assert schema(copy) == schema(CHINOOK)
    for (table,) in all_of(CHINOOK, "SELECT name FROM sqlite_master WHERE type = 'table'"):
        assert all_of(copy, f"SELECT * FROM {table}") == all_of(CHINOOK, f"SELECT * FROM {table}")


@pytest.mark.skipif(not CHINOOK.exists(), reason="the corpus is not there")
def test_chinook_masked_has_no_orphan_and_no_customer(desk: Desk) -> None:
    copy = desk.folder / "chinook.db"
    outcome = desk.mask(CHINOOK, dest=copy)
    assert outcome.exit == 0, outcome.stderr
    assert "0 leaks, 0 orphans" in outcome.stderr
    assert all_of(copy, "PRAGMA foreign_key_check") == []
    data = copy.read_bytes()
    for email, phone in all_of(CHINOOK, "SELECT Email, coalesce(Phone, Email) FROM Customer"):
        assert str(email).encode() not in data
        assert str(phone).encode() not in data


def test_an_ending_of_a_dump_gives_a_dump_that_loads(desk: Desk) -> None:
    source = clinic(desk.folder / "in" / "clinic.db", people=80)
    profile, dump = desk.put("../clinic.yaml", PROFILE.encode()), desk.folder / "copy.sql"
    assert desk.mask(source, "--profile", profile, dest=dump).exit == 0
    assert desk.run("verify", dump, "--against", source).exit == 0
    text = dump.read_text()
    assert MARK not in text
    loaded = desk.folder / "loaded.db"
    connection = sqlite3.connect(loaded)
    connection.executescript(text)
    connection.close()
    assert all_of(loaded, "PRAGMA integrity_check") == [("ok",)]
    assert all_of(loaded, "PRAGMA foreign_key_check") == []
    assert schema(loaded) == schema(source)
    joined = "SELECT count(*) FROM people JOIN visits ON id = person"
    assert all_of(loaded, joined) == all_of(source, joined)
    assert desk.mask(dump, dest=desk.folder / "again.db").code == "already-masked"


def test_scan_finds_people_in_a_database(desk: Desk) -> None:
    outcome = desk.run("scan", clinic(desk.folder / "in" / "clinic.db", people=80))
    assert outcome.exit == 0
    assert "people  80 rows" in outcome.stdout
    assert MARK not in outcome.stdout + outcome.stderr


def damaged(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xfe" * 4096)


def encrypted(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(range(7, 107)))


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 4096)


def unknown_module(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE VIRTUAL TABLE odd USING dbstat(main)")
    connection.close()


@pytest.mark.parametrize(
    ("harm", "code"),
    [(damaged, "malformed"), (encrypted, "malformed"), (cut, "truncated"), (unknown_module, "unsupported")],
)
def test_a_bad_database_is_refused(desk: Desk, harm: Callable[[Path], None], code: str) -> None:
    path = clinic(desk.folder / "in" / "clinic.db", people=80)
    harm(path)
    desk.refuses(lambda: desk.mask(path), 3, code)


def test_a_compressed_database_is_refused(desk: Desk) -> None:
    import gzip

    data = clinic(desk.folder / "in" / "clinic.db", people=80).read_bytes()
    path = desk.put("other.db.gz", gzip.compress(data))
    desk.refuses(lambda: desk.mask(path), 3, "unsupported")


def test_a_locked_database_is_refused(desk: Desk) -> None:
    path = clinic(desk.folder / "in" / "clinic.db", people=80)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    desk.refuses(lambda: desk.mask(path), 3, "unreadable")
    writer.close()


def test_masking_that_breaks_a_check_is_refused(desk: Desk) -> None:
    path = desk.folder / "in" / "t.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (a TEXT CHECK (a LIKE 'canaryq7xw%'))")
    connection.executemany("INSERT INTO t VALUES (?)", [(mark("c", n),) for n in range(50)])
    connection.commit()
    connection.close()
    text = (
        "masker: 1\nname: t\nextends: test-env\ntables: {t: {columns: {a: {method: fpe, infotype: other, by: none}}}}\n"
    )
    profile = desk.put("../t.yaml", text.encode())
    desk.refuses(lambda: desk.mask(path, "--profile", profile), 1, "does-not-fit")


def test_python_masks_and_verifies_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    source = clinic(tmp_path / "clinic.db", people=80)
    (tmp_path / "clinic.yaml").write_text(PROFILE)
    mask(source, tmp_path / "copy.db", profile=tmp_path / "clinic.yaml", **TAG)
    manifest = verify(tmp_path / "copy.db", against=source)
    assert [file.format for file in manifest.files] == ["sqlite"]
