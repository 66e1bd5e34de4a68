"""Deletes listed files and nothing else: no link followed, no file whose content changed; says what it did.

A purge writes a signed receipt beside what it deleted.
"""

import contextlib
import json
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from masker.address import Address
from masker.crypto.signing import Signer
from masker.envelope import seal, unseal
from masker.errors import MaskerError
from masker.publish import PREFIX
from masker.staged import create_file, sync_folder

RECEIPT_TYPE = "application/vnd.masker.receipt+json"
_LONGEST_NAME = 180  # bytes; with id and endings it stays below the 255 that file systems allow
Outcome = Literal["deleted", "already-absent", "changed", "due"]


@dataclass(frozen=True, slots=True)
class PurgedFile:
    """What became of one listed file: `deleted`, `already-absent`, `changed` (left alone), or `due` in a dry run.

    `sha256` is "" for a raw export's file: no plain hash of a source is written anywhere.
    """

    path: str
    sha256: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge did with one expired copy or export; `receipt` is None in a dry run.

    `complete` says that no listed file is left; where one had changed, it and the manifest stay for somebody to look.
    Without `files` the copy has no valid manifest, and all of it stays.
    """

    path: Path | Address
    copy_id: str
    files: tuple[PurgedFile, ...]
    complete: bool
    receipt: Path | None
    kind: Literal["copy", "export"] = "copy"


def receipt_path(place: Path, copy_id: str) -> Path:
    """Where the receipt for what lay at `place` is: beside it, outside of its folder; never where another file is."""
    name = place.name if len(os.fsencode(place.name)) <= _LONGEST_NAME else "copy"
    number = 1
    while True:
        more = f"-{number}" if number > 1 else ""
        path = place.with_name(f"{name}.{copy_id}{more}.purged.json")
        if not os.path.lexists(path) or _is_receipt(path):
            return path
        number += 1


def _is_receipt(path: Path) -> bool:
    try:
        return not path.is_symlink() and path.is_file() and RECEIPT_TYPE.encode() in path.read_bytes()
    except OSError:
        return False


def leave_receipt(path: Path, content: Mapping[str, object], signer: Signer) -> None:
    """Write a signed receipt, over an earlier one of the same purge."""
    put_in_place(path, seal(RECEIPT_TYPE, {"masker": 1, **content}, signer))


def deleted_earlier(receipt: Path, signer: Signer) -> set[str]:
    """The files that a receipt says were deleted; none where there is no such receipt of `signer`'s."""
    # A purge that was killed after this receipt left nothing else to tell its deletions from what was gone before.
    content = _receipt(receipt, signer)
    return {file["path"] for file in content["files"] if file["outcome"] == "deleted"} if content else set()


def completed_earlier(place: Path, copy_id: str, signer: Signer) -> bool:
    """Whether a receipt of `signer`'s says that nothing is left of the copy that lay at `place`."""
    content = _receipt(receipt_path(place, copy_id), signer)
    return content is not None and content["copy_id"] == copy_id and content["complete"] is True


def _receipt(path: Path, signer: Signer) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(unseal(path.read_bytes(), RECEIPT_TYPE, {signer.id: signer.public}))
    except (OSError, MaskerError):
        return None
    return content


def put_in_place(path: Path, content: bytes) -> None:
    """Write a small file whole, over one of that name."""
    unfinished = path.with_name(PREFIX + path.name)
    unfinished.unlink(missing_ok=True)
    with create_file(unfinished) as file:
        file.write(content)
    unfinished.replace(path)
    sync_folder(path.parent)


def delete_file(root: Path, path: str, is_listed: Callable[[BufferedReader], bool], *, dry_run: bool) -> Outcome:
    """Delete one regular file below `root` whose content `is_listed`.

    It walks down folder by folder, so that no link on the way, nor at `root`, can lead elsewhere.
    """
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
            listed = is_listed(file)
        after = os.stat(name, dir_fd=at, follow_symlinks=False)
        if not listed or not os.path.samestat(after, os.fstat(descriptor)):
            return "changed"
        if dry_run:
            return "due"
        os.unlink(name, dir_fd=at)
        return "deleted"


def remove_empty(root: Path, paths: Iterable[str]) -> None:
    """Remove the folders below `root` that `paths` lie in, where nothing is left in them."""
    parents = {parent for path in paths for parent in PurePosixPath(path).parents}
    for folder in sorted(parents, key=lambda path: len(path.parts), reverse=True):
        with contextlib.suppress(OSError):
            if not any(part.is_symlink() for part in (root / folder, *(root / folder).parents[: len(folder.parts)])):
                (root / folder).rmdir()
