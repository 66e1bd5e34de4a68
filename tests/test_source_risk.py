"""A scan tells how much it left undecided, and how well rows hide among each other by what it found."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from masker.cli import group

PEOPLE = [
    ("Anna", "f", "Berlin"),
    ("Maria", "f", "Berlin"),
    ("Julia", "f", "Berlin"),
    ("Peter", "m", "Berlin"),
    ("Hans", "m", "Madrid"),
    ("Thomas", "m", "Madrid"),
]


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    lines = [f"{n},{n}.x@example.com,{sex},{town},q{n * 7}!" for n, (_, sex, town) in enumerate(PEOPLE * 10)]
    path.write_text("customer_id,email,gender,city,zz\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def told(*words: str) -> str:
    result = CliRunner().invoke(group, ["scan", *words])
    assert result.exit_code == 0
    return result.output


def test_the_k_of_the_quasi_identifiers_is_the_smallest_group(customers: Path) -> None:
    # men in Berlin are the fewest: one of six people, ten times
    assert "quasi-identifiers gender, city: k = 10, 0.0% of the rows alone" in told(str(customers), "--risk")
    (table,) = json.loads(told(str(customers), "--risk", "--format", "json"))["tables"]
    assert (table["quasi"], table["k"], table["unique"]) == (["gender", "city"], 10, 0.0)


def test_without_being_asked_the_source_is_read_once_and_no_k_is_told(customers: Path) -> None:
    assert "quasi-identifiers gender, city; --risk tells their k" in told(str(customers))
    (table,) = json.loads(told(str(customers), "--format", "json"))["tables"]
    assert not {"quasi", "k", "unique"} & set(table)


def test_the_share_of_undecided_columns_is_told(customers: Path) -> None:
    assert "4 personal, 0 clean, 1 unsure (20% of the columns)" in told(str(customers))


def test_a_source_without_people_has_no_quasi_identifiers(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text("sku,quantity\n" + "".join(f"A{n},{n % 7}\n" for n in range(40)), encoding="utf-8")
    assert "quasi-identifiers" not in told(str(path), "--risk")
