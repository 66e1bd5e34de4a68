"""Runs under an agreement file, as a user sees them: what it does not allow leaves nothing but one clear error."""

import base64
import csv
import json
from os import urandom
from pathlib import Path

import pandas as pd
import pytest
from desk import MARK, Desk, csv_bytes, desk

import masker
from masker.errors import GateError
from masker.ledger.sound import audit_path

__all__ = ["desk"]

AGREEMENT = """masker-agreement: 1
customer: acme
reference: MSA-1
policy: {name: data policy, version: "3"}
valid: {from: 2020-01-01}
purposes: {test-patch: 14d, test-system: 7d}
recipients:
  staff: {never_keep: [health]}
  subcontractor:north: {own_pseudonyms: true}
  subcontractor:south: {own_pseudonyms: true, purposes: [test-system]}
notices: [{date: 2026-01-01, about: all, told: contact, answer: agreed, policy_version: "3"}]
"""
PROFILE = """masker: 1
name: mine
owner: crm-data-owner
tables:
  customers:
    columns:
      customer_id: token
      first_name: fake
      email: fake
      notes: redact
"""
TAG = ("--purpose", "test-patch", "--expires", "14d")


def agreement(desk: Desk, text: str = AGREEMENT) -> Path:
    return desk.put("a.yaml", text.encode())


def profile(desk: Desk, text: str = PROFILE) -> Path:
    return desk.put("p.yaml", text.encode())


def accepted(desk: Desk, text: str = PROFILE, agreed: str = AGREEMENT) -> tuple[object, ...]:
    """The options of a run with a profile whose owner accepted the agreement's policy."""
    options = ("--profile", profile(desk, text), "--agreement", agreement(desk, agreed))
    assert desk.run("profile", "accept", options[1], *options[2:]).exit == 0
    return options


def predicate(copy: Path) -> dict[str, object]:
    envelope = json.loads(copy.with_name(copy.name + ".masker.json").read_text())
    return dict(json.loads(base64.b64decode(envelope["payload"]))["predicate"])


