"""Byte streams of files: inputs inflated on the way (gz, zst, bz2) within limits.

gzip follows RFC 1952 (several members, zero padding after the last one), Zstandard RFC 8878, bzip2 its only
implementation (https://sourceware.org/bzip2/). A stream that ends before
its compression does is an error, never a short file.
"""

import bz2
import io
import os
import stat
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import pyarrow as pa

from masker.errors import InputError, Place

if TYPE_CHECKING:
    pass

COMPRESSIONS = {".gz": "gz", ".zst": "zst", ".bz2": "bz2"}
CHUNK = 1 << 18  # compressed bytes a read


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a compressed file may inflate before it counts as a bomb.

    `ratio` (inflated to compressed bytes) counts from `free_bytes` on, so that small and very regular files pass:
    logs reach 100 or 200, deflate itself ends near 1,032. `total_bytes` bounds the whole inflated file.
    """

    ratio: int = 400
    free_bytes: int = 64 << 20
    total_bytes: int = 1 << 40


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: its path, its compression ("", "gz", "zst" or "bz2"), and the name of the table in it.

    It is only ever opened for reading. A path that is a symbolic link is followed: whoever names a link means what
    it points to (links met inside a folder are another matter, see `masker.formats._open`). `table` is for formats
    whose file is one table; "" means the stem of the file's name (`table_name`).
    """

    path: Path
    compression: str = ""
    table: str = ""
    limits: Limits = field(default_factory=Limits)

    @property
    def table_name(self) -> str:
        """The name for the one table of this file: `table`, else the name up to its endings (`a.csv.gz` → `a`)."""
        return self.table or Path(split_compression(self.path.name)[0]).stem

    @property
    def place(self) -> Place:
        """Where errors about this file happened."""
        return Place(file=self.path.name)

    def open(self) -> BinaryIO:
        """Open the decompressed bytes from the start, buffered, not seekable where the file is compressed.

        Opening and reading raise `InputError`: `not-found`, `unreadable`, `unsupported` (a folder, a device),
        `truncated`, `malformed`, or `limit` for what inflates past `limits`.
        """
        raw = _open_regular(self)
        if not self.compression:
            return cast(BinaryIO, io.BufferedReader(_Plain(self, raw), CHUNK))
        compressed = _Counted(self, raw)
        inflater = _INFLATERS[self.compression](self, compressed)
        return cast(BinaryIO, io.BufferedReader(_Inflated(self, compressed, inflater), CHUNK))


def split_compression(name: str) -> tuple[str, str]:
    """Split a file name into the name without its compression ending, and the compression ("" for none).

    >>> split_compression("orders.jsonl.GZ"), split_compression("a.csv")
    (('orders.jsonl', 'gz'), ('a.csv', ''))
    """
    stem, dot, ending = name.rpartition(".")
    compression = COMPRESSIONS.get(dot + ending.lower(), "")
    return (stem, compression) if compression and stem else (name, "")


