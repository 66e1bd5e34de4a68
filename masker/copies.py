"""Lists the copies in given folders with the days that they have left, and deletes the expired ones, nothing else.

What is deleted is decided by signed manifests alone: a file goes only if a trusted manifest lists it, it is a regular
file reached without any link, and its digest is still the listed one. Then the manifest goes, then the folders that
this left empty. A signed receipt stays beside the copy as `NAME.<copy id>.purged.json`; it is written before the
manifest goes, so that a purge that was killed half-way is finished by the next one (at worst the copy's own folder
stays, empty).
"""

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BufferedReader
from pathlib import Path

from masker.address import Address
from masker.clock import rfc3339
from masker.crypto.signing import Signer
from masker.deletion import Purged, PurgedFile, delete_file, deleted_earlier, leave_receipt, receipt_path, remove_empty
from masker.errors import MaskerError
from masker.manifest import FOLDER_NAME, SUFFIX, Manifest, read_manifest
from masker.publish import PREFIX
from masker.staged import locked, output_errors, sync_folder


@dataclass(frozen=True, slots=True)
class FoundCopy:
    """A copy that a folder holds: where it lies, and its manifest, or the code word of what is wrong with that.

    `days_left` is None without a manifest, 0 or less where it is expired. `present`: any of its files is there.
    """

    path: Path | Address
    manifest: Manifest | None
    problem: str = ""
    days_left: float | None = None
    present: bool = True


def find_copies(folders: Iterable[Path], trusted: Mapping[str, bytes], now: datetime) -> list[FoundCopy]:
    """The copies at or below `folders`, by path; links are not followed, staging folders not entered.

    A manifest that cannot be trusted is listed with its problem (`signature`, `signer`, `malformed`, ...). A sidecar
    without its file is listed (with `present` False) only where it is a trusted one: then a purge has to finish.
    """
    found: dict[Path, FoundCopy] = {}
    for folder in folders:
        for sidecar in _sidecars(folder):
            copy = sidecar.parent if sidecar.name == FOLDER_NAME else sidecar.with_name(sidecar.name[: -len(SUFFIX)])
            entry = _found(copy, sidecar, trusted, now)
            if entry.present or entry.manifest:
                found[copy] = entry
    return [found[path] for path in sorted(found)]


def purge(
    folders: Iterable[Path], now: datetime, *, trusted: Mapping[str, bytes], signer: Signer, dry_run: bool = False
) -> Iterator[Purged]:
    """Delete the expired copies at or below `folders`, and leave a receipt for each; gives each once it is done.

    Copies whose manifest is not trusted or not expired are not touched. Raises `OutputError` where a file cannot be
    deleted or a receipt not be written.
    """
    for found in find_copies(folders, trusted, now):
        if found.manifest is None or found.manifest.days_left(now) > 0:
            continue
        path = found.path
        if not isinstance(path, Path):
            continue
        with output_errors(), locked(path.parent):
            # Another purge or run may have been here meanwhile: what counts is the manifest that is there now.
            now_there = _found(path, _sidecar(path, found.manifest), trusted, now)
            if now_there.manifest != found.manifest:
                continue
            done = _purge(path, found.manifest, now, signer, dry_run)
        yield done


def _sidecars(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        sidecar = folder.with_name(folder.name + SUFFIX)
        if folder.is_file() or os.path.lexists(sidecar):
            yield sidecar
        return
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(PREFIX))
        for name in sorted(names):
            path = Path(place) / name
            if (name == FOLDER_NAME or (name.endswith(SUFFIX) and name != SUFFIX)) and not path.is_symlink():
                yield path


def _sidecar(copy: Path, manifest: Manifest) -> Path:
    return copy / FOLDER_NAME if manifest.is_folder else copy.with_name(copy.name + SUFFIX)


def _found(copy: Path, sidecar: Path, trusted: Mapping[str, bytes], now: datetime) -> FoundCopy:
    is_folder = sidecar.name == FOLDER_NAME
    try:
        manifest = read_manifest(sidecar, trusted)
    except MaskerError as error:
        return FoundCopy(copy, None, error.code, present=is_folder or copy.exists())
    if manifest.is_folder != is_folder or (not is_folder and manifest.files[0].path != copy.name):
        return FoundCopy(copy, None, "digest", present=is_folder or copy.exists())
    root = copy if is_folder else copy.parent
    present = any(os.path.lexists(root / file.path) for file in manifest.files)
    return FoundCopy(copy, manifest, "", manifest.days_left(now), present)


def _purge(copy: Path, manifest: Manifest, now: datetime, signer: Signer, dry_run: bool) -> Purged:
    root = copy if manifest.is_folder else copy.parent
    receipt = receipt_path(copy, manifest.copy_id)
    earlier = deleted_earlier(receipt, signer)
    files = []
    with output_errors():
        for file in manifest.files:
            outcome = delete_file(root, file.path, _has_digest(file.sha256), dry_run=dry_run)
            if outcome == "already-absent" and file.path in earlier:
                outcome = "deleted"
            files.append(PurgedFile(file.path, file.sha256, outcome))
        complete = all(file.outcome != "changed" for file in files)
        if dry_run:
            return Purged(copy, manifest.copy_id, tuple(files), complete, None)
        leave_receipt(receipt, receipt_of(manifest, now, files, complete), signer)
        if complete:
            remove_empty(root, [file.path for file in manifest.files])
            _sidecar(copy, manifest).unlink(missing_ok=True)
            if manifest.is_folder:
                with contextlib.suppress(OSError):  # somebody's own files keep it
                    root.rmdir()
            sync_folder(copy.parent)
    return Purged(copy, manifest.copy_id, tuple(files), complete, receipt)


def _has_digest(sha256: str) -> Callable[[BufferedReader], bool]:
    return lambda file: hashlib.file_digest(file, "sha256").hexdigest() == sha256


def receipt_of(manifest: Manifest, now: datetime, files: list[PurgedFile], complete: bool) -> dict[str, object]:
    """What the receipt of a purge says."""
    return {
        "copy_id": manifest.copy_id,
        "purpose": manifest.purpose,
        "recipient": manifest.recipient,
        "reference": manifest.reference,
        "expires": manifest.expires,
        "purged": rfc3339(now),
        "complete": complete,
        "files": [asdict(file) for file in files],
    }
