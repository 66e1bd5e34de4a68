"""`masker init` on a terminal asks for a name, an owner and what doubtful columns are; elsewhere it asks nothing."""

import io
import sys
from pathlib import Path

import pytest
from desk import Desk, desk

from masker.profile.load import load_profile

__all__ = ["desk"]

SOURCE = b"customer_id,email,zq\n" + b"".join(b"%d,p%d@firma.example,x%dk-q\n" % (n, n, n * 7919) for n in range(60))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def source(desk: Desk) -> Path:
    return desk.put("customers.csv", SOURCE)


def asked(desk: Desk, source: Path, monkeypatch: pytest.MonkeyPatch, *answers: str, more: tuple[str, ...] = ()) -> str:
    monkeypatch.setattr(sys, "stdin", Terminal("".join(f"{answer}\n" for answer in answers)))
    told = desk.run("init", source, "-o", "p.yaml", *more)
    assert told.exit == 0, told.stderr
    return told.stderr


def text(desk: Desk) -> str:
    return (desk.folder / "p.yaml").read_text()


def test_the_doubtful_column_is_doubtful(desk: Desk, source: Path) -> None:
    assert desk.run("init", source, "-o", "p.yaml").exit == 0
    assert "# review: unsure" in text(desk)


def test_name_and_owner_are_asked_for_and_written(desk: Desk, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(desk, source, monkeypatch, "crm", "crm-data-owner", "!")
    profile = load_profile(str(desk.folder / "p.yaml")).profile
    assert (profile.name, profile.owner) == ("crm", "crm-data-owner")
    assert "review: unsure" in text(desk)


@pytest.mark.parametrize(("answer", "method"), [("none", "keep"), ("username", "fake")])
def test_what_the_owner_says_decides_the_column(
    desk: Desk, source: Path, monkeypatch: pytest.MonkeyPatch, answer: str, method: str
) -> None:
    asked(desk, source, monkeypatch, "", "", answer)
    assert "review: unsure" not in text(desk)
    assert "said by its owner" in text(desk)
    assert load_profile(str(desk.folder / "p.yaml")).profile.tables["customers"].columns["zq"].method == method


def test_enter_leaves_a_column_for_review(desk: Desk, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(desk, source, monkeypatch, "", "", "")
    assert "review: unsure" in text(desk)


def test_a_misspelt_infotype_is_asked_again(desk: Desk, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = asked(desk, source, monkeypatch, "", "", "usrname", "username")
    assert "did you mean `username`?" in told


def test_no_value_is_shown_while_asking(desk: Desk, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = asked(desk, source, monkeypatch, "", "", "none")
    assert "firma" not in told
    assert "x7919k" not in told


def test_yes_asks_nothing_on_a_terminal(desk: Desk, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = asked(desk, source, monkeypatch, more=("--yes",))
    assert "it is" not in told
    assert "review: unsure" in text(desk)


def test_an_existing_file_is_refused_before_anything_is_asked(desk: Desk, source: Path) -> None:
    (desk.folder / "p.yaml").write_text("mine")
    desk.refuses(lambda: desk.run("init", source, "-o", "p.yaml"), 5, "exists")


def test_whoever_stops_while_asked_finds_nothing_written(
    desk: Desk, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    assert desk.run("init", source, "-o", "p.yaml").exit == 130
    assert not (desk.folder / "p.yaml").exists()
