"""Text that stands in cells in another writing, decoded once.

Base64 (RFC 4648), percent-encoding (RFC 3986), JSON's escapes (RFC 8259). Base64 is looked for where a capital follows
a small letter or a digit, or where padding stands; base64 of n ASCII characters lacks both with probability below
0.78^n.
"""

import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.verify.cells import text_bytes

_RUN = re.compile(r"[A-Za-z0-9+/_-]{11,}")
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(["\\/]))')
_LEAST = 11
_URL_SAFE = str.maketrans("-_", "+/")


def decoded(text: pa.Array) -> list[str]:
    """What the cells of a `pa.string()` column hold in another writing, each text once, in order of their cells."""
    data, offsets = text_bytes(text)
    if not len(data):
        return []
    raw = data.tobytes()
    found: dict[str, None] = {}
    if b"%" in raw:
        for cell in _cells(text, offsets, np.flatnonzero(data == ord("%"))):
            if (plain := unquote(cell)) != cell:
                found[plain] = None
    if b"\\" in raw:
        for cell in _cells(text, offsets, np.flatnonzero(data == ord("\\"))):
            if (plain := _ESCAPE.sub(_unescaped, cell)) != cell:
                found[plain] = None
    for cell in _cells(text, offsets, _turns(data, offsets)):
        for run in _RUN.findall(cell):
            for piece in {run, *run.split("/")}:
                if (inner := _from_base64(piece)) is not None:
                    found[inner] = None
    return list(found)


def _turns(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where a capital follows a small letter or a digit within a cell of 11 bytes or more, or padding stands."""
    if int(np.diff(offsets).max(initial=0)) < _LEAST:
        return np.zeros(0, dtype=np.int64)
    capital = data - np.uint8(ord("A")) < 26
    if not capital.any() and not (data == ord("=")).any():
        return np.zeros(0, dtype=np.int64)
    small_or_digit = (data - np.uint8(ord("a")) < 26) | (data - np.uint8(ord("0")) < 10)
    turns = np.zeros(len(data), dtype=np.bool_)
    turns[1:] = capital[1:] & small_or_digit[:-1]
    turns[1:] |= (data[1:] == ord("=")) & (capital[:-1] | small_or_digit[:-1] | (data[:-1] == ord("=")))
    turns[offsets[:-1][offsets[:-1] < len(data)]] = False
    return np.flatnonzero(turns)


def _cells(text: pa.Array, offsets: npt.NDArray[np.int64], places: npt.NDArray[np.int64]) -> Iterator[str]:
    """The different cells in which `places` lie."""
    if not len(places):
        return
    rows = np.searchsorted(offsets, places, side="right") - 1
    rows = rows[np.append(True, np.diff(rows) > 0)]  # in order, so that equal ones are neighbours
    rows = rows[np.diff(offsets)[rows] >= _LEAST]
    indices = pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(rows.astype(np.int64))])
    yield from dict.fromkeys(cell for cell in text.take(indices).to_pylist() if cell is not None)


def _unescaped(match: "re.Match[str]") -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else match[3]


def _from_base64(piece: str) -> str | None:
    if len(piece) < _LEAST or len(piece) % 4 == 1:
        return None
    try:
        raw = binascii.a2b_base64(piece.translate(_URL_SAFE) + "=" * (-len(piece) % 4))
        text = raw.decode()
    except ValueError:
        return None
    return text if "".join(text.split()).isprintable() else None
