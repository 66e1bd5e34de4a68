"""One copy takes the place of another: at every moment DEST is the old copy or the new one, whole.

A folder is one exchange of two names (Linux `renameat2(RENAME_EXCHANGE)`, macOS `renamex_np(RENAME_SWAP)`). A file and
its sidecar are two, with a note in the staging folder before the first: between them the new sidecar's digest does
not fit the old file, so that nothing reads as valid; a run that was killed there is finished by the next one.
"""

import contextlib
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from masker.staged import create_file, exchange, locked, sync_folder

_NOTE = ".swap"
_LARGEST = 4096  # bytes of a note


@dataclass(frozen=True, slots=True)
class _Note:
    """Which file a swap is about, and the SHA-256 of the new file and of its new sidecar."""

    dest: str
    sidecar: str
    new_data: str
    new_sidecar: str


def swap_folder(staged: Path, dest: Path) -> None:
    """Exchange a staged folder with DEST; afterwards `staged` is the old copy."""
    exchange(staged, dest)
    try:
        sync_folder(dest.parent)
    except BaseException:
        exchange(staged, dest)
        raise


def swap_file(staged: Path, staged_sidecar: Path, dest: Path) -> None:
    """Exchange a staged file and its sidecar with DEST and the sidecar there; afterwards the staged ones are the old.

    All four are there, and the two folders are one file system's.
    """
    sidecar = dest.with_name(staged_sidecar.name)
    note = _Note(dest.name, sidecar.name, _digest(staged), _digest(staged_sidecar))
    with create_file(staged.with_name(dest.name + _NOTE)) as file:
        file.write(json.dumps(asdict(note)).encode())
    sync_folder(staged.parent)
    with contextlib.ExitStack() as undo:
        exchange(staged_sidecar, sidecar)
        undo.callback(exchange, staged_sidecar, sidecar)
        exchange(staged, dest)
        undo.callback(exchange, staged, dest)
        sync_folder(dest.parent)
        undo.pop_all()


def finish_swap(staging: Path) -> None:
    """Finish what a killed run began in its staging folder: where its sidecar is at DEST, its file follows."""
    for path in staging.glob("*" + _NOTE):
        note = _read(path)
        if note is None or path.name != note.dest + _NOTE:
            continue
        dest, staged = staging.parent / note.dest, staging / note.dest
        with locked(staging.parent):
            half_done = _digest(dest.with_name(note.sidecar)) == note.new_sidecar and _digest(staged) == note.new_data
            # Where the file is there already, what is staged is the old one.
            if half_done and dest.is_file() and not dest.is_symlink():
                exchange(staged, dest)
                sync_folder(dest.parent)


def _read(path: Path) -> _Note | None:
    try:
        if path.is_symlink() or path.stat().st_size > _LARGEST:
            return None
        note = _Note(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    plain = all(
        isinstance(name, str) and "/" not in name and name not in ("", ".", "..") for name in asdict(note).values()
    )
    return note if plain else None


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
