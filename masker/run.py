"""A whole run, step by step: open, scan, plan, mask, write, verify, publish. The only module that knows every step.

Each step hands the next one a frozen value; no step calls back. Times are taken once, at the start.
"""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

import pyarrow as pa

from masker import clock
from masker.address import Address
from masker.arrival import arrived, staging_of
from masker.database_copies import require_copy
from masker.dumped import Dumped
from masker.errors import InputError, shown
from masker.formats import FORMATS, ORDER, BuildsFile, SharesTables
from masker.label import Label
from masker.ledger import open_ledger
from masker.ledger.entry import entry_of
from masker.left_out import leave_out
from masker.manifest import CopyFile, Manifest, manifest_path, to_envelope
from masker.opening import becomes_sqlite
from masker.plan import Plan
from masker.plan.bind import Masking
from masker.plan.promise import promises_of
from masker.plan.terms import refuse_fallbacks
from masker.prepare import prepare
from masker.progress import Progress
from masker.publish import Staging
from masker.record import Counts, Facts, copy_id, write_down
from masker.request import Request
from masker.snapshot import Snapshot
from masker.subset import keep
from masker.trust import own_signer, trusted_signers
from masker.verify.against import verify_against
from masker.verify.problems import Verification
from masker.verify.proof import Proof
from masker.verify.reading import MANY, Reading
from masker.verify.redetect import Seen
from masker.verify.replaceable import require_replaceable
from masker.verify.utility import ColumnUtility
from masker.verify.watched import Watched
from masker.writing import rows_of, write_file


@dataclass(frozen=True)
class Outcome:
    """What a run did: its plan, its signed manifest and where that lies, and CPU seconds per step.

    `replaced` is the manifest of the copy whose place this one took, if it did.
    `utility` says by (table, column) what masking left of its shape; `seen` what the scan over the copy found in
    columns that were to hold something else. `notices` tell what the copy lacks though nobody asked for that.
    """

    plan: Plan
    manifest: Manifest
    manifest_path: Path | Address
    verification: Verification
    seconds: float
    cpu_seconds: Mapping[str, float]
    replaced: Manifest | None = None
    utility: Mapping[tuple[str, str], ColumnUtility] = field(default_factory=dict)
    seen: tuple[Seen, ...] = ()
    notices: tuple[str, ...] = ()


