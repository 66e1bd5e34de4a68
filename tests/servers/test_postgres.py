"""PostgreSQL below a run: snapshots, schemas, extensions, archives, and dumps that other tools wrote."""

import contextlib
import shutil
import subprocess
from pathlib import Path

import pytest
from desk import desk

from masker.address import Address
from masker.errors import MaskerError
from masker.servers import SERVERS
from masker.servers._archive import archive_of

__all__ = ["desk"]
SCHEMA = (
    "create schema crm",
    "create type mood as enum ('sad', 'ok')",
    "create table crm.person (id int generated always as identity primary key, mood mood, tags text[], raw bytea,"
    " j jsonb, at timestamptz, n numeric(38,18), twice int generated always as (id * 2) stored)",
    "create table log (day date, note text) partition by range (day)",
    "create table log_2020 partition of log for values from ('2020-01-01') to ('2021-01-01')",
    "create table visit (id serial primary key, person int references crm.person, boss int references visit)",
    "create function touch() returns trigger language plpgsql as"
    " $$begin new.note := upper(new.note); return new; end$$",
    "create trigger touched before insert on log_2020 for each row execute function touch()",
    "create materialized view many as select count(*) as n from visit",
    "insert into crm.person (mood, tags, raw, j, at, n) values ('ok', '{a,\"b\\\\c\"}', '\\x00ff', '{\"a\": 1.10}',"
    " '1850-01-01 00:00+00', 1.1), (null, null, '', null, 'infinity', null)",
    "insert into log values ('2020-05-05', E'a\\tb\\\\n\\nc')",
    "insert into visit (person, boss) values (1, null), (2, 1)",
    "select setval('visit_id_seq', 77)",
)


def read(address: Address) -> bytes:
    with contextlib.closing(SERVERS["postgres"].read(address)) as dumped, dumped.open() as stream:
        return stream.read()


def load(address: Address, *chunks: bytes) -> None:
    with SERVERS["postgres"].load(address) as loading:
        loading.fill(iter(chunks))
        loading.publish("label", b"manifest")


def dumped_by_client(postgres, name: str, *options: str) -> bytes:
    home = postgres.home
    environment = {"PGHOST": home.host, "PGPORT": str(home.port), "PGUSER": home.user, "PGPASSWORD": home.password}
    environment = {key: value for key, value in environment.items() if value} | {"PATH": "/usr/bin:/bin", "PGTZ": "UTC"}
    command = ["pg_dump", "--no-owner", "--no-privileges", *options, name]
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout


def lines(dump: bytes) -> list[bytes]:
    """The lines of a dump that do not differ from run to run, without blanks and comments."""
    passed = (b"--", b"\\restrict", b"\\unrestrict", b"SET default_tablespace")
    return [line for line in dump.splitlines() if line and not line.startswith(passed)]


def test_what_is_read_is_what_pg_dump_writes(postgres):
    source = postgres.database(*SCHEMA)
    ours, theirs = lines(read(postgres.at(source))), lines(dumped_by_client(postgres, source))
    twice = lines(read(postgres.at(postgres.database())))  # the settings come once for each section
    assert [line for line in ours if line not in twice] == [line for line in theirs if line not in twice]


def test_a_whole_database_comes_back(postgres):
    source, dest = postgres.database(*SCHEMA), postgres.name()
    dump = read(postgres.at(source))
    load(postgres.at(dest), dump)
    assert read(postgres.at(dest)) == dump
    assert postgres.run("select nextval('visit_id_seq')", database=dest) == [(78,)]
    assert postgres.run("select n from many", database=dest) == [(2,)]
    query = "select count(*) from pg_constraint where not convalidated"
    assert postgres.run(query, database=dest) == [(0,)]


@pytest.mark.parametrize("empty", [True, False])
def test_one_schema_becomes_another_one(postgres, empty):
    source = postgres.database(
        "create table a (id int primary key)",
        "create table b (a int references a, t text default 'x')",
        "insert into a values (1)",
        "insert into b values (1, 'y')",
        "create view v as select t from b",
    )
    dest = postgres.database() if empty else postgres.database("create table public.a (mine int)")
    address = postgres.at(dest, schema="Sales")
    load(address, read(postgres.at(source, schema="public")))
    assert postgres.run('select t from "Sales".v', database=dest) == [("y",)]
    tag = SERVERS["postgres"].tag(address)
    assert tag is not None
    assert set(tag.tables) == {"a", "b"}
    assert SERVERS["postgres"].drop(address, {"a", "b"})
    left = postgres.run("select nspname from pg_namespace where nspname = 'Sales'", database=dest)
    assert left == []
    if not empty:
        assert postgres.run("select count(*) from public.a", database=dest) == [(0,)]


def test_several_schemas_do_not_fit_into_one(postgres):
    source, dest = postgres.database(*SCHEMA), postgres.database()
    with pytest.raises(MaskerError) as caught:
        load(postgres.at(dest, schema="one"), read(postgres.at(source)))
    assert caught.value.code == "unsupported"
    assert postgres.run("select count(*) from pg_namespace where nspname = 'one'", database=dest) == [(0,)]