def cells(copy: Path, column: str) -> list[str]:
    with copy.open(newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def test_the_manifest_says_what_was_agreed(desk: Desk) -> None:
    options = accepted(desk)
    assert desk.mask(desk.good(), *TAG, *options, tagged=False).exit == 0
    told = predicate(desk.out)
    assert (told["agreement"], told["agreement_reference"]) == ("acme", "MSA-1")
    assert (told["policy"], told["policy_version"], told["longest_days"]) == ("data policy", "3", 14)
    assert len(str(told["agreement_digest"])) == 64
    assert told["own_pseudonyms"] is False


@pytest.mark.parametrize(
    ("tag", "more", "code"),
    [
        (("--purpose", "test-fix", "--expires", "1d"), (), "agreement"),
        (("--purpose", "test-patch", "--expires", "15d"), (), "agreement"),
        (("--purpose", "test-system", "--expires", "8d"), (), "agreement"),
        (TAG, ("--recipient", "subcontractor:east"), "agreement"),
        (TAG, ("--recipient", "subcontractor:south"), "agreement"),
    ],
)
def test_what_is_not_agreed_is_refused(desk: Desk, tag: tuple[str, ...], more: tuple[str, ...], code: str) -> None:
    source, options = desk.good(), accepted(desk)
    desk.refuses(lambda: desk.mask(source, *tag, *options, *more, tagged=False), 1, code)


@pytest.mark.parametrize("valid", ["{from: 2020-01-01, until: 2020-12-31}", "{from: 2999-01-01}"])
def test_an_agreement_that_is_not_in_force_is_refused(desk: Desk, valid: str) -> None:
    source, options = desk.good(), accepted(desk, agreed=AGREEMENT.replace("{from: 2020-01-01}", valid))
    desk.refuses(lambda: desk.mask(source, *TAG, *options, tagged=False), 1, "agreement")


@pytest.mark.promise("P14")
def test_a_newer_policy_is_refused_until_the_profile_s_owner_accepts_it(desk: Desk) -> None:
    source, options = desk.good(), accepted(desk)
    agreement(desk, AGREEMENT.replace('"3"', '"4"'))
    refused = desk.refuses(lambda: desk.mask(source, *TAG, *options, tagged=False), 1, "agreement")
    assert "masker profile accept" in refused.stderr
    assert desk.run("profile", "accept", options[1], *options[2:], "--by", "head of data").exit == 0
    assert desk.mask(source, *TAG, *options, tagged=False).exit == 0
    assert predicate(desk.out)["policy_version"] == "4"


def test_a_profile_names_its_agreement_from_where_it_lies(desk: Desk) -> None:
    source, text = desk.good(), PROFILE.replace("owner:", "agreement: ../deals/a.yaml\nowner:")
    desk.put("deals/a.yaml", AGREEMENT.encode())
    mine = desk.put("profiles/p.yaml", text.encode())
    desk.put("profiles/below/q.yaml", PROFILE.replace("owner:", "extends: ../p.yaml\nowner:").encode())
    heir = desk.folder / "in/profiles/below/q.yaml"
    for each in (mine, heir):
        desk.refuses(lambda each=each: desk.mask(source, *TAG, "--profile", each, tagged=False), 1, "agreement")
        assert desk.run("profile", "accept", each).exit == 0
        out = each.with_suffix(".csv")
        assert desk.mask(source, *TAG, "--profile", each, tagged=False, dest=out).exit == 0
        assert predicate(out)["agreement"] == "acme"


def test_the_option_goes_before_what_the_profile_names(desk: Desk) -> None:
    source, text = desk.good(), PROFILE.replace("owner:", "agreement: nowhere.yaml\nowner:")
    options = accepted(desk, text)
    assert desk.mask(source, *TAG, *options, tagged=False).exit == 0
    desk.out.unlink()
    desk.refuses(lambda: desk.mask(source, *TAG, *options[:2], tagged=False), 2, "agreement-file")


def test_the_project_s_settings_name_an_agreement(desk: Desk) -> None:
    source = desk.good()
    agreement(desk, AGREEMENT.replace("14d", "1d"))
    (desk.folder / "masker.yaml").write_text("agreement: in/a.yaml\n")
    desk.refuses(lambda: desk.mask(source, *TAG, tagged=False), 1, "agreement")
    assert desk.run("profile", "accept", profile(desk)).exit == 0


def test_a_recipient_without_reversible_values_gets_none(desk: Desk) -> None:
    source = desk.good()
    options = accepted(desk, PROFILE.replace("customer_id: token", "customer_id: {method: fpe, infotype: other}"))
    north = ("--recipient", "subcontractor:north")
    refused = desk.refuses(lambda: desk.mask(source, *TAG, *options, *north, tagged=False), 1, "agreement")
    assert "customers.customer_id (`fpe`)" in refused.stderr
    explain = (*TAG, *options, *north, "--explain")
    assert desk.refuses(lambda: desk.mask(source, *explain, tagged=False), 1, "agreement").stdout == ""
    assert desk.mask(source, *TAG, *options, tagged=False).exit == 0


def test_unreadable_values_that_took_a_reversible_way_stop_the_copy_before_it_is_seen(desk: Desk) -> None:
    lines = csv_bytes(3).decode().splitlines()
    dated = "\n".join([f"{lines[0]},born", *(f"{line},1990-01-0{n + 1}" for n, line in enumerate(lines[1:]))]) + "\n"
    by = "notes: redact\n      born: {method: generalize, to: year}\n"
    options = accepted(desk, PROFILE.replace("notes: redact\n", by))
    north = ("--recipient", "subcontractor:north")
    good = desk.put("customers.csv", dated.encode())
    assert desk.mask(good, *TAG, *options, *north, tagged=False).exit == 0
    desk.out.unlink()
    bad = desk.put("customers.csv", dated.replace("1990-01-02", MARK).encode())
    refused = desk.refuses(lambda: desk.mask(bad, *TAG, *options, *north, tagged=False), 1, "agreement")
    assert "customers.born (`fpe`)" in refused.stderr
    assert "unreadable: redact" in refused.stderr
    assert desk.mask(bad, *TAG, *options, tagged=False).exit == 0


def test_an_infotype_that_is_never_kept_is_not_kept(desk: Desk) -> None:
    source = desk.good()
    options = accepted(desk, PROFILE.replace("notes: redact", "notes: {method: keep, infotype: health}"))
    refused = desk.refuses(lambda: desk.mask(source, *TAG, *options, tagged=False), 1, "agreement")
    assert "customers.notes (health)" in refused.stderr


@pytest.mark.promise("P14")
def test_what_is_never_kept_is_found_though_the_profile_calls_it_something_else(desk: Desk) -> None:
    lines = csv_bytes(40).decode().splitlines()
    genders = [f"{line},{('female', 'male')[n % 2]}" for n, line in enumerate(lines[1:])]
    source = desk.put("customers.csv", ("\n".join([f"{lines[0]},g2", *genders]) + "\n").encode())
    text = PROFILE.replace("notes: redact\n", "notes: redact\n      g2: {method: keep, infotype: none}\n")
    options = accepted(desk, text, AGREEMENT.replace("[health]", "[gender]"))
    refused = desk.refuses(lambda: desk.mask(source, *TAG, *options, tagged=False), 1, "agreement")
    assert "keep no `gender`" in refused.stderr
    assert "column `g2`" in refused.stderr
    options = accepted(desk, text)
    assert desk.mask(source, *TAG, *options, tagged=False).exit == 0


def test_a_run_with_pseudonyms_of_its_own_says_that_row_order_joins_copies(desk: Desk) -> None:
    source, options = desk.good(), accepted(desk)
    own = desk.mask(source, *TAG, *options, "--recipient", "subcontractor:north", tagged=False)
    assert (own.exit, "join by position" in own.stderr.replace("\nmasker:  ", "")) == (0, True)
    assert max(map(len, own.stderr.splitlines())) <= 88
    desk.out.unlink()
    shared = desk.mask(source, *TAG, *options, tagged=False)
    assert (shared.exit, "join by position" in shared.stderr.replace("\nmasker:  ", "")) == (0, False)


@pytest.mark.promise("P7")
def test_copies_of_two_recipients_do_not_join_and_those_of_one_do(desk: Desk) -> None:
    source, options = desk.good(), accepted(desk)
    key = desk.folder / "k"
    key.write_bytes(base64.b64encode(urandom(32)))
    key.chmod(0o600)

    def ids(recipient: str, name: str) -> list[set[str]]:
        out = desk.folder / name
        tag = ("--purpose", "test-system", "--expires", "7d", "--key-file", key, "--recipient", recipient)
        assert desk.mask(source, *tag, *options, tagged=False, dest=out).exit == 0
        assert predicate(out)["own_pseudonyms"] is (recipient != "staff")
        return [set(cells(out, column)) for column in ("customer_id", "email")]

    north, again = ids("subcontractor:north", "north"), ids("subcontractor:north", "again")
    south, staff = ids("subcontractor:south", "south"), ids("staff", "staff")
    assert north == again
    assert all(len(values) == 40 for values in north)
    for one, other in ((north, south), (north, staff), (south, staff)):
        assert all(mine.isdisjoint(theirs) for mine, theirs in zip(one, other, strict=True))


EXCLUDE = f"exclude: [{{table: customers, column: first_name, values: [{MARK}], reason: declined}}]\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("agreement", "lint", "in/a.yaml"),
        ("agreement", "lint", "in/a.yaml", "--format", "json"),
        ("show", "purposes", "--agreement", "in/a.yaml"),
        ("show", "purposes", "--agreement", "in/a.yaml", "--format", "json"),
        ("show", "purposes", "--agreement", "in/a.yaml", "--format", "markdown"),
        ("profile", "accept", "in/p.yaml", "--agreement", "in/a.yaml"),
    ],
)
def test_who_declined_is_shown_nowhere(desk: Desk, arguments: tuple[str, ...]) -> None:
    agreement(desk, AGREEMENT + EXCLUDE)
    profile(desk)
    outcome = desk.run(*arguments)
    assert outcome.exit == 0
    assert MARK not in outcome.stdout + outcome.stderr
    kept = [path for path in desk.folder.rglob("*.lock") if MARK in path.read_text()]
    assert kept == []


