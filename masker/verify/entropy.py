"""Which originals carry so much that none of them can stand in a copy by chance: 40 bits and more.

A digit counts log2(10) = 3.32 bits, a letter (case does not count) log2(26) = 4.70. What is in public lists however
long it is (names, cities, jobs, companies) never counts; see `design.md` section 11.
"""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from masker.verify.bits import Marked
from masker.verify.cells import Cells

Numbers = npt.NDArray[np.int64]
SHORTEST = 8
"""Bytes; nothing shorter carries 40 bits."""

FEWEST_DIGITS = 12
"""Digits that alone make a value: 12 · 3.32 = 39.9 bits."""

_NUMBERS = {"phone", "payment_card", "iban", "bank_account", "national_id", "tax_id", "passport", "driver_license"}
_IDS = {"vehicle_id", "device_id", "mac_address", "session_id", "secret", "person_key"}
_PUBLIC = {
    *("first_name", "last_name", "person_name", "company_name", "job_title", "city", "region", "country", "gender"),
    *("ethnicity", "religion", "health", "salary", "postal_code", "birth_date", "user_agent", "url", "ip_address"),
    *("geo_point", "photo"),
}
_PROOF = {*_NUMBERS, "email", "vehicle_id", "mac_address", "session_id", "secret"}
_BY_LETTERS = {"secret", "session_id"}
_FEWEST_WRITTEN, _LONG_TEXT = 9, 20
_MOST = 4000
_A = np.uint8(ord("a"))
_DIGIT, _LETTER, _HIGH = 332, 470, 200  # hundredths of a bit; letters beyond ASCII have two bytes, mostly


def is_searched(infotype: str) -> bool:
    """Whether a column of this infotype has originals that are looked for in all of the copy."""
    return infotype not in _PUBLIC


def is_number(infotype: str) -> bool:
    """Whether the digits of a value say all of it, however they are set apart."""
    return infotype in _NUMBERS


def proves(infotype: str) -> bool:
    """Whether a single original of this infotype is a leak wherever it stands.

    Others (free text, addresses, ids, device names) may be set phrases or placeholders, which columns share by nature.
    """
    return infotype in _PROOF


class Sought:
    """What at least a text must have to be an original of a column of any of `infotypes` (see `weighty`)."""

    def __init__(self, infotypes: Collection[str]) -> None:
        self._letters_alone = bool(_BY_LETTERS & {*infotypes})
        self._long = "free_text" in infotypes

    def may_be(self, lengths: Numbers, digits: Numbers, ats: Numbers | None) -> npt.NDArray[np.bool_]:
        """Whether each of n texts may be one, by its bytes, its digits and its `@` (None: there are none)."""
        # All that is no digit may be a letter; 9 digits are a number in a written form.
        found = _LETTER * lengths - (_LETTER - _DIGIT) * digits >= _MOST
        if not self._letters_alone:
            found &= digits > 0
        found |= digits >= _FEWEST_WRITTEN
        if ats is not None:
            found |= ats > 0
        if self._long:
            found |= lengths > _LONG_TEXT
        return np.asarray(found & (lengths >= SHORTEST), dtype=np.bool_)


def weighty(cells: Cells, infotype: str) -> npt.NDArray[np.bool_]:
    """Where a cell of a column of `infotype` carries 40 bits or more, shape (n,).

    By group: an e-mail counts at any length from 8 bytes, formatted numbers from 9 digits (bare ones from 12), user
    names with a digit or `@`, texts from 21 characters; all else by its characters, where it has digits and letters.
    """
    long_enough = cells.lengths >= SHORTEST
    if not is_searched(infotype) or not long_enough.any():
        return np.zeros(len(long_enough), dtype=np.bool_)
    if infotype == "free_text":
        return np.asarray(cells.lengths > _LONG_TEXT, dtype=np.bool_)
    if infotype == "email":
        return np.asarray(long_enough & (cells.ats == 1), dtype=np.bool_)
    digits = cells.digits
    if infotype in _NUMBERS:
        formatted = (digits >= _FEWEST_WRITTEN) & (digits < cells.lengths)
        return np.asarray(long_enough & ((digits >= FEWEST_DIGITS) | formatted), dtype=np.bool_)
    letters, high = (
        np.diff(Marked(marks).before(cells.offsets)) for marks in (cells.bytes - _A < 26, cells.bytes > 127)
    )
    enough = long_enough & (_DIGIT * digits + _LETTER * letters + _HIGH * high >= _MOST)
    if infotype in _BY_LETTERS:
        return np.asarray(enough, dtype=np.bool_)
    marked = digits > 0
    if infotype == "username":
        marked |= cells.ats > 0
    bare = digits == cells.lengths
    return np.asarray(enough & marked & (~bare | (digits >= FEWEST_DIGITS)), dtype=np.bool_)
