"""How long a copy may live: raw exports put under a purpose and an expiry, and copies renewed within the limit.

A limit counts from the first creation in real time, which the ledger knows; neither tracking again nor extending
starts it anew.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from masker.address import Address
from masker.agreed import CHANGED, standing
from masker.agreement import Agreement
from masker.clock import expiry, rfc3339
from masker.crypto.signing import Signer
from masker.database_copies import read_tag
from masker.deletion import put_in_place
from masker.errors import GateError, InputError, Place, UsageError
from masker.exports import read_export, still_there
from masker.ledger.book import Ledger
from masker.ledger.entry import Entry, placed
from masker.manifest import Extension, Manifest, manifest_path, read_manifest, to_envelope
from masker.one_line import one_line
from masker.servers import SERVERS
from masker.staged import locked, output_errors


def track(
    source: Path,
    ledger: Ledger,
    agreement: Agreement,
    now: datetime,
    *,
    purpose: str,
    expires: str,
    recipient: str = "staff",
    reference: str = "",
    operator: str = "",
) -> Entry:
    """Put the export at `source` in the ledger; gives its entry. `source` is read, never written.

    Where an export is tracked there already and any file of it is unchanged, it stays that one: a new expiry has to lie
    within the limit from its first tracking. Raises what `Agreement.admit` and `read_export` raise, and `GateError`
    (`clock`, `agreement`).
    """
    one_line(reference, "--reference")
    ledger.check_clock(now)
    until = expiry(expires, now)
    allowed = agreement.admit(purpose, until, recipient, now)
    longest = agreement.longest(allowed, now).days
    path = placed(source)
    before = next((e for e in ledger.entries().values() if e.path == path and e.state == "present"), None)
    if before is not None and before.kind == "copy" and manifest_path(source).exists():
        raise GateError("already-masked", "this is a copy, and in the ledger as one", "`masker copies` lists it")
    same = before if before is not None and before.kind == "export" and still_there(before) else None
    salt = secrets.token_hex(32)
    entry = Entry(
        copy_id=same.copy_id if same else secrets.token_hex(16),
        path=path,
        kind="export",
        purpose=purpose,
        recipient=recipient,
        reference=reference,
        operator=operator,
        agreement=agreement.reference,
        policy_version=agreement.policy_version,
        created=same.created if same else rfc3339(now),
        expires=rfc3339(until),
        longest_days=min(longest, same.longest_days) if same else longest,
        salt=salt,
        is_folder=source.is_dir(),
        files=read_export(source, salt),
    )
    if same is not None:
        _refuse_too_long(until, same.created, entry.longest_days)
    ledger.record("track", entry.copy_id, entry.as_facts())
    return entry


def extend(
    copy: Path | Address,
    ledger: Ledger,
    now: datetime,
    *,
    expires: str,
    reason: str,
    agreement: Agreement | None = None,
    trusted: Mapping[str, bytes],
    signer: Signer,
    operator: str = "",
    note: Callable[[str], None] = lambda _: None,
) -> tuple[str, str]:
    """Give a copy or a tracked export a later expiry; gives the one before and the new one.

    It counts from the first creation, and never passes the limit that the manifest or the entry holds, nor that of
    `agreement`, which has to be the one of its run and still to allow the copy (`agreed.standing`). A copy's manifest
    is signed anew and replaced at once; its files are not touched. The event comes before: what is not recorded does
    not happen. `note` is told where the agreement was edited since. Raises `GateError` (`expired`: what is expired is
    purged, not renewed; `agreement`, `clock`, `signature`, `signer`), `UsageError`, `InputError` (`not-found`).
    """
    if not one_line(reason, "--reason").strip():
        raise UsageError("usage", "an extension needs a reason", "give `--reason`")
    ledger.check_clock(now)
    until = expiry(expires, now)
    entries = ledger.entries()
    export = next(
        (e for e in entries.values() if e.path == placed(copy) and e.kind == "export" and e.state == "present"), None
    )
    if export is not None:
        _refuse_another(export, agreement)
        _refuse(
            until, now, export.created, export.expires, export.purpose, export.recipient, export.longest_days, agreement
        )
        facts = {"path": export.path, "kind": "export", "expires": rfc3339(until), "before": export.expires}
        ledger.record("extend", export.copy_id, {**facts, "reason": reason})
        return export.expires, rfc3339(until)
    if isinstance(copy, Address):
        _, manifest = read_tag(copy, trusted)
        renewed, agreed = _renewed(copy, manifest, ledger, until, now, reason, operator, agreement)
        SERVERS[copy.server].set_manifest(copy, to_envelope(renewed, signer))
        _tell(agreed, note)
        return manifest.expires, renewed.expires
    if not copy.exists():
        raise InputError("not-found", "there is no such copy or tracked export", place=Place(file=copy.name))
    with output_errors(), locked(copy.absolute().parent):
        sidecar = manifest_path(copy)
        manifest = read_manifest(sidecar, trusted)
        if manifest.is_folder != copy.is_dir() or (not manifest.is_folder and manifest.files[0].path != copy.name):
            raise GateError("digest", "the manifest is that of another copy", place=Place(file=copy.name))
        renewed, agreed = _renewed(copy, manifest, ledger, until, now, reason, operator, agreement)
        put_in_place(sidecar, to_envelope(renewed, signer))
    _tell(agreed, note)
    return manifest.expires, renewed.expires


def _renewed(
    copy: Path | Address,
    manifest: Manifest,
    ledger: Ledger,
    until: datetime,
    now: datetime,
    reason: str,
    operator: str,
    agreement: Agreement | None,
) -> tuple[Manifest, str | None]:
    """The manifest with its later expiry, which is in the ledger by then, and how the agreement stands to it."""
    entries = ledger.entries()
    created = _first_created(manifest, [e for e in entries.values() if e.copy_id == manifest.copy_id], now)
    known = entries.get((manifest.copy_id, placed(copy)))
    limit = min(manifest.longest_days, known.longest_days) if known else manifest.longest_days
    _refuse(until, now, created, manifest.expires, manifest.purpose, manifest.recipient, limit, agreement)
    agreed = None if agreement is None else standing(manifest, agreement, now, created=created)
    made = Extension(rfc3339(now), operator, reason, manifest.expires)
    renewed = replace(manifest, expires=rfc3339(until), extensions=(*manifest.extensions, made))
    facts = {"path": placed(copy), "kind": "copy", "expires": renewed.expires, "before": manifest.expires}
    ledger.record("extend", manifest.copy_id, {**facts, **({"agreed": agreed} if agreed else {}), "reason": reason})
    return renewed, agreed


def _tell(agreed: str | None, note: Callable[[str], None]) -> None:
    if agreed == "changed":
        note(f"agreement has {CHANGED}")


def _first_created(manifest: Manifest, known: list[Entry], now: datetime) -> str:
    if known:
        return min(entry.created for entry in known)
    if datetime.fromisoformat(manifest.created) > now:
        message = "the manifest's time of creation lies in the future, and the ledger does not know the copy"
        raise GateError("clock", message, "its life cannot be counted: make a new copy")
    return manifest.created


def _refuse(
    until: datetime,
    now: datetime,
    created: str,
    before: str,
    purpose: str,
    recipient: str,
    longest_days: int,
    agreement: Agreement | None,
) -> None:
    if datetime.fromisoformat(before) <= now:
        hint = "`masker purge` deletes it; `masker mask` makes a new one"
        raise GateError("expired", "what is expired is not renewed", hint)
    if until <= datetime.fromisoformat(before):
        raise UsageError("usage", f"it lives until {before} already", "give a later `--expires`")
    if agreement is not None:
        allowed = agreement.admit(purpose, until, recipient, now)
        longest_days = min(longest_days, agreement.longest(allowed, datetime.fromisoformat(created)).days)
    _refuse_too_long(until, created, longest_days)


def _refuse_another(export: Entry, agreement: Agreement | None) -> None:
    under = export.agreement, export.policy_version
    if agreement is not None and under != (agreement.reference, agreement.policy_version):
        message = "the export was tracked under another agreement, or another version of its policy"
        raise GateError("agreement", message, "track it again, under the agreement as it is now")


def _refuse_too_long(until: datetime, created: str, longest_days: int) -> None:
    last = datetime.fromisoformat(created) + timedelta(days=longest_days)
    if until > last:
        message = f"it may live {longest_days} days from its first creation, this would be longer"
        raise GateError("agreement", message, f"at most until {rfc3339(last)}")
