"""IPv4 addresses written as text, whole columns at a time: dotted decimal as RFC 3986 section 3.2.2 has it."""

from functools import cache

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Cells = npt.NDArray[np.int64]

_WIDTHS = np.array([len(str(number)) for number in range(256)], dtype=np.int64)
# The digits of an octet of 1, 2 or 3 in a little-endian word of ASCII that ends with it.
_DIGITS = np.array([0, 0x0F000000, 0x0F0F0000, 0x0F0F0F00], dtype=np.uint32)


def read_ipv4(data: Bytes, offsets: Cells) -> tuple[Bytes, Bools]:
    """The octets of all rows that are dotted IPv4 addresses, shape (m, 4), and which rows these are, shape (n,)."""
    filled = np.diff(offsets) > 0
    octets = _read_all(data, offsets[:-1][filled], offsets[1:][filled])
    return (octets, filled) if octets is not None else _read_some(data, offsets)


def _read_all(data: Bytes, starts: Cells, ends: Cells) -> Bytes | None:
    """The octets of rows that fill `data` and are all addresses; None where one is not."""
    point = data == 46
    points = np.flatnonzero(point)
    if len(points) != 3 * len(starts) or not (point | ((data - np.uint8(48)) < 10)).all():
        return None
    stops = np.empty((len(starts), 4), dtype=np.int64)
    stops[:, :3], stops[:, 3] = points.reshape(-1, 3), ends
    begins = np.empty_like(stops)
    begins[:, 0], begins[:, 1:] = starts, stops[:, :3] + 1
    widths = stops - begins
    # With three points a row, widths from 1 to 3 also say that each row holds its own.
    if len(widths) and (widths.min() < 1 or widths.max() > 3):
        return None
    # An octet as the word that ends with it, what stands before it cut off: hundreds, tens and ones in three bytes.
    room = np.concatenate([np.zeros(4, dtype=np.uint8), data])
    cells = np.lib.stride_tricks.as_strided(room[:4].view("V4"), shape=(len(room) - 3,), strides=(1,))
    word = np.take(cells, stops).view("<u4") & np.take(_DIGITS, widths)
    values = (word >> np.uint32(24)) + (word >> np.uint32(16) & np.uint32(15)) * np.uint32(10)
    values += (word >> np.uint32(8) & np.uint32(15)) * np.uint32(100)
    octets = values.astype(np.uint8)
    # Nothing above 255, no leading zero: an octet is as wide as it is written.
    if (values > 255).any() or (_WIDTHS[octets] != widths).any():
        return None
    return octets


def _read_some(data: Bytes, offsets: Cells) -> tuple[Bytes, Bools]:
    """The octets of those rows that are addresses, and which these are."""
    point = data == 46
    good = point | ((data - np.uint8(48)) < 10)
    counts = np.concatenate([[0], np.cumsum(point)])[offsets]
    four = np.diff(counts) == 3
    if not good.all():
        four[np.searchsorted(offsets, np.flatnonzero(~good), side="right") - 1] = False
    points = np.flatnonzero(point)[counts[:-1][four][:, None] + np.arange(3)]
    edges = np.concatenate([offsets[:-1][four][:, None] - 1, points, offsets[1:][four][:, None]], axis=1)
    begins, ends = edges[:, :-1] + 1, edges[:, 1:]
    widths = ends - begins
    fits = ((widths >= 1) & (widths <= 3)).all(axis=1)
    begins, ends, widths = begins[fits], ends[fits], widths[fits]
    padded = np.concatenate([np.zeros(3, dtype=np.uint8), data])  # so that ends - 3 is inside
    digit = (padded - np.uint8(48)).astype(np.int16)
    values = digit[ends + 2] + 10 * digit[ends + 1] * (widths > 1) + 100 * digit[ends] * (widths > 2)
    fine = ((values < 256) & ((widths == 1) | (digit[begins + 3] != 0))).all(axis=1)
    rows = np.flatnonzero(four)[fits][fine]
    four = np.zeros(len(four), dtype=np.bool_)
    four[rows] = True
    return values[fine].astype(np.uint8), four


def write_ipv4(octets: Bytes) -> tuple[Bytes, Cells]:
    """The dotted text of addresses, shape (n, 4): all bytes joined, and the lengths."""
    left, right, wide = _halves()
    halves = np.ascontiguousarray(octets).view("<u2")
    widths = np.take(wide, halves)
    widths[:, 1] -= 1
    ends = np.cumsum(widths, dtype=np.int64)
    data = np.empty((int(ends[-1]) if len(ends) else 0) + 8, dtype=np.uint8)
    # Eight bytes are put for each half, from left to right: what is too many is overwritten by the next.
    words = np.empty(halves.shape, dtype=np.uint64)
    words[:, 0], words[:, 1] = left[halves[:, 0]], right[halves[:, 1]]
    cells = np.lib.stride_tricks.as_strided(data[:8].view("V8"), shape=(len(data) - 7,), strides=(1,))
    cells[ends - widths.reshape(-1)] = words.reshape(-1).view("V8")
    return data[:-8], (widths[:, 0] + widths[:, 1]).astype(np.int64)


@cache
def _halves() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.uint8]]:
    """Of two octets, the first in the low byte: `a.b.` and `a.b` in eight bytes, and the length of the first."""
    spelled = np.zeros((256, 4), dtype=np.uint8)
    for number in range(256):
        spelled[number, : _WIDTHS[number]] = np.frombuffer(str(number).encode(), dtype=np.uint8)
    one: npt.NDArray[np.uint64] = spelled.view("<u4")[:, 0].astype(np.uint64)
    bits = (8 * _WIDTHS).astype(np.uint64)
    pointed: npt.NDArray[np.uint64] = one | np.uint64(46) << bits
    # Rows are second octets: 256 · second + first.
    shift = bits + np.uint64(8)
    left: npt.NDArray[np.uint64] = pointed | pointed[:, None] << shift
    right: npt.NDArray[np.uint64] = pointed | one[:, None] << shift
    return left.reshape(-1), right.reshape(-1), (_WIDTHS + _WIDTHS[:, None] + 2).astype(np.uint8).reshape(-1)
