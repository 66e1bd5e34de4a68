"""Lists the copies in given folders with the days that they have left, and deletes the expired ones, nothing else.

What is deleted is decided by signed manifests alone: a file goes only if a trusted manifest lists it, it is a regular
file reached without any link, and its digest is still the listed one. Then the manifest goes, then the folders that
this left empty. A signed receipt stays beside the copy as `NAME.<copy id>.purged.json`; it is written before the
manifest goes, so that a purge that was killed half-way is finished by the next one (at worst the copy's own folder
stays, empty).
"""

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Literal

from masker.clock import rfc3339
from masker.crypto.signing import Signer
from masker.envelope import seal, unseal
from masker.errors import MaskerError
from masker.manifest import FOLDER_NAME, SUFFIX, Manifest, read_manifest
from masker.publish import PREFIX
from masker.staged import create_file, locked, output_errors, sync_folder

RECEIPT_TYPE = "application/vnd.masker.receipt+json"
Outcome = Literal["deleted", "already-absent", "changed", "due"]


@dataclass(frozen=True, slots=True)
class FoundCopy:
    """A copy that a folder holds: where it lies, and its manifest, or the code word of what is wrong with that.

    `days_left` is None without a manifest, 0 or less where it is expired. `present`: any of its files is there.
    """

    path: Path
    manifest: Manifest | None
    problem: str = ""
    days_left: float | None = None
    present: bool = True


@dataclass(frozen=True, slots=True)
class PurgedFile:
    """What became of one listed file: `deleted`, `already-absent`, `changed` (left alone), or `due` in a dry run."""

    path: str
    sha256: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge did with one expired copy; `receipt` is None in a dry run.

    `complete` says that no listed file is left; where one had changed, it and the manifest stay for somebody to look.
    """

    path: Path
    copy_id: str
    files: tuple[PurgedFile, ...]
    complete: bool
    receipt: Path | None


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
) -> list[Purged]:
    """Delete the expired copies at or below `folders`, and leave a receipt for each; gives what was done.

    Copies whose manifest is not trusted or not expired are not touched. Raises `OutputError` where a file cannot be
    deleted or a receipt not be written.
    """
    done = []
    for found in find_copies(folders, trusted, now):
        if found.manifest is None or found.manifest.days_left(now) > 0:
            continue
        with output_errors(), locked(found.path.parent):
            # Another purge or run may have been here meanwhile: what counts is the manifest that is there now.
            now_there = _found(found.path, _sidecar(found.path, found.manifest), trusted, now)
            if now_there.manifest == found.manifest:
                done.append(_purge(found.path, found.manifest, now, signer, dry_run))
    return done


def _sidecars(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder.with_name(folder.name + SUFFIX)
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
    receipt = copy.with_name(f"{copy.name}.{manifest.copy_id}.purged.json")
    earlier = _earlier(receipt, signer)
    files = []
    with output_errors():
        for file in manifest.files:
            outcome = _delete(root, file.path, file.sha256, dry_run)
            if outcome == "already-absent" and file.path in earlier:
                outcome = "deleted"
            files.append(PurgedFile(file.path, file.sha256, outcome))
        complete = all(file.outcome != "changed" for file in files)
        if dry_run:
            return Purged(copy, manifest.copy_id, tuple(files), complete, None)
        _leave(receipt, _receipt(manifest, now, files, complete, signer))
        if complete:
            _remove_empty(root, manifest)
            _sidecar(copy, manifest).unlink(missing_ok=True)
            if manifest.is_folder:
                with contextlib.suppress(OSError):  # somebody's own files keep it
                    root.rmdir()
            sync_folder(copy.parent)
    return Purged(copy, manifest.copy_id, tuple(files), complete, receipt)


def _receipt(manifest: Manifest, now: datetime, files: list[PurgedFile], complete: bool, signer: Signer) -> bytes:
    content = {
        "masker": 1,
        "copy_id": manifest.copy_id,
        "purpose": manifest.purpose,
        "recipient": manifest.recipient,
        "reference": manifest.reference,
        "expires": manifest.expires,
        "purged": rfc3339(now),
        "complete": complete,
        "files": [asdict(file) for file in files],
    }
    return seal(RECEIPT_TYPE, content, signer)


def _earlier(receipt: Path, signer: Signer) -> set[str]:
    # A purge that was killed after this receipt left nothing else to tell its deletions from what was gone before.
    try:
        content = json.loads(unseal(receipt.read_bytes(), RECEIPT_TYPE, {signer.id: signer.public}))
        return {file["path"] for file in content["files"] if file["outcome"] == "deleted"}
    except (OSError, MaskerError):
        return set()


def _leave(path: Path, content: bytes) -> None:
    unfinished = path.with_name(PREFIX + path.name)
    unfinished.unlink(missing_ok=True)
    with create_file(unfinished) as file:
        file.write(content)
    unfinished.replace(path)
    sync_folder(path.parent)


def _delete(root: Path, path: str, sha256: str, dry_run: bool) -> Outcome:
    """Delete one file below `root`, walking down folder by folder so that no link on the way can lead elsewhere."""
    *folders, name = PurePosixPath(path).parts
    with contextlib.ExitStack() as stack:

        def opened(step: str | Path, flags: int, at: int | None) -> int:
            descriptor = os.open(step, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | flags, dir_fd=at)
            stack.callback(os.close, descriptor)
            return descriptor

        try:
            at = opened(root, os.O_DIRECTORY, None)
            for folder in folders:
                at = opened(folder, os.O_DIRECTORY, at)
            before = os.stat(name, dir_fd=at, follow_symlinks=False)
            if not stat.S_ISREG(before.st_mode):
                return "changed"
            descriptor = opened(name, os.O_NONBLOCK, at)
        except FileNotFoundError:
            return "already-absent"
        except OSError:  # not readable, or a link stands where a folder or a file was
            return "changed"
        with os.fdopen(os.dup(descriptor), "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        after = os.stat(name, dir_fd=at, follow_symlinks=False)
        if digest != sha256 or not os.path.samestat(after, os.fstat(descriptor)):
            return "changed"
        if dry_run:
            return "due"
        os.unlink(name, dir_fd=at)
        return "deleted"


def _remove_empty(root: Path, manifest: Manifest) -> None:
    parents = {parent for file in manifest.files for parent in PurePosixPath(file.path).parents}
    for folder in sorted(parents, key=lambda path: len(path.parts), reverse=True):
        with contextlib.suppress(OSError):
            if not any(part.is_symlink() for part in (root / folder, *(root / folder).parents[: len(folder.parts)])):
                (root / folder).rmdir()
