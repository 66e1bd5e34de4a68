"""What a database holds after loading is what was loaded into it: nothing that a server or a trigger changed passes."""

import contextlib
from pathlib import Path

import pytest
from servers.conftest import Servant

from masker.errors import GateError
from masker.manifest import CopyColumn, CopyTable
from masker.servers import SERVERS
from masker.verify.arrived import require_same, unlike
from masker.verify.loaded import Loaded

HEAD = {
    "postgres": "-- PostgreSQL database dump\n",
    "mysql": "-- MySQL dump 10.13\nSET SQL_MODE='NO_AUTO_VALUE_ON_ZERO';\n",
}
PEOPLE = (
    "CREATE TABLE people (id int PRIMARY KEY, mail varchar(80), amount numeric(8,3), note text);\n"
    "CREATE TABLE calls (id int PRIMARY KEY, amount numeric(8,3));\n"
)
ROWS = (
    "INSERT INTO people VALUES (1, 'anna@mail.example', 1.5, 'one'), (2, 'bert@mail.example', 2, NULL);\n"
    "INSERT INTO calls VALUES (1, 7), (2, 8);\n"
)
TRIGGERS = {
    "postgres": """CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {}; RETURN NEW; END $$;
CREATE TRIGGER g BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION f();
""",
    "mysql": "DELIMITER ;;\nCREATE TRIGGER g BEFORE INSERT ON people FOR EACH ROW BEGIN SET {}; END ;;\nDELIMITER ;\n",
}
CHANGES = {
    "a masked text": "NEW.mail = upper(NEW.mail)",
    "a cut text": "NEW.mail = left(NEW.mail, 4)",
    "a number": "NEW.amount = NEW.amount + 0.001",
    "a NULL": "NEW.note = 'filled'",
    "a value to NULL": "NEW.note = NULL",
}


EXTRA = {"postgres": ("SET timezone = 'America/New_York';\nSET datestyle = 'ISO, DMY';\n",)}
TYPES = {
    "postgres": (
        "CREATE TABLE t (id int, f real, g float8, n numeric, m money, j jsonb, s tsvector, i interval, z timestamptz,"
        " c char(5), a int[], r int4range, u uuid, d date, b bytea, e inet, v bit(3));\n",
        "INSERT INTO t VALUES (1, 0.1, '1e3', '007', '$1,234.5', '{\"b\": 1,  \"a\": 2}', 'b a b', '90 minutes',"
        " '2020-01-02 03:04', 'x', '{1, 2}', '[1,5]', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '03/04/2020',"
        " '\\x4A', '10.0.0.1/32', B'101'), (2, NULL, 'NaN', '-0.0', NULL, 'null', '', '1 day -1 hour',"
        " '2020-07-01 12:00+02', '', '{}', 'empty', NULL, 'infinity', '', NULL, B'000');\n",
    ),
    "mysql": (
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, f float, g double, n numeric(8,3), s set('a','b'),"
        " e enum('x','y'), y year, d date, z timestamp NULL, c char(5), v bit(3), b varbinary(9),"
        " l varchar(9) CHARACTER SET latin1);\n",
        "SET TIME_ZONE='+05:00';\nINSERT INTO t VALUES (NULL, 0.1, 1e3, '007', 'b,a', 2, 99, '2020-1-2',"
        " '2020-01-02 03:04:00', 'x', b'101', x'ff00', 'Zo\u00eb'), (NULL, NULL, -0.0, 1.5, '', 'X', 0, '0000-00-00',"
        " NULL, '', 0, '', '');\n",
    ),
}
TABLES = {"people": "id mail amount note", "calls": "id amount"}


def check(server: Servant, path: Path, tables: dict[str, str] = TABLES) -> list[str]:
    """Load a dump and compare; gives the tables whose texts differ. Raises what the comparison does."""
    promised = [
        CopyTable(name, "", 2, tuple(CopyColumn(column, "none", "keep", "kept") for column in columns.split()))
        for name, columns in tables.items()
    ]
    with SERVERS[server.server].load(server.at(server.name())) as loading:
        loading.fill(iter([path.read_bytes()]))
        with contextlib.closing(loading.dumped()) as database:
            doubtful = unlike(promised, Loaded(path, database))
            names = [table.name for table in doubtful]
            with loading.again(iter([path.read_bytes()]), names) as (once_more, called):
                require_same(doubtful, database, once_more, called)
        loading.publish("label", b"manifest")
    assert {name for (name,) in _made(server)} == {*tables, "masker_tag"}
    return names


