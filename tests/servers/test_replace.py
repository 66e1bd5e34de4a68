"""A copy in a database takes the place of another one: whole at any moment, and of nothing that is no copy."""

import contextlib
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from desk import Desk, desk
from servers.conftest import MARK, Servant

from masker.servers import SERVERS, STAGING

__all__ = ["desk"]

POSTGRES = """-- PostgreSQL database dump
create schema if not exists {schema};
create table {schema}.parents (id integer primary key, version text);
create table {schema}.children (id integer primary key, parent integer references {schema}.parents (id), version text);
create view {schema}.joined as select c.id, p.version from {schema}.parents p join {schema}.children c on parent = p.id;
create function {schema}.told() returns text language sql as $$ select '{version}'::text $$;
insert into {schema}.parents values (1, '{version}'), (2, '{version}');
insert into {schema}.children values (1, 1, '{version}'), (2, 2, '{version}');
"""
MYSQL = """-- MySQL dump
create table parents (id integer primary key, version text);
create table children (id integer primary key, parent integer, version text, constraint of_parent foreign key (parent)
  references parents (id));
create view joined as select c.id, p.version from parents p join children c on parent = p.id;
create trigger numbered before insert on children for each row set new.version = '{version}';
create function told() returns text deterministic return '{version}';
insert into parents values (1, '{version}'), (2, '{version}');
insert into children values (1, 1, '{version}'), (2, 2, '{version}');
"""
VERSIONS = {"old", "new"}
# All others change nothing that anybody sees, or stand between two of these.
DECISIVE = re.compile(
    r"\s*(?:rename|alter|commit|drop (?:schema|database)|drop trigger|drop table|drop view|create function)\b", re.I
)


def load(
    server: Servant, name: str, version: str, schema: str = "", publishing: Callable[[], object] = lambda: None
) -> None:
    """Make `version` visible, whatever is there."""
    text = POSTGRES if server.server == "postgres" else MYSQL
    address = server.at(name, schema=schema)
    with SERVERS[server.server].load(address, lambda: None) as loading:
        loading.fill([text.format(version=version, schema=schema or "public").encode()])
        publishing()
        loading.publish(version, version.encode())


def seen(server: Servant, name: str, schema: str = "") -> set[str]:
    """The versions of all rows that are there, tables and keys checked."""
    prefix = f"{schema}." if schema else ""
    rows = server.run(
        f"select p.version, c.version from {prefix}parents p left join {prefix}children c on c.parent = p.id",
        database=name,
    )
    assert len(rows) == 2
    return {version for row in rows for version in row}


def require_whole(server: Servant, name: str, schema: str = "") -> str:
    """The version that is there with everything that belongs to it."""
    (version,) = seen(server, name, schema)
    tag = SERVERS[server.server].tag(server.at(name, schema=schema))
    assert tag is not None
    assert (tag.label, tag.manifest, sorted(tag.tables)) == (version, version.encode(), ["children", "parents"])
    prefix = f"{schema}." if schema else ""
    assert server.run(f"select {prefix}told()", database=name) == [(version,)]
    assert {row[1] for row in server.run(f"select * from {prefix}joined", database=name)} == {version}
    if server.server == "mysql":
        (named,) = server.run(f"select trigger_name from information_schema.triggers where trigger_schema = '{name}'")
        assert named == ("numbered",)
        with pytest.raises(Exception, match="of_parent"):
            server.run("insert into children values (9, 99, '')", database=name)
    return version


def killed_at(statement: int, work: Callable[[Callable[[], object]], None]) -> bool:
    """Do `work` in a process that is killed before a decisive statement; False where it came to its end.

    `work` calls what it gets when it begins to publish: before that nothing can go wrong at DEST.
    """
    child = os.fork()
    if child == 0:
        import psycopg
        import pymysql

        left = [1 << 30]

        def counted(real):
            def call(connection, statement, *given, **named):
                text = statement.decode() if isinstance(statement, bytes) else str(statement)
                left[0] -= DECISIVE.match(text) is not None
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(connection, statement, *given, **named)

            return call

        psycopg.Connection.execute = counted(psycopg.Connection.execute)
        pymysql.connections.Connection.query = counted(pymysql.connections.Connection.query)
        with contextlib.suppress(BaseException):
            work(lambda: left.__setitem__(0, statement))
            os._exit(0)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("schema", ["", "crm"])
