"""The bytes of a file, decompressed (gz, zst, bz2: their first bytes tell) and as UTF-8 without a byte order mark."""

import bz2
import codecs
import contextlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

import pyarrow as pa

from masker.errors import InputError, Place

BLOCK = 1 << 20
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_BZIP2 = b"BZh"
_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class Opener(Protocol):
    """What stands where a path would: bytes that a server or a tool gives, from the start as often as asked.

    `name` is shown in errors. `open` raises `InputError`; nothing is assumed of the stream but `read` and `close`.
    """

    @property
    def name(self) -> str:
        """What errors call it."""
        ...

    def open(self) -> BinaryIO:
        """The bytes from the start."""
        ...


Where = Path | Opener
"""A file to read, or an `Opener`."""


def starts_with(where: Where, magic: bytes) -> bool:
    """Whether a file begins with these bytes; False for what is no file, or cannot be read."""
    try:
        if not isinstance(where, Path) or not where.is_file():
            return False
        with where.open("rb") as file:
            return file.read(len(magic)) == magic
    except OSError:
        return False


def is_packed(path: Path) -> bool:
    """Whether a file is compressed."""
    with opened(path) as file:
        return file.read(4).startswith((_GZIP, _ZSTD, _BZIP2))


def utf8_blocks(path: Path, encoding: str = "") -> Iterator[bytes]:
    """Stream a text file as UTF-8, a byte order mark taken off; `encoding` is that of the file ("": UTF-8 or its mark).

    Blocks have any length but 0. UTF-8 is not checked here. Raises `InputError`: `not-found`, `unreadable`,
    `truncated`, `malformed`, `encoding`.
    """
    blocks = raw_blocks(path)
    head = b""
    for block in blocks:
        head += block
        if len(head) >= 4:
            break
    wide = next((name for mark, name in _WIDE.items() if head.startswith(mark)), "")
    head = head[2:] if wide else head.removeprefix(codecs.BOM_UTF8)
    if not wide and _is_utf8(encoding):
        if head:
            yield head
        yield from blocks
        return
    try:
        decoder = codecs.getincrementaldecoder(wide or encoding)("strict")
        for block in _chain(head, blocks):
            if text := decoder.decode(block):
                yield text.encode()
        if text := decoder.decode(b"", final=True):
            yield text.encode()
    except (UnicodeError, LookupError):
        raise InputError("encoding", "the file is not in its encoding", place=Place(file=path.name)) from None


def raw_blocks(path: Where) -> Iterator[bytes]:
    """Stream the decompressed bytes of a file."""
    place = Place(file=path.name)
    with opened(path) as file:
        if isinstance(path, Path):
            head = file.read(4)
            file.seek(0)
        else:
            head = b""
        if head.startswith(_GZIP):
            yield from _gunzip(file, place)
        elif head.startswith(_BZIP2) and path.name.lower().endswith(".bz2"):
            yield from _bunzip(file, place)
        elif head == _ZSTD:
            yield from _unzstd(file, place)
        else:
            while block := file.read(BLOCK):
                yield block


@contextlib.contextmanager
def opened(path: Where) -> Iterator[BinaryIO]:
    """A file to read; what fails while it is read becomes an `InputError`, just as what fails when it is opened."""
    try:
        with path.open("rb") if isinstance(path, Path) else path.open() as file:
            yield file
    except FileNotFoundError:
        raise InputError("not-found", "the file is missing", place=Place(file=path.name)) from None
    except OSError:
        raise InputError("unreadable", "the file cannot be read", place=Place(file=path.name)) from None


def _gunzip(file: BinaryIO, place: Place) -> Iterator[bytes]:
    member = zlib.decompressobj(wbits=31)
    data = file.read(BLOCK)
    while True:
        if member.eof:
            if not data:
                return
            member = zlib.decompressobj(wbits=31)
        try:
            block = member.decompress(data, BLOCK)
        except zlib.error:
            raise InputError("malformed", "the gzip file is damaged", place=place) from None
        if block:
            yield block
        elif not data:  # nothing more comes out and nothing more goes in
            raise InputError("truncated", "the gzip file ends early", place=place)
        data = (member.unused_data if member.eof else member.unconsumed_tail) or file.read(BLOCK)


def _bunzip(file: BinaryIO, place: Place) -> Iterator[bytes]:
    member = bz2.BZ2Decompressor()
    data = file.read(BLOCK)
    while True:
        if member.eof:
            if not data:
                return
            member = bz2.BZ2Decompressor()
        try:
            block = member.decompress(data, BLOCK)
        except (OSError, ValueError):
            raise InputError("malformed", "the bzip2 file is damaged", place=place) from None
        if block:
            yield block
        elif not data and not member.eof:
            raise InputError("truncated", "the bzip2 file ends early", place=place)
        data = member.unused_data if member.eof else b"" if not member.needs_input else file.read(BLOCK)
        data = data or (file.read(BLOCK) if member.eof else b"")


def _unzstd(file: BinaryIO, place: Place) -> Iterator[bytes]:
    try:
        stream = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd")
        while block := stream.read(BLOCK):
            yield block
    except (OSError, pa.ArrowException):
        raise InputError("truncated", "the zstd file is damaged or ends early", place=place) from None


def _chain(head: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from blocks


def _is_utf8(encoding: str) -> bool:
    return encoding.lower().replace("_", "-") in {"", "utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"}
