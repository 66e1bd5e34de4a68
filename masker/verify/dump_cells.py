"""Literals of a dump as the verifier reads them: the text of each, and in what form it is written."""

import re
import zlib
from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.verify.dump_charset import BY_NUMBER
from masker.verify.dump_words import MYSQL, POSTGRES
from masker.verify.texts import text_column

_ALL_NUMBERS = re.compile(r"[0-9.\0-]*+\Z")
_PREFIXED = re.compile(r"(_\w+\s*|[EeNnXxBb]|[Uu]&)?'(.*)'\Z", re.S)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z")
_CAST = re.compile(r"('(?:[^']|'')*')::[\w .\"()\[\]]+\Z", re.S)
_CAST_HEX = re.compile(r"CAST\(X'([0-9A-F]*)' AS TEXT\)\Z", re.I)
_WORD = re.compile(r"[-+.\w]+\Z")
_BYTES = re.compile(r"(?:_binary\s*'|X'|0x)", re.I)
_MYSQL_ESCAPE = re.compile(r"\\([\s\S])")
_MYSQL_ESCAPES = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}
_BYTES_OF = r"((?:\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2}))+)"
_POSTGRES_ESCAPE = re.compile(_BYTES_OF + r"|\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\([\s\S])")
_COPY_ESCAPE = re.compile(_BYTES_OF + r"|\\([\s\S])")
_ONE_BYTE = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3}))")
_UNICODE_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{4})|\\\+([0-9A-Fa-f]{6})|\\()\\")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_FREE, QUOTED, NUMERIC, _AS_BYTES = range(4)


def copy_text(raw: str, charset: str = "", null: str = "\\N") -> str | None:
    """A cell of COPY text: backslash escapes undone, those of bytes in `charset` ("": UTF-8), `null` is NULL.

    >>> copy_text("a\\\\tb"), copy_text("\\\\N"), copy_text("")
    ('a\\tb', None, '')
    """
    if raw == null:
        return None
    return _COPY_ESCAPE.sub(partial(_copied, charset=charset), raw) if "\\" in raw else raw


def literal(raw: str, dialect: str, charset: str = "") -> str | None:
    """What one literal of an INSERT says; NULL and expressions are None.

    >>> literal("'O''Neil'", POSTGRES), literal("X'41'", "sqlite"), literal("null", MYSQL), literal("now()", MYSQL)
    ("O'Neil", 'A', None, None)
    """
    if raw[:1] == "'" and raw[-1:] == "'" and len(raw) > 1:
        return _unquoted(raw[1:-1], dialect == MYSQL)
    if raw.upper() in ("NULL", "DEFAULT"):
        return None
    if raw[:2] in ("0x", "0X") and dialect == MYSQL:
        return _from_hex(raw[2:], raw)
    if dialect == MYSQL and raw[:1] == '"' and raw[-1:] == '"':
        return _MYSQL_ESCAPE.sub(_mysql, raw[1:-1].replace('""', '"'))
    if raw[-1:] == "'" and (found := _PREFIXED.match(raw)):
        prefix, inner = found.group(1), found.group(2)
        if prefix in ("X", "x"):
            return _from_hex(inner, raw)
        if prefix in ("E", "e") and dialect == POSTGRES:
            return _whole(_POSTGRES_ESCAPE.sub(partial(_postgres, charset=charset), inner.replace("''", "'")))
        if prefix in ("U&", "u&"):
            return _whole(_UNICODE_ESCAPE.sub(_point, inner.replace("''", "'")))
        return _unquoted(inner, dialect == MYSQL)
    if dialect == POSTGRES and (cast := _CAST.match(raw)):
        return _unquoted(cast.group(1)[1:-1], False)
    if raw[:5].upper() == "CAST(" and (inside := _CAST_HEX.match(raw)):
        return _from_hex(inside.group(1), raw)
    return raw if _WORD.match(raw) else None


def columns_of(
    raws: Sequence[Sequence[str]], dialect: str, charset: str = ""
) -> tuple[list[pa.Array], list[pa.Array], list[pa.Array]]:
    """Texts, raw literals and forms of columns of literals, each of n cells; forms are NULL where any form may be."""
    texts, plain, forms = [], [], []
    for column in raws:
        whole = cells_column(column)
        text, form = _alike(column, whole)
        if text is None:
            text = cells_column([_fast(raw, dialect, charset) for raw in column])
        texts.append(text)
        plain.append(whole)
        forms.append(_forms(column) if form is None else _all(form, len(column)))
    return texts, plain, forms


