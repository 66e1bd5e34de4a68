"""What a dump holds beside its rows: compared with SOURCE, searched for originals, and held to by masked cells."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from masker.promises import ColumnPromise, Promises, TablePromise
from masker.verify.against import examine, verify_against
from masker.verify.beside import label_in
from masker.verify.containers import container_problems
from masker.verify.dump_ddl import Declared, declared_tables
from masker.verify.dump_reader import DumpTables
from masker.verify.labels import label_of
from masker.verify.problems import Problem
from masker.verify.reading import Reading

LABEL = "copy=a1b2; purpose=test-patch; recipient=staff; expires=2026-12-24T00:00:00Z"
POSTGRES = """\
--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TYPE public.mood AS ENUM ('calm', 'glad');
CREATE TABLE public.person (
    id integer NOT NULL,
    email character varying(24) NOT NULL,
    city text DEFAULT 'nowhere'::text,
    state public.mood,
    CONSTRAINT person_city CHECK (((city)::text = ANY (ARRAY['a'::text, 'b'::text])))
);
COMMENT ON TABLE public.person IS 'who they are';
CREATE VIEW public.glad AS SELECT person.id FROM public.person WHERE (person.state = 'glad'::public.mood);
COPY public.person (id, email, city, state) FROM stdin;
1	anna1@firma.example	Muster City	calm
2	bert22@firma.example	Probe Town	glad
\\.

