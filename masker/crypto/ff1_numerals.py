"""Columns of symbols to numbers and back, for FF1: ASCII digits eight at a time, any other radix symbol by symbol."""

import numpy as np
import numpy.typing as npt

Symbols = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.uint64]

_FOUR = np.array([f"{number:04d}".encode() for number in range(10_000)], dtype="S4").view(np.uint32)
_TEN_THOUSAND = np.uint64(10_000)


def refuse_non_digits(rows: Bytes) -> None:
    """Raise `ValueError` where a byte is no ASCII digit."""
    if ((rows - np.uint8(48)) > 9).any():
        raise ValueError("not every symbol is an ASCII digit")


def readable(rows: Bytes) -> Bytes:
    """The same rows as `from_digits` reads them: the bytes of a row side by side, at least eight of them."""
    if rows.shape[1] < 8:
        rows = np.pad(rows, ((0, 0), (0, 8 - rows.shape[1])))
    return rows if rows.strides[1] == 1 else np.ascontiguousarray(rows)


def from_digits(rows: Bytes, start: int, stop: int) -> Numbers:
    """The decimal numbers in columns start..stop-1 (at most 19) of `readable` ASCII digits, shape (n, L) → (n,)."""
    numbers: Numbers | None = None
    scale = 1
    while stop > start:
        width = min(8, stop - start)
        eight = _eight(rows, stop, width)
        numbers = eight if numbers is None else numbers + eight * np.uint64(scale)
        stop -= width
        scale *= 10**width
    return numbers if numbers is not None else np.zeros(len(rows), dtype=np.uint64)


def _eight(rows: Bytes, stop: int, width: int) -> Numbers:
    """The number that the `width` (1..8) digits before column `stop` make."""
    column = max(stop - 8, 0)
    # Little-endian: the first column is the lowest byte, so shifts to the left move digits to the right.
    words = rows[:, column : column + 8].view("<u8")[:, 0]
    if stop < 8:
        words = words << np.uint64(8 * (8 - stop))
    mask = 0x0F0F0F0F0F0F0F0F & ~((1 << 8 * (8 - width)) - 1)
    words = words & np.uint64(mask)
    # Pairs of digits, then fours, then eight: each step adds the left neighbour times 10, 100, 10,000.
    words *= np.uint64((10 << 8) + 1)
    words >>= np.uint64(8)
    words &= np.uint64(0x00FF00FF00FF00FF)
    words *= np.uint64((100 << 16) + 1)
    words >>= np.uint64(16)
    words &= np.uint64(0x0000FFFF0000FFFF)
    words *= np.uint64((10_000 << 32) + 1)
    words >>= np.uint64(32)
    return words


def to_digits(numbers: Numbers, out: Bytes) -> None:
    """Write numbers as zero-padded ASCII digits over all columns of `out`, shape (n, m)."""
    for stop in range(out.shape[1], 0, -4):
        rest = numbers // _TEN_THOUSAND
        four = np.take(_FOUR, (numbers - rest * _TEN_THOUSAND).view(np.int64), mode="clip")
        if stop >= 4 and out.strides[1] == 1:
            out[:, stop - 4 : stop].view(np.uint32)[:, 0] = four
        else:
            each = four.view(np.uint8).reshape(-1, 4)
            for column in range(max(stop - 4, 0), stop):
                out[:, column] = each[:, column - stop]
        numbers = rest


def from_symbols(symbols: Symbols, radix: int) -> Numbers:
    """The numbers that rows of symbols make in base `radix`, most significant first; radix**m is below 2^63."""
    numbers = np.zeros(len(symbols), dtype=np.uint64)
    for column in range(symbols.shape[1]):
        numbers *= np.uint64(radix)
        numbers += symbols[:, column]
    return numbers


def to_symbols(numbers: Numbers, radix: int, out: Symbols) -> None:
    """Write numbers in base `radix` over all columns of `out`, shape (n, m)."""
    base = np.uint64(radix)
    for column in range(out.shape[1] - 1, -1, -1):
        rest = numbers // base
        out[:, column] = numbers - rest * base
        numbers = rest
