"""Phone numbers: the subscriber's digits change, country and area stay, whatever the style of writing.

ITU-T E.164 numbers have up to 15 digits and begin with country and area, so the last seven are the subscriber's in most
plans. They alone decide the pseudonym: "+49 30 901 8200" and "(030) 9018200" stay one number.
"""

import numpy as np
import pyarrow as pa

from masker.columns import Bytes
from masker.crypto.ff1_numerals import from_digits, readable, to_digits
from masker.crypto.keys import Keys
from masker.marked_text import DIGIT, LETTER, STRANGE, Layout, kinds_of
from masker.methods.fpe.symbols import scramble_digits

_SUBSCRIBER = 7
# 15 digits of E.164 behind an international prefix of up to three (00, 011).
_MOST_DIGITS = 18
_KINDS = np.where(kinds_of(None) == LETTER, STRANGE, kinds_of(None)).astype(np.uint8)
_TWO = ord("2")
_LEAST = np.uint64(2_000_000)


def encrypt_phone(keys: Keys, text: pa.Array) -> pa.Array:
    """Encrypt the last seven digits of every number: six where the seventh is 0 or 1, all where there are fewer.

    NULL where a value has letters, no digit, or more than 18 digits. Values under six digits are a small domain.
    """
    layout = Layout(text, _KINDS, DIGIT)
    for group in layout.groups():
        count = group.marked.shape[1]
        if count > _MOST_DIGITS:
            continue
        if count < _SUBSCRIBER:
            layout.put(group, scramble_digits(keys, group.marked))
            continue
        # In no plan does a subscriber's number begin with 0 or 1 where it is dialled after an area code.
        low = group.marked[:, -_SUBSCRIBER] < _TWO
        changed = group.marked.copy()
        for rows, length in ((low, _SUBSCRIBER - 1), (~low, _SUBSCRIBER)):
            chosen = slice(None) if rows.all() else np.flatnonzero(rows)
            changed[chosen, -length:] = _encrypt(keys, changed[chosen, -length:])
        layout.put(group, changed)
    return layout.finish()


def _encrypt(keys: Keys, digits: Bytes) -> Bytes:
    """Encrypt rows of digits one to one; seven stay a number from 2,000,000 on."""
    if digits.shape[1] < _SUBSCRIBER:
        return scramble_digits(keys, digits)
    number = from_digits(readable(digits), 0, _SUBSCRIBER)
    image = keys.permutation(8 * 10**6, "fpe-phone")(number - _LEAST) + _LEAST
    out = np.empty(digits.shape, dtype=np.uint8)
    to_digits(image, out)
    return out
