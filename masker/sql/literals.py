"""Literals of a dump as Arrow text and back: what the server would print, and how each cell wrote it.

A cell has a style. `NULL` is null; a `BARE` one is a number or a word and stands as it is; a `QUOTED` one is a string;
a `PREFIXED` one a string behind `N`, `E`, `_binary` and their like. `HEX` (`x'41'`, `0x41`) and `RAW` (a string whose
bytes are no text, in a binary column) are bytes: text where they are UTF-8, else `0x` and digits. `BITS` (`b'01'`) are
their digits. An `EXPRESSION` (`DEFAULT`, `sysdate()`) holds no data: null, and never written anew.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import Bools
from masker.spans import gather
from masker.sql import Dialect
from masker.sql.charsets import from_utf8
from masker.sql.escapes import MYSQL, POSTGRES, cleaned
from masker.sql.spelled import escaped_text, numbered, unicode_text
from masker.sql.tuples import QUOTE, Bytes, Positions, Tuples

NULL, BARE, QUOTED, PREFIXED, HEX, BITS, RAW, EXPRESSION = range(8)
Styles = npt.NDArray[np.uint8]

_NUMERAL = np.array([chr(byte) in "0123456789-+." for byte in range(256)])
# What begins a string beside the quote; binary introducers and character sets of MySQL, N, E and U& of the others.
_PREFIX = re.compile(rb"(?:[NE]|U&|_[A-Za-z][A-Za-z0-9_]{1,30}[ \t]*)'", re.I)
_HEX = re.compile(rb"(?:X'([0-9A-F]*)'|0x([0-9A-F]+)|CAST\(X'([0-9A-F]*)' AS TEXT\))\Z", re.I)
_BITS = re.compile(rb"(?:B'([01]*)'|0b([01]+))\Z", re.I)
# The last is a number far from 1 that SQLite would misread as digits (`masker.formats.sqlite.values`).
_WORDS = re.compile(rb"(?:TRUE|FALSE|[-+]?(?:Infinity|NaN)|\(-?\d{1,17}\.0(?:[*/]\d{1,19}){1,20}\))\Z", re.I)
_CALL = re.compile(
    rb"(?:DEFAULT|CURRENT_(?:TIMESTAMP|DATE|TIME|USER)|LOCALTIME(?:STAMP)?"
    rb"|(?:sysdate|now|curdate|curtime|utc_timestamp|utc_date|utc_time|current_timestamp|current_date|current_time"
    rb"|localtime|localtimestamp|unix_timestamp|uuid|gen_random_uuid|clock_timestamp|random|rand)\s*\(\s*[0-6]?\s*\))\Z",
    re.I,
)
NO_UTF8 = "text that is no UTF-8"


@dataclass(frozen=True, slots=True)
class Decoded:
    """The cells of a run of rows: columns of text, and the style of each cell, shape (rows, columns)."""

    columns: list[pa.Array]
    styles: Styles


class Unreadable(Exception):
    """A cell that cannot be read: its row (0-based in the run) and what is wrong, without its value."""

    def __init__(self, row: int, what: str) -> None:
        super().__init__(row, what)
        self.row, self.what = row, what


def decode_tuples(
    data: bytes,
    tuples: Tuples,
    width: int,
    dialect: Dialect,
    *,
    backslashes: bool,
    binary: Sequence[int] = (),
    codec: str = "",
) -> Decoded:
    """The cells of an INSERT's rows, `width` each; `binary` are the columns that may hold bytes of any kind.

    Raises `Unreadable` at an expression that may hold data and at bytes that are no UTF-8 in a text column.
    """
    block = np.frombuffer(data, np.uint8)
    starts, ends = tuples.starts, tuples.ends
    begins, stops, doubled = _strings(tuples.quotes)
    styles = _styles(block, data, starts, ends)
    opening, closing = starts.copy(), ends - 1
    others = np.flatnonzero(styles == EXPRESSION)
    special: dict[int, str] = {}
    if len(others):
        _look_closer(data, starts, ends, others, styles, opening, closing, special, tuples, width)
    quoted = np.flatnonzero((styles == QUOTED) | (styles == PREFIXED))
    hexed = [i for i in special if data[int(ends[i]) - 1] == QUOTE or data[int(opening[i])] == QUOTE]
    strings = np.sort(np.append(quoted, np.array(hexed, np.int64))) if hexed else quoted
    if not np.array_equal(begins, opening[strings]) or not np.array_equal(stops, closing[strings]):
        raise Unreadable(_first_wrong(begins, stops, opening[strings], closing[strings], tuples), "an expression")
    slashes = tuples.slashes
    clean = cleaned(data, slashes, doubled, MYSQL if dialect == "mysql" else POSTGRES)
    first, last = starts.copy(), ends.copy()
    first[quoted], last[quoted] = opening[quoted] + 1, closing[quoted]
    first, last = clean.moved(first), clean.moved(last)
    text, odd = _as_text(clean.data, first, last, styles, width, binary)
    odd |= _recoded_bytes(clean.data, first, last, styles, width, binary, codec)
    special |= odd
    if dialect == "postgres":
        special |= _spelled(data, block, tuples, styles, codec)
    rows = len(tuples.last)
    valid = (styles != NULL) & (styles != EXPRESSION)
    return Decoded(_columns(text, first, last, valid, special, rows, width), styles.reshape(rows, width))


def _strings(quotes: Positions) -> tuple[Positions, Positions, Positions]:
    """Where strings open and close, and the second quotes of doubled ones."""
    opens, closes = quotes[0::2], quotes[1::2]
    doubled = opens[1:] == closes[: len(opens) - 1] + 1
    begins = np.concatenate((opens[:1], opens[1:][~doubled]))
    stops = np.concatenate((closes[: len(opens) - 1][~doubled], closes[-1:]))
    return begins, stops, opens[1:][doubled]


def _styles(block: npt.NDArray[np.uint8], data: bytes, starts: Positions, ends: Positions) -> Styles:
    """The styles that two bytes tell; EXPRESSION for all others."""
    padded = data + bytes(8)
    words: npt.NDArray[np.uint32] = np.ndarray((len(data) + 4,), np.uint32, padded, 0, (1,))
    heads = block[np.minimum(starts, len(block) - 1)]
    styles = np.full(len(starts), EXPRESSION, np.uint8)
    styles[_NUMERAL[heads]] = BARE
    styles[(heads == QUOTE) & (block[ends - 1] == QUOTE)] = QUOTED
    lengths = ends - starts
    letters = np.flatnonzero(styles == EXPRESSION)
    if len(letters):
        four = letters[lengths[letters] == 4]
        word = words[starts[four]] | np.uint32(0x20202020)
        styles[four[word == np.frombuffer(b"null", np.uint32)[0]]] = NULL
        styles[four[word == np.frombuffer(b"true", np.uint32)[0]]] = BARE
        five = letters[lengths[letters] == 5]
        word = words[starts[five]] | np.uint32(0x20202020)
        is_false = (word == np.frombuffer(b"fals", np.uint32)[0]) & ((block[starts[five] + 4] | 0x20) == ord("e"))
        styles[five[is_false]] = BARE
    # `0x41` and `0b01` begin like numbers.
    zeros = np.flatnonzero((styles == BARE) & (heads == ord("0")) & (lengths > 2))
    if len(zeros):
        second = block[starts[zeros] + 1] | 0x20
        styles[zeros[(second == ord("x")) | (second == ord("b"))]] = EXPRESSION
    return styles


def _look_closer(
    data: bytes,
    starts: Positions,
    ends: Positions,
    others: Positions,
    styles: Styles,
    opening: Positions,
    closing: Positions,
    special: dict[int, str],
    tuples: Tuples,
    width: int,
) -> None:
    """Tell prefixed strings, bytes, bits and calls; raises `Unreadable` at any other expression."""
    seen: dict[bytes, int] = {}
    for index, start, end in zip(others.tolist(), starts[others].tolist(), ends[others].tolist(), strict=True):
        if data[end - 1] == QUOTE and (prefix := _PREFIX.match(data, start, min(end, start + 40))):
            styles[index], opening[index] = PREFIXED, prefix.end() - 1
            continue
        cell = data[start:end]
        if cell in seen:
            styles[index] = seen[cell]
            continue
        if found := _HEX.match(cell):
            digits = found[found.lastindex or 1]
            opening[index], closing[index] = start + cell.find(b"'"), start + cell.rfind(b"'")
            styles[index], special[index] = HEX, _bytes_as_text(digits)
        elif found := _BITS.match(cell):
            opening[index], closing[index] = start + cell.find(b"'"), start + cell.rfind(b"'")
            styles[index], special[index] = BITS, found[found.lastindex or 1].decode()
        elif _WORDS.match(cell) or _CALL.match(cell):
            styles[index] = seen[cell] = BARE if _WORDS.match(cell) else EXPRESSION
        else:
            raise Unreadable(_row_of(tuples, index), "an expression")


def _bytes_as_text(digits: bytes) -> str:
    if len(digits) % 2:
        return "0x" + digits.decode().lower()
    try:
        return bytes.fromhex(digits.decode()).decode()
    except UnicodeDecodeError:
        return "0x" + digits.decode().lower()


def _as_text(
    data: bytes, first: Positions, last: Positions, styles: Styles, width: int, binary: Sequence[int]
) -> tuple[bytes, dict[int, str]]:
    """The bytes with those of binary cells blanked that are no text, and the texts of these by cell."""
    odd: dict[int, str] = {}
    if is_utf8(data):
        return data, odd
    is_binary = styles == PREFIXED
    for column in binary:
        is_binary[column::width] |= styles[column::width] == QUOTED
    text = bytearray(data)
    for index in np.flatnonzero(is_binary).tolist():
        start, end = int(first[index]), int(last[index])
        cell = data[start:end]
        if not is_utf8(cell):
            styles[index], odd[index] = RAW, "0x" + cell.hex()
            text[start:end] = bytes(end - start)
    if not is_utf8(bytes(text)):
        bad = next(
            i for i, (s, e) in enumerate(zip(first.tolist(), last.tolist(), strict=True)) if not is_utf8(text[s:e])
        )
        raise Unreadable(bad // width, NO_UTF8)
    return bytes(text), odd


def _recoded_bytes(
    data: bytes, first: Positions, last: Positions, styles: Styles, width: int, binary: Sequence[int], codec: str
) -> dict[int, str]:
    """The texts of binary cells of a dump in another encoding: their bytes never were in it."""
    if not codec or data.isascii():
        return {}
    is_binary = styles == PREFIXED
    for column in binary:
        is_binary[column::width] |= styles[column::width] == QUOTED
    odd = {}
    for index in np.flatnonzero(is_binary).tolist():
        cell = data[int(first[index]) : int(last[index])]
        if not cell.isascii():
            raw = from_utf8(cell, codec)
            styles[index], odd[index] = RAW, raw.decode() if is_utf8(raw) else "0x" + raw.hex()
    return odd


def is_utf8(data: bytes | bytearray) -> bool:
    """Whether bytes are UTF-8."""
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _columns(
    data: bytes, first: Positions, last: Positions, valid: Bools, special: dict[int, str], rows: int, width: int
) -> list[pa.Array]:
    order = (rows, width)
    starts, ends = first.reshape(order).T.ravel(), last.reshape(order).T.ravel()
    values = gather(data, starts, ends, valid=None if valid.all() else valid.reshape(order).T.ravel())
    columns = [values.slice(number * rows, rows) for number in range(width)]
    for number in sorted({index % width for index in special}):
        texts = columns[number].to_pylist()
        for index, text in special.items():
            if index % width == number:
                texts[index // width] = text
        columns[number] = texts_of(texts)
    return columns


def texts_of(values: Sequence[str | None]) -> pa.Array:
    """A `pa.string()` array of Python texts (`pa.array` would import pandas)."""
    encoded = [b"" if value is None else value.encode() for value in values]
    offsets = np.zeros(len(encoded) + 1, np.int32)
    np.cumsum([len(each) for each in encoded], out=offsets[1:])
    valid = np.packbits([value is not None for value in values], bitorder="little")
    return pa.Array.from_buffers(
        pa.string(), len(values), [pa.py_buffer(valid), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    )


def _row_of(tuples: Tuples, cell: int) -> int:
    return int(np.searchsorted(tuples.last, cell))


def _first_wrong(begins: Positions, stops: Positions, opening: Positions, closing: Positions, tuples: Tuples) -> int:
    count = min(len(begins), len(opening))
    wrong = np.flatnonzero((begins[:count] != opening[:count]) | (stops[:count] != closing[:count]))
    at = begins[wrong[0]] if len(wrong) else begins[count] if len(begins) > count else opening[count]
    return int(np.searchsorted(tuples.closes, at))


def _spelled(data: bytes, block: Bytes, tuples: Tuples, styles: Styles, codec: str) -> dict[int, str]:
    """The texts of strings of PostgreSQL that have letters by number, by cell."""
    starts, ends = tuples.starts, tuples.ends
    cells = {int(cell) for cell in np.searchsorted(starts, numbered(block, tuples.slashes), "right") - 1}
    prefixed = np.flatnonzero(styles == PREFIXED)
    cells.update(prefixed[(block[starts[prefixed]] | 0x20) == ord("u")].tolist())
    texts = {}
    for cell in sorted(cells):
        raw = data[int(starts[cell]) : int(ends[cell])]
        inner = raw[raw.index(b"'") + 1 : -1]
        try:
            texts[cell] = unicode_text(inner) if raw[:1] in b"uU" else escaped_text(inner, codec)
        except ValueError:
            raise Unreadable(_row_of(tuples, cell), NO_UTF8) from None
    return texts
