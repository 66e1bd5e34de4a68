"""Raw exports that the ledger tracks: which files they are, and deleting those once they are expired, nothing else.

An export has no manifest: what it is stands in a signed event of the ledger, with a keyed digest of every file. A plain
hash of a source is written nowhere: it would say of a guessed file that it is the one.
"""

import hmac
import os
import stat
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BufferedReader
from pathlib import Path

from masker.clock import rfc3339
from masker.crypto.signing import Signer
from masker.deletion import Purged, PurgedFile, delete_file, deleted_earlier, leave_receipt, receipt_path, remove_empty
from masker.errors import InputError, Place
from masker.ledger.entry import Entry, TrackedFile, placed
from masker.staged import locked, output_errors, sync_folder

_CHUNK = 1 << 20


def read_export(source: Path, salt: str) -> tuple[TrackedFile, ...]:
    """The regular files at or below `source` with size and digest under `salt` (hex); no link is followed.

    Raises `InputError`: `not-found`, `unreadable`, `unsupported` (a link, or nothing in it).
    """
    place = Place(file=source.name)
    if source.is_symlink():
        raise InputError("unsupported", "a link is no export", "track what it leads to", place)
    if not source.exists():
        raise InputError("not-found", "there is no such file or folder", place=place)
    try:
        files = tuple(_tracked(path, name, salt) for path, name in _files(source))
    except OSError:
        raise InputError("unreadable", "a file of the export cannot be read", place=place) from None
    if not files:
        raise InputError("unsupported", "there is no file to track", "name a file, or a folder with files", place)
    return files


def still_there(entry: Entry) -> bool:
    """Whether any file of a tracked export is still at its place, unchanged."""
    root, at = _rooted(entry)
    for file in entry.files:
        try:
            descriptor = os.open(root / at(file), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(descriptor, "rb") as opened:
                status = os.fstat(descriptor)
                same = stat.S_ISREG(status.st_mode) and status.st_size == file.size
                if same and _digest(opened, entry.salt) == file.digest:
                    return True
        except OSError:
            continue
    return False


def purge_export(entry: Entry, now: datetime, *, signer: Signer, dry_run: bool = False) -> Purged:
    """Delete the listed files of an export that are unchanged, and the folders that this left empty.

    The signed receipt stays beside it, outside of its folder. Raises `OutputError` where a file cannot be deleted or
    the receipt not be written.
    """
    place = entry.place
    if not place.parent.is_dir() or placed(place) != entry.path:
        # The folder that it lay in is gone, or a link leads elsewhere from where it was.
        there = "already-absent" if not os.path.lexists(place) else "changed"
        gone = tuple(PurgedFile(file.path, "", there) for file in entry.files)  # type: ignore[arg-type]
        return Purged(place, entry.copy_id, gone, there != "changed", None, "export")
    root, at = _rooted(entry)
    with output_errors(), locked(place.parent):
        receipt = receipt_path(place, entry.copy_id)
        earlier = deleted_earlier(receipt, signer)
        files = []
        for file in entry.files:
            outcome = delete_file(root, at(file), _is_listed(file, entry.salt), dry_run=dry_run)
            if outcome == "already-absent" and file.path in earlier:
                outcome = "deleted"
            files.append(PurgedFile(file.path, "", outcome))
        complete = all(file.outcome != "changed" for file in files)
        if dry_run:
            return Purged(place, entry.copy_id, tuple(files), complete, None, "export")
        leave_receipt(receipt, _receipt(entry, now, files, complete), signer)
        if complete and entry.is_folder and not place.is_symlink():
            remove_empty(root, [file.path for file in entry.files])
        sync_folder(place.parent)
    return Purged(place, entry.copy_id, tuple(files), complete, receipt, "export")


def _rooted(entry: Entry) -> tuple[Path, Callable[[TrackedFile], str]]:
    if entry.is_folder:
        return entry.place, lambda file: file.path
    return entry.place.parent, lambda _: entry.place.name


def _files(source: Path) -> Iterator[tuple[Path, str]]:
    if not source.is_dir():
        yield source, ""
        return

    def fail(error: OSError) -> None:
        raise error

    for folder, folders, names in os.walk(source, onerror=fail):
        folders.sort()
        for name in sorted(names):
            path = Path(folder) / name
            if stat.S_ISREG(path.lstat().st_mode):
                yield path, path.relative_to(source).as_posix()


def _tracked(path: Path, name: str, salt: str) -> TrackedFile:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError
        digest = _digest(file, salt)
        return TrackedFile(name, file.tell(), digest)


def _is_listed(listed: TrackedFile, salt: str) -> Callable[[BufferedReader], bool]:
    return lambda file: os.fstat(file.fileno()).st_size == listed.size and _digest(file, salt) == listed.digest


def _digest(file: BufferedReader, salt: str) -> str:
    keyed = hmac.new(bytes.fromhex(salt), digestmod="sha256")
    while chunk := file.read(_CHUNK):
        keyed.update(chunk)
    return keyed.hexdigest()


def _receipt(entry: Entry, now: datetime, files: list[PurgedFile], complete: bool) -> dict[str, object]:
    return {
        "copy_id": entry.copy_id,
        "kind": entry.kind,
        "purpose": entry.purpose,
        "recipient": entry.recipient,
        "reference": entry.reference,
        "expires": entry.expires,
        "purged": rfc3339(now),
        "complete": complete,
        "files": [{"path": file.path, "outcome": file.outcome} for file in files],
    }