def mask(request: Request, progress: Progress | None = None, visible: Callable[[], None] | None = None) -> Outcome:
    """A whole run: nothing is visible at DEST before everything is masked, verified and signed.

    `visible` is called the moment that the copy is, while SIGINT and SIGTERM are held.
    """
    clock_start = time.perf_counter()
    prepared = prepare(request, progress)
    snapshot, plan = prepared.snapshot, prepared.plan
    created = clock.rfc3339(clock.stamp(prepared.moment))
    expires = clock.rfc3339(prepared.expires)
    id_ = copy_id(prepared.keyring.derive("copy-id"), plan, created, snapshot.name)
    label = Label(id_, request.purpose, request.recipient, expires)
    signer = own_signer()
    before = _fingerprint(snapshot, request.source)
    cpu_seconds = dict(prepared.cpu_seconds)
    replaced: list[Manifest] = []

    def may_replace(dest: Path | Address) -> None:
        known = {**trusted_signers(), signer.id: signer.public}
        purpose, folder = request.purpose, snapshot.is_folder
        if isinstance(dest, Address):
            replaced[:] = [require_copy(dest, purpose=purpose, trusted=known)]
        else:
            replaced[:] = [require_replaceable(dest, purpose=purpose, is_folder=folder, trusted=known, now=clock.now())]

    asked = may_replace if request.replace else None
    with (
        contextlib.closing(prepared),
        open_ledger(signer) as ledger,
        staging_of(
            request.dest,
            label,
            folder=snapshot.is_folder,
            becomes_sqlite=becomes_sqlite(snapshot, request.dest),
            may_replace=asked,
        ) as staging,
    ):
        ledger.check_clock(prepared.moment)
        started = time.process_time()
        masking = Masking(plan, prepared.keyring)
        read = partial(rows_of, snapshot, progress)
        left_out = leave_out(prepared.agreement.exclude, plan.tables, read, staging.path)
        counts = Counts(excluded=left_out.counts)
        if prepared.roots:
            subset = keep(prepared.roots, plan.tables, left_out, read, staging.path)
            left_out, counts.outside = subset.left_out, subset.outside
        files = [
            write_file(member, staging, masking, left_out, label, request, counts, progress)
            for member in snapshot.members
        ]
        cpu_seconds["mask"] = time.process_time() - started
        refuse_fallbacks(plan, prepared.agreement.terms(request.recipient), counts.unreadable)
        # What reading and masking held is of no use to the verifier, and would stand beside what it needs.
        pa.default_memory_pool().release_unused()
        started = time.process_time()
        if _fingerprint(snapshot, request.source) != before:
            raise InputError("malformed", "SOURCE changed while it was read", "mask a copy that nobody writes to")
        more = _more_files(snapshot)
        promises = promises_of(plan, _files_of_tables(snapshot), more)
        terms = prepared.agreement.terms(request.recipient)
        require = {table.name: table.require.stricter(terms.require) for table in plan.tables}
        proof = Proof(promises, require, staging.path, never_keep=terms.never_keep)
        verification = verify_against(
            promises,
            prepared.opened.where,
            staging.root,
            readings=_readings(
                snapshot, files, staging, said=bool(request.input_format) or isinstance(prepared.opened.where, Dumped)
            ),
            checks=(*proof.checks, Watched(progress)),
            exclude=prepared.agreement.exclude,
            roots=prepared.roots,
            claimed=left_out.rows,
            spill=proof.spill,
        )
        proof.require_containers(staging.root, label.as_text())
        cpu_seconds["verify"] = time.process_time() - started
        facts = Facts(
            copy_id=id_,
            purpose=prepared.purpose,
            agreement=prepared.agreement,
            created=created,
            expires=expires,
            operator=request.operator,
            reference=request.reference,
            key_id=prepared.keyring.id,
            ephemeral=prepared.keyring.ephemeral,
            source=shown(snapshot.name),
            is_folder=snapshot.is_folder,
            files=tuple(files),
            file_of=_files_of_tables(snapshot),
            more_of=more,
            roots=prepared.roots,
        )
        manifest = write_down(plan, facts, counts, verification, proof.risk)
        proof.require_true(manifest, staging.root)
        manifest, told = arrived(staging, manifest)
        counts.noticed += told
        with ledger.publishing(entry_of(manifest, request.dest, prepared.moment)):
            staging.publish(to_envelope(manifest, signer), visible)
    seconds = time.perf_counter() - clock_start
    return Outcome(
        plan,
        manifest,
        request.dest if isinstance(request.dest, Address) else manifest_path(request.dest),
        verification,
        seconds,
        cpu_seconds,
        replaced[0] if replaced else None,
        proof.utility,
        proof.seen,
        counts.notices,
    )


def _readings(snapshot: Snapshot, files: Sequence[CopyFile], staging: Staging, *, said: bool) -> dict[str, Reading]:
    """How the verifier is to read each file, where the user had to say it: `said` is whether the format was."""
    return {
        file.path if snapshot.is_folder else "": Reading(
            file.format if said or file.format in MANY else "",
            file.encoding,
            file.delimiter,
            file.header,
            order=_order(file, staging),
        )
        for file in files
    }


def _order(file: CopyFile, staging: Staging) -> Path | None:
    """Where the order of a database's rows was noted, if it had to be."""
    if not isinstance(FORMATS[file.format], BuildsFile):
        return None
    noted = staging.scratch(PurePosixPath(file.path) if staging.folder else None) / ORDER
    return noted if noted.is_file() else None


def _files_of_tables(snapshot: Snapshot) -> dict[str, str]:
    return {
        table.name: member.path.as_posix() if snapshot.is_folder else ""
        for member in snapshot.members
        for table in member.source.tables
    }


def _more_files(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """The files with rows of a table that another file comes first with."""
    more: dict[str, tuple[str, ...]] = {}
    for member in snapshot.members:
        for name in member.source.shared if isinstance(member.source, SharesTables) else ():
            more[name] = (*more.get(name, ()), member.path.as_posix())
    return more


def _fingerprint(snapshot: Snapshot, source: Path | Address) -> list[tuple[int, int, int]]:
    """Size, time and inode of every file: whoever writes to SOURCE while it is read gets no copy."""
    if isinstance(source, Address):
        return []  # its snapshot shows what others write to nobody
    paths = [source / member.path for member in snapshot.members] if snapshot.is_folder else [source]
    try:
        return [((status := path.stat()).st_size, status.st_mtime_ns, status.st_ino) for path in paths]
    except OSError:
        raise InputError("not-found", "a file of SOURCE is gone", "mask a copy that nobody writes to") from None
