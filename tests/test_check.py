"""`masker check` and the commands on profiles: what would stop a run is told before it, without a value."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from masker.cli import run

PROFILE = """
masker: 1
name: crm
owner: crm-data-owner
extends: test-env
tables:
  customers:
    subject: {is: customer, key: customer_id}
    columns:
      customer_id: permute
      email: fake
      vip: keep
"""
TESTS = """
tests:
  - table: customers
    name: an address of the domains for examples
    given: {customer_id: 4821399, email: anna@firma.example, vip: "no"}
    expect:
      email: {matches: '.*@example\\.(com|org|net)', not: given}
      customer_id: {not: given, length: given}
      vip: {equals: given}
"""
CSV = "customer_id,email,vip\n" + "".join(f"{n},p{n}@firma.example,{n % 2}\n" for n in range(10, 60))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MASKER_LEDGER", str(tmp_path / "ledger" / "ledger.db"))
    (tmp_path / "crm.yaml").write_text(PROFILE + TESTS)
    (tmp_path / "customers.csv").write_text(CSV)
    return tmp_path


def check(*more: str) -> int:
    return run(["check", "customers.csv", "--profile", "crm.yaml", *more])


def accept() -> None:
    assert run(["profile", "accept", "crm.yaml", "--source", "customers.csv"]) == 0


def test_a_good_profile_passes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check() == 0
    assert "no findings are accepted yet" in capsys.readouterr().out
    accept()
    assert check() == 0
    out = capsys.readouterr().out
    assert "nothing is wrong" in out
    assert "drift against" in out


def test_the_lock_says_what_was_found_and_no_value(folder: Path) -> None:
    accept()
    lock = json.loads((folder / "crm.lock").read_text())
    assert lock["findings"]["by"] == "crm-data-owner"
    assert lock["findings"]["tables"]["customers"]["columns"]["email"]["infotype"] == "email"
    assert "firma.example" not in (folder / "crm.lock").read_text()
    before = (folder / "crm.lock").read_bytes()
    accept()
    assert (folder / "crm.lock").read_bytes() == before


def test_an_acceptance_is_in_the_audit_log(folder: Path) -> None:
    accept()
    assert b'"accept"' in b"".join(path.read_bytes() for path in (folder / "ledger").glob("*.jsonl"))
    assert run(["ledger", "verify"]) == 0


def drifted(folder: Path) -> None:
    accept()
    lines = CSV.splitlines()
    more = ["fax", *(f"+49 30 9018{n:02}" for n in range(50))]
    (folder / "customers.csv").write_text("\n".join(f"{a},{b}" for a, b in zip(lines, more, strict=True)) + "\n")


def test_a_new_column_is_drift_and_undecided(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drifted(folder)
    capsys.readouterr()
    assert check("--format", "json") == 1
    body = json.loads(capsys.readouterr().out)
    assert not body["ok"]
    assert [trouble["code"] for trouble in body["troubles"]] == ["undecided-column", "drift"]
    assert body["troubles"][1]["column"] == "fax"


def test_junit_counts_what_failed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drifted(folder)
    assert check("--format", "junit", "-o", "junit.xml") == 1
    suite = Xml.parse(folder / "junit.xml").getroot()
    assert suite.get("failures") == "2"
    assert len(suite.findall("testcase")) == int(suite.get("tests", "0"))
    assert len(suite.findall("testcase/failure")) == 2


def test_github_gets_annotations_and_a_summary(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    drifted(folder)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    capsys.readouterr()
    assert check("--format", "github") == 1
    lines = capsys.readouterr().out.splitlines()
    assert [re.match(r"::\w+ ", line)[0] for line in lines] == ["::error ", "::error "]  # type: ignore[index]
    assert "| drift |" in (folder / "summary.md").read_text()


def test_a_failing_test_stands_at_its_line_and_shows_no_value(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (PROFILE + TESTS).replace("vip: {equals: given}", "vip: {not: given}").replace('vip: "no"', "vip: kept-one")
    (folder / "crm.yaml").write_text(text)
    assert check("--format", "json") == 1
    out = capsys.readouterr().out
    (trouble,) = json.loads(out)["troubles"]
    assert trouble["code"] == "profile-test"
    assert "test 1" in trouble["message"]
    assert "`vip` is the value that it must not be" in trouble["message"]
    assert "kept-one" not in out
    assert trouble["file"] == "crm.yaml"


def test_methods_that_do_not_fit_are_all_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = PROFILE.replace("email: fake", "email: {method: constant, value: x, domain: d}")
    (folder / "crm.yaml").write_text(
        second.replace("customer_id: permute", "customer_id: {method: constant, value: '1'}")
    )
    code = check("--format", "json")
    troubles = json.loads(capsys.readouterr().out)["troubles"]
    assert code == (1 if troubles else 0)


def test_a_built_in_profile_has_nothing_to_check(folder: Path) -> None:
    assert run(["check", "customers.csv", "--profile", "test-env"]) == 2


@pytest.mark.parametrize(
    ("expected", "passes"),
    [
        ("{matches: '.+@.+'}", True),
        ("{matches: 'anna.*'}", False),
        ("{not: anna@firma.example}", True),
        ("{equals: anna@firma.example}", False),
        ("{is_null: false}", True),
        ("{is_null: true}", False),
        ("{length: 3}", False),
        ("{differs: vip}", True),
    ],
)
def test_each_expectation(expected: str, passes: bool, folder: Path) -> None:
    tests = f"tests:\n  - {{table: customers, given: {{email: anna@firma.example}}, expect: {{email: {expected}}}}}\n"
    (folder / "crm.yaml").write_text(PROFILE + tests)
    assert run(["profile", "test", "crm.yaml"]) == (0 if passes else 1)


@pytest.mark.parametrize(
    "test",
    [
        "{table: nobody, given: {email: x}, expect: {email: {is_null: false}}}",
        "{table: customers, given: {nothing: x}, expect: {email: {is_null: false}}}",
        "{table: customers, given: {email: x}, expect: {nothing: {is_null: false}}}",
    ],
)
def test_a_test_that_cannot_run_fails(test: str, folder: Path) -> None:
    (folder / "crm.yaml").write_text(f"{PROFILE}tests:\n  - {test}\n")
    assert run(["profile", "test", "crm.yaml"]) == 1


@pytest.mark.parametrize("expected", ["{}", "{matches: '('}", "{resembles: x}"])
def test_a_test_that_says_nothing_is_refused(expected: str, folder: Path) -> None:
    tests = f"tests:\n  - {{table: customers, given: {{email: x}}, expect: {{email: {expected}}}}}\n"
    (folder / "crm.yaml").write_text(PROFILE + tests)
    assert run(["profile", "test", "crm.yaml"]) == 2


def test_the_difference_is_told_in_plain_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = PROFILE.replace("email: fake", "email: keep").replace("      vip: keep\n", "") + "      tier: redact\n"
    (folder / "later.yaml").write_text(later.replace("name: crm\n", "name: crm\nlocale: de_DE\n"))
    assert run(["profile", "diff", "crm.yaml", "later.yaml"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "invented values come from de_DE (was en_US)"
    assert any("email: stays as it is (before, it becomes an invented one) — WEAKER" in line for line in lines)
    assert any("vip: no longer decided" in line for line in lines)
    assert any("tier: is blacked out (new)" in line for line in lines)
    assert run(["profile", "diff", "crm.yaml", "crm.yaml"]) == 0
    assert capsys.readouterr().out == "they do the same\n"


def test_tests_do_not_change_what_a_profile_is(folder: Path) -> None:
    from masker.profile.load import load_profile

    def digest(text: str) -> str:
        (folder / "p.yaml").write_text(text)
        return load_profile("p.yaml").digest

    assert digest(PROFILE) == digest(PROFILE + TESTS)


@pytest.mark.parametrize(
    ("right", "wrong", "told", "hint"),
    [
        ("      email: fake", "      emial: fake", "customers.emial", "did you mean `email`?"),
        ("  customers:", "  custmers:", "custmers", "did you mean `customers`?"),
        ("      email: fake", "      email: fake\n      zzz: keep", "customers.zzz", "masker scan SOURCE --all"),
    ],
)
def test_a_name_that_source_does_not_have_is_told_with_the_nearest(
    folder: Path, capsys: pytest.CaptureFixture[str], right: str, wrong: str, told: str, hint: str
) -> None:
    (folder / "crm.yaml").write_text(PROFILE.replace(right, wrong))
    assert check() == 1
    out = capsys.readouterr().out
    assert f"does not have: {told}" in out
    assert hint in out


def test_keys_to_tables_that_are_there_are_no_orphans_beside_another_trouble(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "crm.sql").write_text(
        "-- PostgreSQL database dump\n"
        "CREATE TABLE public.people (id integer PRIMARY KEY, first_name varchar(5));\n"
        "CREATE TABLE public.calls (id integer REFERENCES public.people (id), last_name varchar(5));\n"
        "CREATE TABLE public.visits (id integer REFERENCES public.people (id));\n"
    )
    columns = "{id: permute, %s: {method: fake, infotype: %s}}"
    people, calls = (columns % (name, name) for name in ("first_name", "last_name"))
    (folder / "dump.yaml").write_text(
        f"masker: 1\nname: d\ntables:\n  people: {{columns: {people}}}\n  calls: {{columns: {calls}}}\n"
        "  visits: {columns: {id: permute}}\n"
    )
    assert run(["check", "crm.sql", "--profile", "dump.yaml"]) == 1
    out = capsys.readouterr().out
    assert "orphans" not in out
    assert out.count("does-not-fit") == 2
