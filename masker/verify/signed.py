"""Whether a copy is what its manifest says: signature, signer, digests and labels, no other files, not expired."""

import hashlib
import os
import stat
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from masker.errors import GateError, InputError, Place
from masker.manifest import CopyFile, Manifest, manifest_path, read_manifest
from masker.verify.labels import check_label, label_of, told
from masker.verify.sides import unexpected_files


def verify_copy(path: Path, trusted: Mapping[str, bytes], now: datetime) -> tuple[Manifest, int]:
    """Check a copy (a file or a folder) without its SOURCE; gives its manifest and the number of checks made.

    Raises `InputError` (`not-found`, `malformed`) and `GateError`: `signature`, `signer`, `digest` (a file changed,
    is missing, is there though the manifest does not list it, or has another label inside), last of all `expired`.
    """
    if not path.exists():
        raise InputError("not-found", "there is no such copy", place=Place(file=path.name))
    manifest = _manifest(path, trusted)
    if manifest.is_folder != path.is_dir() or (not manifest.is_folder and manifest.files[0].path != path.name):
        raise GateError("digest", "the manifest is that of another copy", place=Place(file=path.name))
    for file in manifest.files:
        there = path / file.path if manifest.is_folder else path
        check_digest(there, file)
        check_label(there, file, manifest)
    if manifest.is_folder:
        for extra in unexpected_files(path, {file.path for file in manifest.files}):
            raise GateError("digest", "a file that the manifest does not list", place=Place(file=extra))
    if manifest.days_left(now) <= 0:
        hint = "`masker purge` deletes it; `masker mask` makes a new one"
        raise GateError("expired", "the copy has outlived its purpose", hint, Place(file=path.name))
    return manifest, 3 + len(manifest.files)


def _manifest(path: Path, trusted: Mapping[str, bytes]) -> Manifest:
    try:
        return read_manifest(manifest_path(path), trusted)
    except InputError as error:
        label = label_of(path) if error.code == "not-found" and path.is_file() else None
        if label is None:
            raise
        hint = "a label proves nothing: verify the copy that the file was taken from"
        raise InputError("not-found", f"there is no manifest; {told(label)}", hint, error.place) from None


def check_digest(path: Path, file: CopyFile) -> None:
    """Raise `GateError` (`digest`) where the file at `path` is not there, no plain file, or has another digest."""
    place = Place(file=file.path)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        raise GateError("digest", "a file of the copy is missing or cannot be read", place=place) from None
    with os.fdopen(descriptor, "rb") as opened:
        regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
        if not regular or hashlib.file_digest(opened, "sha256").hexdigest() != file.sha256:
            raise GateError("digest", "a file of the copy has changed", place=place)
