"""In which encoding the verifier reads a dump: what its byte order mark says, else what its statements do.

Written for the verifier alone. A dump that is not UTF-8 has one byte a character; a byte without a meaning there is
read as the control character of its number, as MySQL does (its `latin1` is Windows-1252).
"""

import codecs
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from masker.verify.dump_words import MYSQL
from masker.verify.opening import BLOCK, Where, raw_blocks, utf8_blocks

BY_NUMBER = "masker-verify-by-number"
"""How `decode` treats bytes that an encoding of one byte a character gives no meaning."""

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SETS = re.compile(
    rb"(?:NAMES|CHARACTER\s+SET|client_encoding\s*(?:=|TO)|\\encoding)\s*'?([\w-]+)"
    rb"|(character_set_client)\s*=\s*'?(@?[\w-]+)",
    re.I,
)
_ISO = {1: 1, 2: 2, 3: 3, 4: 4, 5: 9, 6: 10, 7: 13, 8: 14, 9: 15, 10: 16}
_OF_MYSQL = {"latin1": "cp1252", "latin2": "iso8859-2", "latin5": "iso8859-9", "latin7": "iso8859-13"}
_OTHERS = {"greek": "iso8859-7", "hebrew": "iso8859-8", "koi8": "koi8-r", "koi8r": "koi8-r", "koi8u": "koi8-u",
           "win": "cp1251", "alt": "cp866", "abc": "cp1258", "tis620": "tis-620"}  # fmt: skip
_PAGE = re.compile(r"(?:win|windows-?|cp)?(\d{3,4})")
_LATIN = re.compile(r"latin(\d+)|iso[-_]?8859[-_](\d+)")


def _by_its_number(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(map(chr, error.object[error.start : error.end])), error.end


codecs.register_error(BY_NUMBER, _by_its_number)


@dataclass(frozen=True, slots=True)
class Charset:
    """The encoding at a place in a dump: `now` and that of the session, as Python's names; "" is UTF-8."""

    now: str = ""
    session: str = ""

    def after(self, statement: bytes, dialect: str) -> "Charset":
        """What holds behind a SET."""
        found = _SETS.search(statement)
        if found is None:
            return self
        if found.group(2):
            name = found.group(3).decode().lower()
            return Charset(self.session if name.startswith("@") else _codec(name, dialect), self.session)
        codec = _codec(found.group(1).decode().lower(), dialect)
        return Charset(codec, codec)

    def utf8(self, data: bytes) -> bytes:
        """Bytes of the dump as UTF-8."""
        return data.decode(self.now, BY_NUMBER).encode() if self.now and not data.isascii() else data


def _codec(name: str, dialect: str) -> str:
    if dialect == MYSQL and name in _OF_MYSQL:
        return _OF_MYSQL[name]
    if name in _OTHERS:
        return _OTHERS[name]
    if latin := _LATIN.fullmatch(name):
        return f"iso8859-{_ISO.get(int(latin.group(1)), 1) if latin.group(1) else int(latin.group(2))}"
    page = _PAGE.fullmatch(name)
    return f"cp{page.group(1)}" if page else ""


@dataclass(frozen=True)
class Unmarked:
    """A file that begins with a byte order mark, as UTF-8 without it."""

    path: Path

    @property
    def name(self) -> str:
        """What errors call it."""
        return self.path.name

    def open(self) -> BinaryIO:
        """The text from the start."""
        return cast(BinaryIO, io.BufferedReader(_Blocks(self.path), BLOCK))


def unmarked(where: Where) -> Where:
    """What to read in the place of a file: itself, or what takes its byte order mark off."""
    if not isinstance(where, Path):
        return where
    head = b""
    for block in raw_blocks(where):
        head += block
        if len(head) >= 3:
            break
    return Unmarked(where) if head.startswith(_MARKS) else where


class _Blocks(io.RawIOBase):
    def __init__(self, path: Path) -> None:
        self._blocks, self._held = utf8_blocks(path), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        self._held = self._held or next(self._blocks, b"")
        taken = self._held[: len(buffer)]
        self._held = self._held[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)
