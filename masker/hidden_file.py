"""A file without a name whose bytes are encrypted: what does not fit into memory lies there, and dies with the process.

AES-256 in counter mode (NIST SP 800-38A section 6.5) under a key that is drawn for each file and lives in memory only;
every byte position has its own counter and is written once. The file is opened with O_TMPFILE (where that is not to be
had: unlinked right after it was made), so no name leads to it and it is gone with the process, however that ends.
"""

import contextlib
import errno
import os
import secrets
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

from masker.staged import output_errors

_BLOCK, _PIECE = 16, 1 << 20


class HiddenFile:
    """Bytes that are appended and read back; the file is made in `folder` when it is first needed."""

    def __init__(self, folder: Path | None = None) -> None:
        self.size = 0
        self._folder = Path(tempfile.gettempdir()) if folder is None else folder
        self._descriptor: int | None = None
        self._key = algorithms.AES(secrets.token_bytes(32))

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Forget everything."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def append(self, data: memoryview) -> int:
        """Write `data` encrypted; gives the position that it begins at. Raises `OutputError` (`no-space`, ...)."""
        start = self.size
        with output_errors():
            if self._descriptor is None:
                self._descriptor = _nameless(self._folder)
            cipher = self._cipher(start)
            for first in range(0, len(data), _PIECE):
                piece = memoryview(cipher.update(data[first : first + _PIECE]))
                while piece:
                    written = os.pwrite(self._descriptor, piece, self.size)
                    self.size += written
                    piece = piece[written:]
        self.size += -self.size % _BLOCK
        return start

    def read(self, start: int, end: int) -> bytes:
        """The bytes from position `start` to before `end`. Raises `OutputError`."""
        assert self._descriptor is not None
        first = start - start % _BLOCK
        raw = b""
        with output_errors():
            while first + len(raw) < end:
                piece = os.pread(self._descriptor, end - first - len(raw), first + len(raw))
                if not piece:
                    raise OSError(errno.EIO, "")
                raw += piece
        return self._cipher(first).update(raw)[start - first :]

    def _cipher(self, position: int) -> CipherContext:
        counter = (position // _BLOCK).to_bytes(_BLOCK, "big")
        return Cipher(self._key, modes.CTR(counter)).encryptor()


def _nameless(folder: Path) -> int:
    if hasattr(os, "O_TMPFILE"):
        with contextlib.suppress(OSError):
            return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    descriptor, name = tempfile.mkstemp(prefix=".masker-tmp-", dir=folder)
    os.unlink(name)  # noqa: PTH108 - by the very name that was made
    return descriptor