def test_purposes_are_those_of_the_agreement(desk: Desk) -> None:
    agreement(desk)
    outcome = desk.run("show", "purposes", "--agreement", "in/a.yaml", "--format", "json")
    rows = json.loads(outcome.stdout)["purposes"]
    assert [(row["name"], row["longest_days"]) for row in rows] == [("test-patch", 14), ("test-system", 7)]
    assert rows[0]["recipients"] == "staff subcontractor:north"


def test_the_schema_is_json(desk: Desk) -> None:
    assert json.loads(desk.run("show", "agreement-schema").stdout)["title"] == "AgreementFile"


def test_lint_lists_concerns_and_fails_for_them_only_when_asked(desk: Desk) -> None:
    agreement(desk)
    seen = desk.run("agreement", "lint", "in/a.yaml")
    assert (seen.exit, seen.stdout) == (0, "a.yaml:5:1: open-end: the agreement has no end\n")
    assert desk.run("agreement", "lint", "in/a.yaml", "--strict").exit == 1
    body = json.loads(desk.run("agreement", "lint", "in/a.yaml", "--strict", "--format", "json").stdout)
    assert [(each["code"], each["line"], each["char"]) for each in body["warnings"]] == [("open-end", 5, 1)]


def test_lint_of_a_wrong_file_exits_2_with_its_place(desk: Desk) -> None:
    agreement(desk, AGREEMENT.replace("14d", MARK))
    seen = desk.refuses(lambda: desk.run("agreement", "lint", "in/a.yaml"), 2, "agreement-file")
    assert "a.yaml:6:12" in seen.stderr


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (("test-env", "--agreement", "in/a.yaml"), 2, "usage"),
        (("in/p.yaml",), 2, "usage"),
        (("in/none.yaml", "--agreement", "in/a.yaml"), 2, "profile"),
        (("in/p.yaml", "--agreement", "in/none.yaml"), 2, "agreement-file"),
        (("in/p.yaml", "--agreement", "in/a.yaml", "--by", "a\nb"), 2, "usage"),
    ],
)
def test_acceptance_that_cannot_be_given_is_refused(
    desk: Desk, arguments: tuple[str, ...], exit_code: int, code: str
) -> None:
    agreement(desk)
    profile(desk)
    desk.refuses(lambda: desk.run("profile", "accept", *arguments), exit_code, code)


