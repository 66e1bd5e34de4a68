"""Which originals carry so much that none of them can stand in a copy by chance: 40 bits and more.

A digit counts log2(10) = 3.32 bits, a letter (case does not count) log2(26) = 4.70. What is in public lists however
long it is (names, cities, jobs, companies) never counts; see `design.md` section 11.
"""

import numpy as np
import numpy.typing as npt

from masker.verify.cells import Cells, counted

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


def weighty(cells: Cells, infotype: str) -> npt.NDArray[np.bool_]:
    """Where a cell of a column of `infotype` carries 40 bits or more, shape (n,).

    By group: an e-mail counts at any length from 8 bytes, formatted numbers from 9 digits (bare ones from 12), user
    names with a digit or `@`, texts from 21 characters; all else by its characters, where it has digits and letters.
    """
    long_enough = cells.lengths >= SHORTEST
    if not is_searched(infotype) or not long_enough.any():
        return np.zeros(len(long_enough), dtype=np.bool_)
    if infotype == "free_text":
        return np.asarray(cells.lengths > 20, dtype=np.bool_)
    if infotype == "email":
        return np.asarray(long_enough & (_ats(cells) == 1), dtype=np.bool_)
    digits = cells.digits
    if infotype in _NUMBERS:
        formatted = (digits >= 9) & (digits < cells.lengths)
        return np.asarray(long_enough & ((digits >= FEWEST_DIGITS) | formatted), dtype=np.bool_)
    letters, high = (np.diff(counted(marks)[cells.offsets]) for marks in (cells.bytes - _A < 26, cells.bytes > 127))
    enough = long_enough & (_DIGIT * digits + _LETTER * letters + _HIGH * high >= _MOST)
    if infotype in ("secret", "session_id"):
        return np.asarray(enough, dtype=np.bool_)
    marked = digits > 0
    if infotype == "username":
        marked |= _ats(cells) > 0
    bare = digits == cells.lengths
    return np.asarray(enough & marked & (~bare | (digits >= FEWEST_DIGITS)), dtype=np.bool_)


def _ats(cells: Cells) -> npt.NDArray[np.int64]:
    """How often `@` stands in each cell, shape (n,)."""
    return np.asarray(np.diff(np.searchsorted(np.flatnonzero(cells.bytes == ord("@")), cells.offsets)), dtype=np.int64)
