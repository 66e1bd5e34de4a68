r"""Letters that PostgreSQL's strings spell by number: `\101`, `\x41`, `\u0041` in `E''` and COPY, `\0041` in `U&''`.

https://www.postgresql.org/docs/current/sql-syntax-lexical.html sections 4.1.2.2 and 4.1.2.3. Octal and hexadecimal
ones are bytes of the dump's encoding, the others code points; what is above U+FFFF may be a pair of surrogates.
"""

import re

import numpy as np

from masker.sql.charsets import to_utf8
from masker.sql.tuples import Bytes, Positions

_BYTE = rb"\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2})"
_ESCAPED = re.compile(
    rb"(?P<bytes>(?:" + _BYTE + rb")+)|(?P<points>(?:\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})+)|\\(?P<letter>.)|''",
    re.DOTALL,
)
_COPIED = re.compile(rb"((?:" + _BYTE + rb")+)|\\(.)", re.DOTALL)
_EACH = re.compile(rb"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3}))")
_POINT = re.compile(rb"\\(?:u|U|\+)?([0-9A-Fa-f]{4,8})")
_UNICODE = re.compile(rb"(?P<points>(?:\\[0-9A-Fa-f]{4}|\\\+[0-9A-Fa-f]{6})+)|\\\\|''|\\")
_LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_NUMERIC = np.frombuffer(b"01234567xuU", np.uint8)


def numbered(block: Bytes, slashes: Positions) -> Positions:
    """Those of the escaping backslashes that a number follows."""
    return slashes[np.isin(block[np.minimum(slashes + 1, len(block) - 1)], _NUMERIC)]


def escaped_text(inner: bytes, codec: str) -> str:
    r"""What stands between the quotes of an `E''`; `UnicodeDecodeError` where it is no text.

    >>> escaped_text(rb"A\x42\103 \u00fc \U0001F989 \303\274 it''s", "")
    "ABC ü 🦉 ü it's"
    """

    def meaning(found: re.Match[bytes]) -> bytes:
        if run := found["bytes"]:
            return to_utf8(_bytes(run), codec)
        if run := found["points"]:
            return _points(run)
        return _LETTERS.get(found["letter"], found["letter"]) if found["letter"] else b"'"

    return _ESCAPED.sub(meaning, inner).decode()


def copied_text(cell: bytes, codec: str) -> str:
    r"""What a cell of COPY means; `UnicodeDecodeError` where it is no text.

    >>> copied_text(rb"A\x42\103\tu\u''", "")
    "ABC\tuu''"
    """

    def meaning(found: re.Match[bytes]) -> bytes:
        return to_utf8(_bytes(found[1]), codec) if found[1] else _LETTERS.get(found[2], found[2])

    return _COPIED.sub(meaning, cell).decode()


def unicode_text(inner: bytes) -> str:
    r"""What stands between the quotes of a `U&''`; `UnicodeDecodeError` (a `ValueError`) where it is no text.

    >>> unicode_text(rb"d\0061t\+000061 \\ it''s")
    "data \\ it's"
    """

    def meaning(found: re.Match[bytes]) -> bytes:
        if run := found["points"]:
            return _points(run)
        if len(found[0]) == 1:
            raise ValueError
        return found[0][:1]

    return _UNICODE.sub(meaning, inner).decode()


def _bytes(run: bytes) -> bytes:
    return bytes(int(digits, 16) if digits else int(octal, 8) & 255 for digits, octal in _EACH.findall(run))


def _points(run: bytes) -> bytes:
    text = "".join(chr(min(int(digits, 16), 0x10FFFF)) for digits in _POINT.findall(run))
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()
