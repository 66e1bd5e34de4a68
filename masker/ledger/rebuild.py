"""Makes a lost or damaged ledger anew from its audit log."""

import contextlib
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from masker.crypto.signing import Signer
from masker.errors import GateError, MaskerError, OutputError, Place
from masker.ledger.audit import Head, read_lines
from masker.ledger.book import Ledger
from masker.ledger.entry import fold
from masker.ledger.sound import audit_path, log_bytes
from masker.ledger.store import Anchor, Store, ledger_errors


def rebuild(path: Path, signer: Signer, trusted: Mapping[str, bytes], moment: datetime, *, operator: str = "") -> int:
    """Make the SQLite file anew; gives the number of events. What was there is kept as `NAME.damaged-<time>`.

    Raises `GateError` (`audit`) where the log is not sound to its last byte, or where the old file can still be read
    and knows another log: a rebuild must not make a cut log whole. That lines at its end are missing cannot be seen
    without the old file: compare the head with one that was noted elsewhere.
    """
    content = log_bytes(audit_path(path))
    _require_anchored(path, content)
    read = list(read_lines(content, Head(), {**trusted, signer.id: signer.public}))
    entries = fold({}, [event for event, _ in read])
    head = read[-1][1] if read else Head()
    with ledger_errors(path):
        _put_away(path, moment)
        with Store(path, create=True) as store, store.transaction():
            store.set_entries(entries)
            store.set_anchor(Anchor.at(head, content))
    with Ledger(path, signer, trusted, operator=operator) as ledger:
        ledger.record("rebuild", facts={"events": len(read)})
    return len(read)


def _require_anchored(path: Path, log: bytes) -> None:
    try:
        with ledger_errors(path), Store(path, create=False) as store:
            anchor = store.anchor()
    except MaskerError:
        return  # not there, or damaged: that is what a rebuild is for
    if anchor != Anchor.at(anchor.head, log) or len(log) < anchor.head.size:
        message = "the ledger is sound, and knows another audit log than the one that is there"
        hint = "bring the log back from a backup; to go on without what is missing, move the ledger's file away first"
        raise GateError("audit", message, hint, Place(file=path.name))


def _put_away(path: Path, moment: datetime) -> None:
    kept = path.with_name(f"{path.name}.damaged-{moment:%Y%m%d%H%M%S}")
    if os.path.lexists(kept):
        raise OutputError("ledger", "a damaged ledger was kept a moment ago", "try again in a second")
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(kept.with_name(kept.name + suffix))
