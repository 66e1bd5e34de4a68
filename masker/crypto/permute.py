"""Keyed permutations of 0..N-1, and of integer keys inside the classes that keep their length and type.

Small sets are shuffled exactly; larger ones go through FF1 (NIST SP 800-38G) with cycle walking, that is, the cipher
is applied again to what falls outside (Black and Rogaway, Ciphers with Arbitrary Finite Domains, 2002).
"""

from bisect import bisect_right
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from masker.crypto.blocks import CHUNK, BlockCipher, output_buffer
from masker.crypto.ff1_rounds import Setting, run_rounds
from masker.crypto.sealed import Sealed
from masker.integer_classes import CUTS

Numbers = npt.NDArray[np.uint64]

_SHUFFLED_BELOW = 1_000_000  # FF1's smallest domain, SP 800-38G revision 1, draft 2


class Permutation(Sealed):
    """A keyed bijection of 0..size-1, 1 ≤ size ≤ 2^63 (else `ValueError`).

    Called with uint64 indices it gives their images, same shape; `inverse` turns them back; a `turned` one has the two
    the other way round. An index out of range raises `ValueError`. Below a million it is an exact shuffle (all
    permutations about equally likely), from there on FF1. It does NOT hide the size of the set, and a set of one
    element stays as it is.

    >>> permutation = Permutation(bytes(range(32)), 10)
    >>> images = permutation(np.arange(10, dtype=np.uint64))
    >>> sorted(images.tolist()) == list(range(10)), permutation.inverse(images).tolist()
    (True, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """

    __slots__ = ("_cipher", "_inverse", "_setting", "_table", "_turned", "size")

    def __init__(self, key: bytes, size: int, *, turned: bool = False) -> None:
        if not 1 <= size <= 1 << 63:
            raise ValueError("the size of a permutation is not in 1..2^63")
        self.size, self._turned = size, turned
        self._cipher = BlockCipher(key)
        self._table: npt.NDArray[np.uint32] | None = None
        self._inverse: npt.NDArray[np.uint32] | None = None
        self._setting: Setting | None = None
        if size < _SHUFFLED_BELOW:
            self._table = _shuffle(self._cipher, size)
        else:
            length = 2 if size <= 1 << 32 else 4
            self._setting = Setting(_root(size, length), length, b"")

    def __call__(self, indices: Numbers) -> Numbers:
        """Map each index to its image."""
        return self._map(indices, back=self._turned)

    def inverse(self, images: Numbers) -> Numbers:
        """Map each image back to its index."""
        return self._map(images, back=not self._turned)

    def _map(self, numbers: Numbers, *, back: bool) -> Numbers:
        self._refuse_outside(numbers)
        if self._table is None:
            return self._walk(numbers, decrypt=back)
        if not back:
            return self._table[numbers].astype(np.uint64)
        if self._inverse is None:
            inverse = np.empty_like(self._table)
            inverse[self._table] = np.arange(self.size, dtype=np.uint32)
            self._inverse = inverse
        return self._inverse[numbers].astype(np.uint64)

    def _refuse_outside(self, indices: Numbers) -> None:
        if indices.size and int(indices.max()) >= self.size:
            raise ValueError("an index is outside the permutation")

    def _walk(self, indices: Numbers, *, decrypt: bool) -> Numbers:
        out = self._once(indices, decrypt=decrypt)
        size = np.uint64(self.size)
        outside = np.flatnonzero(out >= size)
        while outside.size:
            again = self._once(out[outside], decrypt=decrypt)
            out[outside] = again
            outside = outside[again >= size]
        return out

    def _once(self, indices: Numbers, *, decrypt: bool) -> Numbers:
        assert self._setting is not None
        modulus = np.uint64(self._setting.moduli[1])
        out = np.empty_like(indices)
        for start in range(0, len(indices), CHUNK):
            part = indices[start : start + CHUNK]
            left = part // modulus
            left, right = run_rounds(self._cipher, self._setting, left, part - left * modulus, decrypt=decrypt)
            out[start : start + CHUNK] = left * modulus + right
        return out


def permute_integers(make: Callable[[int, str], Permutation], values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Permute each positive integer inside its class; 0 and negatives stay; shape (n,) → (n,).

    Classes are cut at the powers of ten and at the maxima of integer types (127, 255, 32767, 65535, 2^31-1, 2^32-1,
    2^63-1): a pseudonym has as many digits as its original and fits every type that the original fits. `make(size,
    use)` gives the permutation of a class; `Keys.permutation` is made for it. It does NOT hide the class.

    >>> make = lambda size, use: Permutation(bytes(range(32)), size)
    >>> zero, seven, small = permute_integers(make, np.array([0, 7, 120])).tolist()
    >>> zero, 1 <= seven <= 9, 100 <= small <= 127
    (0, True, True)
    """
    numbers = values.astype(np.uint64)
    ends = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    index = bisect_right(CUTS, ends[0])
    if ends[0] > 0 and index == bisect_right(CUTS, ends[1]):
        return _permute_class(make, numbers, index)
    out = values.copy()
    cuts = np.array(CUTS, dtype=np.uint64)
    classes = np.where(values > 0, np.searchsorted(cuts, numbers, side="right"), 0)
    for index in np.flatnonzero(np.bincount(classes, minlength=1)).tolist():
        if index == 0:
            continue
        rows = np.flatnonzero(classes == index)
        out[rows] = _permute_class(make, numbers[rows], index)
    return out


def _permute_class(make: Callable[[int, str], Permutation], numbers: Numbers, index: int) -> npt.NDArray[np.int64]:
    low, high = CUTS[index - 1], CUTS[index]
    permutation = make(high - low, f"integer:{low}")
    return (permutation(numbers - np.uint64(low)) + np.uint64(low)).astype(np.int64)


def _shuffle(cipher: BlockCipher, size: int) -> npt.NDArray[np.uint32]:
    """The order of AES(0), AES(1), … as numbers: distinct blocks, so a permutation, and no tie to break."""
    blocks = np.zeros((size, 2), dtype=np.uint64)
    blocks.view(">u8")[:, 1] = np.arange(size, dtype=np.uint64)
    drawn = cipher.into(blocks, output_buffer(size)).byteswap()
    # Sorting numbers costs a third of sorting their places, so each takes its place along in its low 20 bits.
    place = np.uint64((1 << 20) - 1)
    ordered = np.sort(drawn[:, 0] & ~place | np.arange(size, dtype=np.uint64))
    if (ordered[1:] ^ ordered[:-1] <= place).any():  # one shuffle of 35 at a million: all 128 bits then decide
        return np.lexsort((drawn[:, 1], drawn[:, 0])).astype(np.uint32)
    return (ordered & place).astype(np.uint32)


def _root(size: int, degree: int) -> int:
    """The least radix with radix**degree ≥ size."""
    radix = max(2, int(size ** (1 / degree)) - 1)
    while radix**degree < size:
        radix += 1
    return radix