def _made(server: Servant) -> list[tuple]:
    schemas = "not in ('pg_catalog', 'information_schema')" if server.server == "postgres" else "= database()"
    return server.run(
        f"select table_name from information_schema.tables where table_schema {schemas}", database=server.made[-1]
    )


@pytest.fixture
def dump(tmp_path: Path, server: Servant):
    def write(*parts: str) -> Path:
        path = tmp_path / "d.sql"
        path.write_text(HEAD[server.server] + "".join(parts))
        return path

    return write


def test_what_the_server_writes_in_its_own_style_is_no_change(server, dump):
    assert check(server, dump(PEOPLE, ROWS)) == ["people", "calls"]


def test_texts_that_are_the_servers_own_are_not_loaded_again(server, dump):
    rows = (
        ROWS.replace("1.5", "1.500").replace("2, NULL", "2.000, NULL").replace("7", "7.000").replace(" 8)", " 8.000)")
    )
    assert check(server, dump(PEOPLE, rows)) == []


@pytest.mark.parametrize("change", CHANGES)
def test_a_trigger_that_changes_what_is_loaded_is_seen(server, dump, change):
    with pytest.raises(GateError) as caught:
        check(server, dump(PEOPLE, TRIGGERS[server.server].replace("{}", CHANGES[change]), ROWS))
    assert (caught.value.code, caught.value.place.table) == ("mismatch", "people")
    assert caught.value.place.column == CHANGES[change].split()[0].removeprefix("NEW.")


def test_a_trigger_that_only_looks_on_is_none_of_its_business(server, dump):
    same = "NEW.mail = NEW.mail"
    assert "people" in check(server, dump(PEOPLE, TRIGGERS[server.server].replace("{}", same), ROWS))


def test_values_that_change_rows_are_seen(server, dump):
    other = "NEW.mail = CASE NEW.id WHEN 1 THEN 'bert@mail.example' ELSE 'anna@mail.example' END"
    with pytest.raises(GateError) as caught:
        check(server, dump(PEOPLE, TRIGGERS[server.server].replace("{}", other), ROWS))
    assert caught.value.message == "the database mixes the rows that were loaded"


def test_a_trigger_that_brings_rows_is_seen(server, dump):
    more = "INSERT INTO calls VALUES (NEW.id + 10, 1)"
    trigger = TRIGGERS[server.server].replace("SET {}", "{}").replace("{}", more)
    with pytest.raises(GateError) as caught:
        check(server, dump(PEOPLE, trigger, ROWS))
    assert (caught.value.code, caught.value.place.table) == ("mismatch", "calls")


def test_what_a_dump_leaves_to_the_server_is_no_change(server, dump):
    made = "CREATE TABLE people (id int PRIMARY KEY, mail text, day timestamp NULL, note varchar(9) DEFAULT 'new');\n"
    rows = "INSERT INTO people (id, mail, day) VALUES (1, 'a', now()), (2, 'b', NULL);\n"
    assert check(server, dump(made, rows), {"people": "id mail day note"}) == []


def test_a_text_that_the_server_cuts_is_seen(mysql, tmp_path):
    path = tmp_path / "d.sql"
    path.write_text(HEAD["mysql"] + PEOPLE + ROWS.replace("anna@", "a" * 80 + "@"))
    with pytest.raises(GateError) as caught:
        check(mysql, path)
    assert (caught.value.code, caught.value.place.table) == ("mismatch", "people")


def test_types_that_the_servers_rewrite_arrive(server, dump):
    made, rows = TYPES[server.server]
    names = made.partition("(")[2]
    columns = " ".join(part.split()[0] for part in names.split(";")[0].split(", "))
    assert check(server, dump(*EXTRA.get(server.server, ()), made, rows), {"t": columns}) == ["t"]
