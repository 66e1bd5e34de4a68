"""A copy appears whole or not at all: staging beside DEST, fsync, then one rename that never replaces anything.

The staging folder `.masker-tmp-<run>` (0700) lies beside DEST, so that the last step stays on one file system, and is
locked (flock) while its run lives: what is found unlocked was left by a killed run and is removed by the next one.
A folder is published by one rename. A single file is published sidecar first, data last: a sidecar without its file
means that there is no copy. A copy that replaces another changes places with it (`swap.py`).
"""

import contextlib
import errno
import fcntl
import os
import secrets
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from types import FrameType
from typing import Self

from masker.errors import Interrupted, OutputError, Terminated, UsageError
from masker.manifest import FOLDER_NAME, PAYLOAD_TYPE, SUFFIX
from masker.staged import StagedFile, create_file, locked, output_errors, rename_without_replace, sync_folder
from masker.swap import finish_swap, swap_file, swap_folder

PREFIX = ".masker-tmp-"
_SCRATCH = ".scratch"
_SIGNED = b'{"payload":'


def check_apart(source: Path, dest: Path) -> None:
    """Refuse (`UsageError`) a DEST that is SOURCE, lies inside it or around it, through links and mounts as well."""

    def chain(path: Path) -> Iterator[tuple[int, int]]:
        real = Path(os.path.realpath(path))
        for folder in (real, *real.parents):
            with contextlib.suppress(OSError):
                status = folder.stat()
                yield status.st_dev, status.st_ino

    def own(path: Path) -> set[tuple[int, int]]:
        with contextlib.suppress(OSError):
            status = path.stat()
            return {(status.st_dev, status.st_ino)}
        return set()

    if not own(source).isdisjoint(chain(dest)) or not own(dest).isdisjoint(chain(source)):
        raise UsageError("usage", "DEST must not be SOURCE, lie inside it or contain it", "choose a DEST beside it")
    if any(_is_copy(folder) for folder in Path(os.path.realpath(dest)).parents):
        raise UsageError("usage", "DEST must not lie inside another copy", "choose a DEST beside it")


def _is_copy(folder: Path) -> bool:
    """Whether a signed manifest lies there: a file more would break that copy, and its purge would not take it."""
    with contextlib.suppress(OSError), (folder / FOLDER_NAME).open("rb") as file:
        return file.read(len(_SIGNED)) == _SIGNED
    return False


class Staging:
    """Where a copy is made before anybody can see it: `with Staging(dest, folder=True) as staging:`.

    `create` makes files (0600, in folders 0700), `root` is what the verifier reads, `publish` makes all of it visible
    at once. Leaving the block without that, by any failure or by SIGINT or SIGTERM, leaves nothing. Raises
    `OutputError`: `exists` where DEST is there already, `no-space`, `permission`, `output`. What is at DEST is replaced
    only where `may_replace` is given and does not raise: it is asked at the start and again right before.
    """

    plain = False
    """Whether files are written as they are, though SOURCE's are compressed."""

    def __init__(self, dest: Path, *, folder: bool, may_replace: Callable[[Path], None] | None = None) -> None:
        self.dest = Path(os.path.abspath(dest))  # noqa: PTH100 - resolve() would follow a link at DEST
        self.folder = folder
        self._may_replace = may_replace
        self._cleanup = contextlib.ExitStack()
        self._created: list[StagedFile] = []

    def __enter__(self) -> Self:
        with output_errors(), contextlib.ExitStack() as cleanup:
            cleanup.enter_context(_terminable())
            if not self.dest.parent.is_dir():
                raise OutputError("output", "the folder of DEST does not exist", "make it first")
            if self._may_replace is None and os.path.lexists(self.dest):
                raise FileExistsError(errno.EEXIST, "")
            clean_orphans(self.dest.parent)
            if self._may_replace is not None and os.path.lexists(self.dest):
                self._may_replace(self.dest)
            with held_signals() as interrupted:  # no signal comes between making it and knowing how to remove it
                self.path, lock = _locked_folder(self.dest.parent)
                cleanup.callback(os.close, lock)
                cleanup.callback(shutil.rmtree, self.path, ignore_errors=True)
            interrupted()
            if self.folder:
                self.root.mkdir(0o700)
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *failure: object) -> None:
        for file in self._created:
            with contextlib.suppress(OutputError):
                file.close()
        self._cleanup.close()

    @property
    def root(self) -> Path:
        """The copy as it stands in the staging folder: a folder or a single file, under DEST's own name."""
        return self.path / self.dest.name

    def create(self, path: PurePosixPath | None = None) -> StagedFile:
        """Make a file at `path` below the copy's folder (without `path`: the single file itself)."""
        relative = path or PurePosixPath()
        if relative.is_absolute() or ".." in relative.parts or relative == PurePosixPath(FOLDER_NAME):
            raise OutputError("output", "a file of the copy would lie outside of it or in the manifest's place")
        with output_errors():
            target = self.root.joinpath(*relative.parts)
            for folder in reversed(target.relative_to(self.path).parents[:-1]):
                (self.path / folder).mkdir(0o700, exist_ok=True)
            file = create_file(target)
        self._created.append(file)
        return file

    def scratch(self, path: PurePosixPath | None = None) -> Path:
        """A folder (0700) beside the copy, for what is made on the way to the file at `path`; never published."""
        with output_errors():
            named = self.path.joinpath(_SCRATCH, *(path.parts if path else ()))
            for folder in reversed([named, *named.parents][: -len(self.path.parents) - 1]):
                folder.mkdir(0o700, exist_ok=True)
        return named

    def publish(self, manifest: bytes, visible: Callable[[], None] | None = None) -> None:
        """Make the copy and its signed `manifest` visible; afterwards it is complete, or `DEST` is as it was.

        A signal that comes before the decisive rename raises; one that comes later finds the work done and is ignored.
        `visible` is called once the copy can be seen.
        """
        with output_errors():
            for file in self._created:
                file.close()
            sidecar = self.root / FOLDER_NAME if self.folder else self.path / (self.dest.name + SUFFIX)
            with create_file(sidecar) as out:
                out.write(manifest)
            for folder, _, _ in os.walk(self.path):
                sync_folder(Path(folder))
            with locked(self.dest.parent), held_signals() as interrupted:
                if self._may_replace is not None and os.path.lexists(self.dest):
                    self._may_replace(self.dest)
                    interrupted()
                    if self.folder:
                        swap_folder(self.root, self.dest)
                    else:
                        swap_file(self.root, sidecar, self.dest)
                else:
                    self._place(sidecar, interrupted)
                if visible is not None:
                    visible()

    def _place(self, sidecar: Path, interrupted: Callable[[], None]) -> None:
        with contextlib.ExitStack() as undo:
            if not self.folder:
                target = _free_sidecar(sidecar.name, self.dest)
                rename_without_replace(sidecar, target)
                undo.callback(target.unlink)
                sync_folder(target.parent)
            interrupted()
            rename_without_replace(self.root, self.dest)
            undo.callback(self.dest.rename, self.root)
            sync_folder(self.dest.parent)
            undo.pop_all()

    def release(self) -> None:
        """Make a single file visible without a manifest: what it holds is no copy. `DEST` is never replaced."""
        with output_errors():
            for file in self._created:
                file.close()
            with held_signals() as interrupted:
                interrupted()
                rename_without_replace(self.root, self.dest)
                sync_folder(self.dest.parent)


