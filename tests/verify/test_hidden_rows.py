"""Rows inside of statements: seen by the verifier alone, though masking takes the statement as it stands."""

from pathlib import Path

import pytest

from masker.errors import GateError
from masker.promises import ColumnPromise, Promises, TablePromise
from masker.request import Request
from masker.run import mask
from masker.verify.hidden_rows import hidden_rows
from masker.verify.reading import Said
from masker.verify.statement_names import named

PEOPLE = TablePromise(
    "people",
    "",
    (
        ColumnPromise("id", "person_key", "permute", "masked"),
        ColumnPromise("note", "other", "fpe", "masked"),
        ColumnPromise("state", "none", "keep", "kept"),
    ),
)


def held(text: str, kind: str = "CREATE", quoting: tuple[str, ...] = ()) -> int:
    said = {"": [Said(kind, text.encode(), 7)]}
    problems = list(hidden_rows(Promises((PEOPLE,), quoting), said))
    assert all(problem.code == "leak" and problem.place.line == 7 for problem in problems)
    return sum(problem.cells for problem in problems)


HIDING = {
    "function of PostgreSQL": ("CREATE FUNCTION f() RETURNS void AS $$ BEGIN INSERT INTO people VALUES (1, 'a', 'x'), "
                               "(2, 'b', 'x'); END $$ LANGUAGE plpgsql;", 2),
    "function in quotes": ("CREATE FUNCTION f() AS 'insert into public.people values (1, ''a'', ''x'')';", 1),
    "DO": ("DO $x$ BEGIN INSERT INTO people (note) VALUES (E'a'); END $x$;", 1),
    "trigger": ("CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO \"people\" VALUES (7, 'a', NULL); END;", 1),
    "procedure of MySQL": ("CREATE PROCEDURE p() REPLACE INTO `people` (`id`,`note`) VALUES (1,_utf8'a');", 1),
    "event": ("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO INSERT IGNORE INTO people VALUES (1,'a','x')", 1),
    "versioned comment": ("/*!50003 INSERT INTO `people` VALUES (1,'it\\'s','x') */;", 1),
    "comment": ("-- INSERT INTO people VALUES (1, 'a', 'x');\n", 1),
    "literal with escapes": ("CREATE VIEW v AS SELECT 'x\\nINSERT INTO people VALUES (1,\\'a\\',\\'x\\')'", 1),
    "statement of another table": ("CREATE TRIGGER g BEGIN INSERT INTO nobody VALUES (1, 'a'); END", 1),
    "counter of SQLite's that says a name": ("INSERT INTO sqlite_sequence VALUES('anna',50);", 1),
    "counter of SQLite's that is none": ("INSERT INTO sqlite_sequence VALUES('people','anna');", 1),
    "COPY in a function": ("CREATE FUNCTION f() AS $$\nCOPY public.people (id, note) FROM stdin;\n1\ta\n\\.\n$$;", 2),
    "default": ("CREATE TABLE t (a text DEFAULT 'x', (1, 'a', 'x'), (2, 'b', 'y'));", 2),
    "values after a default": ("CREATE TABLE t (a text DEFAULT 'x', 'anna', 12, b int);", 2),
    "rows behind a table": ("CREATE TABLE t (a int)\nVALUES (1,'a'),(2,'b');", 2),
    "brackets that close too often": ("CREATE TABLE t (a int), 'x');", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", HIDING)
def test_rows_in_statements_are_seen(name: str) -> None:
    text, rows = HIDING[name]
    assert held(text) == rows


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TRIGGER g BEGIN INSERT INTO people VALUES (NEW.id, NEW.note, 'x'); END",
        "CREATE FUNCTION f() AS $$ INSERT INTO people (id, note) VALUES ($1, lower(x)) $$",
        "CREATE TRIGGER g BEGIN INSERT INTO people (state) VALUES ('open'); END",
        "CREATE TRIGGER g BEGIN INSERT INTO people VALUES (NULL, '', 'open'); END",
        "CREATE TRIGGER g BEGIN INSERT INTO log VALUES (now(), NULL); END",
        "CREATE TABLE t (a enum('x','y'), b decimal(10,2) DEFAULT '1', CHECK (a IN ('x', 'y')), KEY k (`a`,`b`))",
        "CREATE TABLE t (a int, b int) PARTITION BY LIST COLUMNS (a,b) (PARTITION p VALUES IN ((1,2),(3,4)))",
        "CREATE TABLE p PARTITION OF t FOR VALUES FROM ('a', 1) TO ('b', 2);",
        'CREATE TABLE "t" ("a" int, "b" text DEFAULT (\'x\'), PRIMARY KEY ("a", "b"))',
        "CREATE TYPE mood AS ENUM (\n    'sad',\n    'ok'\n);",
        "CREATE VIEW v AS SELECT * FROM (VALUES (1, 'a')) AS x",
        "-- Copy the rows from stdin; then VALUES (1, 'a')",
        "INSERT INTO sqlite_sequence VALUES('people',50);",
    ],
)
def test_code_and_declarations_are_no_rows(text: str) -> None:
    assert held(text) == 0


