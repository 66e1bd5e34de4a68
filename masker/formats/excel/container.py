"""The zip archive of a workbook, opened within limits, and its XML parts, read as streams.

Open Packaging Conventions (ECMA-376 part 2, https://ecma-international.org/publications-and-standards/standards/ecma-376/).
Refused: encrypted archives, parts named twice, what inflates too far, and document type declarations, which no part
has and which entities are made of.
"""

import os
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from xml.etree import ElementTree
from xml.parsers import expat

from masker.errors import InputError, Place
from masker.streams import InputFile

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
MAX_PARTS = 20_000
MAX_DEPTH = 100  # elements within elements; a cell with rich text takes eight
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_BLOCK = 1 << 16
_PROLOG = 1 << 20  # bytes of comments and blanks before the root, at most

Element = ElementTree.Element


@contextmanager
def refusing(place: Place) -> Iterator[None]:
    """Turn what zip and XML readers raise at a bad file into `InputError`, without its text."""
    try:
        yield
    except EOFError:
        raise InputError("truncated", "a part of the workbook ends early", place=place) from None
    except MemoryError:
        raise InputError("limit", "the file needs more memory than there is", place=place) from None
    except (
        zipfile.BadZipFile, zlib.error, ElementTree.ParseError, expat.ExpatError, ValueError,
        KeyError, IndexError, OverflowError, LookupError, RuntimeError,
    ):  # fmt: skip
        raise InputError("malformed", "the workbook is damaged", "open it and save it again", place) from None


class Container:
    """An opened archive; parts are named as in it, without a leading slash."""

    def __init__(self, file: InputFile, stream: BinaryIO) -> None:
        self.place = Place(file.path.name)
        with refusing(self.place):
            head = stream.read(len(OLE))
            if head == OLE:
                _refuse_ole(stream, self.place)
            size = stream.seek(0, os.SEEK_END)
            try:
                self._zip = zipfile.ZipFile(stream)
            except zipfile.BadZipFile:
                code = "truncated" if head.startswith(ZIP) else "malformed"
                raise InputError(code, "the workbook is no whole zip archive", place=self.place) from None
            self._check(size, file)

    def _check(self, size: int, file: InputFile) -> None:
        parts = self._zip.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise InputError("unsupported", "the workbook is encrypted", "save it without a password", self.place)
        if len({part.filename for part in parts}) < len(parts):
            raise InputError("malformed", "two parts of the workbook have the same name", place=self.place)
        if any(part.compress_type not in _METHODS for part in parts):
            raise InputError("unsupported", "the workbook is compressed in a way that is not read", place=self.place)
        packed, inflated = sum(part.compress_size for part in parts), sum(part.file_size for part in parts)
        limits = file.limits
        bomb = inflated > limits.free_bytes and inflated > limits.ratio * max(1, packed)
        if bomb or inflated > limits.total_bytes or packed > size or len(parts) > MAX_PARTS:
            raise InputError("limit", "the workbook inflates too far", "is it the right file?", self.place)
        self.inflated = inflated

    @property
    def names(self) -> list[str]:
        """The names of all parts, in the order of the archive."""
        return self._zip.namelist()

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name in self._zip.NameToInfo

    def read(self, name: str) -> Element:
        """The root of a part as a tree, for parts that are small."""
        root: Element | None = None
        for event, element in self.events(name):
            if root is None and event == "start":
                root = element
        if root is None:
            raise ElementTree.ParseError("no root")
        return root

    def blocks(self, name: str) -> Iterator[bytes]:
        """The inflated bytes of a part."""
        with self._zip.open(name) as part:
            while block := part.read(_BLOCK):
                yield block

    def events(self, name: str) -> Iterator[tuple[str, Element]]:
        """The starts and ends of a part's elements; who keeps none must clear them."""
        parser: ElementTree.XMLPullParser[Element] = ElementTree.XMLPullParser(("start", "end"))
        guard: expat.XMLParserType | None = _guard(self.place)
        read = depth = 0
        for block in self.blocks(name):
            read += len(block)
            if guard is not None and _is_past(guard, block):
                guard = None
            if guard is not None and read > _PROLOG:
                raise ElementTree.ParseError("a prolog without end")
            parser.feed(block)
            for event in parser.read_events():
                depth += 1 if event[0] == "start" else -1
                if depth > MAX_DEPTH:
                    raise ElementTree.ParseError("nested too deep")
                yield event  # type: ignore[misc]
        parser.close()
        yield from parser.read_events()  # type: ignore[misc]

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """What a part refers to, by id: (the last word of its type, the part's name); links outside have name ""."""
        folder, file = posixpath.split(name)
        rels = posixpath.join(folder, "_rels", file + ".rels")
        found: dict[str, tuple[str, str]] = {}
        if not self.has(rels):
            return found
        for each in self.read(rels):
            target = each.get("Target", "")
            if each.get("TargetMode") == "External":
                target = ""
            elif target.startswith("/"):
                target = target[1:]
            else:
                target = posixpath.normpath(posixpath.join(folder, target))
            found[each.get("Id", "")] = (each.get("Type", "").rpartition("/")[2], target)
        return found


def local(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


class _RootError(Exception):
    """The root element begins: what came before it was fit to be read."""


def _guard(place: Place) -> expat.XMLParserType:
    def refuse(*_: object) -> None:
        raise InputError("unsupported", "a part of the workbook declares a document type", place=place)

    def stop(*_: object) -> None:
        raise _RootError

    guard = expat.ParserCreate()
    guard.StartDoctypeDeclHandler = refuse
    guard.StartElementHandler = stop
    return guard


def _is_past(guard: expat.XMLParserType, block: bytes) -> bool:
    try:
        guard.Parse(block, False)
    except _RootError:
        return True
    return False


def _refuse_ole(stream: BinaryIO, place: Place) -> None:
    """An OLE file under a name of the newer formats: an encrypted workbook, or one of the older format."""
    stream.seek(0)
    tail = b""
    while block := stream.read(1 << 20):
        if _ENCRYPTED_STREAM in tail + block:
            raise InputError("unsupported", "the workbook is encrypted", "save it without a password", place)
        tail = block[-64:]
    raise InputError("malformed", "the workbook is of another kind than its name says", place=place)
