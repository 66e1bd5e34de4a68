"""What masker says on a terminal: pace and time left, a summary in 80 columns, no colour where none is wanted."""

import io
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from desk import Desk, desk

from masker.cli._pace import Pace
from masker.cli._progress import progress

__all__ = ["desk"]


def pace(*times: float) -> Pace:
    moments = iter(times)
    return Pace(lambda: next(moments))


def test_pace_and_table_are_told_from_the_first_step_on() -> None:
    told = pace(0, 2)
    told.see("scan", "customers", 0)
    assert told.see("scan", "customers", 50_000) == "scan customers: 50,000 rows, 25,000/s"


def test_time_left_is_that_of_the_step_over_all_tables() -> None:
    told = pace(0, 1, 2, 10, 20, 30)
    for table, rows in (("a", 1000), ("a", 3000), ("b", 1000)):
        told.see("scan", table, rows)
    told.see("mask", "a", 0)
    assert told.see("mask", "a", 1000) == "mask a: 1,000 rows, 100/s, 0:30 left"
    assert told.see("mask", "b", 1000).endswith("1,000 rows, 100/s, 0:20 left")


def test_nothing_is_said_of_time_left_before_all_rows_are_known_and_at_the_end() -> None:
    told = pace(0, 1, 2, 3)
    assert "left" not in told.see("scan", "a", 10)
    told.see("mask", "a", 5)
    assert "left" not in told.see("mask", "a", 10)
    assert "left" not in told.see("mask", "a", 20)


def test_a_name_that_may_be_personal_is_withheld_and_a_long_one_cut() -> None:
    told = pace(0, 1)
    assert "(name withheld)" in told.see("mask", "anna@firma.example", 1)
    assert len(told.see("mask", "t" * 80, 999_999_999)) <= 72


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_color", "coloured"), [("1", False), ("", True)])
def test_a_terminal_sees_the_pace_and_colours_only_where_it_wants_them(
    monkeypatch: pytest.MonkeyPatch, no_color: str, coloured: bool
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    with progress(quiet=False) as tell:
        assert tell is not None
        tell("mask", "[red]customers", 5)
    assert bool(re.search(r"\x1b\[(?:[0-9;]*;)?3\dm", terminal.getvalue())) is coloured
    assert "mask (name withheld): 5 rows" in terminal.getvalue()


def test_a_run_reports_every_step_and_the_comparison_too(desk: Desk) -> None:
    from masker.address import place_of
    from masker.request import Request
    from masker.run import mask

    seen: list[tuple[str, str, int]] = []
    source = place_of(str(desk.good()))
    mask(Request(source, place_of(str(desk.out)), "test-patch", "14d"), lambda *told: seen.append(told))
    assert [step for step, _, rows in seen if rows == 40] == ["scan", "mask", "verify"]
    assert {table for _, table, _ in seen} == {"customers"}


def test_the_summary_fits_80_columns(desk: Desk) -> None:
    source = desk.put(f"{'long-name-of-a-table ' * 3}x.csv", desk.good().read_bytes())
    (desk.folder / "in" / "customers.csv").unlink()
    told = desk.mask(source.parent, "--reference", "CHG-1 " * 20, "--subset", "50%")
    assert told.exit == 0, told.stderr
    assert max(map(len, told.stderr.splitlines())) <= 80
    assert all(line.startswith("masker: ") for line in told.stderr.splitlines())
    assert "for staff, expires" in re.sub(r"\s*\nmasker:\s*", " ", told.stderr)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_asks_masker(desk: Desk, shell: str) -> None:
    script = desk.run("completion", shell).stdout
    assert f"_MASKER_COMPLETE={shell}_complete" in script
    assert "masker" in script


def completed(words: str, number: int) -> str:
    own = {"COMP_WORDS": words, "COMP_CWORD": str(number), "_MASKER_COMPLETE": "bash_complete", "PATH": "/usr/bin"}
    done = subprocess.run([sys.executable, "-m", "masker"], env=own, capture_output=True, text=True, check=True)
    return done.stdout


def test_bash_takes_the_script(desk: Desk) -> None:
    script = desk.run("completion", "bash").stdout
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


@pytest.mark.parametrize(
    ("words", "number", "offered"),
    [
        ("masker pur", 1, "plain,purge"),
        ("masker mask a --purp", 3, "plain,--purpose"),
        ("masker mask a --purpose test-pa", 4, "plain,test-patch"),
        ("masker mask a --engine in", 4, "plain,inline"),
        ("masker mask a --profile gdpr", 4, "plain,gdpr-strict"),
        ("masker mask a --profile ./p", 4, "file,./p"),
        ("masker check a --format ju", 4, "plain,junit"),
    ],
)
def test_commands_options_and_their_words_are_completed(words: str, number: int, offered: str) -> None:
    assert offered in completed(words, number).splitlines()


def test_a_line_every_ten_seconds_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moments: Callable[[], float] = iter([0.0, 0.0, 1.0, 10.0, 10.5, 11.0, 11.0, 20.0, 20.0]).__next__
    monkeypatch.setattr("masker.cli._progress.time.monotonic", moments)
    with progress(quiet=False) as tell:
        assert tell is not None
        for rows in (10, 20, 30):
            tell("scan", "a", rows)
    assert capsys.readouterr().err.count("masker: scan a: ") == 1
