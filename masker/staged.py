"""Files and renames of a copy in the making: created once and never through a link, synced, digested on the way."""

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

from masker.errors import OutputError

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_PERMISSION = {errno.EACCES, errno.EPERM, errno.EROFS}
_NOT_THERE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}
_LINUX_NOREPLACE, _MAC_EXCL, _AT_FDCWD = 1, 4, -100  # linux/fs.h RENAME_NOREPLACE; sys/stdio.h RENAME_EXCL; fcntl.h
_LINUX_EXCHANGE, _MAC_SWAP = 2, 2  # linux/fs.h RENAME_EXCHANGE; sys/stdio.h RENAME_SWAP


@contextlib.contextmanager
def output_errors() -> Iterator[None]:
    """Turn any `OSError` inside into an `OutputError` without its text (`no-space`, `exists`, ...)."""
    try:
        yield
    except OSError as error:
        number = error.errno
    else:
        return
    if number in _NO_SPACE:
        raise OutputError("no-space", "there is no space left for the copy", "free some, or write elsewhere") from None
    if number in _NO_PERMISSION:
        raise OutputError("permission", "the copy cannot be written there", "check the folder's permissions") from None
    if number in {errno.EEXIST, errno.ENOTEMPTY}:
        raise OutputError("exists", "DEST exists", "choose another DEST or remove it first") from None
    raise OutputError("output", "writing the copy failed", "check the folder of DEST and its disk") from None


class StagedFile(io.RawIOBase):
    """A new file of a copy: written once from start to end, its SHA-256 taken on the way, synced when it closes."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor, self._digest, self._size = descriptor, hashlib.sha256(), 0

    def writable(self) -> bool:
        """True: it can only be written."""
        return True

    def tell(self) -> int:
        """Bytes written so far."""
        return self._size

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        """Write all of `data`; raises `OutputError`."""
        view = memoryview(data).cast("B")
        with output_errors():
            done = 0
            while done < len(view):
                done += os.write(self._descriptor, view[done:])
        self._digest.update(view)
        self._size += len(view)
        return len(view)

    def close(self) -> None:
        """Flush to disk and close; raises `OutputError` where the disk refuses late."""
        if self.closed:
            return
        super().close()
        with output_errors():
            # Whoever writes later, as a writer in a library does when it is collected, must not meet another file.
            descriptor, self._descriptor = self._descriptor, -1
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    @property
    def sha256(self) -> str:
        """SHA-256 in hex of what was written so far."""
        return self._digest.hexdigest()


def rename_without_replace(old: Path, new: Path) -> None:
    """Rename atomically; raises `FileExistsError` where `new` exists, be it a broken link.

    Linux `renameat2(RENAME_NOREPLACE)` or macOS `renamex_np(RENAME_EXCL)`; where the file system knows neither, a
    file is linked (atomic as well), and a folder is renamed after a look (a rename never replaces a filled folder).
    """
    number = _renamed(old, new, _LINUX_NOREPLACE, _MAC_EXCL)
    if number == 0:
        return
    if number not in _NOT_THERE:
        raise OSError(number, "")
    if os.path.lexists(new):
        raise FileExistsError(errno.EEXIST, "")
    if old.is_dir():
        old.rename(new)
    else:
        new.hardlink_to(old)
        old.unlink()


def exchange(one: Path, other: Path) -> None:
    """Exchange two names atomically; both have to be there, on one file system.

    Raises `OSError`, and `OutputError` where the file system cannot: two renames would leave a moment without either.
    """
    number = _renamed(one, other, _LINUX_EXCHANGE, _MAC_SWAP)
    if number in _NOT_THERE:
        hint = "remove the old copy first, or write to a local disk"
        raise OutputError("output", "the file system of DEST cannot exchange two names at once", hint)
    if number:
        raise OSError(number, "")


def _renamed(old: Path, new: Path, linux_flag: int, mac_flag: int) -> int:
    """Rename with a flag; gives 0, or the error number."""
    libc = ctypes.CDLL(None, use_errno=True)
    source, target = os.fsencode(old), os.fsencode(new)
    if hasattr(libc, "renameat2"):
        result = libc.renameat2(_AT_FDCWD, source, _AT_FDCWD, target, linux_flag)
    elif hasattr(libc, "renamex_np"):
        result = libc.renamex_np(source, target, mac_flag)
    else:
        return errno.ENOSYS
    return ctypes.get_errno() if result else 0


def create_file(path: Path) -> StagedFile:
    """Make a new file (0600); raises `FileExistsError` where there is one, be it a link."""
    return StagedFile(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last (fsync)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, data: bytes) -> None:
    """Write a small file whole or not at all, in the place of the one that is there, whose mode stays (new: 0644)."""
    staged = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.new")
    with output_errors():
        try:
            with create_file(staged) as file:
                file.write(data)
            staged.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
            staged.replace(path)
            sync_folder(path.parent)
        finally:
            with contextlib.suppress(OSError):
                staged.unlink()


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other runs from publishing or purging in a folder: sidecar and data of two copies must not mix.

    Advisory, and without effect on file systems that know no locks on folders.
    """
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
