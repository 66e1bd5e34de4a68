"""track, copies, extend, purge and ledger at the command line, over real runs."""

import json
import os
from collections.abc import Callable

import pytest
from desk import Desk, csv_bytes, desk

__all__ = ["desk"]

KEYS = "path copy_id kind purpose recipient reference operator created expires days_left state in_ledger agreed".split()


def listed(desk: Desk, *more: object) -> list[dict[str, object]]:
    done = desk.run("copies", *more, "--format", "json")
    assert done.exit == 0, done.stderr
    return json.loads(done.stdout)["copies"]  # type: ignore[no-any-return]


def test_the_keys_of_copies_are_stable(desk: Desk) -> None:
    desk.mask(desk.good(), "--reference", "CHG-7")
    (row,) = listed(desk)
    assert list(row) == KEYS
    assert (row["state"], row["kind"], row["in_ledger"], row["reference"]) == ("valid", "copy", True, "CHG-7")
    assert isinstance(row["days_left"], float)


def test_a_run_and_a_tracking_are_listed_from_anywhere(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    source = desk.good()
    assert desk.mask(source).exit == 0
    assert desk.run("track", source, "--purpose", "test-patch", "--expires", "2d").exit == 0
    elsewhere = desk.folder / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert {(row["path"], row["kind"]) for row in listed(desk)} == {(str(desk.out), "copy"), (str(source), "export")}
    assert listed(desk, elsewhere) == []
    assert [row["kind"] for row in listed(desk, source.parent)] == ["export"]


def test_what_is_gone_is_missing_and_no_failure(desk: Desk) -> None:
    desk.mask(desk.good())
    desk.out.unlink()
    desk.out.with_name("out.masker.json").unlink()
    assert [row["state"] for row in listed(desk, "--fail-expired")] == ["missing"]


def test_a_moved_copy_is_listed_once_where_it_is(desk: Desk) -> None:
    source = desk.put("data/customers.csv", csv_bytes()).parent
    desk.mask(source)
    desk.out.rename(desk.folder / "moved")
    (row,) = listed(desk)
    assert (row["path"], row["state"], row["in_ledger"]) == ("moved", "valid", True)


def test_the_ledger_is_right_and_says_its_head(desk: Desk) -> None:
    desk.mask(desk.good())
    done = desk.run("ledger", "verify", "--format", "json")
    assert done.exit == 0
    told = json.loads(done.stdout)
    assert (told["events"], told["present"], len(told["head"])) == (1, 1, 64)


def test_an_edited_log_fails_every_command_that_relies_on_it(desk: Desk) -> None:
    source = desk.good()
    desk.mask(source)
    log = desk.folder / "config" / "ledger.db.audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b"test-patch", b"test-fixes"))
    tag = ("--purpose", "test-patch", "--expires", "2d")
    for attempt in (
        lambda: desk.run("ledger", "verify"),
        lambda: desk.run("copies"),
        lambda: desk.run("purge"),
        lambda: desk.run("track", source, *tag),
        lambda: desk.run("extend", desk.out, "--expires", "20d", "--reason", "more"),
        lambda: desk.mask(source, dest=desk.folder / "second"),
    ):
        desk.refuses(attempt, 1, "audit")


def test_a_lost_ledger_is_told_of_and_rebuilt(desk: Desk) -> None:
    desk.mask(desk.good())
    (desk.folder / "config" / "ledger.db").unlink()
    desk.refuses(lambda: desk.run("ledger", "verify"), 5, "ledger")
    assert desk.run("ledger", "rebuild").exit == 0
    assert [row["state"] for row in listed(desk)] == ["valid"]


def test_a_run_whose_ledger_cannot_be_made_publishes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    source = desk.good()
    monkeypatch.setenv("MASKER_LEDGER", str(source / "ledger.db"))
    desk.refuses(lambda: desk.mask(source), 2, "usage")
    (desk.folder / "config" / "l").mkdir(parents=True)
    monkeypatch.setenv("MASKER_LEDGER", str(desk.folder / "config" / "l"))
    desk.refuses(lambda: desk.mask(source), 5, "ledger")


def test_a_ledger_inside_source_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    source = desk.good().parent
    monkeypatch.setenv("MASKER_LEDGER", str(source / "l" / "ledger.db"))
    desk.refuses(lambda: desk.mask(source), 2, "usage")
    desk.refuses(lambda: desk.run("track", source, "--purpose", "test-patch", "--expires", "2d"), 2, "usage")


def test_source_date_epoch_moves_neither_limit_nor_ledger(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    source = desk.good()
    for number, epoch in enumerate(("0", "4102444800")):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        assert desk.mask(source, dest=desk.folder / f"out{number}").exit == 0
    assert {str(row["created"])[:2] for row in listed(desk)} == {"20"}
    assert all(not str(row["created"]).startswith(("1970", "2100")) for row in listed(desk))
    assert desk.run("extend", desk.folder / "out1", "--expires", "20d", "--reason", "more").exit == 0


def test_a_clock_set_back_stops_runs_and_purges_but_not_the_list(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from masker import clock

    source = desk.good()
    desk.mask(source)
    back = clock.now() - timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: back)
    tag = ("--purpose", "test-patch", "--expires", "2d")
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / "second"), 1, "clock")
    desk.refuses(lambda: desk.run("track", source, *tag), 1, "clock")
    desk.refuses(lambda: desk.run("purge"), 1, "clock")
    desk.refuses(lambda: desk.run("extend", desk.out, "--expires", "20d", "--reason", "more"), 1, "clock")
    done = desk.run("copies")
    assert (done.exit, "clock" in done.stderr) == (0, True)


