"""The ledger's SQLite file (WAL): lock, anchor and projection of the audit log, and what is being published."""

import contextlib
import json
import os
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Self

from masker.envelope import canonical
from masker.errors import GateError, OutputError, Place
from masker.ledger.audit import Head
from masker.ledger.entry import Entry, Key

APPLICATION = 0x6D61736B  # "mask", https://www.sqlite.org/pragma.html#pragma_application_id
BUSY_SECONDS = 10.0
_TABLES = """
CREATE TABLE anchor (seq INTEGER NOT NULL, hash TEXT NOT NULL, newest TEXT NOT NULL, size INTEGER NOT NULL,
                     prefix TEXT NOT NULL);
CREATE TABLE entries (copy_id TEXT NOT NULL, path BLOB NOT NULL, kind TEXT NOT NULL, purpose TEXT NOT NULL,
                      recipient TEXT NOT NULL, expires TEXT NOT NULL, state TEXT NOT NULL, facts TEXT NOT NULL,
                      PRIMARY KEY (copy_id, path));
CREATE INDEX places ON entries (path);
CREATE TABLE pending (copy_id TEXT NOT NULL, path BLOB NOT NULL, since TEXT NOT NULL, facts TEXT NOT NULL,
                      PRIMARY KEY (copy_id, path));
"""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head up to which the log is in the projection, and the SHA-256 of all the log's bytes up to there."""

    head: Head
    prefix: str

    @classmethod
    def at(cls, head: Head, log: bytes) -> "Anchor":
        """The anchor at `head` of a log."""
        return cls(head, sha256(log[: head.size]).hexdigest())


@contextlib.contextmanager
def ledger_errors(place: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into `OutputError` (`ledger`), without their texts."""
    where = Place(file=place.name)
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code of an extended one
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            message = f"the ledger is in use, for over {BUSY_SECONDS:g} seconds"
            raise OutputError("ledger", message, "wait for the other run, and try again", where) from None
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            hint = "`masker ledger rebuild` makes it anew from its audit log; the damaged file is kept"
            raise OutputError("ledger", "the ledger is damaged, or no ledger", hint, where) from None
        raise OutputError(
            "ledger", "the ledger cannot be opened or written", "check owner, mode and room", where
        ) from None
    except OSError:
        raise OutputError(
            "ledger", "the ledger cannot be opened or written", "check owner, mode and room", where
        ) from None


class Store:
    """An open SQLite file; `create` makes it, with its folder (0700), where there is none (0600)."""

    def __init__(self, path: Path, *, create: bool) -> None:
        self.path = path
        with ledger_errors(path):
            if create:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
            if not stat.S_ISREG(path.lstat().st_mode):
                raise OutputError("ledger", "there is something else at the ledger's path", place=Place(file=path.name))
            self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                self._prepare(create=create)
            except BaseException:
                self._db.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._db.close()

    def _prepare(self, *, create: bool) -> None:
        self._db.execute("PRAGMA synchronous = FULL")
        if self._number("PRAGMA application_id") != APPLICATION:
            if not create:
                raise OutputError("ledger", "the file is no ledger", place=Place(file=self.path.name))
            self._db.execute("PRAGMA journal_mode = WAL")
            with self.transaction():
                if self._number("PRAGMA application_id") == APPLICATION:
                    return  # another run was first
                if self._number("SELECT count(*) FROM sqlite_master"):
                    hint = "point MASKER_LEDGER at a file of its own"
                    raise OutputError("ledger", "this is another program's database", hint, Place(file=self.path.name))
                for statement in _TABLES.split(";")[:-1]:
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA application_id = {APPLICATION}")
                self.set_anchor(Anchor.at(Head(), b""))

    def _number(self, statement: str) -> int:
        return int(self._db.execute(statement).fetchone()[0])

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep every other writer out until the end; nothing of it lasts where it fails."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def anchor(self) -> Anchor:
        """Up to where the log was when the ledger was last written."""
        rows = self._db.execute("SELECT seq, hash, newest, size, prefix FROM anchor").fetchall()
        if len(rows) != 1 or [type(value) for value in rows[0]] != [int, str, str, int, str]:
            raise GateError("audit", "the ledger's anchor was edited")
        *head, prefix = rows[0]
        return Anchor(Head(*head), prefix)

    def set_anchor(self, anchor: Anchor) -> None:
        """Move the anchor."""
        head = anchor.head
        self._db.execute("DELETE FROM anchor")
        row = (head.seq, head.hash, head.newest, head.size, anchor.prefix)
        self._db.execute("INSERT INTO anchor VALUES (?, ?, ?, ?, ?)", row)

    def entries(self) -> dict[Key, Entry]:
        """The projection; raises `GateError` (`audit`) where a row of it is none that masker wrote."""
        return self._entries("")

    def entries_near(self, copy_id: str, path: str) -> dict[Key, Entry]:
        """That of one copy id and of one place: all that an event about them can change."""
        return self._entries("WHERE copy_id = ? OR path = ?", copy_id, os.fsencode(path))

    def _entries(self, where: str, *values: str | bytes) -> dict[Key, Entry]:
        found = {}
        columns = "copy_id, path, kind, purpose, recipient, expires, state, facts"
        for row in self._db.execute(f"SELECT {columns} FROM entries {where}", values):
            try:
                entry = Entry.of(row[0], json.loads(row[-1]), row[-2])
            except (KeyError, TypeError, ValueError, RecursionError):
                entry = None
            if entry is None or _row(entry) != row:
                raise GateError("audit", "the ledger was edited: a row does not agree with itself")
            found[entry.key] = entry
        return found

    def set_entries(self, entries: dict[Key, Entry]) -> None:
        """Write these entries, over what was known of them."""
        rows = map(_row, entries.values())
        self._db.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def pending(self) -> list[tuple[Entry, str]]:
        """The runs that began to publish and did not say that they are done, each with the time of that."""
        found = []
        for copy_id, since, facts in self._db.execute("SELECT copy_id, since, facts FROM pending").fetchall():
            try:
                entry = Entry.of(copy_id, json.loads(facts))
                if entry.kind != "copy" or datetime.fromisoformat(since).tzinfo is None:
                    raise ValueError
                found.append((entry, since))
            except (KeyError, TypeError, ValueError, RecursionError):
                raise GateError("audit", "the ledger was edited: a row is not of its form") from None
        return found

    def add_pending(self, entry: Entry, since: str) -> None:
        """Note that a copy is about to appear."""
        row = (*_key(entry), since, canonical(entry.as_facts()).decode())
        self._db.execute("INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?)", row)

    def drop_pending(self, entry: Entry) -> bool:
        """Take that note back; False where it was not there (any more)."""
        return self._db.execute("DELETE FROM pending WHERE copy_id = ? AND path = ?", _key(entry)).rowcount > 0


def _key(entry: Entry) -> tuple[str, bytes]:
    # Paths are bytes: SQLite's text cannot hold those that are no UTF-8.
    return entry.copy_id, os.fsencode(entry.path)


def _row(entry: Entry) -> tuple[str | bytes, ...]:
    shown = (entry.kind, entry.purpose, entry.recipient, entry.expires, entry.state)
    return (*_key(entry), *shown, canonical(entry.as_facts()).decode())
