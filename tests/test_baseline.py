"""The hook on fixtures: a commit that adds personal data fails, one that adds none passes."""

from pathlib import Path

import pytest
from desk import Desk, desk

__all__ = ["desk"]

PEOPLE = "id,email\n" + "".join(f"{n},person{n}@firma.example\n" for n in range(40))
CLEAN = "code,active\n" + "".join(f"A{n % 3},{n % 2}\n" for n in range(40))


@pytest.fixture
def fixtures(desk: Desk) -> Path:
    (desk.folder / "people.csv").write_text(PEOPLE)
    (desk.folder / "clean.csv").write_text(CLEAN)
    return desk.folder


def hook(desk: Desk, *names: str) -> int:
    return desk.run("scan", "--baseline", "baseline.json", *names).exit


def accept(desk: Desk, *names: str) -> None:
    assert desk.run("scan", "--baseline", "baseline.json", "--update-baseline", *names).exit == 0


def test_personal_data_that_nobody_accepted_fails(desk: Desk, fixtures: Path) -> None:
    told = desk.run("scan", "--baseline", "baseline.json", "clean.csv", "people.csv")
    assert (told.exit, told.code) == (1, "drift")
    assert "column `email`" in told.stderr
    assert "firma" not in told.stderr


def test_clean_files_pass_without_a_baseline(desk: Desk, fixtures: Path) -> None:
    assert hook(desk, "clean.csv") == 0


def test_what_was_accepted_passes(desk: Desk, fixtures: Path) -> None:
    accept(desk, "people.csv", "clean.csv")
    assert hook(desk, "people.csv", "clean.csv") == 0


def test_the_baseline_holds_names_and_counts_and_no_value(desk: Desk, fixtures: Path) -> None:
    accept(desk, "people.csv", "clean.csv")
    text = (fixtures / "baseline.json").read_text()
    assert "people.csv" in text
    assert "clean.csv" not in text
    assert "person1" not in text
    assert "firma" not in text


@pytest.mark.parametrize(
    "changed",
    [
        PEOPLE + "41,late@firma.example\n",
        "id,email,phone\n" + "".join(f"{n},person{n}@firma.example,+49 30 2345{n:03}\n" for n in range(40)),
    ],
    ids=["a row", "a column"],
)
def test_more_than_was_accepted_fails(desk: Desk, fixtures: Path, changed: str) -> None:
    accept(desk, "people.csv")
    (fixtures / "people.csv").write_text(changed)
    assert hook(desk, "people.csv") == 1


def test_another_file_of_the_same_table_is_no_accepted_one(desk: Desk, fixtures: Path) -> None:
    accept(desk, "people.csv")
    (fixtures / "more").mkdir()
    (fixtures / "more" / "people.csv").write_text(PEOPLE)
    assert hook(desk, "more/people.csv") == 1


def test_updating_one_file_keeps_what_is_known_of_others(desk: Desk, fixtures: Path) -> None:
    (fixtures / "other.csv").write_text(PEOPLE)
    accept(desk, "people.csv")
    accept(desk, "other.csv")
    assert hook(desk, "people.csv", "other.csv") == 0
    (fixtures / "other.csv").write_text(CLEAN)
    accept(desk, "other.csv")
    assert "other.csv" not in (fixtures / "baseline.json").read_text()


def test_a_value_in_the_place_of_a_name_never_reaches_the_baseline(desk: Desk, fixtures: Path) -> None:
    (fixtures / "headless.csv").write_text(PEOPLE.partition("\n")[2])
    told = desk.run("scan", "--baseline", "baseline.json", "--update-baseline", "headless.csv")
    assert told.exit == 1
    assert not (fixtures / "baseline.json").exists()
    assert "firma" not in told.stderr


@pytest.mark.parametrize("text", ["[]", '{"masker-baseline": 2}', '{"masker-baseline": 1, "fils": {}}', "{"])
def test_a_broken_baseline_is_refused(desk: Desk, fixtures: Path, text: str) -> None:
    (fixtures / "baseline.json").write_text(text)
    desk.refuses(lambda: desk.run("scan", "--baseline", "baseline.json", "people.csv"), 2, "usage")


def test_updating_needs_a_baseline(desk: Desk, fixtures: Path) -> None:
    desk.refuses(lambda: desk.run("scan", "--update-baseline", "people.csv"), 2, "usage")
