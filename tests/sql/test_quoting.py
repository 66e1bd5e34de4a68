"""Literals of statements: which are told, and that a run refuses those that are originals of masked columns."""

import base64
import json
from pathlib import Path

import pytest

from masker import cli
from masker.errors import GateError, Place
from masker.manifest import read_manifest
from masker.quoting import Quotes
from masker.report import run_text
from masker.request import Request
from masker.run import mask
from masker.sql.ddl_literals import quoted
from masker.sql.lexer import read_dump
from masker.sql.pieces import Statement
from masker.trust import trusted_signers

ROWS = """
COPY public.people (id, email, last_name, state) FROM stdin;
1\tanna@firma.example\tMuster\tactive
2\tbo@firma.example\tBauer\tactive
\\.
"""
TABLE = """--
-- PostgreSQL database dump
--
CREATE TABLE public.people (id integer, email text, last_name text, state text);
"""
PROFILE = """masker: 1
name: t
tables:
  people:
    columns: {id: permute, email: fake, last_name: fake, state: keep}
"""


def texts(statement, dialect):
    found = read_dump([statement.encode()], dialect, Place())
    return {each.text for piece in found if isinstance(piece, Statement) for each in quoted(piece, dialect)}


@pytest.mark.parametrize(
    ("dialect", "statement", "told"),
    [
        (
            "postgres",
            "CREATE TABLE t (a text DEFAULT 'Muster', b text, CHECK (b IN ('Bauer', 'x')));",
            {"Muster", "Bauer"},
        ),
        ("postgres", "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT 'O''Hara' $$;", {"O'Hara"}),
        ("postgres", "CREATE VIEW v AS SELECT 1 WHERE a = E'Mu\\x73ter';", {"Muster"}),
        ("postgres", "COMMENT ON TABLE t IS 'ask Anna Muster';", {"Anna", "Muster"}),
        ("mysql", "CREATE TABLE t (a text DEFAULT 'O\\'Hara' COMMENT 'for Muster');", {"O'Hara", "Muster"}),
        ("mysql", "CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW SET @a = 'Muster';", {"Muster"}),
        ("sqlite", 'CREATE TABLE t (a TEXT DEFAULT "Muster");', {"Muster"}),
        ("sqlite", "CREATE INDEX i ON t (a) WHERE a <> 'Muster';", {"Muster"}),
    ],
)
def test_literals_are_found_wherever_they_stand(dialect, statement, told):
    assert told <= texts(statement, dialect)


@pytest.mark.parametrize(
    "statement",
    ["SET a = 'Muster';", "SELECT pg_catalog.set_config('search_path', '', false);",
     "CREATE TABLE t (a char(1) DEFAULT 'N', b integer DEFAULT 12345);", "ALTER TABLE t OWNER TO \"Muster\";"],
)  # fmt: skip
def test_settings_and_what_is_too_short_to_be_known_again_tell_nothing(statement):
    assert texts(statement, "postgres") == set()


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MASKER_LEDGER", str(tmp_path / "config" / "ledger.db"))


def run(folder: Path, ddl: str, *, statements: str = "", profile: str = PROFILE) -> bytes:
    (folder / "dump.sql").write_text(TABLE + ROWS + ddl)
    (folder / "p.yaml").write_text(profile + statements)
    request = Request(
        source=folder / "dump.sql",
        dest=folder / "copy.sql",
        purpose="test-patch",
        expires="7d",
        profile=str(folder / "p.yaml"),
    )
    mask(request)
    return (folder / "copy.sql").read_bytes()


VIEW = "CREATE VIEW public.vip AS\n SELECT id FROM public.people WHERE email = 'anna@firma.example';\n"


def test_a_view_that_quotes_an_original_stops_the_run(tmp_path: Path):
    with pytest.raises(GateError) as caught:
        run(tmp_path, VIEW)
    error = caught.value
    assert (error.code, error.place.table, error.place.line) == ("leak", "vip", 11)
    assert "`CREATE VIEW` vip (line 11)" in error.message
    assert "anna" not in f"{error}{error.hint}"
    assert not (tmp_path / "copy.sql").exists()


def test_what_the_owner_lets_a_statement_quote_passes_and_is_written_down(tmp_path: Path):
    assert VIEW.encode() in run(tmp_path, VIEW, statements="statements: {keep: [vip]}\n")
    predicate = manifest_of(tmp_path)
    assert predicate["quoting"] == ["vip"]
    assert verified(tmp_path) == 0


def test_what_the_owner_did_not_name_is_still_refused(tmp_path: Path):
    other = VIEW.replace("vip", "top").replace("anna", "bo")
    with pytest.raises(GateError) as caught:
        run(tmp_path, VIEW + other, statements="statements: {keep: [vip]}\n")
    assert (caught.value.code, caught.value.place.table) == ("leak", "top")
    assert "vip" not in caught.value.message


def test_the_verifier_refuses_what_the_owner_did_not_name_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Quotes, "require", lambda quotes: None)
    other = VIEW.replace("vip", "top").replace("anna", "bo")
    with pytest.raises(GateError) as caught:
        run(tmp_path, VIEW + other, statements="statements: {keep: [vip]}\n")
    assert (caught.value.code, caught.value.place.line) == ("leak", 13)


def test_a_run_tells_what_may_quote_originals(tmp_path: Path):
    run(tmp_path, VIEW, statements="statements: {keep: [vip]}\n")
    manifest = read_manifest(tmp_path / "copy.sql.masker.json", trusted_signers())
    assert "may quote originals in their statements, as the profile says: vip" in list(run_text(manifest, 1.0))


def test_a_manifest_of_a_copy_that_quotes_nothing_does_not_speak_of_it(tmp_path: Path):
    run(tmp_path, "")
    assert "quoting" not in manifest_of(tmp_path)


def manifest_of(folder: Path) -> dict[str, object]:
    sealed = json.loads((folder / "copy.sql.masker.json").read_bytes())
    return json.loads(base64.b64decode(sealed["payload"]))["predicate"]


def verified(folder: Path) -> int:
    return cli.run(["verify", str(folder / "copy.sql"), "--against", str(folder / "dump.sql")])


def test_what_only_kept_columns_hold_is_no_secret(tmp_path: Path):
    ddl = "CREATE INDEX i ON public.people USING btree (id) WHERE state = 'active';\n"
    assert ddl.encode() in run(tmp_path, ddl)


def test_remarks_are_left_out_of_masked_copies_and_tools_comments_stay(tmp_path: Path):
    ddl = (
        "-- Name: v; Type: VIEW; Schema: public; Owner: -\n-- Cy wants this\nCREATE VIEW public.v AS/* Cy */SELECT 1;\n"
    )
    copy = run(tmp_path, ddl)
    assert b"Owner: -\n\nCREATE VIEW public.v AS SELECT 1;" in copy
    assert b"Cy" not in copy


@pytest.mark.parametrize("why", ["profile", "all kept"])
def test_remarks_stay_where_the_profile_says_so_and_where_nothing_is_masked(tmp_path: Path, why: str):
    ddl = "-- Cy wants this\nCREATE VIEW public.v AS SELECT 1;\n"
    kept = PROFILE.replace("permute", "keep").replace("fake", "keep")
    said = "statements: {comments: keep}\n" if why == "profile" else ""
    assert ddl.encode() in run(tmp_path, ddl, statements=said, profile=PROFILE if said else kept)
