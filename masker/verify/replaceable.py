"""Whether what is at DEST may be replaced: a valid masker copy of the same purpose, and nothing else."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from masker.errors import GateError, MaskerError, OutputError, Place
from masker.manifest import Manifest, manifest_path, read_manifest
from masker.verify.signed import verify_copy

_HINT = "choose another DEST, or remove what is there yourself"


def require_replaceable(
    dest: Path, *, purpose: str, is_folder: bool, trusted: Mapping[str, bytes], now: datetime
) -> Manifest:
    """Give the manifest of the copy at `dest`; an expired one may be replaced too.

    Raises `OutputError` (`exists`) where it is no copy, its signer is not trusted, a file of it changed, is missing or
    is not the manifest's, it is a folder where a file is to come (or the other way round), or it has another purpose.
    """
    place = Place(file=dest.name)
    if dest.is_symlink():
        raise OutputError("exists", "DEST is a link", _HINT, place)
    try:
        try:
            verify_copy(dest, trusted, now)
        except GateError as error:
            if error.code != "expired":
                raise
        manifest = read_manifest(manifest_path(dest), trusted)
    except MaskerError as error:
        message = f"DEST exists and is no valid masker copy ({error.code})"
        raise OutputError("exists", message, _HINT, place) from None
    if manifest.is_folder != is_folder:
        raise OutputError("exists", "DEST is a copy of another kind", _HINT, place)
    if manifest.purpose != purpose:
        raise OutputError("exists", "DEST is a copy for another purpose", _HINT, place)
    return manifest
