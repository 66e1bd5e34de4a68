"""The Python API: the main commands as functions, and masking of frames in memory."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from masker import clock
from masker.agreement import BUILT_IN
from masker.config import config_folder, project_config
from masker.errors import UsageError, sealed
from masker.findings import Findings
from masker.manifest import Manifest

if TYPE_CHECKING:
    import pyarrow as pa

    from masker.run import Outcome

Frame = TypeVar("Frame")


@sealed
def mask(
    source: str | Path,
    dest: str | Path,
    *,
    purpose: str,
    expires: str,
    profile: str | Path | None = None,
    recipient: str = "staff",
    reference: str = "",
    key_file: str | Path | None = None,
    engine: str = "threads",
    jobs: int = 0,
) -> "Outcome":
    """Write a masked, verified, tagged copy of `source` to `dest`; the same as `masker mask`.

    Raises `MaskerError` and nothing else; then nothing is visible at `dest`.
    """
    from masker.request import Request
    from masker.run import mask as run_mask

    request = Request(
        source=Path(source),
        dest=Path(dest),
        purpose=purpose,
        expires=expires,
        profile=str(profile) if profile is not None else None,
        recipient=recipient,
        reference=reference,
        key_file=Path(key_file) if key_file is not None else None,
        engine=engine,
        jobs=jobs,
    )
    return run_mask(request)


@sealed
def scan(source: str | Path, *, rows: int | None = None, ignore_names: bool = False) -> Findings:
    """What personal data is in `source`, whose it is, and why; the same as `masker scan`."""
    from masker.run import scan as run_scan

    return run_scan(Path(source), rows=rows, ignore_names=ignore_names)


@sealed
def verify(copy: str | Path, *, against: str | Path | None = None) -> Manifest:
    """Check a copy's signature, signer, digests, expiry and content, with `against` also its promises; its manifest.

    Raises `GateError` (`signature`, `signer`, `digest`, `expired`, `leak`, `mismatch`, `orphans`) where it fails.
    """
    from masker.verify.against import readings, verify_against
    from masker.verify.alone import require_clean
    from masker.verify.proof import Proof
    from masker.verify.signed import verify_copy

    manifest, _ = verify_copy(Path(copy), trusted_signers(), clock.now())
    require_clean(manifest, Path(copy))
    if against is not None:
        checks = Proof(manifest.promises, {}).checks
        verify_against(manifest.promises, Path(against), Path(copy), readings=readings(manifest), checks=checks)
    return manifest


@sealed
def mask_frame(
    frame: Frame,
    profile: str | Path | None = None,
    *,
    purpose: str,
    expires: str,
    recipient: str = "staff",
    key_file: str | Path | None = None,
    name: str = "frame",
) -> Frame:
    """Mask a pandas frame, or a PyArrow table or anything else with the Arrow C stream, in memory.

    Gives the same kind of frame back for pandas, and a `pyarrow.Table` otherwise: n rows, column types kept, the index
    of a pandas frame replaced by 0..n-1 (an index can hold values). `name` is the table's name in the profile. The tag
    stands in `attrs["masker_tag"]` or in the schema's metadata. Nothing is written, so there is no manifest;
    what is given back was checked row by row against `frame`.
    """
    from masker.frames import mask_table, table_of

    if not isinstance(name, str) or not name:
        raise UsageError("usage", "`name` is the table's name in the profile")
    moment = clock.now()
    until = clock.expiry(expires, moment)
    BUILT_IN.admit(purpose, until, recipient, moment)
    table = table_of(frame)
    masked, label = mask_table(
        table, name, profile=profile, purpose=purpose, until=until, recipient=recipient, key_file=key_file
    )
    return _like(frame, masked, label)


def trusted_signers() -> dict[str, bytes]:
    """The public keys whose manifests count: the user's, those pinned in settings, and `MASKER_SIGNING_KEY`'s."""
    from masker.crypto.signing import load_signer, trusted

    keys = dict(trusted(config_folder(), project_config(Path.cwd()).trusted_signers))
    if os.environ.get("MASKER_SIGNING_KEY"):
        # A pipeline that holds the key trusts what it signed itself.
        own = load_signer(config_folder(), dict(os.environ))
        keys[own.id] = own.public
    return keys


def _like(frame: Frame, masked: "pa.Table", label: str) -> Frame:
    if type(frame).__module__.partition(".")[0] == "pandas":
        result = masked.to_pandas()
        result.attrs["masker_tag"] = label
        return result  # type: ignore[no-any-return]
    return masked.replace_schema_metadata({"masker_tag": label})  # type: ignore[no-any-return]
