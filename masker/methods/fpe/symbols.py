"""Keyed bijections on rows of symbols, each of an alphabet of its own: the arithmetic under `fpe`.

FF1 (NIST SP 800-38G) where all symbols of a row have one radix and make at least 10^6 values; a keyed permutation of
the row's rank where they make no more than 2^63; else a keystream drawn from the row's own PRF tag.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from masker.alphabets import Alphabets
from masker.columns import Bytes, Offsets
from masker.crypto.ff1 import SMALLEST_DOMAIN
from masker.crypto.keys import Keys
from masker.crypto.stream import below, expand

Words = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
Ranks = npt.NDArray[np.uint32]

_FF1_HALF = 1 << 56
"""FF1 runs whole columns at a time while half a row stays below this."""
_FF1_LONGEST = 2 * 56  # symbols, of radix 2
_PIECE = 1 << 16
"""Symbols of a row whose keystream is drawn at once."""

_LONG = 4096
_RANKED_BITS = 63 * 1024


def scramble(
    keys: Keys,
    alphabets: Alphabets,
    ids: npt.NDArray[np.uint16],
    ranks: Ranks,
    offsets: Offsets,
    tags: Callable[[], Words],
) -> Ranks:
    """Encrypt rows of symbols: row i is `ranks[offsets[i]:offsets[i+1]]` in the alphabets `ids`; same shape back.

    One to one over rows of equal alphabets, for rows of up to 2^63 possible values and for longer ones of one radix
    that FF1 takes whole columns of. For the rest, `tags()` gives a 128-bit PRF tag of each row's value, whose
    keystream is added: two of n rows fall together with probability at most n²/2^64. Empty rows are fine.
    """
    out = ranks.copy()
    counts = np.diff(offsets)
    filled = np.flatnonzero(counts)
    if not len(filled):
        return out
    begins = offsets[filled]
    sizes = alphabets.sizes[ids]
    least, most = np.minimum.reduceat(sizes, begins), np.maximum.reduceat(sizes, begins)
    # Of a long row the sum may be any number of 32 bits; it has more than 63 bits anyhow.
    bits = np.add.reduceat(alphabets.weights[ids], begins, dtype=np.uint32).astype(np.int64)
    bits[counts[filled] > _LONG] = _RANKED_BITS + 1
    shapes = np.where(least == most, (most.astype(np.int64) << 32) | counts[filled], 0)
    ranked, streamed = [], []
    for shape, members in groups(shapes):
        rows, radix, count = filled[members], shape >> 32, shape & 0xFFFFFFFF
        # The power of a long row's length would be a number of as many digits.
        short_enough = 1 < count <= _FF1_LONGEST and radix ** ((count + 1) // 2) < _FF1_HALF
        if shape and short_enough and radix**count >= SMALLEST_DOMAIN:
            cells = offsets[rows][:, None] + np.arange(count)
            symbols = ranks[cells].astype(np.uint8 if radix <= 256 else np.uint16)
            out[cells] = keys.ff1().encrypt(symbols, int(radix))
        else:
            short = bits[members] <= _RANKED_BITS
            ranked.append(rows[short])
            streamed.append(rows[~short])
    _permute(keys, sizes, offsets, _joined(ranked), out)
    _stream(keys, sizes, offsets, _joined(streamed), out, tags)
    return out


def scramble_digits(keys: Keys, digits: Bytes) -> Bytes:
    """Encrypt rows of ASCII digits of one length, shape (n, L), one to one: FF1 from six digits on.

    Below, a keyed permutation of the 10^L values serves.
    """
    length = digits.shape[1]
    if length == 0 or len(digits) == 0:
        return digits
    if 10**length >= SMALLEST_DOMAIN:
        return keys.ff1().encrypt_digits(np.ascontiguousarray(digits))
    powers = 10 ** np.arange(length - 1, -1, -1, dtype=np.uint64)
    index = ((digits - np.uint8(48)) * powers).sum(axis=1, dtype=np.uint64)
    image = keys.permutation(10**length, f"fpe:{10**length}")(index)
    out: Bytes = (image[:, None] // powers % np.uint64(10) + np.uint64(48)).astype(np.uint8)
    return out


def groups(codes: npt.NDArray[np.int64] | npt.NDArray[np.uint64]) -> Iterator[tuple[int, Rows]]:
    """The row numbers by code, each code once, ascending."""
    if len(codes) == 0:
        return
    if (codes == codes[0]).all():
        yield int(codes[0]), np.arange(len(codes))
        return
    order = np.argsort(codes, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        yield int(codes[rows[0]]), rows


def _joined(parts: list[Rows]) -> Rows:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def _permute(keys: Keys, sizes: Ranks, offsets: Offsets, rows: Rows, out: Ranks) -> None:
    """Replace each row by the row whose mixed-radix rank is the image of its own."""
    if not len(rows):
        return
    counts = np.diff(offsets)[rows]
    begins = offsets[rows]
    rank, total = np.zeros(len(rows), dtype=np.uint64), np.ones(len(rows), dtype=np.uint64)
    for position in range(int(counts.max())):
        going = np.flatnonzero(counts > position)
        cells = begins[going] + position
        rank[going] = rank[going] * sizes[cells] + out[cells]
        total[going] *= sizes[cells]
    for size, members in groups(total):
        rank[members] = keys.permutation(size, f"fpe:{size}")(rank[members])
    for position in reversed(range(int(counts.max()))):
        going = np.flatnonzero(counts > position)
        cells = begins[going] + position
        rank[going], out[cells] = np.divmod(rank[going], sizes[cells].astype(np.uint64))


def _stream(keys: Keys, sizes: Ranks, offsets: Offsets, rows: Rows, out: Ranks, tags: Callable[[], Words]) -> None:
    """Add the keystream of its tag to each row; a long row's piece by piece."""
    if not len(rows):
        return
    prf, seeds, counts = keys.prf("fpe-stream"), tags()[rows], np.diff(offsets)[rows]
    long = counts > _PIECE
    for row, seed in zip(rows[long].tolist(), seeds[long], strict=True):
        for start in range(int(offsets[row]), int(offsets[row + 1]), _PIECE):
            piece = slice(start, min(start + _PIECE, int(offsets[row + 1])))
            draws = expand(prf, seed[None, :].copy(), np.array([piece.stop - piece.start]))
            out[piece] = (out[piece] + below(draws, sizes[piece])) % sizes[piece]
            seed[1] += np.uint64(_PIECE >> 2)  # four numbers a block
    rows, seeds, counts = rows[~long], seeds[~long], counts[~long]
    cells = np.arange(int(counts.sum())) + np.repeat(offsets[rows] - (np.cumsum(counts) - counts), counts)
    draws = expand(prf, seeds, counts)
    out[cells] = (out[cells] + below(draws, sizes[cells])) % sizes[cells]
