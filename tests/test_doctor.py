"""`masker doctor`: tells what is there, says what to do where something is not, changes nothing, shows no key."""

import base64
import json
import os

import pytest
from desk import Desk, desk

__all__ = ["desk"]

KEY = base64.b64encode(os.urandom(32)).decode()


def looked(desk: Desk, *more: str, exit_code: int = 0) -> dict[str, dict[str, str]]:
    told = desk.run("doctor", "--format", "json", *more)
    assert told.exit == exit_code, told.stdout
    return {each["what"]: each for each in json.loads(told.stdout)["looked"]}


def test_nothing_is_made(desk: Desk) -> None:
    before = desk.tree()
    assert desk.run("doctor").exit == 0
    assert desk.tree() == before
    assert not (desk.folder / "config").exists()


def test_a_fresh_machine_is_told_what_comes_next(desk: Desk) -> None:
    found = looked(desk)
    assert (found["masking key"]["state"], found["signing key"]["state"]) == ("note", "note")
    assert "masker key new" in found["masking key"]["hint"]
    assert found["ledger"]["told"].startswith("none yet")
    assert {"masker", "libraries", "pg_restore", "clock", "disk here", "output"} <= set(found)


def test_after_a_run_ledger_and_signer_are_whole(desk: Desk) -> None:
    assert desk.mask(desk.good()).exit == 0
    found = looked(desk)
    assert found["signing key"]["told"].startswith("signer ")
    assert "whole and signed" in found["ledger"]["told"]


def test_a_good_key_is_usable_and_not_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKER_KEY", KEY)
    told = desk.run("doctor")
    assert "usable, from MASKER_KEY" in told.stdout
    assert KEY[:8] not in told.stdout + told.stderr


@pytest.mark.parametrize(("name", "value"), [("MASKER_KEY", ""), ("MASKER_KEY", "short"), ("MASKER_KEY_FILE", "gone")])
def test_a_broken_key_is_wrong(desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    found = looked(desk, exit_code=1)
    assert found["masking key"]["state"] == "wrong"
    assert found["masking key"]["hint"]


def test_an_edited_log_is_wrong(desk: Desk) -> None:
    assert desk.mask(desk.good()).exit == 0
    log = next((desk.folder / "config").glob("*.audit.jsonl"))
    log.write_bytes(log.read_bytes().replace(b"test-patch", b"test-pitch"))
    assert looked(desk, exit_code=1)["ledger"]["state"] == "wrong"


def test_a_clock_before_the_newest_event_is_wrong(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from masker import clock

    assert desk.mask(desk.good()).exit == 0
    earlier = clock.now() - timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: earlier)
    assert "set the clock right" in looked(desk, exit_code=1)["clock"]["hint"]


def test_a_missing_program_is_a_note_with_its_remedy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    found = looked(desk)["pg_restore"]
    assert (found["state"], found["hint"]) == ("note", "install PostgreSQL's client programs")


@pytest.mark.parametrize(("free", "state"), [(10 << 30, "ok"), (500 << 20, "note"), (10 << 20, "wrong")])
def test_little_room_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    class Usage:
        def __init__(self) -> None:
            self.free = free

    monkeypatch.setattr("masker.doctor.shutil.disk_usage", lambda _: Usage())
    assert looked(desk, exit_code=state == "wrong")["disk here"]["state"] == state


def test_a_server_that_is_down_is_wrong_and_its_password_not_shown(desk: Desk) -> None:
    told = desk.run("doctor", "postgresql://me:hunter2pass@127.0.0.1:1/crm")
    assert told.exit == 1
    assert "127.0.0.1:1" in told.stdout
    assert "hunter2pass" not in told.stdout + told.stderr


def test_only_databases_can_be_reached(desk: Desk) -> None:
    desk.refuses(lambda: desk.run("doctor", "in"), 2, "usage")


def test_lines_fit_80_columns(desk: Desk) -> None:
    assert max(map(len, desk.run("doctor").stdout.splitlines())) <= 80
