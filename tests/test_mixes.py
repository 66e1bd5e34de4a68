"""Files and databases of one kind of SQL in any mix, and a clear no across kinds."""

import gzip
import os
import sqlite3
import subprocess
from pathlib import Path

import pytest
from desk import MARK, Desk, desk
from servers.conftest import Servant, mysql, postgres, server

from masker.address import SQLITE_ENDINGS
from masker.formats import FORMATS

__all__ = ["desk", "mysql", "postgres", "server"]

HEADS = {
    "postgres": "-- PostgreSQL database dump\n",
    "mysql": "-- MySQL dump 10.19\n",
    "sqlite": "BEGIN TRANSACTION;\n",
}
TABLES = """CREATE TABLE people (id integer PRIMARY KEY, email varchar(120) NOT NULL UNIQUE, note text,
  amount numeric(8,2));
CREATE TABLE visits (id integer PRIMARY KEY, person integer NOT NULL, FOREIGN KEY (person) REFERENCES people (id));
CREATE VIEW seen AS SELECT p.id, p.email FROM people p JOIN visits v ON v.person = p.id;
"""
PEOPLE = ",\n".join(f"({n},'{MARK}{n}@firma.example','call {MARK}{n}',{n}.50)" for n in range(1001, 1061))
VISITS = ",\n".join(f"({n},{1001 + n % 60})" for n in range(1, 121))
ROWS = f"INSERT INTO people VALUES {PEOPLE};\nINSERT INTO visits VALUES {VISITS};\n"


def dump(desk: Desk, kind: str, *, packed: bool = False) -> Path:
    text = HEADS[kind] + TABLES + ROWS + ("COMMIT;\n" if kind == "sqlite" else "")
    return desk.put("d.sql.gz", gzip.compress(text.encode())) if packed else desk.put("d.sql", text.encode())


def database(desk: Desk, file: str = "d.db") -> Path:
    path = desk.put(file, b"")
    path.unlink()
    connection = sqlite3.connect(path)
    connection.executescript(TABLES + ROWS)
    connection.close()
    return path


def require_joined(path: Path) -> None:
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*), count(DISTINCT email) FROM seen").fetchone() == (120, 60)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("SELECT sum(amount) FROM people").fetchone() == (61860.0,)
    connection.close()
    assert MARK.encode() not in path.read_bytes().lower()


@pytest.mark.parametrize("packed", [False, True])
def test_a_dump_of_sqlite_becomes_a_file(desk: Desk, *, packed: bool) -> None:
    source, copy = dump(desk, "sqlite", packed=packed), desk.folder / "copy.db"
    outcome = desk.mask(source, dest=copy)
    assert outcome.exit == 0, outcome.stderr
    require_joined(copy)
    assert [path.name for path in desk.folder.glob("*copy*")] == ["copy.db", "copy.db.masker.json"]
    assert not list(desk.folder.glob(".masker*"))
    assert desk.run("verify", copy).exit == 0
    compared = desk.run("verify", copy, "--against", source)
    assert compared.exit == 0, compared.stderr
    assert "not checked: kept values that a server writes in its own way: people.amount" in compared.stdout
    assert desk.mask(copy, dest=desk.folder / "again.db").code == "already-masked"
    changed = source.with_name("other.sql")
    changed.write_text(HEADS["sqlite"] + TABLES + ROWS.replace("(1060,", "(2060,").replace("(59,1060)", "(59,1001)"))
    assert desk.run("verify", copy, "--against", changed).exit == 1
    replaced = desk.mask(source, "--replace", dest=copy)
    assert replaced.exit == 0, replaced.stderr
    require_joined(copy)


def test_what_sqlite_refuses_is_not_published(desk: Desk) -> None:
    text = HEADS["sqlite"] + f"CREATE TABLE t (a TEXT CHECK (a LIKE '{MARK}%'));\n"
    source = desk.put("d.sql", (text + f"INSERT INTO t VALUES {','.join([f'({MARK!r})'] * 9)};\nCOMMIT;\n").encode())
    profile = desk.put("../t.yaml", b"masker: 1\nname: t\nextends: test-env\ntables: {t: {columns: {a: fpe}}}\n")
    copy = desk.folder / "copy.db"
    outcome = desk.refuses(lambda: desk.mask(source, "--profile", profile, dest=copy), 1, "does-not-fit", "leak")
    assert not copy.exists()
    assert MARK not in outcome.stdout + outcome.stderr


