"""Phone numbers: the subscriber's digits change, country and area stay, whatever the style of writing.

ITU-T E.164 numbers have up to 15 digits and begin with country and area, so the last seven are the subscriber's in most
plans. They alone decide the pseudonym: "+49 30 901 8200" and "(030) 9018200" stay one number.
"""

import numpy as np
import pyarrow as pa

from masker.columns import text_bytes, text_of, validity
from masker.crypto.keys import Keys
from masker.methods.fpe.symbols import groups, scramble_digits

_SUBSCRIBER = 7
# 15 digits of E.164 behind an international prefix of up to three (00, 011).
_MOST_DIGITS = 18


def encrypt_phone(keys: Keys, text: pa.Array) -> pa.Array:
    """Encrypt the last seven digits of every number: six where the seventh is 0 or 1, all where there are fewer.

    NULL where a value has letters, no digit, or more than 18 digits. Values under six digits are a small domain.
    """
    data, offsets = text_bytes(text)
    digit = (data - np.uint8(48)) < 10
    strange = (data >= 128) | ((data | 32) - np.uint8(97) < 26)
    at = np.flatnonzero(digit)
    ends = np.concatenate([[0], np.cumsum(digit)])[offsets]
    counts = np.diff(ends)
    readable = (counts > 0) & (counts <= _MOST_DIGITS)
    if strange.any():
        readable[np.searchsorted(offsets, np.flatnonzero(strange), side="right") - 1] = False
    changing = np.where(readable, np.minimum(counts, _SUBSCRIBER), 0)
    full = np.flatnonzero(changing == _SUBSCRIBER)
    # In no plan does a subscriber's number begin with 0 or 1 where it is dialled after an area code.
    changing[full[data[at[ends[1:][full] - _SUBSCRIBER]] < 50]] -= 1
    out = data.copy()
    for count, rows in groups(changing):
        if count:
            cells = at[ends[1:][rows][:, None] - np.arange(count, 0, -1)]
            out[cells] = _encrypt(keys, data[cells])
    empty = np.diff(offsets) == 0
    return text_of(out, offsets, validity(text) & (readable | empty))


def _encrypt(keys: Keys, digits: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Encrypt rows of digits one to one; of seven, the first stays in 2..9 (cycle walking)."""
    out = scramble_digits(keys, digits)
    if digits.shape[1] < _SUBSCRIBER:
        return out
    while len(low := np.flatnonzero(out[:, 0] < 50)):
        out[low] = scramble_digits(keys, out[low])
    return out