def test_a_user_without_a_name_is_served(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in containers that run under a bare number."""
    import pwd

    def unknown(number: int) -> None:
        raise KeyError(number)

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    desk.mask(desk.good())
    assert json.loads(desk.run("copies", "--format", "json").stdout)["copies"][0]["operator"] == ""
    timer = desk.run("ci", "systemd")
    assert (timer.exit, f"User={os.getuid()}\n" in timer.stdout) == (0, True)


def test_purge_says_what_it_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from masker import clock

    source = desk.good()
    desk.run("track", source, "--purpose", "test-patch", "--expires", "2d")
    source.write_bytes(b"work of somebody")
    later = clock.now() + timedelta(days=15)
    monkeypatch.setattr(clock, "now", lambda: later)
    done = desk.run("purge")
    assert (done.exit, done.code) == (1, "digest")
    assert "left, files: 1 changed" in done.stdout
    assert source.read_bytes() == b"work of somebody"


@pytest.mark.promise("P14")
@pytest.mark.parametrize("what", ["edited", "cut off", "gone"])
@pytest.mark.parametrize("folder", [False, True])
def test_purge_says_that_an_expired_copy_has_no_valid_manifest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, what: str, folder: bool
) -> None:
    from datetime import timedelta

    from masker import clock

    source = desk.good()
    desk.mask(source.parent if folder else source)
    sidecar = desk.out / "masker.json" if folder else desk.out.with_name("out.masker.json")
    if what == "gone":
        sidecar.unlink()
    else:
        signed = sidecar.read_bytes()
        sidecar.write_bytes(signed[:300] if what == "cut off" else signed.replace(b"A", b"B", 1))
    before = desk.tree()
    later = clock.now() + timedelta(days=15)
    monkeypatch.setattr(clock, "now", lambda: later)
    for more in ((), ("--dry-run",), (desk.folder,)):
        done = desk.run("purge", *more)
        assert (done.exit, done.code) == (1, "digest"), done.stderr
        assert "left, no valid manifest lists its files" in done.stdout
    assert desk.tree() == before
    assert desk.run("ledger", "verify").exit == 0


def test_purge_takes_expired_exports_and_copies_wherever_they_lie(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from masker import clock

    source = desk.good()
    desk.mask(source)
    desk.run("track", source, "--purpose", "test-patch", "--expires", "2d")
    later = clock.now() + timedelta(days=15)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert desk.run("copies", "--fail-expired").exit == 1
    elsewhere = desk.folder / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert desk.run("purge", elsewhere).stdout == "nothing has expired\n"
    done = desk.run("purge", "--format", "json")
    assert done.exit == 0, done.stderr
    assert [(row["kind"], row["complete"]) for row in json.loads(done.stdout)["purged"]] == [
        ("copy", True),
        ("export", True),
    ]
    assert not source.exists()
    assert not desk.out.exists()
    assert listed(desk) == []
    assert desk.run("ledger", "verify").exit == 0


def test_dest_that_was_filled_meanwhile_stays_and_the_ledger_does_not_know_it(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from masker.publish import Staging

    publish = Staging.publish

    def filled(staging: Staging, manifest: bytes, visible: Callable[[], None] | None = None) -> None:
        desk.out.write_text("somebody's")
        publish(staging, manifest, visible)

    monkeypatch.setattr(Staging, "publish", filled)
    assert (done := desk.mask(desk.good())).exit == 5, done.stderr
    assert desk.out.read_text() == "somebody's"
    assert listed(desk) == []
