"""Whether a ledger is sound: its audit log from the first line on, the anchor, the projection; writes nothing."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from masker.errors import GateError, OutputError, Place
from masker.ledger.audit import Head, read_lines
from masker.ledger.entry import Entry, Key, fold
from masker.ledger.store import Anchor, Store, ledger_errors

AUDIT_SUFFIX = ".audit.jsonl"
CLOCK_SLACK = timedelta(seconds=60)
"""Clocks of one network differ, and are set right by seconds."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a whole check found: the head (note it elsewhere, to anchor it there), and what the ledger knows."""

    head: Head
    entries: Mapping[Key, Entry]


def audit_path(ledger: Path) -> Path:
    """Where the audit log of the ledger at `ledger` lies."""
    return ledger.with_name(ledger.name + AUDIT_SUFFIX)


def check(path: Path, trusted: Mapping[str, bytes]) -> Standing:
    """Read the ledger at `path` whole: every line's place and signature, the anchor, the projection.

    A torn last line beyond the anchor does not count; where there is no ledger, there is nothing in it. Raises
    `GateError` (`audit`) where anything does not agree, `OutputError` (`ledger`) where it cannot be read.
    """
    require_not_lost(path)
    if not os.path.lexists(path):
        return Standing(Head(), {})
    with ledger_errors(path), Store(path, create=False) as store, store.transaction():
        anchor, projection = store.anchor(), store.entries()
        store.pending()
        content = log_bytes(audit_path(path))
    end = max(content.rfind(b"\n") + 1, anchor.head.size)
    require_known(path, anchor, content[anchor.head.size : end])
    head = Head()
    entries: dict[Key, Entry] = {}
    at_anchor, projected = head == anchor.head, dict(entries)
    for event, after in read_lines(content[:end], head, trusted):
        head = after
        fold(entries, [event])
        if head.seq == anchor.head.seq:
            at_anchor, projected = head == anchor.head, dict(entries)
    if not at_anchor:
        raise GateError("audit", "the audit log does not reach the ledger's anchor: lines at its end are missing")
    if anchor.prefix != hashlib.sha256(content[: anchor.head.size]).hexdigest() or projected != projection:
        raise GateError("audit", "the ledger does not say what its audit log says")
    return Standing(head, entries)


def set_back(head: Head, moment: datetime) -> bool:
    """Whether `moment` lies over a minute before the newest event."""
    return bool(head.newest) and datetime.fromisoformat(head.newest) - moment > CLOCK_SLACK


def require_not_lost(path: Path) -> None:
    """Raise `OutputError` (`ledger`) where an audit log is there without its ledger."""
    if log_bytes(audit_path(path)) and not os.path.lexists(path):
        raise _lost(path)


def require_known(path: Path, anchor: Anchor, tail: bytes) -> None:
    """Raise `OutputError` (`ledger`) where the ledger knows nothing of a log that has more than a crash can leave."""
    if anchor.head.seq == 0 and tail.count(b"\n") > 1:
        raise _lost(path)


def log_bytes(log: Path) -> bytes:
    """All of an audit log; nothing where there is none. `OutputError` (`ledger`) where it cannot be read."""
    with ledger_errors(log):
        if not os.path.lexists(log):
            return b""
        descriptor = os.open(log, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            return file.read()


def _lost(path: Path) -> OutputError:
    hint = "`masker ledger rebuild` makes it anew from its audit log"
    return OutputError("ledger", "the ledger is lost, its audit log is there", hint, Place(file=path.name))
