"""Numbers with a check digit modulo 10: payment cards (Luhn) and article numbers (EAN).

ISO/IEC 7812-1 annex B (Luhn formula); GS1 General Specifications, section 7.9 (check digit calculations).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import Bytes, text_bytes, text_of, validity
from masker.crypto.keys import Keys
from masker.methods.fpe.symbols import groups, scramble_digits


@dataclass(frozen=True, eq=False)
class Mod10:
    """What a digit adds to the sum: `even` at an even, `odd` at an odd distance from the end, by digit."""

    even: npt.NDArray[np.uint8]
    odd: npt.NDArray[np.uint8]

    def table(self, distance: int) -> npt.NDArray[np.uint8]:
        """The summands by digit, at this distance from the end; a permutation of 0..9."""
        return self.odd if distance % 2 else self.even


_DIGITS = np.arange(10, dtype=np.uint8)
LUHN = Mod10(_DIGITS, np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], dtype=np.uint8))
EAN = Mod10(_DIGITS, (3 * _DIGITS) % 10)


def encrypt_mod10(keys: Keys, text: pa.Array, scheme: Mod10, keep_prefix: int, keep_suffix: int) -> pa.Array:
    """Encrypt the digits between the kept ends, the last of them chosen so that the sum modulo 10 is as before.

    So a valid number stays valid, and different numbers stay different. NULL where a value has letters, or too few
    digits for one to change (a number needs two more than are kept).
    """
    data, offsets = text_bytes(text)
    digit = (data - np.uint8(48)) < 10
    strange = (data >= 128) | ((data | 32) - np.uint8(97) < 26)
    at = np.flatnonzero(digit)
    begins = np.concatenate([[0], np.cumsum(digit)])[offsets]
    counts = np.diff(begins)
    readable = counts >= keep_prefix + keep_suffix + 2
    if strange.any():
        readable[np.searchsorted(offsets, np.flatnonzero(strange), side="right") - 1] = False
    out = data.copy()
    for count, rows in groups(np.where(readable, counts, 0)):
        if count:
            cells = at[begins[rows][:, None] + np.arange(count)]
            out[cells] = _encrypt(keys, data[cells], scheme, keep_prefix, keep_suffix)
    return text_of(out, offsets, validity(text) & (readable | (np.diff(offsets) == 0)))


def _encrypt(keys: Keys, digits: Bytes, scheme: Mod10, keep_prefix: int, keep_suffix: int) -> Bytes:
    out = digits.copy()
    fixed = digits.shape[1] - 1 - keep_suffix
    out[:, keep_prefix:fixed] = scramble_digits(keys, digits[:, keep_prefix:fixed])
    moved = np.zeros(len(digits), dtype=np.int16)
    for column in range(keep_prefix, fixed):
        table = scheme.table(digits.shape[1] - 1 - column)
        moved += table[digits[:, column] - 48]
        moved -= table[out[:, column] - 48]
    table = scheme.table(keep_suffix)
    back = np.argsort(table).astype(np.uint8)
    out[:, fixed] = back[(table[digits[:, fixed] - 48] + moved) % 10] + 48
    return out
