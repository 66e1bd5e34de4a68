"""IPv4 addresses written as text, whole columns at a time: dotted decimal as RFC 3986 section 3.2.2 has it."""

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Cells = npt.NDArray[np.int64]

# Decimal text of 0..255 with a point before it, and its length.
_OCTETS = np.array([list(f".{number}".ljust(4).encode()) for number in range(256)], dtype=np.uint8)
_LENGTHS = np.array([len(f".{number}") for number in range(256)], dtype=np.int64)


def read_ipv4(data: Bytes, offsets: Cells) -> tuple[Bytes, Bools]:
    """The four octets of every row that is a dotted IPv4 address, shape (m, 4), and which rows these are, shape (n,)."""
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
    cells = _OCTETS[octets].reshape(len(octets), 16)
    keep = cells != 32
    keep[:, 0] = False
    return cells[keep], _LENGTHS[octets].sum(axis=1) - 1
