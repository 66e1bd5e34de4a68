"""The ledger's SQLite file is not signed: what somebody writes into it makes no event, and hides no cut."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from masker.envelope import canonical
from masker.errors import GateError
from masker.ledger.book import Ledger
from masker.ledger.entry import Entry, entry_of
from masker.ledger.rebuild import rebuild
from masker.ledger.sound import check
from masker.manifest import manifest_path, read_manifest
from tests.ledger.book import filled, log_of, opened
from tests.verify.made import SIGNER, TRUSTED, put_copy

LATER = datetime(2026, 12, 1, tzinfo=UTC)


def noted(folder: Path, entry: Entry, since: str) -> None:
    with sqlite3.connect(folder / "ledger.db") as ledger:
        facts = canonical(entry.as_facts()).decode()
        ledger.execute("INSERT INTO pending VALUES (?, ?, ?, ?)", (entry.copy_id, entry.path.encode(), since, facts))
    ledger.close()


def copy_at(place: Path) -> Entry:
    put_copy(place, {"a.csv": b"x\n"})
    return entry_of(read_manifest(manifest_path(place), TRUSTED), place, LATER)


def test_a_note_of_a_copy_that_is_there_is_adopted(tmp_path: Path) -> None:
    entry = copy_at(tmp_path / "copy")
    filled(tmp_path)
    noted(tmp_path, entry, "2026-12-01T00:00:00Z")
    with opened(tmp_path) as ledger:
        assert ledger.entries()[entry.key] == entry


@pytest.mark.parametrize(
    "forged", [{"expires": "2099-01-01T00:00:00Z"}, {"longest_days": 9999}, {"purpose": "else"}, {"is_folder": False}]
)
def test_a_note_that_says_else_than_the_manifest_is_not_signed(tmp_path: Path, forged: dict[str, object]) -> None:
    entry = copy_at(tmp_path / "copy")
    filled(tmp_path)
    noted(tmp_path, replace(entry, **forged), "2026-12-01T00:00:00Z")  # type: ignore[arg-type]
    with opened(tmp_path) as ledger:
        assert entry.key not in ledger.entries()


@pytest.mark.parametrize("since", ["never", "", "2026-12-01"])
def test_a_note_of_no_time_is_an_edit(tmp_path: Path, since: str) -> None:
    filled(tmp_path)
    noted(tmp_path, copy_at(tmp_path / "copy"), since)
    for attempt in (lambda: check(tmp_path / "ledger.db", TRUSTED), lambda: opened(tmp_path)):
        with pytest.raises(GateError, match="audit"):
            attempt()


def test_a_note_makes_no_export(tmp_path: Path) -> None:
    """What an export lists is deleted once it is expired."""
    filled(tmp_path)
    noted(tmp_path, replace(copy_at(tmp_path / "copy"), kind="export"), "2026-12-01T00:00:00Z")
    with pytest.raises(GateError, match="audit"):
        Ledger(tmp_path / "ledger.db", SIGNER, TRUSTED)


@pytest.mark.promise("P15")
@pytest.mark.parametrize("left", [0, 1, 3])
def test_a_rebuild_does_not_make_a_cut_log_whole(tmp_path: Path, left: int) -> None:
    path = filled(tmp_path)
    lines = log_of(path).read_bytes().splitlines(keepends=True)
    log_of(path).write_bytes(b"".join(lines[:left]))
    before = path.read_bytes()
    with pytest.raises(GateError, match="audit"):
        rebuild(path, SIGNER, TRUSTED, LATER)
    assert path.read_bytes() == before
    with pytest.raises(GateError, match="audit"):
        check(path, TRUSTED)
    path.rename(tmp_path / "away")
    assert rebuild(path, SIGNER, TRUSTED, LATER) == left


def test_a_sound_ledger_may_be_rebuilt(tmp_path: Path) -> None:
    path = filled(tmp_path)
    assert rebuild(path, SIGNER, TRUSTED, LATER) == 4
    assert check(path, TRUSTED).head.seq == 5
