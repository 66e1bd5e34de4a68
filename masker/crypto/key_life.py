"""The end of a key file: rotated (a new key takes its place, the old one is kept) or destroyed (crypto-shredding).

Killed at any moment, a rotation leaves the old key under at least one of its names, and a whole key at the file.
"""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from masker.crypto.key_file import decode_key, new_secret, read_secret
from masker.crypto.keys import key_id
from masker.crypto.root import new_root_text
from masker.errors import KeyUnusable, OutputError
from masker.staged import sync_folder

_LARGEST = 4096  # bytes; a key line is under a hundred


def rotate(path: Path, announce: Callable[[str, str], None] | None = None) -> tuple[str, str, Path]:
    """Put a new root key at `path`; gives the id of the old key, of the new one, and where the old one is kept now.

    That is `NAME.<old id>.retired` beside it, mode 0600. `announce` gets both ids before the new key takes its place;
    where it raises, the old one stays. Raises `KeyUnusable` where the file holds no root key, is open
    to others or is a link; `OutputError` (`exists` where another file has the retired one's name).
    """
    _refuse_link(path)
    old_text = read_secret(path)
    old = key_id(decode_key(old_text, "the key file"))
    retired = path.with_name(f"{path.name}.{old}.retired")
    text = new_root_text()
    new = key_id(decode_key(text, "the new key"))
    staged = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.next")
    new_secret(staged, text)
    try:
        _keep(path, retired, old_text)
        with _key_errors():
            sync_folder(path.parent)
        if announce is not None:
            announce(old, new)
        with _key_errors():
            staged.replace(path)
            sync_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):
            staged.unlink(missing_ok=True)
    return old, new, retired


def destroy(path: Path, expected: str) -> None:
    """Overwrite a root key's file with random bytes, sync, and remove it; `expected` is the id that was agreed to.

    What only this key turns back can never be turned back again. That is as far as a program can see: SSDs, journalling
    or copying file systems, snapshots and backups may still hold the bytes. Raises `KeyUnusable` where the file is a
    link, has another name too (a hard link), belongs to somebody else, or holds no root key or another one.
    """
    _refuse_link(path)
    root = decode_key(read_secret(path), "the key file")
    if key_id(root) != expected:
        raise KeyUnusable("key", "the key file holds another key now")
    with _key_errors():
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST or status.st_uid != os.geteuid():
                raise KeyUnusable("key", "the key file is not yours, or no regular file")
            if status.st_nlink != 1:
                raise KeyUnusable("key", "the key file has another name too", "find it with `find -samefile`")
            os.pwrite(descriptor, os.urandom(status.st_size), 0)
            os.fsync(descriptor)
            os.ftruncate(descriptor, 0)
            os.fsync(descriptor)
            path.unlink()
        finally:
            os.close(descriptor)
        sync_folder(path.parent)


def id_of(path: Path) -> str:
    """The id of the root key in a file; raises `KeyUnusable`."""
    _refuse_link(path)
    return key_id(decode_key(read_secret(path), "the key file"))


def _keep(path: Path, retired: Path, text: str) -> None:
    """Give the old key its second name: a hard link, or a copy where the file system has none."""
    try:
        os.link(path, retired, follow_symlinks=False)
    except FileExistsError:
        # A rotation that was killed left it; anything else there is somebody's.
        if retired.is_symlink() or not retired.is_file() or read_secret(retired) != text:
            message = "another file has the name of the retired key"
            raise OutputError("exists", message, "move it away first") from None
    except PermissionError:
        raise OutputError("permission", "the retired key may not be written there") from None
    except OSError:
        new_secret(retired, text)


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise KeyUnusable("key", "the key file is a link", "name the file itself")


@contextlib.contextmanager
def _key_errors() -> Iterator[None]:
    try:
        yield
    except PermissionError:
        raise OutputError("permission", "the key file may not be written") from None
    except OSError:
        raise OutputError("output", "the key file cannot be written") from None
