"""The encodings of dumps that are not UTF-8: one byte a character, ASCII below 128, so that SQL is cut as it stands.

PostgreSQL's names: https://www.postgresql.org/docs/current/multibyte.html, table 24.3; MySQL's:
https://dev.mysql.com/doc/refman/8.0/en/charset-charsets.html. MySQL's `latin1` is Windows-1252, with the control
characters of ISO 8859-1 where that has nothing. So every byte is one character and back, in the others too: a byte that
means nothing becomes a character that nothing else means.
"""

import codecs
from collections.abc import Mapping
from functools import cache

from masker.sql import Dialect

_POSTGRES = {
    **{f"latin{n}": f"iso8859_{part}" for n, part in enumerate((1, 2, 3, 4, 9, 10, 13, 14, 15, 16), 1)},
    **{f"iso_8859_{part}": f"iso8859_{part}" for part in (5, 6, 7, 8)},
    **{f"win{page}": f"cp{page}" for page in (866, 874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258)},
    "koi8": "koi8_r", "koi8r": "koi8_r", "koi8u": "koi8_u", "win": "cp1251", "alt": "cp866", "abc": "cp1258",
}  # fmt: skip
_MYSQL = {
    "latin1": "cp1252", "latin2": "iso8859_2", "latin5": "iso8859_9", "latin7": "iso8859_13", "greek": "iso8859_7",
    "hebrew": "iso8859_8", "cp1250": "cp1250", "cp1251": "cp1251", "cp1256": "cp1256", "cp1257": "cp1257",
    "koi8r": "koi8_r", "koi8u": "koi8_u", "cp850": "cp850", "cp852": "cp852", "cp866": "cp866", "tis620": "tis_620",
}  # fmt: skip
_CODECS: Mapping[Dialect, Mapping[str, str]] = {"postgres": _POSTGRES, "mysql": _MYSQL, "sqlite": {}}
_PRIVATE = 0xF700  # of the private use area: for bytes that mean nothing and whose control character is taken


def codec_of(name: str, dialect: Dialect) -> str | None:
    """The codec for an encoding as a dump names it; None where there is none here.

    >>> codec_of("LATIN1", "postgres"), codec_of("latin1", "mysql"), codec_of("gbk", "mysql")
    ('iso8859_1', 'cp1252', None)
    """
    plain = name.lower() if dialect == "mysql" else name.lower().replace("-", "_").removeprefix("windows_")
    known = _CODECS[dialect]
    if dialect == "postgres" and plain.startswith("iso_8859_"):
        plain = {"iso_8859_1": "latin1", "iso_8859_2": "latin2", "iso_8859_15": "latin9"}.get(plain, plain)
    return known.get(plain) or known.get(f"win{plain}" if plain.isdigit() else plain)


@cache
def _letters(codec: str) -> str:
    found = [bytes([byte]).decode(codec, "replace") for byte in range(256)]
    known = set(found)
    for byte, letter in enumerate(found):
        if letter == "\ufffd":
            found[byte] = chr(byte) if chr(byte) not in known else chr(_PRIVATE + byte)
    return "".join(found)


@cache
def _map(codec: str) -> object:
    return codecs.charmap_build(_letters(codec))


def to_utf8(data: bytes, codec: str) -> bytes:
    """Bytes of a dump as UTF-8; "" is UTF-8 already.

    >>> to_utf8(b"J\\xfcrgen \\x80 \\x81", "cp1252").decode()
    'Jürgen € \\x81'
    """
    return data if not codec or data.isascii() else codecs.charmap_decode(data, "strict", _letters(codec))[0].encode()


def from_utf8(data: bytes, codec: str) -> bytes:
    """The bytes again; raises `UnicodeEncodeError` at a character that the encoding does not have."""
    if not codec or data.isascii():
        return data
    return codecs.charmap_encode(data.decode(), "strict", _map(codec))[0]  # type: ignore[arg-type]


def letters_of(codec: str) -> frozenset[str]:
    """The characters that an encoding has."""
    return frozenset(_letters(codec))
