"""The ledger: nothing is lost by a crash, a lock or a damaged file, and no copy is there unknown."""

import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from masker import clock
from masker.errors import GateError, MaskerError, OutputError
from masker.ledger import store
from masker.ledger.audit import Event, Head, to_line
from masker.ledger.book import Ledger
from masker.ledger.entry import Entry, entry_of, placed
from masker.ledger.rebuild import rebuild
from masker.ledger.sound import check
from masker.manifest import manifest_path, read_manifest
from tests.ledger.book import ENTRY, filled, log_of, opened
from tests.verify.made import SIGNER, STRANGER, TRUSTED, put_copy

FILES = {"a.csv": b"x\n"}


def entry_at(place: Path, copy_id: str = "a1b2c3d4") -> Entry:
    return replace(ENTRY, copy_id=copy_id, path=placed(place))


def made_at(place: Path, staged: Path) -> Entry:
    """The entry of the copy that lies at `staged` and is about to appear at `place`."""
    return entry_of(read_manifest(manifest_path(staged), TRUSTED), place, datetime(2026, 11, 24, tzinfo=UTC))


def test_files_and_folder_are_for_their_owner_alone(tmp_path: Path) -> None:
    ledger = filled(tmp_path / "new" / "masker")
    assert [path.stat().st_mode & 0o777 for path in (ledger.parent, ledger, log_of(ledger))] == [0o700, 0o600, 0o600]


