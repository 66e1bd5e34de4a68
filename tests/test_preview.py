"""`masker preview`: rows before and after; no original without `--reveal`, which the audit log has first."""

import json
from pathlib import Path

import pytest
from desk import MARK, Desk, desk

__all__ = ["desk"]

PROFILE = """
masker: 1
name: crm
owner: crm
extends: test-env
tables:
  customers:
    columns:
      customer_id: {method: token, infotype: other}
      first_name: fake
      email: fake
      notes: keep
"""


@pytest.fixture
def profile(desk: Desk) -> Path:
    return desk.put("../p.yaml", PROFILE.encode())


def shown(desk: Desk, *more: object) -> dict[str, list[dict[str, dict[str, str]]]]:
    told = desk.run("preview", desk.good(), "--format", "json", *more)
    assert told.exit == 0, told.stderr
    return {table["table"]: table["rows"] for table in json.loads(told.stdout)["tables"]}


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_original_is_shown_by_itself(desk: Desk, profile: Path, form: str) -> None:
    told = desk.run("preview", desk.good(), "--profile", profile, "--format", form)
    assert told.exit == 0
    assert MARK not in (told.stdout + told.stderr).lower()
    assert "(hidden)" in told.stdout
    assert "(kept)" in told.stdout
    assert "@example." in told.stdout


def test_nothing_is_written_without_reveal(desk: Desk, profile: Path) -> None:
    desk.good()
    before = desk.tree()
    assert desk.run("preview", desk.folder / "in" / "customers.csv", "--profile", profile).exit == 0
    assert desk.tree() == before
    assert not (desk.folder / "config").exists()


def test_reveal_shows_originals_and_the_audit_log_says_so(desk: Desk, profile: Path) -> None:
    rows = shown(desk, "--profile", profile, "--reveal", "--rows", 2)["customers"]
    assert [row["email"]["before"] for row in rows] == [f"{MARK}0@mail.example", f"{MARK}1@mail.example"]
    assert rows[0]["notes"] == {"before": f"Call {MARK}0, please", "after": f"Call {MARK}0, please"}
    log = next((desk.folder / "config").glob("*.audit.jsonl")).read_text()
    assert '"reveal"' in log
    assert "preview" in log
    assert MARK not in log
    assert desk.run("ledger", "verify").exit == 0


def test_nothing_is_revealed_that_cannot_be_written_down(
    desk: Desk, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.folder / "blocked").write_text("")
    monkeypatch.setenv("MASKER_LEDGER", str(desk.folder / "blocked" / "ledger.db"))
    told = desk.run("preview", desk.good(), "--profile", profile, "--reveal")
    assert told.exit == 5
    assert MARK not in (told.stdout + told.stderr).lower()


def test_pseudonyms_are_those_of_no_copy(desk: Desk, profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = desk.folder / "root.key"
    assert desk.run("key", "new", key).exit == 0
    monkeypatch.setenv("MASKER_KEY_FILE", str(key))
    seen = {shown(desk, "--profile", profile, "--rows", 1)["customers"][0]["email"]["after"] for _ in range(3)}
    assert len(seen) == 3


def test_the_number_of_rows_is_what_was_asked_for_and_bounded(desk: Desk, profile: Path) -> None:
    assert len(shown(desk, "--profile", profile, "--rows", 7)["customers"]) == 7
    assert len(shown(desk, "--profile", profile, "--rows", 100)["customers"]) == 40
    source = desk.good()
    desk.refuses(lambda: desk.run("preview", source, "--profile", profile, "--rows", 101), 2, "usage")


def test_one_table_can_be_asked_for(desk: Desk) -> None:
    desk.good()
    desk.put("orders.csv", b"order_id,total\n" + b"".join(b"%d,%d.50\n" % (n, n) for n in range(9)))
    told = desk.run("preview", desk.folder / "in", "--profile", "test-env", "--table", "orders")
    assert told.stdout.startswith("orders: 3 rows")
    assert "customers" not in told.stdout
    told = desk.run("preview", desk.folder / "in", "--profile", "test-env", "--table", "oders")
    assert (told.exit, told.code) == (2, "usage")
    assert "orders" in told.stderr


def test_an_undecided_column_is_refused_as_in_a_run(desk: Desk, profile: Path) -> None:
    profile.write_text(PROFILE.replace("      email: fake\n", ""))
    source = desk.good()
    desk.refuses(lambda: desk.run("preview", source, "--profile", profile), 1, "undecided-column")


def test_a_method_that_changes_parts_hides_its_result(desk: Desk, profile: Path) -> None:
    source = desk.put("people.csv", b"id,salary\n" + b"".join(b"%d,%d\n" % (n, 51234 + n) for n in range(20)))
    profile.write_text(
        "masker: 1\nname: p\nowner: p\nextends: test-env\ntables:\n  people:\n    columns:\n      id: permute\n"
        "      salary: {method: generalize, infotype: salary, to: band, width: 1000}\n"
    )
    told = desk.run("preview", source, "--profile", profile)
    assert told.exit == 0, told.stderr
    assert "(hidden: may show" in told.stdout
    assert "51" not in told.stdout


def test_people_whom_the_agreement_keeps_out_are_in_no_preview(desk: Desk, profile: Path) -> None:
    example = (Path(__file__).parents[1] / "docs" / "examples" / "agreement.yaml").read_text().partition("exclude:")[0]
    declined = f'exclude:\n  - {{table: customers, column: customer_id, values: ["{MARK}-0"], reason: declined}}\n'
    (desk.folder / "a.yaml").write_text(example + declined)
    rows = shown(desk, "--profile", profile, "--agreement", desk.folder / "a.yaml", "--reveal", "--rows", 1)
    assert rows["customers"][0]["customer_id"]["before"] == f"{MARK}-1"


def test_a_cell_cannot_command_the_terminal(desk: Desk, profile: Path) -> None:
    line = f"{MARK},Eve,e@mail.example,\x1b[2J\u202egone".encode()
    source = desk.put("customers.csv", b"customer_id,first_name,email,notes\n" + line + b"\n")
    told = desk.run("preview", source, "--profile", profile, "--reveal")
    assert told.exit == 0
    assert "\\u001b[2J\\u202egone" in told.stdout
    assert "\x1b" not in told.stdout


def test_lines_fit_80_columns(desk: Desk, profile: Path) -> None:
    told = desk.run("preview", desk.good(), "--profile", profile, "--reveal")
    assert max(map(len, told.stdout.splitlines())) <= 80


def test_what_stays_inside_of_a_masked_cell_is_hidden(desk: Desk) -> None:
    rules = PROFILE.replace("notes: keep", "notes: {method: fpe, infotype: other, paths: {$.said: keep}}")
    profile = desk.put("../paths.yaml", rules.encode())
    cells = "".join(
        f'{n},Ann,a{n}@mail.example,"{{""said"": ""{MARK}{n}"", ""by"": ""somebody""}}"\n' for n in range(30)
    )
    source = desk.put("customers.csv", f"customer_id,first_name,email,notes\n{cells}".encode())
    told = desk.run("preview", source, "--profile", profile, "--format", "json")
    assert told.exit == 0, told.stderr
    assert MARK not in told.stdout.lower()