@pytest.mark.parametrize("after", ["copy.db", "copy.sql"])
def test_urls_of_sqlite_name_files(desk: Desk, monkeypatch: pytest.MonkeyPatch, after: str) -> None:
    source = database(desk)
    monkeypatch.chdir(desk.folder)
    relative = desk.mask("sqlite:///in/d.db", dest=f"sqlite:///{after}" if after.endswith("db") else after)
    assert relative.exit == 0, relative.stderr
    assert desk.run("verify", after, "--against", "sqlite:///in/d.db").exit == 0
    if after.endswith("db"):
        require_joined(desk.folder / after)
        absolute = desk.mask(f"sqlite:///{source}", dest=f"sqlite:///{desk.folder}/other.db")
        assert absolute.exit == 0, absolute.stderr
        require_joined(desk.folder / "other.db")
        assert desk.run("verify", f"sqlite:///{desk.folder}/other.db", "--against", f"sqlite:///{source}").exit == 0


def test_a_dump_fills_a_url_of_sqlite(desk: Desk) -> None:
    source = dump(desk, "sqlite")
    outcome = desk.mask(source, dest=f"sqlite:///{desk.folder}/copy.sqlite3")
    assert outcome.exit == 0, outcome.stderr
    require_joined(desk.folder / "copy.sqlite3")


def test_a_url_of_sqlite_has_an_ending_of_sqlite(desk: Desk) -> None:
    assert FORMATS["sqlite"].suffixes == SQLITE_ENDINGS
    source = dump(desk, "sqlite")
    desk.refuses(lambda: desk.mask(source, dest=f"sqlite:///{desk.folder}/copy.sql"), 2, "usage")


@pytest.mark.parametrize("kind", ["postgres", "mysql"])
def test_other_dumps_do_not_become_sqlite_files(desk: Desk, kind: str) -> None:
    source = dump(desk, kind)
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / "copy.db"), 2, "usage")


@pytest.mark.parametrize("source", ["file", "dump", "other dump", "table"])
def test_a_server_takes_its_own_kind_alone(desk: Desk, server: Servant, source: str) -> None:
    dest = server.name()
    other = "mysql" if server.server == "postgres" else "postgres"
    made = {
        "file": lambda: database(desk),
        "dump": lambda: dump(desk, "sqlite"),
        "other dump": lambda: dump(desk, other),
        "table": desk.good,
    }[source]()
    desk.refuses(lambda: desk.mask(made, dest=server.url(dest)), 2, "usage")
    assert dest not in server.databases()


def test_a_database_of_a_server_does_not_become_an_sqlite_file(desk: Desk, server: Servant) -> None:
    source = server.database("create table t (a integer)", "insert into t values (1)")
    desk.refuses(lambda: desk.mask(server.url(source), dest=desk.folder / "copy.db"), 2, "usage")


def test_a_packed_dump_fills_a_server(desk: Desk, server: Servant) -> None:
    dest = server.name()
    outcome = desk.mask(dump(desk, server.server, packed=True), dest=server.url(dest))
    assert outcome.exit == 0, outcome.stderr
    assert server.run("select count(*), count(distinct email) from seen", database=dest) == [(120, 60)]
    assert MARK not in repr(server.run("select * from people", database=dest)).lower()


def test_an_archive_with_another_time_zone_fills_a_server(desk: Desk, postgres: Servant) -> None:
    source = postgres.database(
        "create table t (id integer primary key, at timestamptz)", "insert into t values (1, '2024-05-01 10:00:00+00')"
    )
    archive, dest = desk.put("a.dump", b""), postgres.name()
    command = ["pg_dump", "-Fc", "-f", str(archive), "-d", postgres.url(source)]
    subprocess.run(command, env={**os.environ, "PGTZ": "Asia/Tokyo"}, check=True)
    profile = "masker: 1\nname: t\nextends: test-env\ntables: {t: {columns: {id: keep, at: keep}}}\n"
    outcome = desk.mask(archive, "--profile", desk.put("../t.yaml", profile.encode()), dest=postgres.url(dest))
    assert outcome.exit == 0, outcome.stderr
    assert postgres.run("select count(*) from t where at = '2024-05-01 10:00:00+00'", database=dest) == [(1,)]
