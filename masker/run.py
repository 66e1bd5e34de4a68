"""A whole run, step by step: open, scan, plan, mask, write, verify, publish. The only module that knows every step.

Each step hands the next one a frozen value; no step calls back. Times are taken once, at the start.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from masker import clock
from masker.agreement import Agreement, Purpose
from masker.agreement.load import load_agreement
from masker.config import config_folder
from masker.crypto.keys import Keyring
from masker.crypto.signing import load_signer
from masker.draft import draft
from masker.engines import ENGINES
from masker.errors import InputError, Place, shown
from masker.findings import Findings
from masker.formats import FORMATS, ReadOptions
from masker.formats._open import open_snapshot
from masker.keying import keyring_of
from masker.label import Label
from masker.manifest import CopyFile, Manifest, manifest_path, to_envelope
from masker.plan import Plan
from masker.plan.bind import Masking, Tally
from masker.plan.build import make_plan
from masker.plan.promise import promises_of
from masker.profile.load import load_profile
from masker.publish import Staging, check_apart
from masker.record import Counts, Facts, copy_id, write_down
from masker.request import Request
from masker.scan import scan as scan_tables
from masker.snapshot import Member, Part, Rows, Snapshot
from masker.streams import compressed_writer
from masker.verify.against import verify_against
from masker.verify.problems import Verification
from masker.verify.reading import Reading

Progress = Callable[[str, str, int], None]
"""Called with the step (`scan`, `mask`, `verify`), a table's name and the rows of it that are done."""


@dataclass(frozen=True)
class Outcome:
    """What a run did: its plan, its signed manifest and where that lies, and CPU seconds per step."""

    plan: Plan
    manifest: Manifest
    manifest_path: Path
    verification: Verification
    seconds: float
    cpu_seconds: Mapping[str, float]


@dataclass(frozen=True)
class Prepared:
    """Everything that is decided before the first byte is written."""

    snapshot: Snapshot
    plan: Plan
    keyring: Keyring
    agreement: Agreement
    purpose: Purpose
    moment: datetime
    expires: datetime
    cpu_seconds: Mapping[str, float]


def scan(
    source: Path,
    *,
    rows: int | None = None,
    ignore_names: bool = False,
    options: ReadOptions | None = None,
    input_format: str = "",
    progress: Progress | None = None,
) -> Findings:
    """What personal data is in `source`; `rows` limits what is read of each table."""
    snapshot = open_snapshot(source, options or ReadOptions(), input_format, allow_remask=True)
    return _scan(snapshot, rows=rows, ignore_names=ignore_names, progress=progress)


def prepare(request: Request, progress: Progress | None = None) -> Prepared:
    """Steps 1 to 3: the agreement's gate, the snapshot, findings where they are needed, the plan. Writes nothing."""
    moment = clock.now()
    expires = clock.expiry(request.expires, moment)
    agreement = load_agreement(request.agreement)
    purpose = agreement.admit(request.purpose, expires, request.recipient, moment)
    check_apart(request.source, request.dest)
    keyring = keyring_of(request, agreement)
    started = time.process_time()
    snapshot = open_snapshot(request.source, request.options, request.input_format, allow_remask=request.allow_remask)
    for table in snapshot.tables:
        if not table.schema.names:
            raise InputError("unsupported", "a table without columns", "leave it out", Place(table=table.name))
    loaded = load_profile(request.profile or "test-env")
    findings: Findings | None = None
    if loaded.built_in:
        findings = _scan(snapshot, progress=progress)
        loaded = draft(findings, loaded).loaded
    plan = make_plan(
        snapshot.tables,
        loaded,
        findings,
        customer=agreement.customer,
        purpose=request.purpose,
        recipient=request.recipient,
    )
    cpu_seconds = {"scan": time.process_time() - started}
    return Prepared(snapshot, plan, keyring, agreement, purpose, moment, expires, cpu_seconds)


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
    signer = load_signer(config_folder(), os.environ)
    before = _fingerprint(snapshot, request.source)
    cpu_seconds = dict(prepared.cpu_seconds)
    with Staging(request.dest, folder=snapshot.is_folder) as staging:
        started = time.process_time()
        masking = Masking(plan, prepared.keyring)
        counts = Counts()
        files = [_write(member, staging, masking, label, request, counts, progress) for member in snapshot.members]
        cpu_seconds["mask"] = time.process_time() - started
        # What reading and masking held is of no use to the verifier, and would stand beside what it needs.
        pa.default_memory_pool().release_unused()
        started = time.process_time()
        if _fingerprint(snapshot, request.source) != before:
            raise InputError("malformed", "SOURCE changed while it was read", "mask a copy that nobody writes to")
        promises = promises_of(plan, _files_of_tables(snapshot))
        verification = verify_against(promises, request.source, staging.root, readings=_readings(snapshot, files))
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
        )
        manifest = write_down(plan, facts, counts, verification)
        staging.publish(to_envelope(manifest, signer), visible)
    seconds = time.perf_counter() - clock_start
    return Outcome(plan, manifest, manifest_path(request.dest), verification, seconds, cpu_seconds)