SELECT pg_catalog.setval('public.person_id_seq', 2, true);
-- the last line
"""
MASKED = {"anna1@firma.example": "q1w2e3r4@example.org", "bert22@firma.example": "t5z6u7i8@example.org"}
MASKED |= {"Muster City": "Aix", "Probe Town": "Hof"}
PROMISES = Promises(
    (
        TablePromise(
            "person",
            "",
            (
                ColumnPromise("id", "none", "keep", "kept"),
                ColumnPromise("email", "email", "fake", "masked", space=2.0**60),
                ColumnPromise("city", "city", "fake", "masked", space=3000.0),
                ColumnPromise("state", "none", "keep", "kept"),
            ),
        ),
    )
)


def masked(text: str) -> str:
    for old, new in MASKED.items():
        text = text.replace(old, new)
    return f"-- masker: {LABEL}\n{text}"


def compared(tmp_path: Path, source: str, copy: str, promises: Promises = PROMISES) -> tuple[Problem, ...]:
    (tmp_path / "source.sql").write_text(source)
    (tmp_path / "copy.sql").write_text(copy)
    return examine(promises, tmp_path / "source.sql", tmp_path / "copy.sql").problems


def test_a_right_copy_has_no_problem(tmp_path: Path) -> None:
    assert compared(tmp_path, POSTGRES, masked(POSTGRES)) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-- the last line\n", ""),
        ("--\n-- PostgreSQL database dump\n--\n\n", " \n"),
        ("COMMENT ON TABLE public.person IS 'who they are';\n", ""),
        ("'public.person_id_seq', 2,", "'public.person_id_seq', 917,"),
    ],
)
def test_what_may_differ_is_no_problem(old: str, new: str, tmp_path: Path) -> None:
    right = masked(POSTGRES)
    assert old in right
    assert compared(tmp_path, POSTGRES, right.replace(old, new)) == ()


def test_a_comment_inside_of_a_statement_may_be_a_blank(tmp_path: Path) -> None:
    source = POSTGRES.replace("id integer", "id /* of a person */ integer")
    assert compared(tmp_path, source, masked(POSTGRES.replace("id integer", "id   integer"))) == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("CREATE VIEW", "DROP TABLE x;\nCREATE VIEW", "`DROP TABLE`"),
        ("SET client_encoding = 'UTF8';\n", "", "`SET`"),
        ("DEFAULT 'nowhere'", "DEFAULT 'somewhere'", "`CREATE TABLE`"),
        ("'who they are'", "'who they were'", "`COMMENT`"),
        ("'public.person_id_seq', 2, true", "'public.person_id_seq', 2, false", "`SELECT`"),
        ("-- the last", "-- another last", "comment"),
        ("\\.\n\n", "\\.\n", ""),
    ],
)
def test_what_may_not_differ_is_told_by_kind_and_line(old: str, new: str, told: str, tmp_path: Path) -> None:
    right = masked(POSTGRES)
    assert old in right
    problems = compared(tmp_path, POSTGRES, right.replace(old, new))
    assert {problem.code for problem in problems} == {"mismatch"}
    assert any(told in problem.message for problem in problems)
    assert not any("where" in problem.message for problem in problems)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("DEFAULT 'nowhere'", "DEFAULT 'Muster City'", "`CREATE TABLE`"),
        ("-- the last line", "-- ask anna1@firma.example", "comment"),
        ("'glad'::public.mood);", "'glad'::public.mood) AND email <> 'ANNA1@firma.example';", "`CREATE VIEW`"),
        (
            "SET client_encoding",
            "CREATE FUNCTION f() AS $$ it's 'Muster City' $$;\nSET client_encoding",
            "`CREATE FUNCTION`",
        ),
        ("'who they are'", "'YW5uYTFAZmlybWEuZXhhbXBsZQ=='", "`COMMENT`"),
    ],
)
def test_an_original_beside_rows_is_a_leak_though_source_has_it_there(
    old: str, new: str, kind: str, tmp_path: Path
) -> None:
    source = POSTGRES.replace(old, new)
    assert source != POSTGRES
    copy = f"-- masker: {LABEL}\n" + source
    for original in ("anna1@firma.example\t", "bert22@firma.example\t", "\tMuster City\t", "\tProbe Town\t"):
        copy = copy.replace(original, original.replace(original.strip("\t"), MASKED[original.strip("\t")]))
    (leak,) = [problem for problem in compared(tmp_path, source, copy) if problem.code == "leak"]
    assert kind in leak.message
    assert leak.place.line
    assert "Muster" not in leak.message


def test_an_original_that_is_a_name_is_found_where_no_statement_has_a_literal(tmp_path: Path) -> None:
    bare = "CREATE TABLE public.person (id integer, email text, city text, state text);\n"
    source = "-- PostgreSQL database dump\n" + bare + POSTGRES[POSTGRES.index("COPY") :]
    source += 'CREATE VIEW "anna1@firma.example" AS SELECT 1;\n'
    copy = f"-- masker: {LABEL}\n" + source
    for original, pseudonym in MASKED.items():
        copy = copy.replace(f"\t{original}\t", f"\t{pseudonym}\t")
    leaks = [problem.message for problem in compared(tmp_path, source, copy) if problem.code == "leak"]
    assert leaks == ["originals of `person`.`email` stand in a `CREATE VIEW` statement"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("q1w2e3r4@example.org", "q1w2e3r4q1w2@example.org", ""),
        ("q1w2e3r4@example.org", "q1w2e3r4q1w2q1w2q1w2@example.org", "longer"),
        ("q1w2e3r4@example.org", "\\N", "NULL"),
    ],
)
def test_masked_cells_keep_to_the_ddl(old: str, new: str, told: str, tmp_path: Path) -> None:
    problems = compared(tmp_path, POSTGRES, masked(POSTGRES).replace(old, new))
    assert any(told in problem.message for problem in problems) if told else problems == ()


def test_masked_cells_stay_in_their_lists(tmp_path: Path) -> None:
    columns = [*PROMISES.tables[0].columns]
    columns[3] = ColumnPromise("state", "other", "fpe", "masked", changes=False)
    promises = Promises((replace(PROMISES.tables[0], columns=tuple(columns)),))
    assert compared(tmp_path, POSTGRES, masked(POSTGRES).replace("\tcalm\n", "\tglad\n"), promises) == ()
    (problem,) = compared(tmp_path, POSTGRES, masked(POSTGRES).replace("\tcalm\n", "\tsulky\n"), promises)
    assert "none of the values" in problem.message


def test_a_column_to_be_dropped_is_null_throughout(tmp_path: Path) -> None:
    columns = [*PROMISES.tables[0].columns]
    columns[2] = ColumnPromise("city", "city", "drop", "dropped")
    promises = Promises((replace(PROMISES.tables[0], columns=tuple(columns)),))
    right = masked(POSTGRES).replace("\tAix\t", "\t\\N\t").replace("\tHof\t", "\t\\N\t")
    assert compared(tmp_path, POSTGRES, right, promises) == ()
    (leak,) = compared(tmp_path, POSTGRES, right.replace("\t\\N\t", "\tHof\t", 1), promises)
    assert leak.code == "leak"


def test_rows_of_a_table_that_nobody_promised_are_refused(tmp_path: Path) -> None:
    more = POSTGRES + "INSERT INTO other VALUES (1);\n"
    assert any("nobody promised" in problem.message for problem in compared(tmp_path, more, masked(more)))


def test_a_copy_may_be_compressed(tmp_path: Path) -> None:
    (tmp_path / "a.sql.gz").write_bytes(gzip.compress(POSTGRES.encode()))
    (tmp_path / "b.sql.gz").write_bytes(gzip.compress(masked(POSTGRES).encode()))
    assert verify_against(PROMISES, tmp_path / "a.sql.gz", tmp_path / "b.sql.gz").rows == 2
    assert label_of(tmp_path / "b.sql.gz") is not None


def test_the_label_is_read_at_the_top(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_text(masked(POSTGRES))
    assert label_in([*DumpTables(path, Reading()).said()]) == LABEL
    label = label_of(path)
    assert label is not None
    assert label.as_text() == LABEL
    assert container_problems(PROMISES, path, LABEL) == []
    assert [problem.code for problem in container_problems(PROMISES, path, LABEL.replace("staff", "x"))] == ["leak"]
    path.write_text(POSTGRES)
    assert [problem.code for problem in container_problems(PROMISES, path, None)] == ["mismatch"]


def test_ddl_is_read_as_far_as_cells_are_held_to_it(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_text(POSTGRES)
    dump = DumpTables(path, Reading())
    assert dump.declared("person") == (
        Declared("id", not_null=True, type="integer"),
        Declared("email", not_null=True, length=24, type="varchar"),
        Declared("city", values=("a", "b"), type="text"),
        Declared("state", values=("calm", "glad"), type="public.mood"),
    )


def test_ddl_of_mysql_is_read(tmp_path: Path) -> None:
    text = (
        "CREATE TABLE `t` (\n  `key` int(11) NOT NULL COMMENT 'not null, really',\n  `b,c` varchar(9) DEFAULT 'x(',\n"
        "  `e` enum('a','b''c') NOT NULL,\n  `g` int(11) GENERATED ALWAYS AS (`key` + 1) VIRTUAL,\n"
        "  /*!50705 `where` geometry NOT NULL,*/\n  PRIMARY KEY (`key`),\n  KEY `b` (`b,c`),\n"
        "  FULLTEXT KEY `f` (`b,c`),\n  CONSTRAINT `x` FOREIGN KEY (`key`) REFERENCES `u` (`id`)\n) ENGINE=InnoDB;\n"
    )
    (tmp_path / "a.sql").write_text(text)
    assert declared_tables(DumpTables(tmp_path / "a.sql", Reading()).said(), "mysql")["t"] == (
        Declared("key", not_null=True, type="int"),
        Declared("b,c", length=9, type="varchar"),
        Declared("e", not_null=True, values=("a", "b'c"), type="enum"),
        Declared("g", generated=True, type="int"),
        Declared("where", not_null=True, type="geometry", conditional=True),
    )


def test_inherited_columns_are_read_before_a_tables_own(tmp_path: Path) -> None:
    text = (
        "CREATE TABLE public.a (\n    id integer NOT NULL,\n    mail text\n);\n"
        "CREATE TABLE public.b (\n    mail text,\n    x text\n)\nINHERITS (public.a);\n"
        "CREATE TABLE public.c (\n)\nINHERITS (public.b);\n"
    )
    (tmp_path / "a.sql").write_text(text)
    declared = declared_tables(DumpTables(tmp_path / "a.sql", Reading()).said(), "postgres")
    assert [column.name for column in declared["public.b"]] == ["id", "mail", "x"]
    assert [column.name for column in declared["public.c"]] == ["id", "mail", "x"]
