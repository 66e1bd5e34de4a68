"""The ledger as commands use it: the audit log is the truth, its SQLite file the lock, the anchor and a projection.

An event is appended to the log and synced inside a transaction that then moves projection and anchor. A process that
dies in between leaves a signed line beyond the anchor, which the next one adopts, or a torn one, which it cuts off.
Everything else that does not agree is an edit, and refused.
"""

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from masker.address import Address
from masker.clock import now, rfc3339
from masker.crypto.signing import Signer
from masker.errors import GateError, MaskerError, OutputError, Place
from masker.ledger.audit import Event, Facts, Head, read_lines, to_line
from masker.ledger.entry import Entry, Key, entry_of, fold
from masker.ledger.sound import audit_path, check, require_known, require_not_lost, set_back
from masker.ledger.store import Anchor, Store, ledger_errors
from masker.manifest import manifest_path, parse_manifest, read_manifest
from masker.servers import SERVERS
from masker.staged import sync_folder

PENDING_LASTS = timedelta(hours=1)
"""After this a copy that was about to appear, and has not, counts as never made."""


class Ledger:
    """An open ledger: `with Ledger(path, signer, trusted) as ledger:`. It is made where there is none.

    Opening adopts what a killed process left. Raises `OutputError` (`ledger`) where the ledger is locked, damaged or
    cannot be written, `GateError` (`audit`) where it was edited.
    """

    def __init__(self, path: Path, signer: Signer, trusted: Mapping[str, bytes], *, operator: str = "") -> None:
        self.path, self._signer, self._operator = path, signer, operator
        self._trusted = {**trusted, signer.id: signer.public}
        self._log = audit_path(path)
        require_not_lost(path)
        self._store = Store(path, create=True)
        try:
            with self._writing():
                pass
            self._recover()
        except BaseException:
            self._store.__exit__()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._store.__exit__()

    def check_clock(self, moment: datetime) -> None:
        """Refuse (`GateError`, `clock`) a `moment` over a minute before the newest event: expiry would be put off."""
        with ledger_errors(self.path):
            head = self._store.anchor().head
        if set_back(head, moment):
            raise GateError("clock", "the clock is set back: the ledger holds an event of a later time")

    def record(self, event: str, copy_id: str = "", facts: Facts | None = None) -> None:
        """Append one event. Facts are names, numbers, ids and paths; never a data value, never a key."""
        with self._writing() as append:
            append(event, copy_id, facts or {})

    def entries(self) -> dict[Key, Entry]:
        """All that the ledger knows, read from the signed log from its first line on."""
        return dict(check(self.path, self._trusted).entries)

    @contextlib.contextmanager
    def publishing(self, entry: Entry) -> Iterator[None]:
        """Around the rename that makes a copy visible: noted before, so that no copy can be there unknown.

        A ledger that cannot be written raises before anything is visible. Once the copy is, it is in the ledger: by
        its `run` event, or by the note, which the next to open the ledger makes one of.
        """
        with self._writing():
            self._store.add_pending(entry, rfc3339(now()))
        try:
            yield
        except BaseException:
            # A copy that did appear keeps its note.
            if _is_there(entry, self._trusted) is False:
                with contextlib.suppress(MaskerError), self._writing():
                    self._store.drop_pending(entry)
            raise
        with contextlib.suppress(MaskerError):
            self._settle(entry, recovered=False)

    def _settle(self, entry: Entry, *, recovered: bool) -> None:
        with self._writing() as append:
            if self._store.drop_pending(entry):
                append("run", entry.copy_id, {**entry.as_facts(), "recovered": recovered})

    def _recover(self) -> None:
        with ledger_errors(self.path):
            pending = self._store.pending()
        for entry, since in pending:
            there = _is_there(entry, self._trusted)
            if there:
                self._settle(entry, recovered=True)
            elif there is False and now() - datetime.fromisoformat(since) > PENDING_LASTS:
                with self._writing():
                    self._store.drop_pending(entry)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Callable[[str, str, Facts], None]]:
        """Hold the lock, with anchor and projection brought up to the log; gives the function that appends."""
        with ledger_errors(self.path), self._store.transaction(), _opened(self._log) as log:
            digest, head = self._catch_up(log)

            def append(event: str, copy_id: str, facts: Facts) -> None:
                nonlocal head
                made = Event(head.seq + 1, rfc3339(now()), event, copy_id, self._operator, facts)
                line = to_line(made, head, self._signer)
                _append(log, line, head.size)
                digest.update(line)
                head = head.after(line, made)
                near = self._store.entries_near(copy_id, str(facts.get("path", "")))
                self._store.set_entries(fold(near, [made]))
                self._store.set_anchor(Anchor(head, digest.hexdigest()))

            yield append

    def _catch_up(self, log: int) -> "tuple[hashlib._Hash, Head]":
        anchor = self._store.anchor()
        content = _read(log)
        digest = hashlib.sha256(content[: anchor.head.size])
        if len(content) < anchor.head.size or digest.hexdigest() != anchor.prefix:
            raise GateError("audit", "the audit log was edited or cut off since the ledger was last written")
        tail = content[anchor.head.size :]
        if not tail:
            return digest, anchor.head
        whole = tail[: tail.rfind(b"\n") + 1]
        require_known(self.path, anchor, whole)
        head = anchor.head
        events = []
        for event, after in read_lines(whole, head, self._trusted):
            events.append(event)
            head = after
        if len(whole) < len(tail):
            os.ftruncate(log, head.size)  # a write that a crash tore: it never counted
            os.fsync(log)
        digest.update(whole)
        self._store.set_entries(fold(self._store.entries(), events))
        self._store.set_anchor(Anchor(head, digest.hexdigest()))
        return digest, head


def _is_there(entry: Entry, trusted: Mapping[str, bytes]) -> bool | None:
    """Whether the copy is there as the entry says: a note is not signed, and what is made of it will be.

    None where nobody can tell: the server of a database is not to be reached.
    """
    if (address := entry.address) is not None:
        return _is_in_database(entry, address, trusted)
    try:
        manifest = read_manifest(manifest_path(entry.place), trusted)
        return entry == entry_of(manifest, entry.place, datetime.fromisoformat(entry.created)) and entry.place.exists()
    except (MaskerError, OSError):
        return False


def _is_in_database(entry: Entry, address: Address, trusted: Mapping[str, bytes]) -> bool | None:
    try:
        tag = SERVERS[address.server].tag(address)
    except MaskerError:
        return None
    try:
        manifest = parse_manifest(tag.manifest, trusted) if tag is not None else None
    except MaskerError:
        return False
    return manifest is not None and entry == entry_of(manifest, address, datetime.fromisoformat(entry.created))


@contextlib.contextmanager
def _opened(log: Path) -> Iterator[int]:
    made = not os.path.lexists(log)
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(log, flags, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OutputError("ledger", "there is something else at the audit log's path", place=Place(file=log.name))
        if made:
            sync_folder(log.parent)
        yield descriptor
    finally:
        os.close(descriptor)


def _append(log: int, line: bytes, size: int) -> None:
    try:
        done = 0
        while done < len(line):
            done += os.write(log, line[done:])
        os.fsync(log)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(log, size)  # else the next one to open the ledger does it
        raise


def _read(log: int) -> bytes:
    with os.fdopen(os.dup(log), "rb") as file:
        file.seek(0)
        return file.read()