def test_what_a_crash_left_beyond_the_anchor_is_adopted(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    head = check(ledger, TRUSTED).head
    made = Event(5, "2026-12-01T00:00:00Z", "run", "five", "ops", replace(ENTRY, path="/data/five").as_facts())
    with log_of(ledger).open("ab") as log:
        log.write(to_line(made, head, SIGNER))
    assert check(ledger, TRUSTED).head.seq == 5
    with opened(tmp_path) as again:
        again.record("reveal")
        assert ("five", "/data/five") in again.entries()
    assert check(ledger, TRUSTED).head.seq == 6


@pytest.mark.parametrize("torn", [b'{"at":"2026', b"\0" * 4096])
def test_a_torn_last_line_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    ledger = filled(tmp_path)
    before = log_of(ledger).read_bytes()
    log_of(ledger).write_bytes(before + torn)
    assert check(ledger, TRUSTED).head.seq == 4
    opened(tmp_path).__exit__()
    assert log_of(ledger).read_bytes() == before


def test_a_line_beyond_the_anchor_by_a_stranger_is_refused(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    head = check(ledger, TRUSTED).head
    with log_of(ledger).open("ab") as log:
        log.write(to_line(Event(5, "2026-12-01T00:00:00Z", "reveal", "", "ops", {}), head, STRANGER))
    with pytest.raises(GateError, match="audit"):
        opened(tmp_path)


def test_a_published_copy_is_in_the_ledger(tmp_path: Path) -> None:
    with opened(tmp_path / "l") as ledger:
        with ledger.publishing(entry_at(tmp_path / "out")):
            put_copy(tmp_path / "out", FILES)
        (entry,) = ledger.entries().values()
    assert (entry.copy_id, entry.path, entry.state) == ("a1b2c3d4", str(tmp_path / "out"), "present")


def test_a_copy_that_failed_to_appear_is_not(tmp_path: Path) -> None:
    with opened(tmp_path / "l") as ledger:
        with pytest.raises(OutputError), ledger.publishing(entry_at(tmp_path / "out")):
            raise OutputError("exists", "DEST was filled while the run wrote")
        assert ledger.entries() == {}
    assert check(tmp_path / "l" / "ledger.db", TRUSTED).head.seq == 0


KILLED = """
import os, sys
from pathlib import Path
from tests.ledger.test_ledger import FILES, made_at, opened, put_copy
folder, published = Path(sys.argv[1]), sys.argv[2] == "after"
put_copy(folder / "staged", FILES)
ledger = opened(folder / "l")
with ledger.publishing(made_at(folder / "out", folder / "staged")):
    if published:
        (folder / "staged").rename(folder / "out")
    os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_that_was_killed_is_recovered_where_its_copy_appeared(tmp_path: Path, when: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), when], check=False)
    assert done.returncode == -9
    with opened(tmp_path / "l") as ledger:
        assert len(ledger.entries()) == (when == "after")
    with opened(tmp_path / "l") as ledger:
        assert len(ledger.entries()) == (when == "after")
    assert (b'"recovered":true' in log_of(tmp_path / "l" / "ledger.db").read_bytes()) == (when == "after")


def test_a_run_into_a_ledger_that_cannot_be_written_publishes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "l") as ledger:
        log_of(tmp_path / "l" / "ledger.db").write_bytes(b"edited\n")
        with pytest.raises(GateError, match="audit"), ledger.publishing(entry_at(tmp_path / "out")):
            put_copy(tmp_path / "out", FILES)
    assert not (tmp_path / "out").exists()


def test_a_place_holds_one_copy(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        for copy_id in ("old", "new"):
            ledger.record("run", copy_id, ENTRY.as_facts())
        assert [(e.copy_id, e.state) for e in ledger.entries().values()] == [("old", "replaced"), ("new", "present")]


def test_one_id_at_two_places_is_two_copies(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        for path in ("/data/a", "/data/b"):
            ledger.record("run", "same", replace(ENTRY, path=path).as_facts())
        ledger.record("purge", "same", {"path": "/data/a", "complete": True})
        assert [(e.path, e.state) for e in ledger.entries().values()] == [("/data/a", "purged"), ("/data/b", "present")]


def test_paths_that_are_no_utf_8_are_kept(tmp_path: Path) -> None:
    odd = "/data/\udcff\n'\"; DROP TABLE entries"
    with opened(tmp_path) as ledger:
        ledger.record("run", "odd", replace(ENTRY, path=odd).as_facts())
        assert [entry.path for entry in ledger.entries().values()] == [odd]


def test_a_locked_ledger_is_waited_for_and_then_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.05)
    ledger = filled(tmp_path)
    holder = sqlite3.connect(ledger, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(OutputError, match="in use") as failure:
            opened(tmp_path)
    finally:
        holder.close()
    assert failure.value.code == "ledger"
    assert check(ledger, TRUSTED).head.seq == 4


@pytest.mark.parametrize("damage", ["header", "all", "text"])
def test_a_damaged_ledger_is_refused_and_kept(tmp_path: Path, damage: str) -> None:
    ledger = filled(tmp_path)
    content = ledger.read_bytes()
    damaged = {"header": b"x" * 16 + content[16:], "all": b"\xff" * len(content), "text": b"no database"}[damage]
    ledger.write_bytes(damaged)
    for attempt in (lambda: check(ledger, TRUSTED), lambda: opened(tmp_path)):
        with pytest.raises(OutputError) as failure:
            attempt()
        assert failure.value.code == "ledger"
    assert ledger.read_bytes() == damaged


def test_other_things_at_its_path_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder" / "ledger.db").mkdir(parents=True)
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "ledger.db").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").write_text("")
    (tmp_path / "other").mkdir()
    with sqlite3.connect(tmp_path / "other" / "ledger.db") as other:
        other.execute("CREATE TABLE mine (a)")
    other.close()
    for name in ("folder", "link", "file", "other"):
        with pytest.raises(OutputError) as failure:
            opened(tmp_path / name)
        assert failure.value.code == "ledger", name
    assert not (tmp_path / "elsewhere").exists()


def test_a_full_disk_leaves_the_ledger_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno
    import os

    ledger = filled(tmp_path)
    before = log_of(ledger).read_bytes()
    written = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) > 10:
            return written(descriptor, data[:10])
        raise OSError(errno.ENOSPC, "")

    with opened(tmp_path) as book:
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(OutputError, match="ledger"):
            book.record("reveal")
        monkeypatch.undo()
        assert log_of(ledger).read_bytes() == before
        book.record("reveal")
    assert check(ledger, TRUSTED).head.seq == 5


WRITER = """
import sys
from pathlib import Path
from tests.ledger.book import opened
for number in range(15):
    with opened(Path(sys.argv[1])) as ledger:
        ledger.record("reveal", facts={"number": number})
"""


@pytest.mark.slow
def test_writers_at_one_time_lose_no_event(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)]) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert check(tmp_path / "ledger.db", TRUSTED).head.seq == 45


def test_a_rebuild_brings_a_damaged_ledger_back_and_keeps_it(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    before = check(ledger, TRUSTED).entries
    ledger.write_bytes(b"damaged")
    assert rebuild(ledger, SIGNER, TRUSTED, datetime(2026, 12, 1, tzinfo=UTC)) == 4
    after = check(ledger, TRUSTED)
    assert (after.entries, after.head.seq) == (before, 5)
    assert (tmp_path / "ledger.db.damaged-20261201000000").read_bytes() == b"damaged"


def test_a_rebuild_from_an_edited_log_changes_nothing(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    log_of(ledger).write_bytes(log_of(ledger).read_bytes().replace(b"staff", b"other"))
    before = ledger.read_bytes()
    with pytest.raises(GateError, match="audit"):
        rebuild(ledger, SIGNER, TRUSTED, datetime(2026, 12, 1, tzinfo=UTC))
    assert ledger.read_bytes() == before


def test_a_clock_that_was_set_back_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.check_clock(datetime(2000, 1, 1, tzinfo=UTC))  # nothing is known yet
        ledger.record("reveal")
        ledger.check_clock(clock.now() - timedelta(seconds=50))
        with pytest.raises(GateError, match="clock"):
            ledger.check_clock(clock.now() - timedelta(seconds=70))


def test_no_event_names_a_head_that_a_later_one_does_not_hold(tmp_path: Path) -> None:
    """What is printed for anchoring elsewhere stays in the log."""
    ledger = filled(tmp_path)
    head = check(ledger, TRUSTED).head
    with opened(tmp_path) as book:
        book.record("reveal")
    assert f'"prev":"{head.hash}"'.encode() in log_of(ledger).read_bytes()
    assert head != Head()


def test_an_error_of_the_ledger_names_no_folder(tmp_path: Path) -> None:
    (tmp_path / "canaryq7xw" / "ledger.db").mkdir(parents=True)
    with pytest.raises(MaskerError) as failure:
        Ledger(tmp_path / "canaryq7xw" / "ledger.db", SIGNER, TRUSTED)
    assert "canaryq7xw" not in str(failure.value)
