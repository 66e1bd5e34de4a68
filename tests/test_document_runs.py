"""Whole runs over nested JSON: pseudonyms as in other formats, and copies that were tampered with are refused."""

import json
from pathlib import Path

import pytest

from masker.api import mask, scan, verify
from masker.crypto.root import new_root_file
from masker.errors import GateError
from masker.verify.against import verify_against

TAG = {"purpose": "test-patch", "expires": "14d"}
PROFILE = """\
masker: 1
name: shop
owner: data-protection
tables:
  shop.customers:
    columns:
      id: keep
      "contact.email": {method: fake, infotype: email}
      price: keep
  shop.customers.notes:
    columns: {"notes[]": {method: redact, infotype: free_text}}
  shop.users:
    columns:
      key: {method: fake, infotype: email}
      name: {method: redact, infotype: person_name}
"""
SHOP = """\
{"customers": [
  {"id": 1, "contact": {"email": "anna@firma.example"}, "price": 1.10, "notes": ["Called Anna Muster at home", "x"]},
  {"id": 2, "contact": {"email": "bob\\u0040firma.example"}, "price": 1e5, "notes": []},
  {"id": 3, "contact": {"email": "carl@firma.example"}, "price": null, "notes": ["Carl is away until Monday"]}
 ],
 "users": {"anna@firma.example": {"name": "Anna Muster"}, "bob@firma.example": {"name": "Bob Muster"}}}
"""


@pytest.fixture(autouse=True)
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))


def made(folder: Path, text: str = SHOP):
    source, rules, key = folder / "shop.json", folder / "p.yaml", folder / "k.key"
    source.write_text(text)
    rules.write_text(PROFILE)
    new_root_file(key)
    return mask(source, folder / "out.json", profile=str(rules), key_file=key, **TAG)


def test_only_masked_leaves_and_keys_change(tmp_path: Path):
    made(tmp_path)
    text = (tmp_path / "out.json").read_text()
    old, new = json.loads(SHOP), json.loads(text)
    emails = [each["contact"]["email"] for each in new["customers"]]
    assert [*new["users"]] == emails[:2]
    for before, after in zip(old["customers"], new["customers"], strict=True):
        assert after["contact"]["email"] != before["contact"]["email"]
        text = text.replace(after["contact"]["email"], before["contact"]["email"])
        for note, other in zip(before["notes"], after["notes"], strict=True):
            text = text.replace(json.dumps(other), json.dumps(note), 1)
    for name in ("Anna Muster", "Bob Muster"):
        text = text.replace('{"name": ' + json.dumps(new["users"][emails[0]]["name"]), f'{{"name": "{name}"', 1)
    assert text == SHOP.replace("\\u0040", "@")


def test_pseudonyms_are_those_of_a_csv_file(tmp_path: Path):
    made(tmp_path)
    (tmp_path / "people.csv").write_text("email\nanna@firma.example\ncarl@firma.example\n")
    rules = "masker: 1\nname: p\nowner: o\ntables:\n  people: {columns: {email: {method: fake, infotype: email}}}\n"
    (tmp_path / "q.yaml").write_text(rules)
    mask(
        tmp_path / "people.csv",
        tmp_path / "o.csv",
        profile=str(tmp_path / "q.yaml"),
        key_file=tmp_path / "k.key",
        **TAG,
    )
    new = json.loads((tmp_path / "out.json").read_text())["customers"]
    emails = (tmp_path / "o.csv").read_text().split()[1:]
    assert emails == [new[0]["contact"]["email"], new[2]["contact"]["email"]]


def test_a_copy_passes_alone_and_against_its_source(tmp_path: Path):
    made(tmp_path)
    verify(tmp_path / "out.json", against=tmp_path / "shop.json")


TAMPERED = {
    "a kept number spelled otherwise": ("1.10", "1.1"),
    "a kept number as text": ('"id": 1', '"id": "1"'),
    "white space": ('"id": 1, ', '"id": 1,'),
    "another order of members": ('"id": 1, "contact"', '"contact"'),
    "a place that nobody promised": ('"id": 1', '"id": 1, "phone": "+49 30 1234567"'),
    "a place deep inside": ('"contact": {', '"contact": {"old": {"email": "x@firma.example"}, '),
    "an array where none was": ('"id": 1', '"ids": [1], "id": 1'),
    "a row more": ("\n ],", ',\n  {"id": 4, "contact": {"email": "d@x.example"}, "price": 2, "notes": []}\n ],'),
    "a NULL that went": ('"price": null', '"price": 0'),
    "a member that went": ('"price": null, ', ""),
    "an element in another row": ('"notes": []', '"notes": ["x"]'),
    "a key twice": ('"id": 2', '"id": 2, "id": 2'),
    "something behind": ("}}}", "}}}\n{}"),
}


@pytest.mark.parametrize(("old", "new"), TAMPERED.values(), ids=TAMPERED.keys())
def test_a_tampered_copy_is_refused(tmp_path: Path, old: str, new: str):
    outcome = made(tmp_path)
    text = (tmp_path / "out.json").read_text()
    assert old in text
    (tmp_path / "out.json").write_text(text.replace(old, new, 1))
    with pytest.raises(GateError):
        verify_against(outcome.manifest.promises, tmp_path / "shop.json", tmp_path / "out.json")


@pytest.mark.parametrize("place", ["email", "note", "key"])
def test_an_original_that_came_back_is_a_leak(tmp_path: Path, place: str):
    outcome = made(tmp_path)
    copy = json.loads((tmp_path / "out.json").read_text())
    old = json.loads(SHOP)
    if place == "email":
        copy["customers"][2]["contact"]["email"] = "anna@firma.example"
    elif place == "note":
        copy["customers"][2]["notes"] = ["anna@firma.example"]
    else:
        copy["users"] = dict(zip(old["users"], copy["users"].values(), strict=True))
    (tmp_path / "out.json").write_text(json.dumps(copy))
    with pytest.raises(GateError) as caught:
        verify_against(outcome.manifest.promises, tmp_path / "shop.json", tmp_path / "out.json")
    assert "firma" not in str(caught.value)


def test_a_run_without_a_profile_keeps_what_tells_kinds_apart(tmp_path: Path):
    entries = [
        {"resource": {"resourceType": "Patient", "id": f"p{n}", "birthDate": f"19{50 + n}-01-0{1 + n % 9}"}}
        for n in range(12)
    ]
    entries += [{"resource": {"resourceType": "Claim", "total": n, "open": True}} for n in range(12)]
    (tmp_path / "b.json").write_text(json.dumps({"resourceType": "Bundle", "entry": entries}))
    mask(tmp_path / "b.json", tmp_path / "out.json", profile="test-env", **TAG)
    copy = json.loads((tmp_path / "out.json").read_text())["entry"]
    kinds = [each["resource"]["resourceType"] for each in copy]
    assert kinds == ["Patient"] * 12 + ["Claim"] * 12
    assert all(new["resource"].keys() == old["resource"].keys() for new, old in zip(copy, entries, strict=True))


def test_the_corpus_is_read_masked_and_verified(tmp_path: Path):
    corpus = Path(__file__).parents[2] / "shared" / "corpus"
    files = sorted(corpus.rglob("*.json"))
    if not files:
        pytest.skip("the corpus is not here")
    for number, file in enumerate(file for file in files if file.stat().st_size < 50_000):
        assert scan(file).tables
        mask(file, tmp_path / f"{number}.json", profile="test-env", **TAG)
        verify(tmp_path / f"{number}.json", against=file)
