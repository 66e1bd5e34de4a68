"""Numbers with a check digit modulo 10: payment cards (Luhn) and article numbers (EAN).

ISO/IEC 7812-1 annex B (Luhn formula); GS1 General Specifications, section 7.9 (check digit calculations).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import Bytes
from masker.crypto.keys import Keys
from masker.marked_text import DIGIT, LETTER, STRANGE, Layout, kinds_of
from masker.methods.fpe.symbols import scramble_digits


@dataclass(frozen=True, eq=False)
class Mod10:
    """What a digit adds to the sum: `even` at an even, `odd` at an odd distance from the end, by digit."""

    even: npt.NDArray[np.uint8]
    odd: npt.NDArray[np.uint8]
    shortest: int
    """Digits that such a number has at least; a shorter one is something else, such as a card's expiry."""

    def table(self, distance: int) -> npt.NDArray[np.uint8]:
        """The summands by digit, at this distance from the end; a permutation of 0..9."""
        return self.odd if distance % 2 else self.even

    @cached_property
    def pairs(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """The sums of two digits by their bytes as a little-endian word, the left one at an even, an odd distance."""
        word = np.arange(1 << 16)
        left, right = (word & 15) % 10, (word >> 8 & 15) % 10
        return self.even[left] + self.odd[right], self.odd[left] + self.even[right]


_KINDS = np.where(kinds_of(None) == LETTER, STRANGE, kinds_of(None)).astype(np.uint8)
_DIGITS = np.arange(10, dtype=np.uint8)
LUHN = Mod10(_DIGITS, np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], dtype=np.uint8), shortest=12)
EAN = Mod10(_DIGITS, (3 * _DIGITS) % 10, shortest=8)


def encrypt_mod10(keys: Keys, text: pa.Array, scheme: Mod10, keep_prefix: int, keep_suffix: int) -> pa.Array:
    """Encrypt the digits between the kept ends, the last of them chosen so that the sum modulo 10 is as before.

    So a valid number stays valid, and different numbers stay different. NULL where a value has letters, or fewer
    digits than the scheme's shortest, or too few for one to change (a number needs two more than are kept).
    """
    layout = Layout(text, _KINDS, DIGIT)
    for group in layout.groups():
        if group.marked.shape[1] >= max(scheme.shortest, keep_prefix + keep_suffix + 2):
            layout.put(group, _encrypt(keys, group.marked, scheme, keep_prefix, keep_suffix))
    return layout.finish()


def _encrypt(keys: Keys, digits: Bytes, scheme: Mod10, keep_prefix: int, keep_suffix: int) -> Bytes:
    out = digits.copy()
    fixed = digits.shape[1] - 1 - keep_suffix
    out[:, keep_prefix:fixed] = scramble_digits(keys, digits[:, keep_prefix:fixed])
    table = scheme.table(keep_suffix)
    total = _sum(digits, scheme, keep_prefix, fixed + 1) - _sum(out, scheme, keep_prefix, fixed)
    out[:, fixed] = np.argsort(table)[total % 10] + 48
    return out


def _sum(digits: Bytes, scheme: Mod10, begin: int, end: int) -> npt.NDArray[np.int16]:
    """The sum of the summands of columns begin..end-1, shape (n,)."""
    total = np.zeros(len(digits), dtype=np.int16)
    for column in range(begin, end - 1, 2):
        pair = digits[:, column : column + 2].view("<u2")[:, 0]
        total += np.take(scheme.pairs[(digits.shape[1] - 1 - column) % 2], pair)
    if (end - begin) % 2:
        total += np.take(scheme.table(digits.shape[1] - end), digits[:, end - 1] - np.uint8(48))
    return total
