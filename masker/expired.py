"""Purges what is expired, copies and tracked exports alike, and puts every purge into the ledger."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from masker.address import Address
from masker.copies import purge
from masker.crypto.signing import Signer
from masker.database_copies import purge_database
from masker.deletion import Purged, completed_earlier
from masker.exports import purge_export
from masker.ledger.book import Ledger
from masker.ledger.entry import Entry, Key, placed
from masker.listing import addresses, is_below, places
from masker.manifest import FOLDER_NAME, SUFFIX


def purge_expired(
    folders: Sequence[Path | Address] | None,
    ledger: Ledger,
    now: datetime,
    *,
    trusted: Mapping[str, bytes],
    signer: Signer,
    dry_run: bool = False,
) -> list[Purged]:
    """Delete what is expired at or below `folders` (None: here, and all that the ledger knows); gives what was done.

    A purge that was killed is finished by the next one, its event included. What lies where the ledger knows an expired
    copy, and has no valid manifest to list its files, is told as not complete, with no files, and stays. Raises
    `GateError` (`clock`, `audit`) before anything is deleted, and `OutputError` where a file cannot be deleted or a
    receipt not be written.
    """
    ledger.check_clock(now)
    entries = ledger.entries()
    due = [
        entry
        for entry in entries.values()
        if entry.state == "present" and entry.days_left(now) <= 0 and is_below(entry, folders)
    ]
    done = []
    for purged in purge(places(folders, due), now, trusted=trusted, signer=signer, dry_run=dry_run):
        done.append(purged)
        if not dry_run:
            _record(ledger, purged, _known(purged, entries))
    for address in addresses(folders, due):
        found = purge_database(address, now, trusted=trusted, signer=signer, dry_run=dry_run)
        if found is not None:
            done.append(found)
            if not dry_run:
                _record(ledger, found, _known(found, entries))
    for entry in due:
        if entry.address is not None:
            continue
        if entry.kind == "export":
            purged = purge_export(entry, now, signer=signer, dry_run=dry_run)
            done.append(purged)
            if not dry_run:
                _record(ledger, purged, entry)
        elif not dry_run and _was_purged(entry, done, signer):
            facts = {"path": entry.path, "kind": "copy", "complete": True, "recovered": True}
            ledger.record("purge", entry.copy_id, facts)
        elif os.path.lexists(entry.place) and not _is_among(entry, done):
            done.append(Purged(entry.place, entry.copy_id, (), complete=False, receipt=None))
    return done


def _is_among(entry: Entry, done: Sequence[Purged]) -> bool:
    return any(entry.key == (each.copy_id, placed(each.path)) for each in done)


def _was_purged(entry: Entry, done: Sequence[Purged], signer: Signer) -> bool:
    """Whether a purge that was killed before its event left nothing of a copy: its receipt says so."""
    sidecar = entry.place / FOLDER_NAME if entry.is_folder else entry.place.with_name(entry.place.name + SUFFIX)
    if os.path.lexists(sidecar) or _is_among(entry, done):
        return False
    return completed_earlier(entry.place, entry.copy_id, signer)


def _known(purged: Purged, entries: Mapping[Key, Entry]) -> Entry | None:
    """The ledger's entry of a purged copy; of a moved one, that of the place where it is no more."""
    if exact := entries.get((purged.copy_id, placed(purged.path))):
        return exact
    same = [entry for entry in entries.values() if entry.copy_id == purged.copy_id and entry.state == "present"]
    return next((entry for entry in same if not entry.place.exists()), None)


def _record(ledger: Ledger, purged: Purged, entry: Entry | None) -> None:
    outcomes = Counter(file.outcome for file in purged.files)
    facts: dict[str, object] = {
        "path": entry.path if entry else placed(purged.path),
        "kind": purged.kind,
        "complete": purged.complete,
        "deleted": outcomes["deleted"],
        "absent": outcomes["already-absent"],
        "changed": outcomes["changed"],
    }
    if entry and entry.path != placed(purged.path):
        facts["found_at"] = placed(purged.path)
    ledger.record("purge", purged.copy_id, facts)
