"""The schema for editors: takes every good profile, refuses what masker refuses, and describes what it offers."""

import json
from pathlib import Path

import pytest
from desk import Desk, desk
from ruamel.yaml import YAML

from masker.infotypes import INFOTYPES
from masker.methods import METHODS
from masker.profile.load import built_in_names
from masker.profile_schema import profile_schema

__all__ = ["desk"]

ROOT = Path(__file__).parents[2]
BASE = {"masker": 1, "name": "crm", "extends": "test-env"}


def problems(tree: object) -> list[str]:
    jsonschema = pytest.importorskip("jsonschema")
    return [error.message for error in jsonschema.Draft202012Validator(profile_schema()).iter_errors(tree)]


def column(rule: object) -> dict[str, object]:
    return {**BASE, "tables": {"customers": {"columns": {"email": rule}}}}


def test_the_schema_is_one() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(profile_schema())


@pytest.mark.parametrize("name", built_in_names())
def test_profiles_that_ship_with_masker_pass(name: str) -> None:
    assert problems(YAML(typ="safe").load((ROOT / "profiles" / f"{name}.yaml").read_text())) == []


def test_a_drafted_profile_passes(desk: Desk) -> None:
    assert desk.run("init", ROOT / "sample_data", "-o", "p.yaml", "--yes").exit == 0
    assert problems(YAML(typ="safe").load((desk.folder / "p.yaml").read_text())) == []


@pytest.mark.parametrize(
    "rule",
    [
        "fake",
        {"method": "shift_date", "within": "90d", "by": "customer_id"},
        {"references": "customers.id"},
        {"method": "fpe", "keep_prefix": 2, "infotype": "phone", "unreadable": "null"},
    ],
)
def test_both_forms_of_a_rule_pass(rule: object) -> None:
    assert problems(column(rule)) == []


@pytest.mark.parametrize(
    "rule",
    ["fkae", {"method": "fkae"}, {"method": "fake", "infotype": "emial"}, {"method": "fpe", "keep_prefx": 2}, {}, 3],
)
def test_what_masker_refuses_is_marked(rule: object) -> None:
    assert problems(column(rule))


@pytest.mark.parametrize("tree", [{**BASE, "undecided": "keep"}, {**BASE, "tabels": {}}, {"name": "crm"}])
def test_mistakes_at_the_top_are_marked(tree: object) -> None:
    assert problems(tree)


def test_every_method_and_infotype_is_offered_with_what_it_is() -> None:
    definitions = profile_schema()["$defs"]
    short = definitions["Rule"]["anyOf"][0]  # type: ignore[index]
    offered = {each["const"]: each["description"] for each in short["oneOf"]}
    assert set(offered) == set(METHODS)
    assert all(offered.values())
    infotypes = {each.get("const"): each.get("description") for each in definitions["Infotype"]["anyOf"]}  # type: ignore[index]
    assert set(INFOTYPES) < set(infotypes)
    assert infotypes["email"] == INFOTYPES["email"].title


def test_the_command_prints_it(desk: Desk) -> None:
    assert json.loads(desk.run("show", "profile-schema").stdout) == profile_schema()
