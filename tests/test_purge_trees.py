"""Purging in random trees and under SIGKILL: what is due goes, and nothing else is ever lost."""

import json
import os
import random
import subprocess
import sys
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from masker.deletion import Purged, receipt_path
from masker.expired import purge_expired
from masker.exports import read_export
from masker.ledger.book import Ledger
from masker.ledger.entry import placed
from masker.ledger.sound import check
from tests.faults.figures import record
from tests.ledger.book import ENTRY, opened
from tests.trees import PAST, Tree, claim_only_due_is_gone, state_of
from tests.verify.made import SIGNER, TRUSTED, put_copy

LATER = datetime(2090, 1, 1, tzinfo=UTC)


def purged(folders: list[Path] | None, ledger: Ledger, *, dry_run: bool = False) -> list[Purged]:
    return purge_expired(folders, ledger, LATER, trusted=TRUSTED, signer=SIGNER, dry_run=dry_run)


def in_random_trees(folder: Path, seeds: range) -> int:
    """Grow, purge and look; gives how many files went."""
    gone = 0
    for seed in seeds:
        tree = Tree(folder / f"t{seed}" / "root", random.Random(seed))
        with opened(folder / f"ledger{seed // 20}") as ledger:
            tree.grow(ledger)
            before = state_of(tree.root)
            if seed % 5 == 0:
                purged([tree.root], ledger, dry_run=True)
                assert state_of(tree.root) == before
            purged([tree.root], ledger)
            after = state_of(tree.root)
            claim_only_due_is_gone(tree, before, after)
            if seed % 5 == 0:
                purged([tree.root], ledger)
                assert set(state_of(tree.root)) == set(after)
        gone += len(tree.due)
    return gone


@pytest.fixture
def no_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lasts through a power cut is not asked here, and takes most of the time."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.mark.usefixtures("no_sync")
def test_random_trees_lose_what_is_due_and_nothing_else(tmp_path: Path) -> None:
    assert in_random_trees(tmp_path, range(20)) > 20


@pytest.mark.promise("P14")
@pytest.mark.slow
@pytest.mark.usefixtures("no_sync")
def test_a_thousand_random_trees_lose_what_is_due_and_nothing_else(tmp_path: Path) -> None:
    assert in_random_trees(tmp_path, range(20, 1020)) > 1000
    record("P14", "random trees that were purged", 1000, "what was due is gone, nothing else")


def test_the_claim_notices_a_file_too_many(tmp_path: Path) -> None:
    with opened(tmp_path / "ledger") as ledger:
        tree = Tree(tmp_path / "root", random.Random(1))
        tree.grow(ledger)
        (tree.root / "outside" / "mine").write_bytes(b"mine")
        before = state_of(tree.root)
        purged([tree.root], ledger)
        (tree.root / "outside" / "mine").unlink()
        with pytest.raises(AssertionError):
            claim_only_due_is_gone(tree, before, state_of(tree.root))


def test_a_file_of_the_receipts_name_stays(tmp_path: Path) -> None:
    put_copy(tmp_path / "copy", {"a.csv": b"x"})
    taken = tmp_path / "copy.a1b2c3d4.purged.json"
    taken.write_text("mine")
    with opened(tmp_path / "ledger") as ledger:
        (done,) = purged([tmp_path], ledger)
    assert taken.read_text() == "mine"
    assert done.receipt is not None
    assert done.receipt.name == "copy.a1b2c3d4-2.purged.json"


def test_a_long_name_has_a_receipt_too(tmp_path: Path) -> None:
    name = "n" * 235 + ".csv"
    put_copy(tmp_path / name, {name: b"x"})
    with opened(tmp_path / "ledger") as ledger:
        (done,) = purged([tmp_path], ledger)
    assert done.complete
    assert done.receipt is not None
    assert done.receipt.exists()


KILLED = """
import sys
from pathlib import Path
from tests.test_purge_trees import opened, purged
folder = Path(sys.argv[1])
with opened(folder / "ledger") as ledger:
    print("go", flush=True)
    purged([folder / "data"], ledger)
"""


def fill(folder: Path, ledger: Ledger) -> dict[str, list[str]]:
    """Copies and exports with some files each, and a decoy beside every file; gives the files of every id."""
    listed = {}
    for number in range(8):
        place, copy_id = folder / "data" / f"copy{number}", f"c{number}"
        files = {f"sub{n % 3}/f{n}.csv": f"{number},{n}".encode() for n in range(12)}
        put_copy(place, files, copy_id=copy_id)
        made = replace(ENTRY, copy_id=copy_id, path=placed(place), expires=PAST, is_folder=True)
        ledger.record("run", copy_id, made.as_facts())
        export, export_id = folder / "data" / f"export{number}", f"e{number}"
        for name, content in files.items():
            (export / name).parent.mkdir(parents=True, exist_ok=True)
            (export / name).write_bytes(content)
            (place / f"{name}.mine").write_bytes(content)
        tracked = replace(
            ENTRY, copy_id=export_id, path=placed(export), kind="export", expires=PAST,
            salt="ab" * 32, is_folder=True, files=read_export(export, "ab" * 32),
        )  # fmt: skip
        ledger.record("track", export_id, tracked.as_facts())
        listed[copy_id] = listed[export_id] = list(files)
    return listed


@pytest.mark.promise("P5")
@pytest.mark.slow
def test_a_purge_that_was_killed_again_and_again_is_finished_by_the_next(tmp_path: Path) -> None:
    chance = random.Random(7)
    kills = 0
    for round_ in range(3):
        folder = tmp_path / str(round_)
        with opened(folder / "ledger") as ledger:
            listed = fill(folder, ledger)
        mine = {path: path.read_bytes() for path in (folder / "data").rglob("*.mine")}
        for _ in range(4):
            command = [sys.executable, "-c", KILLED, str(folder)]
            with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
                assert process.stdout is not None
                process.stdout.readline()
                try:
                    process.wait(chance.uniform(0, 0.1))
                except subprocess.TimeoutExpired:
                    process.kill()
                kills += process.wait() == -9
        with opened(folder / "ledger") as ledger:
            purged([folder / "data"], ledger)
            assert {entry.state for entry in ledger.entries().values()} == {"purged"}
        check(folder / "ledger" / "ledger.db", TRUSTED)
        assert {path: path.read_bytes() for path in (folder / "data").rglob("*.mine")} == mine
        assert not list((folder / "data").rglob("*.csv"))
        for copy_id, files in listed.items():
            place = folder / "data" / f"{'copy' if copy_id[0] == 'c' else 'export'}{copy_id[1:]}"
            receipt = json.loads(b64decode(json.loads(receipt_path(place, copy_id).read_bytes())["payload"]))
            assert receipt["complete"]
            assert [file["path"] for file in receipt["files"]] == sorted(files, key=files.index) or copy_id[0] == "e"
            assert {file["outcome"] for file in receipt["files"]} <= {"deleted", "already-absent"}
    assert kills >= 4
    record("P5", "purges killed at random moments", kills, "finished by the next, nothing else is gone")
