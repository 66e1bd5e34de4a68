"""Everything that can be checked of a copy after its run: alone, and where SOURCE is at hand against that too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from masker.agreement import Agreement
from masker.manifest import Manifest, Verified
from masker.verify.against import readings, verify_against
from masker.verify.alone import require_clean
from masker.verify.excluded import conditions_of
from masker.verify.opening import Where
from masker.verify.proof import Proof
from masker.verify.reading import Reading
from masker.verify.signed import verify_copy
from masker.verify.subset import roots_of
from masker.verify.unpaired import Orderless
from masker.verify.utility import ColumnUtility


@dataclass(frozen=True, slots=True)
class Checked:
    """A copy that passed: its manifest, what was counted, and in sentences what could not be checked.

    `agreed`: how the agreement that was given stands to it (`masker.agreed`); None where none was. `utility` is what
    masking left of columns, where SOURCE was at hand.
    """

    manifest: Manifest
    found: Verified
    unproven: tuple[str, ...] = ()
    agreed: str | None = None
    utility: Mapping[tuple[str, str], ColumnUtility] = field(default_factory=dict)


def verify_whole(
    copy: Path,
    trusted: Mapping[str, bytes],
    now: datetime,
    *,
    against: Where | None = None,
    agreement: Agreement | None = None,
    where: Sequence[str] = (),
) -> Checked:
    """Check a copy's signature, signer, digests, expiry and content, with `against` also its promises.

    `agreement` says which rows of `against` the copy must not have, `where` by which conditions a subset of them was
    made. Raises what `verify_copy`, `require_clean` and `verify_against` raise.
    """
    manifest, checks = verify_copy(copy, trusted, now)
    require_clean(manifest, copy)
    alone = Checked(manifest, Verified(checks=checks + len(manifest.tables)))
    return alone if against is None else compared(alone, copy, against, agreement=agreement, where=where)


def compared(
    alone: Checked,
    copy: Where,
    against: Where,
    *,
    agreement: Agreement | None = None,
    where: Sequence[str] = (),
    orderless: Orderless | None = None,
    reading: Reading | None = None,
) -> Checked:
    """What passed by itself, compared with its SOURCE too; see `verify_whole`.

    `reading` says how both are read, where that is not how the manifest recorded it.
    """
    manifest = alone.manifest
    proof = Proof(manifest.promises, {})
    verification = verify_against(
        manifest.promises,
        against,
        copy,
        readings=readings(manifest) if reading is None else {"": reading},
        checks=proof.checks,
        exclude=conditions_of(manifest, agreement),
        roots=roots_of(manifest, where),
        spill=proof.spill,
        orderless=orderless,
    )
    found = verification.summary
    checks = alone.found.checks + found.checks
    verified = Verified(found.leaks, found.orphans, found.mismatches, checks, found.rows)
    return Checked(manifest, verified, verification.unproven, utility=proof.utility)
