"""What dumps hold beside tables: MariaDB's sequences go on behind masked keys, PostgreSQL's large objects stay out."""

import subprocess
from pathlib import Path

import pytest
from desk import Desk, desk
from loading import MYSQL, POSTGRES, server

__all__ = ["desk"]
LARGE = "select lo_from_bytea(424242, 'canaryq7xw of anna'); comment on large object 424242 is 'canaryq7xw';"


def profile(desk: Desk, columns: str) -> str:
    path = desk.folder / "p.yaml"
    path.write_text(f"masker: 1\nname: p\nowner: o\nextends: test-env\ntables:\n  t: {{columns: {columns}}}\n")
    return str(path)


def dumped(*command: str) -> bytes:
    try:
        return subprocess.run(command, capture_output=True, check=True).stdout
    except FileNotFoundError:
        pytest.skip("the server's dump tool is not installed")


@pytest.mark.parametrize("default", ["nextval(s)", "next value for s"])
def test_a_sequence_of_mariadb_goes_on_behind_masked_keys(desk, default):
    create = f"create sequence s; create table t (id int primary key default {default}, email varchar(80));"
    rows = "insert into t (email) values " + ", ".join(f"('real{n}@firma.example')" for n in range(40)) + ";"
    with server("mysql") as database:
        try:
            database.load((create + rows + "alter sequence s cache 1;").encode())
        except RuntimeError:
            pytest.skip("no server with sequences")
        url = MYSQL.removesuffix("/").removeprefix("mysql://").rpartition("@")[2]
        host, _, port = url.partition(":")
        text = dumped("mariadb-dump", "-h", host, "-P", port or "3306", "-u", "root", "--skip-add-locks", database.name)
    assert b"SETVAL(`s`" in text
    source = desk.put("d.sql", text.replace(f"`{database.name}`.".encode(), b""))
    copy = desk.folder / "copy.sql"
    outcome = desk.mask(source, "--profile", profile(desk, "{id: permute, email: fake}"), dest=copy)
    assert outcome.exit == 0, outcome.stderr
    assert desk.run("verify", copy, "--against", source).exit == 0
    with server("mysql") as database:
        database.load(copy.read_bytes())
        database.load(b"insert into t (email) values ('new'), ('newer');")
        assert database.ask("select count(*) from t") == [("42",)]


@pytest.mark.parametrize("form", ["plain", "custom"])
def test_large_objects_stay_out_and_are_told(desk, form):
    with server("postgres") as database:
        create = "create table t (id int primary key, email varchar(80), doc oid);"
        database.load(f"{create} insert into t values (1, 'real@firma.example', 424242); {LARGE}".encode())
        url = POSTGRES.rpartition("/")[0] + f"/{database.name}"
        data = dumped("pg_dump", f"--format={form}", url)
    source = desk.put("d.sql" if form == "plain" else "d.dump", data)
    copy = desk.folder / "copy.sql"
    outcome = desk.mask(source, "--profile", profile(desk, "{id: keep, email: fake, doc: keep}"), dest=copy)
    assert outcome.exit == 0, outcome.stderr
    assert "large objects left out" in outcome.stderr
    text = copy.read_bytes()
    assert not any(word in text.lower() for word in (b"canaryq7xw", b"63616e617279", b"lo_create", b"large object"))
    assert desk.run("verify", copy, "--against", source).exit == 0
    with server("postgres") as database:
        database.load(text)
        assert database.ask("select count(*) from pg_largeobject_metadata") == [("0",)]


@pytest.mark.parametrize(
    "statement", ["SELECT lo_import('/etc/hostname');", "SELECT pg_catalog.lo_export(1, '/tmp/x');"]
)
def test_what_reads_or_writes_files_of_the_server_is_refused(desk, statement):
    text = f"-- PostgreSQL database dump\nCREATE TABLE t (id int, email text);\n{statement}\n"
    source = desk.put("d.sql", text.encode())
    desk.refuses(lambda: desk.mask(source, dest=Path("copy.sql")), 3, "unsupported")
