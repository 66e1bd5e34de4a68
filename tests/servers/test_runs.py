"""Whole runs with databases as SOURCE and DEST: what a user sees of them."""

import contextlib
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from desk import Desk, desk
from servers.conftest import MARK, Servant

from masker.servers import SERVERS

__all__ = ["desk"]
STAGING = "masker_staging_"


def joined(server: Servant, name: str) -> list[tuple]:
    query = "select c.customer_id, o.order_id from orders o left join customers c on c.customer_id = o.customer_id"
    return server.run(query, database=name)


def texts(server: Servant, name: str) -> str:
    rows = server.run("select * from customers", database=name) + server.run("select * from orders", database=name)
    return repr(rows)


def staging_left(server: Servant) -> set[str]:
    return {name for name in server.databases() if name.startswith(STAGING)}


def wait_for(claim, seconds=20.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if claim():
            return True
        time.sleep(0.02)
    return False


def nothing_stays(server: Servant) -> bool:
    """Whether what is in the making now comes to an end: other tests use the same server."""
    seen = staging_left(server)
    return wait_for(lambda: not seen & staging_left(server))


@pytest.fixture
def copied(desk: Desk, server: Servant, people: str) -> str:
    dest = server.name()
    outcome = desk.mask(server.url(people), dest=server.url(dest))  # type: ignore[arg-type]
    assert outcome.exit == 0, outcome.stderr
    return dest


def test_a_database_becomes_a_database_that_joins_and_holds_no_original(server, people, copied):
    rows = joined(server, copied)
    assert len(rows) == 199
    assert all(customer is not None for customer, _ in rows)
    assert MARK not in texts(server, copied).lower()
    assert MARK in texts(server, people).lower()
    assert server.run("select count(*) from big", database=copied) == [(59,)]
    assert nothing_stays(server)


def test_a_copy_is_verified_listed_extended_and_purged(desk, server, copied):
    url = server.url(copied)
    assert desk.run("verify", url).exit == 0
    listed = json.loads(desk.run("copies", "--format", "json").stdout)["copies"]
    assert [(row["state"], row["in_ledger"]) for row in listed] == [("valid", True)]
    assert desk.run("extend", url, "--expires", "20d", "--reason", "tests go on").exit == 0
    assert desk.run("verify", url).exit == 0
    assert desk.run("purge", url).stdout.startswith("nothing has expired")
    assert copied in server.databases()


def test_an_expired_copy_is_dropped_whole_and_leaves_a_receipt(desk, server, copied, monkeypatch):
    from datetime import timedelta

    from masker import clock

    later = clock.now() + timedelta(days=40)
    monkeypatch.setattr("masker.clock.now", lambda: later)
    assert desk.run("verify", server.url(copied)).code == "expired"
    outcome = desk.run("purge")
    assert outcome.exit == 0, outcome.stderr
    assert copied not in server.databases()
    assert list(Path(desk.folder / "config").glob("*.purged.json"))
    assert "no copies" in desk.run("copies").stdout


def test_a_copy_with_somebody_elses_table_in_it_is_not_dropped(desk, server, copied, monkeypatch):
    from datetime import timedelta

    from masker import clock

    server.run("create table mine (a integer)", database=copied)
    later = clock.now() + timedelta(days=40)
    monkeypatch.setattr("masker.clock.now", lambda: later)
    assert desk.run("purge").exit == 1
    assert server.run("select count(*) from mine", database=copied) == [(0,)]


def test_a_changed_row_shows(desk, server, copied):
    server.run("update orders set total = total + 1 where order_id = (select 7)", database=copied)
    assert desk.run("verify", server.url(copied)).code == "digest"


def test_a_copy_is_not_masked_again(desk, server, copied):
    assert desk.mask(server.url(copied), dest=desk.folder / "again.sql").code == "already-masked"


def test_a_database_becomes_a_dump_and_a_dump_a_database(desk, server, people):
    copy, dump, dest = desk.folder / "copy.sql", desk.folder / "dump.sql", server.name()
    assert desk.mask(server.url(people), dest=copy).exit == 0
    assert MARK.encode() not in copy.read_bytes().lower()
    assert desk.run("verify", copy, "--against", server.url(people)).exit == 0
    assert desk.run("verify", server.url(people), "--against", copy).code == "not-found"
    with contextlib.closing(SERVERS[server.server].read(server.at(people))) as dumped, dumped.open() as stream:
        dump.write_bytes(stream.read())
    outcome = desk.mask(dump, dest=server.url(dest))
    assert outcome.exit == 0, outcome.stderr
    assert len(joined(server, dest)) == 199
    compared = desk.run("verify", server.url(dest), "--against", dump)
    assert compared.exit == 0, compared.stderr
    assert "not checked: kept values that a server writes in its own way: orders.total" in compared.stdout


def test_a_copy_in_a_database_is_compared_with_its_source_as_sets(desk, server, people, copied):
    compared = desk.run("verify", server.url(copied), "--against", server.url(people))
    assert compared.exit == 0, compared.stderr
    assert "not checked: the rows have no order" in compared.stdout
    told = json.loads(
        desk.run("verify", server.url(copied), "--against", server.url(people), "--format", "json").stdout
    )
    assert len(told["not_checked"]) == 3
    page = desk.run("verify", server.url(copied), "--against", server.url(people), "--format", "html").stdout
    assert page.count("<li>not checked") == 3
    server.run("update orders set total = total + 1 where order_id = 7", database=people)
    assert desk.run("verify", server.url(copied), "--against", server.url(people)).code == "mismatch"


def test_dest_is_refused_where_it_is_source_however_it_is_spelled(desk, server, people):
    other = server.url(people).replace("127.0.0.1", "localhost")
    desk.refuses(lambda: desk.mask(server.url(people), dest=other), 2, "usage")


def test_dest_is_refused_where_it_is_not_empty(desk, server, people):
    dest = server.database("create table mine (a integer)")
    desk.refuses(lambda: desk.mask(server.url(people), dest=server.url(dest)), 5, "exists")
    assert server.run("select count(*) from mine", database=dest) == [(0,)]


def test_an_empty_database_is_filled(desk, server, people):
    dest = server.database()
    assert desk.mask(server.url(people), dest=server.url(dest)).exit == 0
    assert len(joined(server, dest)) == 199
    assert nothing_stays(server)


def test_another_kind_of_server_is_refused(desk, postgres, mysql):
    source, dest = postgres.database("create table t (a integer)"), mysql.name()
    desk.refuses(lambda: desk.mask(postgres.url(source), dest=mysql.url(dest)), 2, "usage")
    assert dest not in mysql.databases()


def test_a_user_that_is_not_known_is_no_permission(desk, server, people):
    refused = desk.run("scan", server.url(people).replace(f"{server.home.user}@", f"no_{people}:{MARK}@"))
    assert (refused.exit, refused.code) == (5, "permission")
    assert f"database `{people}`" in refused.stderr


def test_copies_on_servers_are_listed_by_scheme(desk, server, copied):
    listed = desk.run("copies").stdout
    assert f"{'postgresql' if server.server == 'postgres' else 'mysql'}://" in listed


def test_a_compressed_dump_is_loaded(desk, server, people):
    dump, dest = desk.folder / "people.sql.gz", server.name()
    with contextlib.closing(SERVERS[server.server].read(server.at(people))) as dumped, dumped.open() as stream:
        dump.write_bytes(gzip.compress(stream.read()))
    outcome = desk.mask(dump, dest=server.url(dest))
    assert outcome.exit == 0, outcome.stderr
    assert len(joined(server, dest)) == 199


def test_files_cannot_be_loaded(desk, server):
    dest = server.name()
    good = desk.good()
    desk.refuses(lambda: desk.mask(good, dest=server.url(dest)), 2, "usage")


def test_no_password_and_no_value_is_shown(desk, server, people):
    secret = "s3kr1tpass"
    for port, word in ((server.home.port, "permission"), (1, "database")):
        scheme = server.url("x").partition(":")[0]
        url = f"{scheme}://nobody_here:{secret}@127.0.0.1:{port}/{people}"
        outcome = desk.refuses(lambda url=url: desk.mask(url, dest=desk.out), 5, word, "database")
        assert secret not in outcome.stdout + outcome.stderr
    assert desk.run("scan", server.url(server.name())).code == "not-found"


def test_a_password_in_a_url_is_nowhere_afterwards(desk, server, people):
    """The server trusts or asks; the password is in the URL all the same."""
    user = f"u{people}"
    secret = "s3kr1tpass"
    server.users.append(user if server.server == "postgres" else f"{user}@'%'")
    if server.server == "postgres":
        server.run(f"create role {user} login superuser password '{secret}'")
    else:
        server.run(f"create user {user}@'%' identified by '{secret}'", f"grant all on *.* to {user}@'%'")
    scheme = server.url("x").partition(":")[0]
    base = f"{scheme}://{user}:{secret}@{server.home.host}:{server.home.port}"
    dest = server.name()
    outcome = desk.mask(f"{base}/{people}", "--report", desk.folder / "r.json", dest=f"{base}/{dest}")
    assert outcome.exit == 0, outcome.stderr
    assert secret not in outcome.stdout + outcome.stderr
    kept = [path for path in desk.folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert not kept
    server.run(f"drop database {dest}")
    if server.server == "postgres":
        server.run(f"drop owned by {user}")


def started(desk: Desk, *arguments: str) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [sys.executable, "-m", "masker", "mask", *arguments, "--purpose", "test-patch", "--expires", "14d"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_killed_run_leaves_nothing_under_dests_name(desk, server, people):
    dest = server.name()
    others = staging_left(server)
    run = started(desk, server.url(people), "-o", server.url(dest))
    assert wait_for(lambda: staging_left(server) - others or run.poll() is not None)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    if run.returncode == 0:
        pytest.skip("it was too fast to be killed")
    assert dest not in server.databases()
    again = desk.mask(server.url(people), dest=server.url(dest))
    assert again.exit == 0, again.stderr
    assert nothing_stays(server)


def test_a_lost_connection_ends_the_run_with_nothing_published(desk, server, people):
    dest = server.name()
    run = started(desk, server.url(people), "-o", server.url(dest))
    while run.poll() is None:
        if server.server == "postgres":
            server.run(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'masker' "
                f"and datname = '{people}'"
            )
            continue
        for (number,) in server.run(f"select id from information_schema.processlist where db = '{people}'"):
            with contextlib.suppress(Exception):  # it may have ended by itself
                server.run(f"kill {number}")
    out, err = run.communicate()
    assert run.returncode == 5, err
    assert b"database" in err
    assert MARK.encode() not in (out + err).lower()
    assert b"Traceback" not in err
    assert dest not in server.databases()
