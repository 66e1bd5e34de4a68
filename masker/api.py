"""The Python API: the main commands as functions, and masking of frames in memory."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from masker import clock
from masker.address import place_of
from masker.errors import UsageError, sealed
from masker.findings import Findings
from masker.manifest import Manifest
from masker.trust import trusted_signers as trusted_signers

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
    agreement: str | Path = "",
    recipient: str = "staff",
    reference: str = "",
    key_file: str | Path | None = None,
    key_command: str = "",
    replace: bool = False,
    engine: str = "threads",
    jobs: int = 0,
    where: str | Sequence[str] = (),
    subset: str | Sequence[str] = (),
) -> "Outcome":
    """Write a masked, verified, tagged copy of `source` to `dest`; the same as `masker mask`.

    `where` ("customers: country = 'DE'") and `subset` ("5%", "1000", "customers:5%") make it one of a closed subset.
    Raises `MaskerError` and nothing else; then nothing is visible at `dest`.
    """
    from masker.ledger import operator
    from masker.request import Request
    from masker.run import mask as run_mask

    request = Request(
        source=place_of(source),
        dest=place_of(dest),
        operator=operator(),
        purpose=purpose,
        expires=expires,
        profile=str(profile) if profile is not None else None,
        agreement=str(agreement),
        recipient=recipient,
        reference=reference,
        key_file=Path(key_file) if key_file is not None else None,
        key_command=key_command,
        replace=replace,
        engine=engine,
        jobs=jobs,
        where=_several(where),
        subset=_several(subset),
    )
    return run_mask(request)


@sealed
def scan(source: str | Path, *, rows: int | None = None, ignore_names: bool = False, ner: str = "") -> Findings:
    """What personal data is in `source`, whose it is, and why; the same as `masker scan`.

    `ner` is `NAME=PATH` of a model for texts, see docs/ner.md.
    """
    from masker.scanning import scan as run_scan

    return run_scan(place_of(source), rows=rows, ignore_names=ignore_names, ner=ner)


@sealed
def verify(
    copy: str | Path,
    *,
    against: str | Path | None = None,
    agreement: str | Path = "",
    where: str | Sequence[str] = (),
) -> Manifest:
    """Check a copy's signature, signer, digests, expiry and content, with `against` also its promises; its manifest.

    `agreement` says which rows of `against` the copy must not have; a copy that lacks some cannot be compared without.
    Nor can one of a subset by conditions without `where`, the same as it was made with.
    Raises `GateError` (`signature`, `signer`, `digest`, `expired`, `leak`, `mismatch`, `orphans`) where it fails.
    """
    from masker.agreement.load import load_agreement
    from masker.verifying import verify_at

    checked = verify_at(
        place_of(copy),
        trusted_signers(),
        clock.now(),
        against=place_of(against) if against is not None else None,
        agreement=load_agreement(str(agreement)) if agreement else None,
        where=_several(where),
    )
    return checked.manifest


@sealed
def mask_frame(
    frame: Frame,
    profile: str | Path | None = None,
    *,
    purpose: str,
    expires: str,
    agreement: str | Path = "",
    recipient: str = "staff",
    key_file: str | Path | None = None,
    name: str = "frame",
) -> Frame:
    """Mask a pandas frame, or a PyArrow table or anything else with the Arrow C stream, in memory.

    Gives the same kind of frame back for pandas, and a `pyarrow.Table` otherwise: n rows less those that the agreement
    keeps out, column types kept, the index of a pandas frame replaced by 0..n-1 (an index can hold values). `name` is
    the table's name in the profile. The tag stands in `attrs["masker_tag"]` or in the schema's metadata. Nothing is
    written, so there is no manifest; what is given back was checked row by row against `frame`.
    """
    from masker.agreement.load import load_agreement
    from masker.frames import mask_table, table_of
    from masker.profile.load import load_profile
    from masker.profile.lock import require_accepted

    if not isinstance(name, str) or not name:
        raise UsageError("usage", "`name` is the table's name in the profile")
    moment = clock.now()
    until = clock.expiry(expires, moment)
    loaded = load_profile(str(profile or "test-env"))
    allowed = load_agreement(str(agreement) or loaded.agreement)
    allowed.admit(purpose, until, recipient, moment)
    require_accepted(loaded, allowed)
    table = table_of(frame)
    masked, label = mask_table(
        table, name, loaded=loaded, agreement=allowed,
        purpose=purpose, until=until, recipient=recipient, key_file=key_file,
    )  # fmt: skip
    return _like(frame, masked, label)


def _several(texts: str | Sequence[str]) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)


def _like(frame: Frame, masked: "pa.Table", label: str) -> Frame:
    if type(frame).__module__.partition(".")[0] == "pandas":
        result = masked.to_pandas()
        result.attrs["masker_tag"] = label
        return result  # type: ignore[no-any-return]
    return masked.replace_schema_metadata({"masker_tag": label})  # type: ignore[no-any-return]
