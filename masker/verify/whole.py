"""Everything that can be checked of a copy after its run: alone, and where SOURCE is at hand against that too."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from masker.agreement import Agreement
from masker.manifest import Manifest, Verified
from masker.verify.against import readings, verify_against
from masker.verify.alone import require_clean
from masker.verify.excluded import conditions_of
from masker.verify.proof import Proof
from masker.verify.signed import verify_copy


def verify_whole(
    copy: Path,
    trusted: Mapping[str, bytes],
    now: datetime,
    *,
    against: Path | None = None,
    agreement: Agreement | None = None,
) -> tuple[Manifest, Verified]:
    """Check a copy's signature, signer, digests, expiry and content, with `against` also its promises.

    Gives its manifest and what was counted. `agreement` says which rows of `against` the copy must not have. Raises
    what `verify_copy`, `require_clean` and `verify_against` raise.
    """
    manifest, checks = verify_copy(copy, trusted, now)
    require_clean(manifest, copy)
    checks += len(manifest.tables)
    if against is None:
        return manifest, Verified(checks=checks)
    proof = Proof(manifest.promises, {})
    found = verify_against(
        manifest.promises,
        against,
        copy,
        readings=readings(manifest),
        checks=proof.checks,
        exclude=conditions_of(manifest, agreement),
        spill=proof.spill,
    ).summary
    return manifest, Verified(found.leaks, found.orphans, found.mismatches, checks + found.checks, found.rows)
