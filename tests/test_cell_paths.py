"""JSON inside of cells: values at paths are masked as columns are, and the verifier holds them to it."""

import csv
import json
from pathlib import Path

import pytest

from masker.api import mask, scan, verify
from masker.crypto.root import new_root_file
from masker.errors import GateError, UsageError
from masker.verify.against import verify_against

TAG = {"purpose": "test-patch", "expires": "14d"}
PROFILE = """\
masker: 1
name: orders
owner: data-protection
tables:
  orders:
    columns:
      id: keep
      email: {method: fake, infotype: email}
      payload:
        method: %s
        paths:
          $.buyer.email: {method: fake, infotype: email}
          $.phones[*]: {method: fpe, infotype: phone}
          $.people.*.name: {method: redact, infotype: person_name}
          $.note: 'null'
"""
PAYLOADS = [
    '{"buyer": {"email":"anna@firma.example", "vip" : true}, "total": 1.10, "tags":["blue ribbon"]}',
    '{ "buyer":{"email": "\\u0062ob@firma.example"},"phones":["+49 30 1234567","+49 30 7654321"],"note":"call Bob" }',
    '{"people": {"a": {"name": "Anna Muster"}, "b": {"name": null}}, "total": 1e5}',
    "",
    "Bob Muster, no JSON",
    '{"buyer": "bob@firma.example"}',
    '{"note": "a", "note": "b"}',
]
MAILS = ["anna@firma.example", "bob@firma.example", "c@firma.example", "d@firma.example", "", "", ""]


@pytest.fixture(autouse=True)
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))


def made(folder: Path, others: str = "keep", profile: str = PROFILE):
    source, rules, key = folder / "orders.csv", folder / "p.yaml", folder / "k.key"
    with source.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "email", "payload"])
        writer.writerows([n, *row] for n, row in enumerate(zip(MAILS, PAYLOADS, strict=True)))
    rules.write_text(profile % others)
    if not key.exists():
        new_root_file(key)
    outcome = mask(source, folder / "out.csv", profile=str(rules), key_file=key, **TAG)
    with (folder / "out.csv").open(newline="") as file:
        return outcome, list(csv.DictReader(file))


def test_values_at_paths_are_masked_and_all_else_stays(tmp_path: Path):
    _, rows = made(tmp_path)
    first, second, third = (json.loads(row["payload"]) for row in rows[:3])
    assert rows[0]["payload"] == PAYLOADS[0].replace("anna@firma.example", first["buyer"]["email"])
    assert first["buyer"]["email"] != "anna@firma.example"
    assert second["note"] is None
    assert rows[1]["payload"].startswith('{ "buyer":{"email": "')
    assert all(a != b for a, b in zip(second["phones"], ["+49 30 1234567", "+49 30 7654321"], strict=True))
    assert third["people"]["a"]["name"] != "Anna Muster"
    assert '"total": 1e5' in rows[2]["payload"]


def test_a_value_has_the_same_pseudonym_in_a_cell_and_as_a_column(tmp_path: Path):
    _, rows = made(tmp_path)
    assert [json.loads(row["payload"])["buyer"]["email"] for row in rows[:2]] == [row["email"] for row in rows[:2]]


def test_cells_that_cannot_be_read_go_the_unreadable_way(tmp_path: Path):
    outcome, rows = made(tmp_path)
    assert rows[3]["payload"] == ""
    assert all(rows[n]["payload"] != PAYLOADS[n] for n in (4, 5, 6))
    assert "bob" not in rows[5]["payload"]
    assert outcome.manifest.tables[0].columns[2].unreadable == 3


def test_values_at_no_path_go_the_columns_own_way(tmp_path: Path):
    _, rows = made(tmp_path, "fpe")
    first = json.loads(rows[0]["payload"])
    assert first["tags"] != ["blue ribbon"]
    assert first["total"] != 1.1
    assert first["buyer"]["vip"] is True


def test_the_copy_passes_alone_and_against_its_source(tmp_path: Path):
    made(tmp_path)
    verify(tmp_path / "out.csv", against=tmp_path / "orders.csv")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda row: row["payload"].replace("1.10", "1.1"), "was to be kept has changed"),
        (lambda row: row["payload"].replace(", ", ","), "bytes around the values"),
        (lambda row: row["payload"].replace("tags", "Anna"), "bytes around the values"),
        (lambda row: PAYLOADS[0], "equal their originals"),
        (lambda row: row["payload"].replace("true", "false"), "bytes around the values"),
    ],
)
def test_other_copies_are_refused(tmp_path: Path, change, message: str):
    outcome, rows = made(tmp_path)
    rows[0]["payload"] = change(rows[0])
    with (tmp_path / "out.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(GateError, match=message):
        verify_against(outcome.manifest.promises, tmp_path / "orders.csv", tmp_path / "out.csv")


@pytest.mark.parametrize(
    "wrong",
    [
        "buyer.email: fake",
        "$.a: drop",
        "$.a: {method: fake, infotype: email, by: id}",
        "$.a: {references: orders.id}",
        "$.a: {method: keep, paths: {$.b: keep}}",
    ],
)
def test_paths_that_cannot_be_followed_are_refused(tmp_path: Path, wrong: str):
    with pytest.raises(UsageError):
        made(tmp_path, profile=PROFILE.replace("$.note: 'null'", wrong))


SHOP = [
    {"buyer": {"email": f"person{n}@firma.example", "name": f"Anna Muster{n}"}, "total": 10 + n, "paid": n % 2 == 0}
    for n in range(30)
]


def shop(folder: Path) -> Path:
    source = folder / "orders.csv"
    with source.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "payload"])
        writer.writerows([n, json.dumps(order)] for n, order in enumerate(SHOP))
    return source


def test_a_scan_says_what_stands_at_each_path(tmp_path: Path):
    payload = scan(shop(tmp_path)).tables[0].columns[1]
    found = {each.column: each for each in payload.inside}
    assert found["$.buyer.email"].infotype == "email"
    assert found["$.buyer.email"].decision == "personal"
    assert "email" in payload.contains


def test_a_run_without_a_profile_masks_inside_of_json(tmp_path: Path):
    source = shop(tmp_path)
    mask(source, tmp_path / "out.csv", profile="test-env", **TAG)
    with (tmp_path / "out.csv").open(newline="") as file:
        orders = [json.loads(row["payload"]) for row in csv.DictReader(file)]
    assert all(new.keys() == old.keys() for new, old in zip(orders, SHOP, strict=True))
    assert not {old["buyer"]["email"] for old in SHOP} & {new["buyer"]["email"] for new in orders}
    assert all(new["buyer"]["email"].endswith((".com", ".org", ".net")) for new in orders)
    assert all(type(new["total"]) is int for new in orders)
