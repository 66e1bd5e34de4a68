"""What the ledger knows of a copy or a tracked export: the fold of the audit log's events."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal, cast

from masker.address import Address, address_of
from masker.clock import rfc3339
from masker.errors import GateError, UsageError
from masker.ledger.audit import Event, Facts
from masker.manifest import Manifest

Kind = Literal["copy", "export"]
State = Literal["present", "purged", "replaced"]
Key = tuple[str, str]
"""Copy id and path: runs that are the same byte for byte (`SOURCE_DATE_EPOCH`) have one id, at several places."""


def placed(path: Path | Address) -> str:
    """Where a copy is, as the ledger writes it: links on the way resolved, but not one at its end; a database's URL."""
    if isinstance(path, Address):
        return str(path)
    full = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow a link at the end
    return str(Path(os.path.realpath(full.parent)) / full.name)


@dataclass(frozen=True, slots=True)
class TrackedFile:
    """One file of a tracked export: POSIX path below it ("" where it is one file), bytes, keyed digest in hex."""

    path: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A copy, or a raw export that is tracked as the temporary copy that it is.

    Times are real ones (RFC 3339, UTC): `created` is when it was first made or tracked, from where `longest_days`
    counts. `key_id` is the id of a copy's masking key. `salt` (hex) is the key of an export's digests: no plain hash of
    a source is kept anywhere.
    """

    copy_id: str
    path: str
    kind: Kind
    purpose: str
    recipient: str
    reference: str
    operator: str
    agreement: str
    policy_version: str
    created: str
    expires: str
    longest_days: int
    state: State = "present"
    key_id: str = ""
    salt: str = ""
    is_folder: bool = False
    files: tuple[TrackedFile, ...] = ()

    def __post_init__(self) -> None:
        for time in (self.created, self.expires):
            if datetime.fromisoformat(time).tzinfo is None:
                raise ValueError
        if (
            not (Path(self.path).is_absolute() or self.address is not None)
            or self.kind not in ("copy", "export")
            or type(self.longest_days) is not int
        ):
            raise ValueError

    @property
    def key(self) -> Key:
        """What tells it from all others."""
        return self.copy_id, self.path

    @property
    def place(self) -> Path:
        """Where it lies; of one in a database a path that leads nowhere."""
        return Path(self.path)

    @property
    def address(self) -> Address | None:
        """The database that it is in; None for files."""
        try:
            return address_of(self.path)
        except UsageError:
            return None

    def days_left(self, now: datetime) -> float:
        """Days from `now` until it expires; 0 or less: expired."""
        return (datetime.fromisoformat(self.expires) - now).total_seconds() / 86_400

    def as_facts(self) -> dict[str, object]:
        """The entry as the facts of the event that makes it."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name not in ("copy_id", "state", "files")}
        return {**plain, "files": [{"path": f.path, "size": f.size, "digest": f.digest} for f in self.files]}

    @classmethod
    def of(cls, copy_id: str, facts: Facts, state: State = "present") -> "Entry":
        """The entry that an event of these facts makes; raises `KeyError`, `TypeError` or `ValueError`."""
        known = {name: value for name, value in facts.items() if name in cls.__slots__}
        files = tuple(TrackedFile(**file) for file in cast("list[dict[str, str]]", known.pop("files")))  # type: ignore[arg-type]
        return cls(copy_id=copy_id, files=files, state=state, **known)  # type: ignore[arg-type]


def entry_of(manifest: Manifest, dest: Path | Address, moment: datetime) -> Entry:
    """The copy as the ledger knows it: its real time of creation, whatever the manifest is stamped with."""
    return Entry(
        copy_id=manifest.copy_id,
        path=placed(dest),
        kind="copy",
        purpose=manifest.purpose,
        recipient=manifest.recipient,
        reference=manifest.reference,
        operator=manifest.operator,
        agreement=manifest.agreement_reference,
        policy_version=manifest.policy_version,
        created=rfc3339(moment),
        expires=manifest.expires,
        longest_days=manifest.longest_days,
        key_id=manifest.key_id,
        is_folder=manifest.is_folder,
    )


def fold(entries: dict[Key, Entry], events: Iterable[Event]) -> dict[Key, Entry]:
    """Apply `events` to `entries`; raises `GateError` (`audit`) for one that makes no sense there."""
    for event in events:
        try:
            _apply(entries, event)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise GateError("audit", f"event {event.seq} of the audit log does not fit the ones before it") from None
    return entries


def _apply(entries: dict[Key, Entry], event: Event) -> None:
    if event.event in ("run", "track"):
        made = Entry.of(event.copy_id, event.facts)
        for key, other in list(entries.items()):
            # One place holds one thing: what was there before is gone.
            if other.path == made.path and other.state == "present":
                entries[key] = replace(other, state="replaced")
        entries[made.key] = made
    elif event.event in ("extend", "purge"):
        key = event.copy_id, str(event.facts["path"])
        known = entries.get(key)
        if known is not None and event.event == "extend":
            entries[key] = replace(known, expires=str(event.facts["expires"]))
        elif known is not None and event.facts["complete"]:
            entries[key] = replace(known, state="purged")
