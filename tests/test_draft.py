from pathlib import Path

import pytest
from ruamel.yaml import YAML

from masker.draft import draft
from masker.errors import GateError
from masker.findings import Finding, Findings, TableFindings
from masker.profile.load import load_profile
from masker.snapshot import ForeignKey, Limits

BASE = load_profile("test-env")


def finding(column: str, infotype: str, decision: str = "personal", type_: str = "string", **more: object) -> Finding:
    return Finding(column, type_, infotype, 0.9, decision, "customer", ("header token +2",), **more)  # type: ignore


def table(name: str, *columns: Finding, key: str = "customer_id", keys: tuple[ForeignKey, ...] = ()) -> TableFindings:
    return TableFindings(name, 10, "customer", 0.9, columns, (), keys, key)


ID = finding("customer_id", "person_key", type_="int64", shape="integer")
CUSTOMERS = table("customers", ID, finding("first_name", "first_name"), finding("gender", "gender"))
ORDERS = table("orders", ID, finding("ship_name", "person_name"))


def ways(*tables: TableFindings) -> dict[str, str]:
    rules = draft(Findings("s", tables), BASE).loaded.profile.tables
    return {f"{t}.{c}": rule.method for t, part in rules.items() for c, rule in part.columns.items()}


def test_the_draft_that_is_written_is_the_draft_that_runs(tmp_path: Path) -> None:
    drafted = draft(Findings("s", (CUSTOMERS, ORDERS)), BASE)
    (tmp_path / "p.yaml").write_text(drafted.text, encoding="utf-8")
    assert load_profile(str(tmp_path / "p.yaml")).profile.tables == drafted.loaded.profile.tables


def test_clean_columns_are_kept_and_unsure_ones_get_pseudonyms() -> None:
    found = table("t", finding("a", "none", "clean"), finding("b", "none", "unsure"))
    assert ways(found) == {"t.a": "keep", "t.b": "fpe"}


def test_a_clean_column_with_something_inside_is_not_kept() -> None:
    assert ways(table("t", finding("a", "none", "clean", contains=("email",))))["t.a"] != "keep"


@pytest.mark.parametrize(("shape", "way"), [("integer", "permute"), ("uuid", "fpe"), ("", "fpe")])
def test_a_person_key_keeps_its_shape(shape: str, way: str) -> None:
    assert ways(table("t", finding("k", "person_key", shape=shape)))["t.k"] == way


def test_gender_is_drawn_where_another_table_names_people_without_it() -> None:
    assert ways(CUSTOMERS)["customers.gender"] == "keep"
    assert ways(CUSTOMERS, ORDERS)["customers.gender"] == "fake"


def test_a_name_that_tables_join_on_goes_by_value() -> None:
    keyed = table("o", finding("name", "person_name"), keys=(ForeignKey(("name",), "p", ("name",)),))
    other = table("p", finding("name", "person_name"))
    rules = draft(Findings("s", (keyed, other)), BASE).loaded.profile.tables
    assert rules["o"].columns["name"].by == rules["p"].columns["name"].by == "none"


def test_a_date_pattern_goes_into_the_profile() -> None:
    rules = draft(Findings("s", (table("t", finding("b", "birth_date", pattern="%d.%m.%Y")),)), BASE)
    assert rules.loaded.profile.tables["t"].columns["b"].parameters["pattern"] == "%d.%m.%Y"


def test_hostile_names_stay_one_key(tmp_path: Path) -> None:
    names = ["a: b", "- x", "#c", "yes", "null", '"q"', "{x}", "a\nb", "ключ", "1", "&a", "*a", "!t", "%d", "~"]
    drafted = draft(Findings("s", (table("t: {", *(finding(n, "none", "clean") for n in names)),)), BASE)
    tree = YAML(typ="safe", pure=True).load(drafted.text)
    assert list(tree["tables"]["t: {"]["columns"]) == names


def test_doubtful_columns_are_marked() -> None:
    drafted = draft(Findings("s", (table("t", finding("b", "none", "unsure")),)), BASE)
    assert drafted.doubtful == 1
    assert "# review: unsure: none 0.90, header token +2" in drafted.text


def test_a_name_that_looks_like_a_value_is_refused() -> None:
    with pytest.raises(GateError) as caught:
        draft(Findings("s", (table("t", finding("anna@firma.example", "email")),)), BASE)
    assert caught.value.code == "undecided-column"
    assert "anna" not in str(caught.value)


def test_both_ends_of_a_key_are_masked_alike() -> None:
    child = table("o", finding("who", "none", "clean"), keys=(ForeignKey(("who",), "p", ("id",)),), key="")
    parent = table("p", finding("id", "person_key", shape="integer"), key="id")
    rules = draft(Findings("s", (child, parent)), BASE).loaded.profile.tables
    assert rules["o"].columns["who"] == rules["p"].columns["id"]


def test_without_a_key_a_unique_column_of_a_person_tells_persons_apart() -> None:
    found = table("p", finding("mail", "email", unique=True), finding("name", "person_name"), key="")
    subject = draft(Findings("s", (found,)), BASE).loaded.profile.tables["p"].subject
    assert subject is not None
    assert subject.key == "mail"


def test_a_draft_says_why_it_does_not_take_the_way_of_its_base() -> None:
    narrow = finding("first_name", "first_name", limits=Limits(max_characters=10))
    drafted = draft(Findings("s", (table("customers", ID, narrow),)), BASE)
    assert drafted.loaded.profile.tables["customers"].columns["first_name"].method == "fpe"
    lines = drafted.text.splitlines()
    at = next(number for number, line in enumerate(lines) if "first_name:" in line)
    assert lines[at - 1].strip() == "# not `fake`: it gives up to 14 characters, and the column takes 10"


def test_a_partition_key_that_tells_who_somebody_is_is_not_kept_by_a_draft(tmp_path: Path) -> None:
    fixed = Limits(fixed=True)
    found = table("t", finding("mail", "email", limits=fixed), finding("land", "country", limits=fixed))
    assert ways(found) == {"t.mail": "fake", "t.land": "keep"}
    day = finding("day", "birth_date", type_="date32[day]", limits=Limits(holds="date", fixed=True))
    assert ways(table("t", day)) == {"t.day": "keep"}
    text = draft(Findings("s", (found,)), BASE).text
    assert "# review: `fake` would move rows out of their partition, so that no run begins" in text
