"""Dumps with a byte order mark: UTF-8, and UTF-16 as PowerShell writes it; read as UTF-8, written back as they were.

The Unicode Standard 16.0, section 23.8, "Byte Order Mark (BOM)". What such a file says of its encoding (`SET NAMES`)
was true before it was converted, and is not followed.
"""

import codecs
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from masker.errors import InputError, Place

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_CHUNK = 1 << 18


class File(Protocol):
    """What a dump is read from."""

    @property
    def place(self) -> Place:
        """Where errors happened."""
        ...

    def open(self) -> BinaryIO:
        """Its bytes from the start."""
        ...


def mark_of(head: bytes) -> bytes:
    """The byte order mark that bytes begin with; b"" where they have none."""
    return next((mark for mark in _MARKS if head.startswith(mark)), b"")


def head_as_utf8(head: bytes) -> bytes:
    """The first bytes of a file as UTF-8, without a mark; a character that is cut at their end is left out.

    >>> head_as_utf8(codecs.BOM_UTF16_LE + "-- ü".encode("utf-16-le")).decode()
    '-- ü'
    """
    mark = mark_of(head)
    if not mark or _MARKS[mark] == "utf-8":
        return head[len(mark) :]
    return head[len(mark) :].decode(_MARKS[mark], "ignore").encode()


@dataclass(frozen=True, slots=True)
class Marked:
    """A file that begins with a byte order mark, opened as UTF-8 without it."""

    file: File
    mark: bytes
    dialect: str = ""

    @property
    def place(self) -> Place:
        """Where errors happened."""
        return self.file.place

    @property
    def path(self) -> object:
        """The file's path, where it has one."""
        return getattr(self.file, "path", None)

    @property
    def compression(self) -> str:
        """What keeps it from being read from anywhere but its start."""
        return getattr(self.file, "compression", "") or _MARKS[self.mark]

    def open(self) -> BinaryIO:
        """The text as UTF-8 from the start, not seekable; reading raises `InputError` (`encoding`, `truncated`)."""
        stream = self.file.open()
        stream.read(len(self.mark))
        if _MARKS[self.mark] == "utf-8":
            return stream
        return cast(BinaryIO, io.BufferedReader(_Decoded(stream, _MARKS[self.mark], self.place), _CHUNK))


def unmarked(file: File) -> File:
    """The file, or what reads it without its mark."""
    with file.open() as stream:
        mark = mark_of(stream.read(4))
    return Marked(file, mark, getattr(file, "dialect", "")) if mark else file


def is_recoded(file: object) -> bool:
    """Whether its bytes are UTF-8 whatever the dump says."""
    return isinstance(file, Marked)


def as_before(out: BinaryIO, file: object) -> BinaryIO:
    """Where to write UTF-8 so that it lands in `out` with the mark and in the encoding of `file`."""
    if not isinstance(file, Marked):
        return out
    out.write(file.mark)
    codec = _MARKS[file.mark]
    return out if codec == "utf-8" else cast(BinaryIO, _Encoding(out, codec))


class _Decoded(io.RawIOBase):
    def __init__(self, stream: BinaryIO, codec: str, place: Place) -> None:
        self._stream, self._place, self._left = stream, place, b""
        self._decoder = codecs.getincrementaldecoder(codec)("strict")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._left:
            data = self._stream.read(_CHUNK)
            try:
                self._left = self._decoder.decode(data, final=not data).encode()
            except UnicodeError:
                code, message = ("encoding", "the file is not in the encoding of its byte order mark")
                raise InputError(code, message, "is it cut off? export it again", self._place) from None
            if not data:
                break
        taken = self._left[: len(buffer)]
        self._left = self._left[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Encoding(io.RawIOBase):
    def __init__(self, out: BinaryIO, codec: str) -> None:
        self._out, self._codec = out, codec
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        self._out.write(self._decoder.decode(bytes(data)).encode(self._codec))
        return len(memoryview(data))

    def close(self) -> None:
        super().close()
