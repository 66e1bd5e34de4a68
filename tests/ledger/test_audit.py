"""The audit log: whatever is changed in it is found, by its check and before anything is appended to it."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from masker.envelope import canonical
from masker.errors import GateError, MaskerError, OutputError
from masker.ledger.audit import Event, Head, read_lines, to_line
from masker.ledger.sound import check
from tests.faults.figures import record
from tests.ledger.book import filled, log_of, opened
from tests.verify.made import SIGNER, STRANGER, TRUSTED


def append(ledger: Path) -> None:
    with opened(ledger.parent) as book:
        book.record("reveal")


def codes(ledger: Path) -> tuple[str, str]:
    """What a check and an opening to write say."""
    said = []
    for attempt in (lambda: check(ledger, TRUSTED), lambda: append(ledger)):
        try:
            attempt()
            said.append("")
        except MaskerError as error:
            said.append(error.code)
    return said[0], said[1]


def lines_of(ledger: Path) -> list[bytes]:
    return log_of(ledger).read_bytes().splitlines(keepends=True)


def test_a_sound_ledger_is_right(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    assert check(ledger, TRUSTED).head.seq == 4
    assert codes(ledger) == ("", "")


def is_read(log: bytes) -> bool:
    try:
        return bool(list(read_lines(log, Head(), TRUSTED)))
    except GateError:
        return False


@pytest.mark.promise("P15")
def test_every_flipped_byte_is_found(tmp_path: Path) -> None:
    """The chain and the signatures alone find it, whatever the anchor says."""
    log = b"".join(lines_of(filled(tmp_path))[:2])
    assert is_read(log)
    flipped = (log[:at] + bytes([log[at] ^ (1 << at % 8)]) + log[at + 1 :] for at in range(len(log)))
    assert not any(map(is_read, flipped))
    record("P15", "bytes of an audit log that were changed", len(log), "all found")


@pytest.mark.promise("P15")
def test_flipped_bytes_stop_whoever_writes(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    log = log_of(ledger)
    content = log.read_bytes()
    for position in range(0, len(content), 97):
        log.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
        assert codes(ledger) == ("audit", "audit"), position
    log.write_bytes(content)
    assert codes(ledger) == ("", "")


@pytest.mark.promise("P15")
@pytest.mark.parametrize(
    "edit",
    [
        lambda lines: lines[:1] + lines[2:],
        lambda lines: lines[1:],
        lambda lines: [lines[0], lines[2], lines[1], lines[3]],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [lines[0], *lines],
        lambda lines: lines[:-1],
        lambda lines: [],
        lambda lines: [*lines[:-1], lines[-1][:-1]],
        lambda lines: [*lines[:-1], lines[-1].replace(b"\n", b"\r\n")],
        lambda lines: [*lines, b"\n"],
        lambda lines: [*lines, b"{}\n"],
        lambda lines: [*lines, b"[" * 100_000 + b"\n"],
    ],
    ids="drop first swap twice twice-first cut-line cut-all cut-end crlf blank unknown deep".split(),
)
def test_dropped_moved_repeated_and_cut_lines_are_found(
    tmp_path: Path, edit: Callable[[list[bytes]], list[bytes]]
) -> None:
    ledger = filled(tmp_path)
    log_of(ledger).write_bytes(b"".join(edit(lines_of(ledger))))
    assert codes(ledger) == ("audit", "audit")


@pytest.mark.promise("P15")
def test_a_chain_that_a_stranger_computed_anew_is_found(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    head, forged = Head(), b""
    for event, _ in read_lines(log_of(ledger).read_bytes(), Head(), TRUSTED):
        line = to_line(event, head, STRANGER)
        head, forged = head.after(line, event), forged + line
    log_of(ledger).write_bytes(forged)
    assert codes(ledger) == ("audit", "audit")


def test_an_event_with_unknown_fields_is_refused_though_signed() -> None:
    event = Event(1, "2026-12-01T00:00:00Z", "run", "", "ops", {})
    line = json.loads(to_line(event, Head(), SIGNER))
    for edited in ({**line, "more": 1}, {name: line[name] for name in line if name != "operator"}):
        with pytest.raises(GateError):
            list(read_lines(canonical(edited) + b"\n", Head(), TRUSTED))


def test_an_edited_projection_is_found(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    with sqlite3.connect(ledger) as database:
        database.execute("UPDATE entries SET state = 'purged' WHERE copy_id = 'one'")
    database.close()
    with pytest.raises(GateError, match="audit"):
        check(ledger, TRUSTED)


@pytest.mark.promise("P15")
def test_a_dropped_row_and_a_moved_anchor_are_found(tmp_path: Path) -> None:
    for name, statement in {
        "row": "DELETE FROM entries WHERE copy_id = 'one'",
        "anchor": "UPDATE anchor SET seq = 3",
        "type": "UPDATE anchor SET size = 'x'",
        "none": "DELETE FROM anchor",
        "facts": "UPDATE entries SET facts = '{}'",
    }.items():
        ledger = filled(tmp_path / name)
        with sqlite3.connect(ledger) as database:
            database.execute(statement)
        database.close()
        with pytest.raises(GateError, match="audit"):
            check(ledger, TRUSTED)


def test_a_log_that_is_gone_is_found(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    log_of(ledger).unlink()
    assert codes(ledger) == ("audit", "audit")


def test_a_log_whose_ledger_is_gone_asks_for_a_rebuild(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    ledger.unlink()
    for attempt in (lambda: check(ledger, TRUSTED), lambda: opened(tmp_path)):
        with pytest.raises(OutputError, match="ledger") as failure:
            attempt()
        assert "rebuild" in failure.value.hint
    assert not ledger.exists()


def test_an_emptied_ledger_does_not_adopt_a_log(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    ledger.write_bytes(b"")
    assert codes(ledger) == ("ledger", "ledger")
