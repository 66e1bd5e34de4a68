"""Steps 1 to 3 of a run: what is decided before the first byte is written."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from masker import clock
from masker.address import Address, files_among
from masker.agreement import Agreement, Purpose
from masker.agreement.load import load_agreement
from masker.crypto.keys import Keyring
from masker.draft import draft
from masker.errors import InputError, Place, UsageError
from masker.findings import Findings
from masker.keying import keyring_of
from masker.ledger import check_ledger_apart
from masker.left_out import check_conditions, with_keys
from masker.one_line import one_line
from masker.opening import Opened, closed_on_failure, open_source, require_apart, require_free, require_loadable
from masker.plan import Plan
from masker.plan.build import make_plan
from masker.plan.terms import refuse_plan
from masker.profile.load import LoadedProfile, load_profile
from masker.profile.lock import require_accepted
from masker.progress import Progress
from masker.request import Request
from masker.scanning import scan_snapshot
from masker.selection import SEED_BYTES, Root
from masker.snapshot import Snapshot
from masker.subset import read_asked, roots_of


@dataclass(frozen=True)
class Prepared:
    """Everything that is decided before the first byte is written."""

    opened: Opened
    plan: Plan
    keyring: Keyring
    agreement: Agreement
    purpose: Purpose
    moment: datetime
    expires: datetime
    cpu_seconds: Mapping[str, float]
    roots: tuple[Root, ...] = ()

    @property
    def snapshot(self) -> Snapshot:
        """What SOURCE holds."""
        return self.opened.snapshot

    def close(self) -> None:
        """Let go of SOURCE."""
        self.opened.close()


def prepare(request: Request, progress: Progress | None = None) -> Prepared:
    """Steps 1 to 3: the agreement's gate, the snapshot, findings where they are needed, the plan. Writes nothing."""
    one_line(request.reference, "--reference")
    _require_text(request.dest)
    asked = read_asked(request.where, request.subset)
    moment = clock.now()
    expires = clock.expiry(request.expires, moment)
    loaded = load_profile(request.profile or "test-env")
    agreement = load_agreement(request.agreement or loaded.agreement)
    purpose = agreement.admit(request.purpose, expires, request.recipient, moment)
    require_accepted(loaded, agreement)
    require_apart(request.source, request.dest)
    check_ledger_apart(*files_among(request.source, request.dest))
    require_free(request.dest, replace=request.replace)
    keyring = keyring_of(request, agreement)
    loaded.require_key(ephemeral=keyring.ephemeral)
    started = time.process_time()
    opened = open_source(
        request.source,
        request.options,
        request.input_format,
        dest=request.dest,
        allow_remask=request.allow_remask,
    )
    with closed_on_failure(opened):
        require_loadable(opened.snapshot, request.dest)
        plan, findings = _plan(request, opened.snapshot, loaded, agreement, progress, with_rows=bool(asked))
        seed = keyring.derive("subset", SEED_BYTES)
        roots = roots_of(asked, plan, opened.snapshot.tables, findings, seed)
    cpu_seconds = {"scan": time.process_time() - started}
    return Prepared(opened, plan, keyring, agreement, purpose, moment, expires, cpu_seconds, roots)


def _plan(
    request: Request,
    snapshot: Snapshot,
    loaded: LoadedProfile,
    agreement: Agreement,
    progress: Progress | None,
    *,
    with_rows: bool,
) -> tuple[Plan, Findings | None]:
    """The plan, and the findings where it needs some: `with_rows` says that rows will be chosen by their keys."""
    for table in snapshot.tables:
        if not table.schema.names:
            raise InputError("unsupported", "a table without columns", "leave it out", Place(table=table.name))
    findings: Findings | None = None
    if loaded.built_in:
        findings = scan_snapshot(snapshot, progress=progress)
        loaded = draft(findings, loaded).loaded
    plan = make_plan(
        snapshot.tables,
        loaded,
        findings,
        customer=agreement.customer,
        purpose=request.purpose,
        recipient=request.recipient,
    )
    refuse_plan(plan, agreement.terms(request.recipient), findings)
    check_conditions(agreement.exclude, snapshot.tables)
    if (agreement.exclude or with_rows) and findings is None:
        findings = scan_snapshot(snapshot, progress=progress)
        plan = with_keys(plan, findings)
    return plan, findings


def _require_text(dest: Path | Address) -> None:
    try:
        dest.name.encode()
    except UnicodeEncodeError:
        # The manifest of a single file names it.
        raise UsageError("usage", "the name of DEST is no UTF-8", "choose another name") from None
