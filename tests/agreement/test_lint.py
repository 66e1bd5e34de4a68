from datetime import UTC, datetime
from pathlib import Path

import pytest

from agreement.agreements import GOOD, written
from masker.agreement.lint import concerns
from masker.agreement.load import read_agreement

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "agreement.yaml"
NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
TOLD = 'notices: [{date: 2026-01-01, about: x, told: y, answer: agreed, policy_version: "3"}]\n'
CLEAN = GOOD.replace("staff: {}", "staff: {never_keep: [health]}") + TOLD


def codes(folder: Path, text: str, moment: datetime = NOW) -> list[str]:
    return [concern.code for concern in concerns(read_agreement(written(folder, text)), moment)]


def test_an_agreement_that_leaves_nothing_open_raises_no_concern(tmp_path: Path) -> None:
    assert codes(tmp_path, CLEAN) == []


def test_the_example_of_the_guide_raises_no_concern_while_it_holds() -> None:
    assert list(concerns(read_agreement(EXAMPLE), NOW)) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("customer: acme", "customer: default", "shared-customer"),
        (", until: 2027-12-31", "", "open-end"),
        ("2027-12-31", "2026-11-23", "ended"),
        ("2027-12-31", "2026-12-24", "ends-soon"),
        ("2027-12-31", "2026-11-24", "ends-soon"),
        ("2026-01-01, until", "2026-11-25, until", "not-in-force"),
        ("14d", "91d", "long-lifetime"),
        ("staff: {never_keep: [health]}", "staff: {purposes: [test-patch]}", "unused-purpose"),
        ("staff: {never_keep: [health]}", "staff:", "no-limits"),
        ("{purposes: [test-patch]}", "{purposes: [test-patch], reversible: true}", "reversible"),
        (TOLD, "", "no-notice"),
        (TOLD, TOLD.replace('"3"', "2"), "no-notice"),
        ("agreed", "pending", "pending"),
        ("agreed", "declined", "declined"),
    ],
)
def test_what_is_easily_overlooked_is_a_concern(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert old in CLEAN
    assert codes(tmp_path, CLEAN.replace(old, new)) == [code]


@pytest.mark.parametrize(("old", "new"), [("2027-12-31", "2026-12-25"), ("14d", "90d")])
def test_what_is_just_within_bounds_is_none(tmp_path: Path, old: str, new: str) -> None:
    assert codes(tmp_path, CLEAN.replace(old, new)) == []


def test_a_concern_says_where_it_stands(tmp_path: Path) -> None:
    found = list(concerns(read_agreement(written(tmp_path, CLEAN.replace("14d", "91d"))), NOW))
    assert str(found[0].place) == "a.yaml:7:3"