def test_a_kill_at_any_statement_leaves_one_whole_copy(server: Servant, schema: str) -> None:
    if server.server == "mysql" and schema:
        pytest.skip("MySQL has no schemas in a database")
    name = server.database() if schema else server.name()
    load(server, name, "old", schema)
    assert require_whole(server, name, schema) == "old"
    statement, told = 0, set()
    before = staging(server)
    while killed_at(statement, lambda publishing: load(server, name, "new", schema, publishing)):
        version = seen(server, name, schema)
        assert len(version) == 1, "rows of two copies are mixed"
        require_cleaned(server, name, staging(server) - before)
        assert require_whole(server, name, schema) in version
        if version == {"new"}:
            load(server, name, "old", schema)
        told |= version
        statement += 1
    assert require_whole(server, name, schema) == "new"
    assert statement > 1
    assert told == VERSIONS or server.server == "postgres"


def staging(server: Servant) -> set[str]:
    return {each for each in server.databases() if each.startswith(STAGING)}


def require_cleaned(server: Servant, name: str, left: set[str]) -> None:
    for _ in range(50):  # a server takes its time to see that a client is gone
        SERVERS[server.server].clean(server.at(name))
        if not left & staging(server):
            return
        time.sleep(0.1)
    raise AssertionError("what a killed run left is still there")


def copy_of(desk: Desk, server: Servant, people: str, dest: str, *more: object, purpose: str = "test-patch"):
    return desk.run(
        "mask", server.url(people), "-o", server.url(dest), "--purpose", purpose, "--expires", "14d", "--replace", *more
    )


def test_nightly_runs_replace_their_copy(desk: Desk, server: Servant, people: str) -> None:
    dest = server.name()
    ids = []
    for _ in range(3):
        outcome = copy_of(desk, server, people, dest, "--format", "json")
        assert outcome.exit == 0, outcome.stderr
        assert desk.run("verify", server.url(dest)).exit == 0
        ids.append(server.run("select label from masker_tag", database=dest)[0][0])
        # What testers wrote into the copy's tables goes with it.
        server.run("delete from orders where order_id < 50", database=dest)
    assert len(set(ids)) == 3
    assert desk.run("copies").stdout.count("valid") == 1
    assert MARK not in repr(server.run("select * from customers", database=dest)).lower()


def test_only_a_copy_of_the_same_purpose_is_replaced(desk: Desk, server: Servant, people: str, tmp_path: Path) -> None:
    other, dest = server.database("create table mine (a integer)"), server.name()
    assert copy_of(desk, server, people, other).code == "exists"
    assert copy_of(desk, server, people, dest).exit == 0
    assert copy_of(desk, server, people, dest, purpose="test-fix").code == "exists"
    server.run("create table mine (a integer)", database=dest)
    assert copy_of(desk, server, people, dest).code == "exists"
    server.run("drop table mine", "update masker_tag set label = 'copy=1'", database=dest)
    assert copy_of(desk, server, people, dest).code == "exists"
    assert server.run("select count(*) from orders", database=dest) == [(199,)]
    assert server.run("select count(*) from mine", database=other) == [(0,)]


def test_a_schema_is_replaced_and_what_hangs_on_it_from_outside_is_kept(
    desk: Desk, postgres: Servant, request: pytest.FixtureRequest
) -> None:
    source = postgres.database(
        "create table t (a integer primary key, b text)", f"insert into t values (1, '{MARK}'), (2, '{MARK}')"
    )
    dest = postgres.database("create table mine (a integer)")
    to = ("mask", postgres.url(source), "-o", postgres.url(dest, "?schema=crm"), "--purpose", "test-patch")
    for _ in range(2):
        outcome = desk.run(*to, "--expires", "14d", "--replace")
        assert outcome.exit == 0, outcome.stderr
    postgres.run("create view public.mine_too as select a from crm.t", database=dest)
    assert desk.run(*to, "--expires", "14d", "--replace").code == "exists"
    assert postgres.run("select count(*) from mine_too", database=dest) == [(2,)]


def test_a_database_in_use_is_not_replaced(desk: Desk, postgres: Servant) -> None:
    source = postgres.database("create table t (a integer primary key)", "insert into t values (1)")
    dest = postgres.name()
    assert copy_of(desk, postgres, source, dest).exit == 0
    with contextlib.closing(postgres.connect(dest)):
        refused = copy_of(desk, postgres, source, dest)
    assert refused.code == "database"
    assert "uses the database" in refused.stderr
    assert desk.run("verify", postgres.url(dest)).exit == 0
