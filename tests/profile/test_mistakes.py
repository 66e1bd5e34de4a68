"""Mistakes in a profile: the line, a caret below its key, and what was meant; never what stands beside the key."""

from pathlib import Path

import pytest

from masker.cli import run
from masker.errors import Place

BASE = """masker: 1
name: crm
owner: crm
extends: test-env
tables:
  customers:
    columns:
      customer_id: permute
"""
SECRET = "canaryq7xw"


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "customers.csv").write_text("customer_id,email\n1,a@firma.example\n2,b@firma.example\n")

    def tell(more: str) -> str:
        (tmp_path / "p.yaml").write_text(BASE + more + "\n")
        assert run(["check", "customers.csv", "--profile", "p.yaml"]) in (1, 2)
        seen = capsys.readouterr()
        return seen.err or seen.out

    return tell


@pytest.mark.parametrize(
    ("more", "line", "caret", "hint"),
    [
        ("      email: fkae", "9 |       email:", "|       ^^^^^\n", "`fake`"),
        ("      email: {method: fake, infotype: emial}", "9 |       email:", "|       ^^^^^\n", "`email`"),
        ("      email: {method: fpe, keep_prefx: 2}", "9 |       email:", "|       ^^^^^\n", "`keep_prefix`"),
        ("      emial: fake", "9 |       emial:", "|       ^^^^^\n", "`email`"),
        ("    colums: {}", "9 |     colums:", "|     ^^^^^^\n", "`columns`"),
        ("      email: fake\n    subject: {iss: customer}", "10 |               iss:", "^^^\n", "`is`"),
        ("      email: fake\n    subject: {is: custmer}", "10 |               is:", "^^\n", "`customer`"),
        ("      email: fake\nundecided: refus", "10 | undecided:", "| ^^^^^^^^^\n", "`refuse`"),
        ("      email: fake\ntests: [{table: a, given: {b: 1}, expct: {}}]", "10 |", "^^^^^\n", "`expect`"),
    ],
)
def test_the_line_the_caret_and_what_was_meant_are_told(told, more: str, line: str, caret: str, hint: str) -> None:
    seen = told(more)
    assert line in seen
    assert caret in seen
    assert f"did you mean {hint}?" in seen


@pytest.mark.parametrize(
    "more",
    [
        f"      email: {SECRET}",
        f"      email: {{method: constant, value: {SECRET}, valu: {SECRET}}}",
        f"      email: fake\n{SECRET}: 1",
        f"      email: fake\nundecided: {SECRET}",
        f"      email: fake\n    subject: {{is: {SECRET}}}",
        f"      email: fake\ntests: [{{table: customers, given: {{email: {SECRET}}}, expct: 1}}]",
    ],
)
def test_a_value_in_the_wrong_place_is_not_shown(told, more: str) -> None:
    seen = told(more)
    assert SECRET not in seen
    assert "p.yaml:" in seen


def test_a_key_that_may_be_personal_has_no_line() -> None:
    assert Place(file="p.yaml", line=3, char=5, key="anna@firma.example").excerpt() == ()
    assert Place(file="p.yaml", line=3, char=5).excerpt() == ()


def test_a_word_of_a_list_is_offered_where_none_is_like_it(told) -> None:
    assert "one of: refuse, pseudonymize, redact, drop" in told("      email: fake\nundecided: zzz")