def _open_regular(file: InputFile) -> io.FileIO:
    """Open without blocking on a pipe, and refuse what is no regular file."""
    try:
        descriptor = os.open(file.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _unopened(file, error) from None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return io.FileIO(descriptor, "rb")
    os.close(descriptor)
    raise InputError("unsupported", "not a regular file", "name a file, or the folder itself", file.place)


def _unopened(file: InputFile, error: Exception) -> InputError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return InputError("not-found", "there is no such file", "check the path", file.place)
    if isinstance(error, PermissionError):
        return InputError("unreadable", "no permission to read the file", "check owner and mode", file.place)
    return InputError("unreadable", "the file cannot be opened", place=file.place)


class _Plain(io.RawIOBase):
    """A file whose read errors are ours."""

    def __init__(self, file: InputFile, raw: io.FileIO) -> None:
        self._file, self._raw = file, raw

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readinto(self, buffer: bytearray) -> int | None:  # type: ignore[override]
        try:
            return self._raw.readinto(buffer)
        except OSError:
            raise InputError("unreadable", "the file cannot be read to its end", place=self._file.place) from None

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Counted(_Plain):
    """The compressed bytes of a file, counted."""

    count = 0

    def readinto(self, buffer: bytearray) -> int | None:  # type: ignore[override]
        got = super().readinto(buffer)
        self.count += got or 0
        return got


class _Inflated(io.RawIOBase):
    """The inflated bytes of a file, within its limits."""

    def __init__(self, file: InputFile, compressed: _Counted, inflate: Callable[[int], bytes]) -> None:
        self._file, self._compressed, self._inflate, self._total = file, compressed, inflate, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._inflate(len(buffer))
        limits = self._file.limits
        self._total += len(data)
        bomb = self._total > limits.free_bytes and self._total > limits.ratio * self._compressed.count
        if bomb or self._total > limits.total_bytes:
            raise InputError("limit", "the file inflates too far", "inflate it first if it is right", self._file.place)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._compressed.close()
        super().close()


def _truncated(file: InputFile) -> InputError:
    return InputError("truncated", "the compressed data ends too early", "export or copy the file again", file.place)


def _malformed(file: InputFile) -> InputError:
    return InputError("malformed", "the compressed data is damaged or of another kind", place=file.place)


class _Gunzip:
    """Inflates member after member."""

    def __init__(self, file: InputFile, compressed: _Counted) -> None:
        self._file, self._compressed = file, compressed
        self._member: zlib._Decompress | None = None
        self._pending, self._members = b"", 0

    def __call__(self, n: int, /) -> bytes:
        while True:
            if not self._pending and not (pending := self._compressed.read(CHUNK) or b""):
                if self._members and self._member is None:
                    return b""
                raise _truncated(self._file)
            self._pending = self._pending or pending
            if self._member is None:
                self._pending = self._pending.lstrip(b"\0") if self._members else self._pending
                self._member = zlib.decompressobj(31) if self._pending else None
            if self._member is not None and (data := self._step(self._member, n)):
                return data

    def _step(self, member: "zlib._Decompress", n: int) -> bytes:
        try:
            data = member.decompress(self._pending, n)
        except zlib.error:
            raise _malformed(self._file) from None
        self._pending = member.unconsumed_tail
        if member.eof:
            self._pending, self._member, self._members = member.unused_data, None, self._members + 1
        return data


class _Unzstd:
    """Inflates frame after frame."""

    def __init__(self, file: InputFile, compressed: _Counted) -> None:
        self._file, self._compressed = file, compressed
        self._stream = pa.CompressedInputStream(pa.PythonFile(compressed, "r"), "zstd")

    def __call__(self, n: int, /) -> bytes:
        try:
            data: bytes = self._stream.read(n)
        except OSError as error:
            # Arrow tells the two apart in its message only; the message itself is never shown.
            raise (_truncated if "Truncated" in str(error) else _malformed)(self._file) from None
        if not data and not self._compressed.count:
            raise _truncated(self._file)
        return data


class _Bunzip:
    """Inflates bzip2 streams one after the other."""

    def __init__(self, file: InputFile, compressed: _Counted) -> None:
        self._file, self._compressed = file, compressed
        self._member: bz2.BZ2Decompressor | None = None
        self._pending, self._members = b"", 0

    def __call__(self, n: int, /) -> bytes:
        while True:
            if not self._pending and (self._member is None or self._member.needs_input):
                self._pending = self._compressed.read(CHUNK) or b""
                if not self._pending:
                    if self._members and self._member is None:
                        return b""
                    raise _truncated(self._file)
            self._member = self._member or bz2.BZ2Decompressor()
            try:
                data = self._member.decompress(self._pending, n)
            except (OSError, ValueError):
                raise _malformed(self._file) from None
            self._pending = b""
            if self._member.eof:
                self._pending, self._member, self._members = self._member.unused_data, None, self._members + 1
            if data:
                return data


_INFLATERS: dict[str, Callable[[InputFile, _Counted], Callable[[int], bytes]]] = {
    "gz": _Gunzip,
    "zst": _Unzstd,
    "bz2": _Bunzip,
}