def test_nothing_is_accepted_that_the_ledger_cannot_record(desk: Desk) -> None:
    own, agreed = profile(desk), agreement(desk)
    ledger = desk.folder / "config" / "ledger.db"
    ledger.parent.mkdir(exist_ok=True)
    ledger.write_bytes(b"no ledger " * 1000)
    desk.refuses(lambda: desk.run("profile", "accept", own, "--agreement", agreed), 5, "ledger")
    assert not own.with_suffix(".lock").exists()
    ledger.unlink()
    assert desk.run("profile", "accept", own, "--agreement", agreed).exit == 0
    recorded = [json.loads(line) for line in audit_path(ledger).read_text().splitlines()]
    assert [event["event"] for event in recorded] == ["accept"]


def test_frames_go_by_the_agreement_too(desk: Desk) -> None:
    path, own = agreement(desk), profile(desk)
    frame = pd.DataFrame({"customer_id": ["a", "b"], "first_name": "x", "email": "y@mail.example", "notes": "z"})
    tag = {"purpose": "test-patch", "expires": "14d", "agreement": path, "name": "customers"}
    with pytest.raises(GateError, match="not accepted"):
        masker.mask_frame(frame, own, **tag)
    assert desk.run("profile", "accept", own, "--agreement", path).exit == 0
    assert len(masker.mask_frame(frame, own, **tag)) == 2
    with pytest.raises(GateError, match="does not list"):
        masker.mask_frame(frame, own, **{**tag, "purpose": "test-fix"})
    north = {**tag, "recipient": "subcontractor:north"}
    assert set(masker.mask_frame(frame, own, **north)["notes"]) == {"[redacted]"}
    profile(desk, PROFILE.replace("notes: redact", "notes: fpe"))
    with pytest.raises(GateError, match="turns back"):
        masker.mask_frame(frame, own, **north)


def test_frames_keep_nothing_that_is_never_kept(desk: Desk) -> None:
    path = agreement(desk, AGREEMENT.replace("[health]", "[gender]"))
    own = profile(desk, PROFILE.replace("notes: redact", "g2: {method: keep, infotype: none}"))
    assert desk.run("profile", "accept", own, "--agreement", path).exit == 0
    tag = {"purpose": "test-patch", "expires": "14d", "agreement": path, "name": "customers"}
    names = {"customer_id": [f"c{n}" for n in range(40)], "first_name": "x", "email": "y@mail.example"}
    with pytest.raises(GateError, match="keep none of these"):
        masker.mask_frame(pd.DataFrame({**names, "g2": ["female", "male"] * 20}), own, **tag)
    assert len(masker.mask_frame(pd.DataFrame({**names, "g2": ["red", "blue"] * 20}), own, **tag)) == 40


def test_the_python_function_takes_an_agreement(desk: Desk) -> None:
    source, path = desk.good(), agreement(desk)
    with pytest.raises(GateError, match="does not list"):
        masker.mask(source, desk.out, purpose="test-fix", expires="1d", agreement=path)
    outcome = masker.mask(source, desk.out, purpose="test-patch", expires="1d", agreement=path)
    assert outcome.manifest.agreement == "acme"
