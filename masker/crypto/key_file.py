"""Small secret files: readable by their owner only, written whole or not at all, never overwritten."""

import base64
import binascii
import os
import stat
from contextlib import suppress
from pathlib import Path

from masker.errors import KeyUnusable, OutputError

_LARGEST = 4096  # bytes; a key line is under a hundred
_OTHERS = 0o077


def read_secret(path: Path) -> str:
    """Read a secret text file, without blanks around it.

    Raises `KeyUnusable` where the file is missing, unreadable, no regular file, not ASCII text, over 4096 bytes, or
    open to its group or to others (checked on the open file, so that it cannot be swapped in between).
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a named pipe does not keep us waiting
        try:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                raise KeyUnusable("key", "the key file is no regular file")
            if mode & _OTHERS:
                raise KeyUnusable("key", "the key file is open to others than its owner", "`chmod 600` it")
            content = os.read(descriptor, _LARGEST + 1)
        finally:
            os.close(descriptor)
    except OSError:
        raise KeyUnusable("key", "the key file cannot be read", "make one with `masker key new FILE`") from None
    if len(content) > _LARGEST or not content.isascii():
        raise KeyUnusable("key", "the key file holds no key")
    return content.decode("ascii").strip()


def new_secret(path: Path, text: str) -> None:
    """Write one line to a new file of mode 0600 that appears whole.

    Raises `OutputError` (`exists` where something is there already, `permission` or `output` where it cannot be made).
    """
    staged = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.new")
    try:
        try:
            descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(descriptor)
            # A link never replaces what is there, and nobody sees half a key.
            os.link(staged, path)
        finally:
            with suppress(OSError):
                staged.unlink()
    except FileExistsError:
        raise OutputError("exists", "the key file exists already", "keys are never overwritten") from None
    except PermissionError:
        raise OutputError("permission", "the key file may not be written there") from None
    except OSError:
        raise OutputError("output", "the key file cannot be written") from None


def decode_key(text: str, what: str) -> bytes:
    """Decode the standard base64 of 32 bytes; `KeyUnusable`, naming only `what`, for everything else."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise KeyUnusable("key", f"{what} is no base64 text") from None
    if len(key) != 32:
        raise KeyUnusable("key", f"{what} is not 32 bytes")
    return key