def test_extensions_come_along(postgres):
    source = postgres.database()
    try:
        postgres.run(
            "create extension citext",
            "create extension hstore",
            "create table t (a citext primary key, h hstore)",
            "insert into t values ('Ä', 'a=>1')",
            database=source,
        )
    except Exception:  # whatever the driver raises: the extensions are not installed
        pytest.skip("no extensions to test with")
    dest = postgres.name()
    load(postgres.at(dest), read(postgres.at(source)))
    assert postgres.run("select h -> 'a' from t where a = 'ä'", database=dest) == [("1",)]


def test_streams_of_one_snapshot_are_the_same_whoever_writes(postgres):
    source = postgres.database("create table t (a int)", "insert into t values (1)")
    with contextlib.closing(SERVERS["postgres"].read(postgres.at(source))) as dumped:
        with dumped.open() as first, dumped.open() as second:
            postgres.run("insert into t values (2)", "create table u (a int)", database=source)
            assert first.read() == second.read() != b""
        with dumped.open() as third:
            third.read(10)


@pytest.mark.parametrize("options", [("-Fc",), ("-Ft",), ("-Fd",), ("-Fc", "--inserts")])
def test_archives_are_read_as_dumps_and_load(postgres, tmp_path: Path, options):
    source, dest = postgres.database(*SCHEMA), postgres.name()
    archive = tmp_path / "archive"
    dumped_by_client(postgres, source, *options, f"--file={archive}")
    found = archive_of(archive)
    assert found is not None
    with found.open() as one, found.open() as other:
        text = one.read()
        assert other.read() == text
    assert b"\\restrict" not in text
    load(postgres.at(dest), text)
    assert lines(read(postgres.at(dest))) == lines(read(postgres.at(source)))


@pytest.mark.parametrize("name", ["copy.dump", "copy.backup", "copy.tar", "copy"])
def test_a_copy_of_an_archive_is_not_named_as_one(postgres, desk, name):
    source = postgres.database(*SCHEMA)
    archive = desk.folder / "in" / "a.dump"
    dumped_by_client(postgres, source, "-Fc", f"--file={archive}")
    outcome = desk.refuses(lambda: desk.mask(archive, dest=desk.folder / name), 2, "usage")
    assert "plain SQL dump" in outcome.stderr
    assert ".sql" in outcome.stderr


def test_a_damaged_archive_is_refused(postgres, tmp_path: Path):
    source = postgres.database(*SCHEMA)
    archive = tmp_path / "archive.dump"
    dumped_by_client(postgres, source, "-Fc", f"--file={archive}")
    archive.write_bytes(archive.read_bytes()[:-600])
    found = archive_of(archive)
    assert found is not None
    with pytest.raises(MaskerError) as caught, found.open() as stream:
        stream.read()
    assert caught.value.code == "malformed"


def test_owners_grants_and_clients_commands_stay_out(postgres):
    dest = postgres.name()
    load(
        postgres.at(dest),
        b"\\set ON_ERROR_STOP on\nCREATE DATABASE other;\n\\connect other\nSET default_tablespace = '';\n"
        b"CREATE TABLE public.t (a int);\nALTER TABLE public.t OWNER TO nobody_here;\n"
        b"GRANT ALL ON TABLE public.t TO nobody_here;\nINSERT INTO public.t VALUES (1), (2);\n",
    )
    assert postgres.run("select count(*) from t", database=dest) == [(2,)]


def test_a_dump_of_two_databases_is_refused(postgres):
    dest = postgres.name()
    with pytest.raises(MaskerError) as caught:
        load(postgres.at(dest), b"CREATE TABLE a (b int);\n\\connect other\nCREATE TABLE a (b int);\n")
    assert (caught.value.code, caught.value.place.line) == ("unsupported", 2)
    assert dest not in postgres.databases()


def test_a_refused_statement_is_told_by_its_line_alone(postgres):
    dest = postgres.name()
    with pytest.raises(MaskerError) as caught:
        load(postgres.at(dest), b"CREATE TABLE a (b int);\n\nCOPY a (b) FROM stdin;\n1\ncanaryq7xw\n\\.\n")
    assert (caught.value.code, caught.value.place.line) == ("database", 3)
    assert "canary" not in str(caught.value) + caught.value.hint
    assert dest not in postgres.databases()


def test_a_server_newer_than_pg_dump_is_refused(postgres, tmp_path: Path, monkeypatch):
    old = tmp_path / "pg_dump"
    old.write_text('#!/bin/sh\necho "pg_dump (PostgreSQL) 9.6.24"\n')
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    source = postgres.database("create table t (a int)")
    with pytest.raises(MaskerError) as caught:
        SERVERS["postgres"].read(postgres.at(source))
    assert caught.value.code == "unsupported"
    assert shutil.which("pg_dump") == str(old)


def test_one_table_is_read_alone(server, people):
    with contextlib.closing(SERVERS[server.server].read(server.at(people))) as dumped:
        name = "public.orders" if server.server == "postgres" else "orders"
        with dumped.only(name).open() as one, dumped.open() as whole, dumped.only("nothing").open() as other:
            rows, everything = one.read(), whole.read()
            assert other.read() == everything
    assert rows.strip() in everything
    assert b"customers" not in rows


def test_a_living_runs_database_is_not_dropped_while_nobody_is_connected_to_it(postgres):
    address = postgres.at(postgres.name())
    with SERVERS["postgres"].load(address) as loading:
        loading.fill(iter([b"CREATE TABLE t (a int);\n"]))
        loading._inside.close()
        SERVERS["postgres"].clean(address)
        assert loading._staged.database in postgres.databases()
