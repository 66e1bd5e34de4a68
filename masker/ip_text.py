"""Internet addresses written as text, whole columns at a time.

IPv4 dotted decimal as RFC 3986 section 3.2.2 has it, IPv6 as RFC 4291 section 2.2, written as RFC 5952 has it.
"""

import ipaddress
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import indices, offsets_of, text_bytes, text_of, validity

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


def map_addresses(text: pa.Array, four: Callable[[Bytes], Bytes], six: Callable[[Bytes], Bytes]) -> pa.Array:
    """The column with every address replaced: `four` maps octets of shape (m, 4), `six` of shape (m, 16), to the same.

    NULL where a value is no address (also with a port, a prefix length or a zone); NULL and '' stay.
    """
    data, offsets = text_bytes(text)
    octets, is_four = read_ipv4(data, offsets)
    data, lengths = write_ipv4(np.ascontiguousarray(four(octets)))
    valid = validity(text)
    other = np.flatnonzero(~is_four & (np.diff(offsets) > 0) & valid)
    rows = np.zeros(len(is_four), dtype=np.int64)
    rows[is_four] = lengths
    if not len(other):
        return text_of(data, offsets_of(rows), valid)
    sixes = _map_ipv6(text.take(indices(other)), six)
    rows[other] = [len(value or "") for value in sixes]
    offsets = offsets_of(rows)
    out = np.empty(int(offsets[-1]), dtype=np.uint8)
    from_four = np.repeat(is_four, rows)
    out[from_four] = data
    out[~from_four] = np.frombuffer("".join(value or "" for value in sixes).encode(), dtype=np.uint8)
    valid = valid.copy()
    valid[other[[value is None for value in sixes]]] = False
    return text_of(out, offsets, valid)


def _map_ipv6(text: pa.Array, six: Callable[[Bytes], Bytes]) -> list[str | None]:
    """What IPv6 addresses become; None for what is none. Python reads them one by one, once a distinct value."""
    encoded = text.dictionary_encode()
    numbers = [_ipv6(value) for value in encoded.dictionary.to_pylist()]
    packed = np.frombuffer(b"".join(number or bytes(16) for number in numbers), dtype=np.uint8).reshape(-1, 16)
    shown = [
        str(ipaddress.IPv6Address(row.tobytes())) if number else None
        for row, number in zip(six(packed), numbers, strict=True)
    ]
    return [shown[index] for index in encoded.indices.to_numpy()]


def _ipv6(value: str) -> bytes | None:
    try:
        return None if "%" in value else ipaddress.IPv6Address(value).packed
    except ValueError:
        return None