def _scan(
    snapshot: Snapshot, *, rows: int | None = None, ignore_names: bool = False, progress: Progress | None = None
) -> Findings:
    def reader(member: Member, table: str) -> Callable[[], Iterator[pa.RecordBatch]]:
        def read() -> Iterator[pa.RecordBatch]:
            done = 0
            for part in member.source.parts(table):
                if isinstance(part, Rows) and part.table == table:
                    yield part.batch
                    done += len(part.batch)
                    _report(progress, "scan", table, done)

        return read

    tables = ((table, reader(member, table.name)) for member in snapshot.members for table in member.source.tables)
    return scan_tables(tables, source=shown(snapshot.name), rows=rows, ignore_names=ignore_names)


def _write(
    member: Member,
    staging: Staging,
    masking: Masking,
    label: Label,
    request: Request,
    counts: Counts,
    progress: Progress | None,
) -> CopyFile:
    """Mask one file into the staging folder: read here, mask and render in the engine, write here, in order."""
    path = member.path if staging.folder else None
    with staging.create(path) as file, compressed_writer(cast(BinaryIO, file), member.compression) as out:
        sink = FORMATS[member.format].sink(out, member.source, label)

        def step(part: Part) -> tuple[object, Tally | None]:
            if not isinstance(part, Rows):
                return sink.prepare(part), None
            masked, tally = masking(part)
            return sink.prepare(masked), tally

        jobs = request.jobs or os.cpu_count() or 1
        for prepared, tally in ENGINES[request.engine].run(step, member.source.parts(), jobs):
            sink.write(prepared)
            if tally is not None:
                counts.add(tally)
                _report(progress, "mask", tally.table, counts.rows[tally.table])
        sink.close()
    return CopyFile(
        path=member.path.as_posix() if staging.folder else request.dest.name,
        sha256=file.sha256,
        rows=sum(counts.rows[table.name] for table in member.source.tables),
        format=member.format,
        encoding=request.options.encoding,
        delimiter=request.options.delimiter,
        header=request.options.header,
    )


def _readings(snapshot: Snapshot, files: Sequence[CopyFile]) -> dict[str, Reading]:
    """How the verifier is to read each file, where the user had to say it."""
    return {
        file.path if snapshot.is_folder else "": Reading("", file.encoding, file.delimiter, file.header)
        for file in files
    }


def _report(progress: Progress | None, step: str, table: str, rows: int) -> None:
    if progress is not None:
        progress(step, table, rows)


def _files_of_tables(snapshot: Snapshot) -> dict[str, str]:
    return {
        table.name: member.path.as_posix() if snapshot.is_folder else ""
        for member in snapshot.members
        for table in member.source.tables
    }


def _fingerprint(snapshot: Snapshot, source: Path) -> list[tuple[int, int, int]]:
    """Size, time and inode of every file: whoever writes to SOURCE while it is read gets no copy."""
    paths = [source / member.path for member in snapshot.members] if snapshot.is_folder else [source]
    try:
        return [((status := path.stat()).st_size, status.st_mtime_ns, status.st_ino) for path in paths]
    except OSError:
        raise InputError("not-found", "a file of SOURCE is gone", "mask a copy that nobody writes to") from None
