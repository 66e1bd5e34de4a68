"""What commands say is what happened: no figure over fewer columns than asked for, no purge of what was left."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from desk import TAGGED, Desk, csv_bytes, desk

from masker import clock

__all__ = ["desk"]


@pytest.mark.parametrize("asked", [("--quasi", "first_name,emial"), ("--quasi", "email", "--sensitive", "notse")])
def test_risk_over_a_column_that_is_not_there_is_refused(desk: Desk, asked: tuple[str, ...]) -> None:
    source = desk.good()
    desk.refuses(lambda: desk.run("risk", source, *asked), 2, "usage")


def test_columns_of_several_tables_may_be_asked_for_together(desk: Desk) -> None:
    source = desk.good()
    desk.put("cars.csv", b"plate,color\n1,red\n2,red\n")
    assert desk.run("risk", source.parent, "--quasi", "first_name,color").exit == 0


def test_a_purge_says_what_it_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    source = desk.good().parent
    desk.put("changed.csv", csv_bytes())
    assert desk.run("track", source, *TAGGED).exit == 0
    desk.put("changed.csv", csv_bytes(3))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=15))
    due = desk.run("purge", "--dry-run")
    assert "due, files: 1 changed, 1 due" in due.stdout
    left = desk.run("purge")
    assert (left.exit, left.code) == (1, "digest")
    assert "left, files: 1 changed, 1 deleted" in left.stdout
    desk.put("changed.csv", csv_bytes())
    gone = desk.run("purge")
    assert "purged, files: 2 deleted" in gone.stdout


@pytest.mark.parametrize("name", ["masker.yaml", "pyproject.toml"])
def test_settings_of_any_depth_are_refused(desk: Desk, name: str) -> None:
    text = "a: " + "[" * 100_000 if name == "masker.yaml" else "[tool.masker]\na = " + "[" * 100_000
    (desk.folder / name).write_text(text)
    desk.refuses(lambda: desk.run("copies"), 2, "usage")


def test_a_pipe_in_the_place_of_a_lock_is_not_waited_for(desk: Desk, tmp_path: Path) -> None:
    profile = tmp_path / "mine.yaml"
    profile.write_text("masker: 1\nname: mine\nowner: us\ntables: {customers: {columns: {customer_id: token}}}\n")
    agreement = tmp_path / "a.yaml"
    agreement.write_text(
        'masker-agreement: 1\ncustomer: acme\nreference: R\npolicy: {name: p, version: "1"}\n'
        "valid: {from: 2025-01-01}\npurposes: {test-patch: 14d}\nrecipients: {staff: {}}\n"
    )
    os.mkfifo(tmp_path / "mine.lock")
    told = desk.run("profile", "accept", profile, "--agreement", agreement)
    assert (told.exit, told.code) == (2, "profile")


@pytest.mark.promise("P1", "P4")
@pytest.mark.parametrize("value", ["4242-4242-4242-4242", "DE89 3704 0044 0532 0130 00", "+49 (30) 231 25 387"])
def test_a_header_of_written_numbers_is_neither_published_nor_told(desk: Desk, value: str) -> None:
    source = desk.put("headless.csv", f"Anna,{value},1980-02-03\nBert,{value[::-1]},1981-02-03\n".encode())
    told = desk.refuses(lambda: desk.mask(source), 1, "undecided-column")
    assert value not in told.stderr
    named = desk.put(f"card {value}.csv", b"id\n1\n")
    assert value not in desk.mask(named, "--encoding", "nothing").stderr
