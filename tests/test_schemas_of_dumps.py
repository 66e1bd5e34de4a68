"""Bare names of tables in dumps: whose they are, the search path and USE say, in one dump and from one to the next."""

import pytest
from desk import Desk, desk
from sql.loading import server

__all__ = ["desk"]
HEAD = "-- PostgreSQL database dump\n"
TWO = (
    "CREATE SCHEMA crm;\nCREATE TABLE public.people (id int PRIMARY KEY, email varchar(80));\n"
    "CREATE TABLE crm.people (id int PRIMARY KEY, phone varchar(40));\n"
)
ONE = "CREATE TABLE people (id int PRIMARY KEY, email varchar(80));\n"
CRM = "INSERT INTO people VALUES (1, '+49 30 5550001');\n"
PUBLIC = "INSERT INTO people VALUES (1, 'a.real@firma.example');\n"
BOTH = {"public.people": "{id: keep, email: fake}", "crm.people": "{id: keep, phone: fpe}"}
ALONE = {"people": "{id: keep, email: fake}"}
CASES = {
    "the path changes in one dump": (
        {"a.sql": HEAD + TWO + "SET search_path = crm, public;\n" + CRM + "SET search_path TO public;\n" + PUBLIC},
        BOTH,
    ),
    "the path is set by a function": (
        {"a.sql": f"{HEAD}{TWO}SELECT pg_catalog.set_config('search_path', 'crm', false);\n{CRM}"},
        BOTH,
    ),
    "the schema's dump names it and the data's dump has a path": (
        {"a.sql": HEAD + TWO, "b.sql": f"{HEAD}SET search_path = crm;\n{CRM}", "c.sql": HEAD + PUBLIC.replace(
            "people", "public.people")},
        BOTH,
    ),
    "one dump names the schema and the other does not": (
        {"a.sql": HEAD + ONE + PUBLIC, "b.sql": HEAD + PUBLIC.replace("people", "public.people").replace("(1", "(2")},
        ALONE,
    ),
    "the data's dump alone does not name it": (
        {"a.sql": HEAD + ONE.replace("people", "public.people"), "b.sql": HEAD + PUBLIC},
        ALONE,
    ),
    "COPY goes by the path too": (
        {"a.sql": f"{HEAD}{TWO}SET search_path = crm;\nCOPY people (id, phone) FROM stdin;\n1\t+49 30 5550001\n\\.\n"},
        BOTH,
    ),
}  # fmt: skip


def profile(desk: Desk, tables: dict[str, str]) -> str:
    path = desk.folder / "p.yaml"
    lines = "".join(f"  {name}: {{columns: {columns}}}\n" for name, columns in tables.items())
    path.write_text(f"masker: 1\nname: p\nowner: o\nextends: test-env\ntables:\n{lines}")
    return str(path)


@pytest.mark.parametrize("name", CASES)
def test_a_bare_name_means_what_the_path_says(desk, name):
    files, tables = CASES[name]
    for file, text in files.items():
        desk.put(f"dump/{file}", text.encode())
    source = desk.folder / "in" / "dump"
    outcome = desk.mask(source, "--profile", profile(desk, tables))
    assert outcome.exit == 0, outcome.stderr
    copies = b"".join((desk.out / file).read_bytes() for file in files)
    assert b"firma.example" not in copies
    assert b"5550001" not in copies
    with server("postgres") as database:
        database.load(copies)
    checked = desk.run("verify", desk.out, "--against", source)
    assert checked.exit == 0, checked.stderr


def test_mysqls_use_says_whose_a_table_is(desk):
    create = "CREATE TABLE `people` (`id` int PRIMARY KEY, `{}` varchar(80));\n"
    text = (
        "-- MySQL dump 10.13  Distrib 8\nCREATE DATABASE `a`;\nUSE `a`;\n" + create.format("email")
        + PUBLIC.replace("people", "`people`") + "CREATE DATABASE `b`;\nUSE `b`;\n" + create.format("phone")
        + CRM.replace("people", "`people`")
    )  # fmt: skip
    source = desk.put("d.sql", text.encode())
    tables = {"a.people": "{id: keep, email: fake}", "b.people": "{id: keep, phone: fpe}"}
    outcome = desk.mask(source, "--profile", profile(desk, tables), dest=desk.folder / "copy.sql")
    assert outcome.exit == 0, outcome.stderr
    copy = (desk.folder / "copy.sql").read_text()
    assert ("firma.example" in copy, "5550001" in copy) == (False, False)
    checked = desk.run("verify", desk.folder / "copy.sql", "--against", source)
    assert checked.exit == 0, checked.stderr
