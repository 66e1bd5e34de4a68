from pathlib import Path

import pytest

from masker.errors import UsageError
from masker.profile.load import built_in_names, load_profile

GOOD = """masker: 1
name: acme-crm
extends: test-env
infotypes:
  email: {method: token, domain: mail}
tables:
  customers:
    subject: {is: customer, key: customer_id}
    columns:
      customer_id: permute
      placed_at: {method: shift_date, within: 90d, by: customer_id}
"""


def written(folder: Path, text: str) -> str:
    path = folder / "p.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_rule_is_a_method_or_a_mapping_with_its_parameters(tmp_path: Path) -> None:
    columns = load_profile(written(tmp_path, GOOD)).profile.tables["customers"].columns
    assert columns["customer_id"].method == "permute"
    assert (columns["placed_at"].by, columns["placed_at"].parameters) == ("customer_id", {"within": "90d"})


@pytest.mark.parametrize("number", [0, 1, 12])
def test_a_number_is_a_plain_one(tmp_path: Path, number: int) -> None:
    text = GOOD.replace("customer_id: permute", f"customer_id: {{method: partial, keep_last: {number}}}")
    parameters = load_profile(written(tmp_path, text)).profile.tables["customers"].columns["customer_id"].parameters
    assert [(type(value), value) for value in parameters.values()] == [(int, number)]


def test_extending_inherits_ways_but_not_tables_or_undecided(tmp_path: Path) -> None:
    profile = load_profile(written(tmp_path, GOOD)).profile
    assert profile.infotypes["first_name"].method == "fake"
    assert profile.infotypes["email"].method == "token"
    assert profile.undecided == "refuse"


def test_every_key_has_its_line_and_character(tmp_path: Path) -> None:
    place = load_profile(written(tmp_path, GOOD)).place("tables", "customers", "columns", "placed_at")
    assert str(place) == "p.yaml:11:7"


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("masker: 2\nname: x\n", "p.yaml:1:1", "one of the words"),
        ("masker: 1\nname: x\nfoo: 1\n", "p.yaml:3:1", "not known"),
        ("masker: 1\nname: x\ntabels: {}\n", "p.yaml:3:1", "not known"),
        ("masker: 1\nname: x\nname: y\n", "p.yaml:3:1", "stands twice"),
        ("masker: 1\nname: x\ntables:\n  t:\n    subject: {is: dog}\n", "p.yaml:5:15", "one of the words"),
        ("masker: 1\nname: x\ntables: {t: {columns: {a: {infotype: email}}}}\n", "p.yaml:3:", "missing"),
        ("masker: 1\nname: [x]\n", "p.yaml:2:1", "wrong form"),
        ("masker: 1\nname: x\ntables: {a: 3}\n", "p.yaml:3:", "wrong form"),
        ("- 1\n", "p.yaml", "mapping"),
        ("masker: [\n", "p.yaml:", "YAML"),
        ("masker: 1\nname: x\na: &x {b: 1}\nc: *x\n", "p.yaml", "aliases"),
        ("masker: 1\nname: x\nextends: p.yaml\n", "p.yaml", "circle"),
        ("masker: 1\nname: x\nextends: test-evn\n", "", "no such profile"),
        ("", "p.yaml", "mapping"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, where: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_profile(written(tmp_path, text))
    assert message in str(caught.value)
    assert where in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_mistake_s_text_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_profile(written(tmp_path, "masker: 1\nname: x\nlocale: [CANARY-1234]\n"))
    assert "CANARY" not in str(caught.value) + caught.value.hint


def test_depth_is_bounded(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        load_profile(written(tmp_path, "masker: 1\nname: " + "[" * 1500 + "]" * 1500))


def test_tags_build_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        load_profile(written(tmp_path, 'masker: 1\nname: !!python/object/apply:os.system ["true"]\n'))


def test_the_digest_follows_the_rules_and_not_the_comments(tmp_path: Path) -> None:
    plain = load_profile(written(tmp_path, GOOD)).digest
    assert load_profile(written(tmp_path, "# hello\n" + GOOD)).digest == plain
    assert load_profile(written(tmp_path, GOOD.replace("permute", "fpe"))).digest != plain


def test_built_in_profiles_load() -> None:
    assert {"test-env"} <= set(built_in_names())
    for name in built_in_names():
        assert load_profile(name).profile.name == name


@pytest.mark.parametrize(
    "text",
    [
        "masker: !!bool abc\nname: x\n",
        "masker: 1\n<<: {owner: z}\nname: x\n",
        "masker: 1\nname: x\ntables: !!omap [a: 1]\n",
        "masker: 1\nname: !!set {a, b}\n",
        "masker: 1\nname: x\ntables: !x {}\n",
        'masker: 1\nname: "\\ud800"\n',
        "masker: 1\nname: x\nextends: " + "a" * 5000 + "\n",
        "masker: 1\nname: " + "9" * 10_000 + "\n",
        "masker: 1\nname: 2020-13-45\n",
        "masker: 1\nname: 2020-01-01\n",
        'masker: 1\nname: "\\U00110000"\n',
        "masker: 1\nname: x\0\n",
    ],
)
def test_whatever_is_more_than_plain_yaml_is_a_usage_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError):
        load_profile(written(tmp_path, text))