def _alike(column: Sequence[str], whole: pa.Array) -> tuple[pa.Array | None, int | None]:
    """Texts and form of a column that is bare numbers throughout, or plain strings with nothing to undo."""
    joined = "\0".join(column)
    quotes = joined.count("'")
    if not quotes and _ALL_NUMBERS.match(joined):
        return whole, NUMERIC
    count = len(column)
    plain = quotes == 2 * count and joined.count("'\0'") == count - 1 and joined[0] == joined[-1] == "'"
    if plain and "\\" not in joined:
        return cells_column(joined[1:-1].split("'\0'")), QUOTED
    return None, None


def _all(form: int, count: int) -> pa.Array:
    return with_nulls(np.full(count, form, dtype=np.uint32), np.ones(count, dtype=np.bool_))


def cells_column(cells: Sequence[str | None]) -> pa.Array:
    """A `pa.string()` column of n cells; one that holds bytes which are no UTF-8 is `0x` and its digits."""
    try:
        "".join([cell for cell in cells if cell]).encode()
    except UnicodeEncodeError:
        cells = [cell if cell is None else _shown(cell) for cell in cells]
    return text_column(cells)


def _shown(cell: str) -> str:
    try:
        cell.encode()
    except UnicodeEncodeError:
        return f"0x{cell.encode('utf-8', 'surrogatepass').hex()}"
    return cell


def _fast(raw: str, dialect: str, charset: str) -> str | None:
    # Most literals: bare digits, or quoted without anything to undo.
    if raw[0] == "'":
        inner = raw[1:-1]
        if "'" not in inner and "\\" not in inner and raw[-1] == "'" and len(raw) > 1:
            return inner
    elif raw[0] in "123456789-":
        return raw
    return literal(raw, dialect, charset)


def _forms(column: Sequence[str]) -> pa.Array:
    codes = np.fromiter(map(_form, column), dtype=np.uint32, count=len(column))
    return with_nulls(codes, codes != _FREE)


def _form(raw: str) -> int:
    first = raw[0]
    if first == "'":
        return QUOTED
    if first in "123456789" or _NUMBER.match(raw):
        return NUMERIC if not raw.startswith("0x") else _AS_BYTES
    if _BYTES.match(raw):
        return _AS_BYTES
    if raw[-1] == "'" and (found := _PREFIXED.match(raw)):
        return 16 + zlib.crc32((found.group(1) or "").encode()) % 65_536
    return _FREE


def is_number(text: str) -> bool:
    """Whether a text can stand without quotes."""
    return _NUMBER.match(text) is not None


def with_nulls(values: npt.NDArray[np.uint32], valid: npt.NDArray[np.bool_]) -> pa.Array:
    """A `pa.uint32()` column of n numbers, NULL where not `valid`."""
    mask = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(pa.uint32(), len(values), [mask, pa.py_buffer(np.ascontiguousarray(values))])


def _unquoted(inner: str, backslashes: bool) -> str:
    if not backslashes or "\\" not in inner:
        return inner.replace("''", "'")
    return re.sub(r"''|\\([\s\S])", lambda m: "'" if m.group(1) is None else _mysql(m), inner)


def _mysql(found: re.Match[str]) -> str:
    return _MYSQL_ESCAPES.get(found.group(1), found.group(1))


def _postgres(found: re.Match[str], charset: str) -> str:
    numbers, short, wide, other = found.groups()
    if numbers:
        return _of_bytes(numbers, charset)
    if short or wide:
        return chr(min(int(short or wide, 16), 0x10FFFF))
    return _ESCAPES.get(other, other)


def _copied(found: re.Match[str], charset: str) -> str:
    return _of_bytes(found.group(1), charset) if found.group(1) else _ESCAPES.get(found.group(2), found.group(2))


def _of_bytes(numbers: str, charset: str) -> str:
    """The text of bytes that are spelled by number; lone ones of a longer character stay what `cells_column` shows."""
    data = bytes(int(digits, 16) if digits else int(octal, 8) & 255 for digits, octal in _ONE_BYTE.findall(numbers))
    return data.decode(charset or "utf-8", BY_NUMBER if charset else "surrogateescape")


def _point(found: re.Match[str]) -> str:
    digits = found.group(1) or found.group(2)
    return chr(min(int(digits, 16), 0x10FFFF)) if digits else "\\"


def _whole(text: str) -> str:
    """A text in which two surrogates that were spelled apart are one character."""
    if not any("\ud800" <= letter <= "\udbff" for letter in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _from_hex(digits: str, raw: str) -> str:
    try:
        return bytes.fromhex(digits).decode("utf-8")
    except ValueError:
        return raw