def test_an_owner_lets_a_statement_hold_what_it_holds() -> None:
    text = "CREATE FUNCTION public.Seed() AS $$ INSERT INTO people VALUES (1, 'a', 'x') $$"
    assert held(text, quoting=("seed",)) == 0
    assert held(text, quoting=("other",)) == 1


def test_where_all_is_kept_nothing_is_looked_for() -> None:
    kept = TablePromise("people", "", (ColumnPromise("id", "none", "keep", "kept"),))
    said = {"": [Said("DO", b"DO $$ INSERT INTO people VALUES (1) $$", 1)]}
    assert not list(hidden_rows(Promises((kept,)), said))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CREATE VIEW public.vip AS SELECT 1", "vip"),
        ('CREATE OR REPLACE FUNCTION "Sales"."Top 5"() AS', "Top 5"),
        ("/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`%`*/ /*!50003 TRIGGER `ins` BEFORE INSERT ON `t` */", "ins"),
        ("ALTER TABLE ONLY public.t ADD CONSTRAINT c CHECK (true)", "t"),
        ("CREATE TABLE IF NOT EXISTS `t` (a int)", "t"),
        ("COMMENT ON COLUMN public.t.a IS 'x'", "a"),
        ("CREATE UNIQUE INDEX i ON t (a)", "i"),
    ],
)
def test_a_statement_is_about_what_it_makes(text: str, name: str) -> None:
    assert named(Said("CREATE", text.encode(), 1), frozenset({name}))
    assert not named(Said("CREATE", text.encode(), 1), frozenset({"elsewhere"}))


DUMP = """--
-- PostgreSQL database dump
--
CREATE TABLE public.people (id integer, note text, state text);
{statement}
COPY public.people (id, note, state) FROM stdin;
1\tq7 w2\tactive
2\tz5 k9\tactive
\\.
"""
PROFILE = """masker: 1
name: t
{more}tables:
  people:
    columns: {{id: permute, note: fpe, state: keep}}
"""
SEED = "CREATE FUNCTION public.seed() RETURNS void LANGUAGE sql AS $$ INSERT INTO people VALUES (3, 'b8 v4', 'x') $$;"


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, more: str = "") -> None:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(folder / "config"))
    monkeypatch.setenv("MASKER_LEDGER", str(folder / "config" / "ledger.db"))
    (folder / "dump.sql").write_text(DUMP.format(statement=SEED))
    (folder / "p.yaml").write_text(PROFILE.format(more=more))
    mask(
        Request(
            source=folder / "dump.sql",
            dest=folder / "copy.sql",
            purpose="test-patch",
            expires="7d",
            profile=str(folder / "p.yaml"),
        )
    )


def test_a_row_that_only_a_function_has_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No literal of it is an original of any row, so that nothing but its form gives it away."""
    with pytest.raises(GateError) as caught:
        run(tmp_path, monkeypatch)
    assert (caught.value.code, caught.value.place.line) == ("leak", 6)  # a label stands above
    assert "b8" not in f"{caught.value}{caught.value.hint}"
    assert not (tmp_path / "copy.sql").exists()


def test_a_row_in_a_function_that_the_owner_named_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, monkeypatch, "statements: {keep: [seed]}\n")
    assert SEED in (tmp_path / "copy.sql").read_text()
