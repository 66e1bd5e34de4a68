"""IPv4 addresses written as text, whole columns at a time: dotted decimal as RFC 3986 section 3.2.2 has it."""

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Cells = npt.NDArray[np.int64]

# Decimal text of 0..255 with a point before it, four bytes each, and its length.
_OCTETS = np.frombuffer("".join(f".{number}".ljust(4) for number in range(256)).encode(), dtype="V4")
_FIRST = np.frombuffer("".join(f"{number}".ljust(4) for number in range(256)).encode(), dtype="V4")
_WIDTHS = np.array([len(f".{number}") for number in range(256)], dtype=np.int64)


def read_ipv4(data: Bytes, offsets: Cells) -> tuple[Bytes, Bools]:
    """The octets of all rows that are dotted IPv4 addresses, shape (m, 4), and which rows these are, shape (n,)."""
    filled = np.diff(offsets) > 0
    octets = _read_all(data, offsets[:-1][filled], offsets[1:][filled])
    return (octets, filled) if octets is not None else _read_some(data, offsets)


def _read_all(data: Bytes, starts: Cells, ends: Cells) -> Bytes | None:
    """The octets of rows that fill `data` and are all addresses; None where one is not. Flat passes, no gathers."""
    value = data - np.uint8(48)
    digit = value < 10
    point = data == 46
    if not len(data) or not (digit | point).all():
        return None
    first = np.empty(len(data), dtype=np.bool_)  # of an octet: a row's begin, or behind a point
    first[0], first[1:] = True, point[:-1]
    first[starts] = True
    begins = np.flatnonzero(first)
    if len(begins) != 4 * len(starts) or (begins[::4] != starts).any():
        return None
    tens = np.zeros(len(data), dtype=np.bool_)  # a digit of the same octet follows
    tens[:-1] = digit[1:]
    tens[ends - 1] = False
    hundreds = tens.copy()
    hundreds[:-1] &= tens[1:]
    weight = np.array([1, 10, 10, 100], dtype=np.uint16)[tens.view(np.uint8) + hundreds.view(np.uint8) * np.uint8(2)]
    weight[point] = 0
    widths = np.diff(begins, append=len(data)) - 1
    widths[3::4] += 1
    values = np.add.reduceat(value * weight, begins)
    leading = (data[begins] == 48) & (widths > 1)
    if point[ends - 1].any() or (widths < 1).any() or (widths > 3).any() or (values > 255).any() or leading.any():
        return None
    return values.astype(np.uint8).reshape(-1, 4)


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
    widths = _WIDTHS[octets]
    widths[:, 0] -= 1
    ends = np.cumsum(widths)
    data = np.empty(int(ends[-1]) + 4 if len(ends) else 4, dtype=np.uint8)
    # Four bytes are put for each octet, from left to right: what is too many is overwritten by the next.
    words = _OCTETS[octets]
    words[:, 0] = _FIRST[octets[:, 0]]
    cells = np.lib.stride_tricks.as_strided(data[:4].view("V4"), shape=(len(data) - 3,), strides=(1,))
    cells[ends - widths.reshape(-1)] = words.reshape(-1)
    return data[:-4], widths.sum(axis=1)
