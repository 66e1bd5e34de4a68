"""Tables whose rows stand in several dumps of a folder: one table in plan, manifest and verification."""

from pathlib import Path

import pytest
from desk import Desk, desk
from sql.loading import server

from masker.formats import ReadOptions
from masker.formats._open import open_snapshot
from masker.snapshot import Rows

__all__ = ["desk"]
SCHEMA = {
    "postgres": (
        "-- PostgreSQL database dump\nCREATE TABLE public.people (id serial PRIMARY KEY, email varchar(80) UNIQUE);\n"
        "CREATE TABLE public.calls (id int PRIMARY KEY, people_id int REFERENCES public.people (id));\n"
    ),
    "mysql": (
        "-- MySQL dump 10.13  Distrib 8\n"
        "CREATE TABLE `people` (`id` int PRIMARY KEY AUTO_INCREMENT, `email` varchar(80) UNIQUE);\n"
        "CREATE TABLE `calls` (`id` int PRIMARY KEY, `people_id` int,"
        " FOREIGN KEY (`people_id`) REFERENCES `people` (`id`));\n"
    ),
}
INTO = {"postgres": "INSERT INTO public.people VALUES", "mysql": "INSERT INTO `people` VALUES"}
MOVED = {"postgres": "SELECT pg_catalog.setval('public.people_id_seq', 40, true);\n", "mysql": ""}
PROFILE = (
    "masker: 1\nname: p\nowner: o\nextends: test-env\ntables:\n"
    "  people: {columns: {id: permute, email: fake}}\n  calls: {columns: {id: keep, people_id: permute}}\n"
)


def people(dialect: str, first: int, last: int) -> str:
    rows = ", ".join(f"({n}, 'person{n}.real@firma.example')" for n in range(first, last))
    return f"{INTO[dialect]} {rows};\n"


def folder(desk: Desk, dialect: str, *, moved_first: bool = False) -> Path:
    calls = "INSERT INTO calls VALUES " + ", ".join(f"({n}, {n})" for n in range(1, 41)) + ";\n"
    moved = MOVED[dialect]
    desk.put("dump/a-schema.sql", SCHEMA[dialect].encode())
    desk.put("dump/b-people.sql", (people(dialect, 1, 21) + (moved if moved_first else "")).encode())
    desk.put("dump/c-more.sql", (people(dialect, 21, 41) + calls + ("" if moved_first else moved)).encode())
    return desk.folder / "in" / "dump"


@pytest.fixture
def profile(desk: Desk) -> str:
    path = desk.folder / "p.yaml"
    path.write_text(PROFILE)
    return str(path)


@pytest.mark.parametrize("dialect", ["postgres", "mysql"])
@pytest.mark.parametrize("moved_first", [False, True])
def test_rows_of_one_table_in_two_dumps_join_load_and_number_on(desk, profile, dialect, moved_first):
    if dialect == "mysql" and moved_first:
        pytest.skip("MySQL numbers by its rows")
    source = folder(desk, dialect, moved_first=moved_first)
    outcome = desk.mask(source, "--profile", profile)
    assert outcome.exit == 0, outcome.stderr
    copies = [desk.out / name for name in ("a-schema.sql", "b-people.sql", "c-more.sql")]
    assert all("firma.example" not in copy.read_text() for copy in copies)
    checked = desk.run("verify", desk.out, "--against", source)
    assert checked.exit == 0, checked.stderr
    with server(dialect) as database:
        database.load(b"".join(copy.read_bytes() for copy in copies))
        assert database.ask("SELECT count(*), count(DISTINCT email) FROM people") == [("40", "40")]
        joined = database.ask("SELECT count(*) FROM calls c JOIN people p ON p.id = c.people_id")
        assert joined == [("40",)]
        database.load(b"INSERT INTO people (email) VALUES ('new');")


def test_a_table_in_two_dumps_is_read_in_their_order(desk):
    snapshot = open_snapshot(folder(desk, "postgres"), ReadOptions())
    assert [table.name for table in snapshot.tables] == ["people", "calls"]
    source = next(m.source for m in snapshot.members if any(t.name == "people" for t in m.source.tables))
    ids = [i for part in source.parts("people") if isinstance(part, Rows) for i in part.batch["id"].to_pylist()]
    assert ids == [str(n) for n in range(1, 41)]


def test_rows_that_stay_out_are_counted_through_both(desk, profile):
    source = folder(desk, "postgres")
    outcome = desk.mask(source, "--profile", profile, "--where", "people: id > 18 and id < 24")
    assert outcome.exit == 0, outcome.stderr
    rows = [(desk.out / name).read_text().count("),") for name in ("b-people.sql", "c-more.sql")]
    assert rows == [1, 6]
    checked = desk.run("verify", desk.out, "--against", source, "--where", "people: id > 18 and id < 24")
    assert checked.exit == 0, checked.stderr


def test_a_leak_in_the_second_dump_is_seen(desk, profile):
    source = folder(desk, "postgres")
    assert desk.mask(source, "--profile", profile).exit == 0
    path = desk.out / "c-more.sql"
    first = path.read_text().partition("'")[2].partition("'")[0]
    path.write_text(path.read_text().replace(first, "person21.real@firma.example"))
    assert desk.run("verify", desk.out, "--against", source).exit == 1


def test_two_dumps_that_declare_the_table_both_are_refused(desk, profile):
    source = folder(desk, "postgres")
    for name in ("b-people.sql", "c-more.sql"):
        path = source / name
        path.write_text(SCHEMA["postgres"] + path.read_text())
    (source / "a-schema.sql").unlink()
    desk.refuses(lambda: desk.mask(source, "--profile", profile), 3, "unsupported")
