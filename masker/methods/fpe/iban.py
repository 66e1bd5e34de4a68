"""Bank account numbers: ISO 13616 IBAN, check digits by ISO/IEC 7064 MOD 97-10."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import Bytes
from masker.crypto.keys import Keys
from masker.marked_text import DIGIT, LETTER, Layout, kinds_of
from masker.methods.fpe.symbols import groups, scramble_digits

_SHORTEST, _LONGEST = 15, 34
_FEWEST_DIGITS = 4
_KINDS = kinds_of(b" -")


def encrypt_iban(keys: Keys, text: pa.Array) -> pa.Array:
    """Encrypt the digits of the account part; country, length, letters and style stay, and mod 97 fits as before.

    NULL where a value is not two letters, two digits and 11 to 30 letters or digits (at least four of them digits),
    besides blanks and hyphens. Check digits inside the national part are not recomputed.
    """
    layout = Layout(text, _KINDS, DIGIT, LETTER)
    for group in layout.groups():
        if not _SHORTEST <= group.marked.shape[1] <= _LONGEST:
            continue
        upper = np.where(group.marked > 96, group.marked - 32, group.marked).astype(np.uint8)
        fits = (upper[:, :2] > 57).all(axis=1) & (upper[:, 2:4] < 58).all(axis=1)
        fits &= (upper[:, 4:] < 58).sum(axis=1) >= _FEWEST_DIGITS
        part = group.where(fits)
        masked = _encrypt(keys, upper[fits])
        layout.put(part, np.where(masked < 58, masked, part.marked))
    return layout.finish()


def _encrypt(keys: Keys, iban: Bytes) -> Bytes:
    """Encrypt rows of upper-case letters and digits of one length."""
    out = iban.copy()
    digit = iban[:, 4:] < 58
    for count, rows in groups(digit.sum(axis=1)):
        part, where = iban[rows, 4:], digit[rows]
        part[where] = scramble_digits(keys, part[where].reshape(-1, count)).reshape(-1)
        out[rows, 4:] = part
    stated = (iban[:, 2] - 48).astype(np.int64) * 10 + iban[:, 3] - 48
    check = (stated - _check(iban) + _check(out)) % 100
    out[:, 2], out[:, 3] = check // 10 + 48, check % 10 + 48
    return out


def _check(iban: Bytes) -> npt.NDArray[np.int64]:
    """The check digits (2..98) that the country and account part ask for."""
    rest = np.zeros(len(iban), dtype=np.int64)
    for column in [*range(4, iban.shape[1]), 0, 1]:
        value = iban[:, column].astype(np.int64)
        rest = np.where(value > 57, rest * 100 + value - 55, rest * 10 + value - 48) % 97
    return 98 - rest * 100 % 97
