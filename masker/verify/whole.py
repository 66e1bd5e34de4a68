"""Everything that can be checked of a copy after its run: alone, and where SOURCE is at hand against that too."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from masker.agreement import Agreement
from masker.manifest import Manifest, Verified
from masker.verify.against import readings, verify_against
from masker.verify.alone import require_clean
from masker.verify.excluded import conditions_of
from masker.verify.proof import Proof
from masker.verify.signed import verify_copy
from masker.verify.subset import roots_of


def verify_whole(
    copy: Path,
    trusted: Mapping[str, bytes],
    now: datetime,
    *,
    against: Path | None = None,
    agreement: Agreement | None = None,
    where: Sequence[str] = (),
) -> tuple[Manifest, Verified]:
    """Check a copy's signature, signer, digests, expiry and content, with `against` also its promises.

    Gives its manifest and what was counted. `agreement` says which rows of `against` the copy must not have,
    `where` by which conditions a subset of them was made. Raises what `verify_copy`, `require_clean` and
    `verify_against` raise.
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
        roots=roots_of(manifest, where),
        spill=proof.spill,
    ).summary
    return manifest, Verified(found.leaks, found.orphans, found.mismatches, checks + found.checks, found.rows)