def clean_orphans(parent: Path) -> int:
    """Remove the staging folders in `parent` that no living run holds; gives their number. Others' and links stay.

    A swap that was half done is finished first.
    """
    removed = 0
    for path in parent.glob(PREFIX + "*"):
        with contextlib.suppress(OSError, OutputError):
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(lock).st_uid == os.geteuid():
                    finish_swap(path)
                    shutil.rmtree(path)
                    removed += 1
            finally:
                os.close(lock)
    return removed


def _locked_folder(parent: Path) -> tuple[Path, int]:
    # Between mkdir and flock another run may take the folder for an orphan and remove it: then make a new one.
    while True:
        path = parent / (PREFIX + secrets.token_hex(8))
        path.mkdir(0o700)
        with contextlib.suppress(FileNotFoundError, BlockingIOError), contextlib.ExitStack() as undo:
            undo.callback(shutil.rmtree, path, ignore_errors=True)
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            undo.callback(os.close, lock)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(lock), path.lstat()):
                undo.pop_all()
                return path, lock


def _free_sidecar(name: str, dest: Path) -> Path:
    target = dest.with_name(name)
    if os.path.lexists(dest):
        raise FileExistsError(errno.EEXIST, "")
    if target.is_file() and not target.is_symlink():
        # A lone sidecar is what a killed run or an interrupted purge left; anything else there is somebody's file.
        with target.open("rb") as file:
            left_over = PAYLOAD_TYPE.encode() in file.read()
        if left_over:
            target.unlink()
    return target


def _terminated(number: int, frame: FrameType | None) -> None:
    raise (Terminated if number == signal.SIGTERM else Interrupted)("interrupted", "the run was stopped")


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    # By default SIGTERM ends the process on the spot; as an exception it lets the staging be removed.
    mine = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if mine:
        signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    finally:
        if mine:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextlib.contextmanager
def held_signals() -> Iterator[Callable[[], None]]:
    """Hold SIGINT and SIGTERM back meanwhile; calling what it gives raises where one came."""
    # Python runs handlers in the main thread only; in any other thread nothing can come between the renames.
    came: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM) if threading.current_thread() is threading.main_thread() else ()

    def interrupted() -> None:
        if came:
            _terminated(came[0], None)

    def hold(number: int, frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, hold) for number in numbers}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is hold:  # `visible` may have set another one, to stay
                signal.signal(number, handler or signal.SIG_DFL)
