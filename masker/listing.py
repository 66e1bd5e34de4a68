"""Everything that lives for a purpose: copies that folders hold and what the ledger knows, each once."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from masker.address import Address
from masker.agreed import is_of, standing
from masker.agreement import Agreement
from masker.copies import FoundCopy, find_copies
from masker.database_copies import find_copy
from masker.errors import GateError
from masker.ledger.entry import Entry, Key, placed
from masker.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Listed:
    """One copy or tracked export. What is not known of it is None.

    `state`: `valid`, `expired`, `missing` (the ledger knows it, nothing is there), else the code word of what is wrong
    with its manifest. `created` is the ledger's real time where it knows the copy, else the manifest's. `agreed`: how
    the agreement that was given stands to a copy: `same`, `changed` (edited since, and still allows it), `refused`, or
    `other` (the copy was made under another one).
    """

    path: str
    copy_id: str | None
    kind: str
    purpose: str | None
    recipient: str | None
    reference: str | None
    operator: str | None
    created: str | None
    expires: str | None
    days_left: float | None
    state: str
    in_ledger: bool
    agreed: str | None = None


def list_all(
    folders: Sequence[Path | Address] | None,
    entries: Mapping[Key, Entry],
    trusted: Mapping[str, bytes],
    now: datetime,
    agreement: Agreement | None = None,
) -> list[Listed]:
    """What lies at or below `folders`; None: here, and everything that the ledger knows, wherever it lies.

    A database that `folders` name is looked at, and so is each that the ledger knows.
    """
    known = [entry for entry in entries.values() if entry.state == "present" and is_below(entry, folders)]
    found = find_copies(places(folders, known), trusted, now)
    found += [copy for at in addresses(folders, known) if (copy := find_copy(at, trusted, now)) is not None]
    by_id: dict[str, list[Entry]] = {}
    for entry in entries.values():
        by_id.setdefault(entry.copy_id, []).append(entry)
    listed = [_of_found(copy, entries, by_id, now, agreement) for copy in found]
    seen = {placed(copy.path) for copy in found}
    # One that was moved is listed where it is now.
    moved = {
        copy.manifest.copy_id
        for copy in found
        if copy.manifest and (copy.manifest.copy_id, placed(copy.path)) not in entries
    }
    for entry in known:
        if entry.path not in seen and (entry.kind == "export" or entry.copy_id not in moved):
            listed.append(_of_entry(entry, now))
    return listed


def addresses(folders: Sequence[Path | Address] | None, known: Iterable[Entry]) -> list[Address]:
    """The databases to look for copies in: those that `folders` name; None: those that the ledger knows."""
    if folders is not None:
        return [place for place in folders if isinstance(place, Address)]
    return list(dict.fromkeys(address for entry in known if (address := entry.address) is not None))


def places(folders: Sequence[Path | Address] | None, known: Iterable[Entry]) -> list[Path]:
    """Where to look for copies: at `folders`; None: here, and where the ledger's copies lie, no link followed."""
    if folders is not None:
        return [place for place in folders if isinstance(place, Path)]
    known = [entry for entry in known if entry.address is None]
    here = Path(os.path.realpath("."))
    elsewhere = [entry.place for entry in known if entry.kind == "copy" and not entry.place.is_relative_to(here)]
    return [Path(), *(place for place in elsewhere if placed(place) == str(place) and not place.is_symlink())]


def is_below(entry: Entry, folders: Sequence[Path | Address] | None) -> bool:
    """Whether an entry lies at or below one of `folders` (None: anywhere)."""
    if folders is None or entry.address is not None:
        return folders is None or entry.path in map(str, folders)
    return any(
        entry.place.is_relative_to(placed(folder)) or entry.place.is_relative_to(os.path.realpath(folder))
        for folder in folders
        if isinstance(folder, Path)
    )


def _of_found(
    copy: FoundCopy,
    entries: Mapping[Key, Entry],
    by_id: Mapping[str, list[Entry]],
    now: datetime,
    agreement: Agreement | None,
) -> Listed:
    manifest, path = copy.manifest, str(copy.path)
    if manifest is None:
        return Listed(path, None, "copy", None, None, None, None, None, None, None, copy.problem, False)
    same = by_id.get(manifest.copy_id, [])
    entry = entries.get((manifest.copy_id, placed(copy.path))) or (same[0] if same else None)
    days_left = manifest.days_left(now)
    return Listed(
        path=path,
        copy_id=manifest.copy_id,
        kind="copy",
        purpose=manifest.purpose,
        recipient=manifest.recipient,
        reference=manifest.reference,
        operator=manifest.operator,
        created=entry.created if entry else manifest.created,
        expires=manifest.expires,
        days_left=days_left,
        state="expired" if days_left <= 0 else "valid",
        in_ledger=entry is not None,
        agreed=None if agreement is None else _agreed(manifest, agreement, now, entry.created if entry else ""),
    )


def _agreed(manifest: Manifest, agreement: Agreement, now: datetime, created: str) -> str:
    if not is_of(manifest, agreement):
        return "other"
    try:
        return standing(manifest, agreement, now, created=created)
    except GateError:
        return "refused"


def _of_entry(entry: Entry, now: datetime) -> Listed:
    days_left = entry.days_left(now)
    if not _is_there(entry):
        state = "missing"
    elif entry.kind == "copy":
        state = "not-found"  # something is there, but no manifest
    else:
        state = "expired" if days_left <= 0 else "valid"
    return Listed(
        path=entry.path,
        copy_id=entry.copy_id,
        kind=entry.kind,
        purpose=entry.purpose,
        recipient=entry.recipient,
        reference=entry.reference,
        operator=entry.operator,
        created=entry.created,
        expires=entry.expires,
        days_left=days_left,
        state=state,
        in_ledger=True,
    )


def _is_there(entry: Entry) -> bool:
    if entry.kind == "export" and entry.is_folder:
        return any(os.path.lexists(entry.place / file.path) for file in entry.files)
    return os.path.lexists(entry.place)
