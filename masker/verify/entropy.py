"""Which originals carry so much that none of them can stand in a copy by chance: 40 bits and more.

A digit counts log2(10) = 3.32 bits, a letter (case does not count) log2(26) = 4.70. What is in public lists however
long it is (names, cities, jobs, companies) never counts; see `design.md` section 11.
"""

import numpy as np
import numpy.typing as npt

from masker.verify.cells import Cells

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
_DIGIT, _LETTER, _HIGH = 332, 470, 400
_BITS = np.zeros(256, dtype=np.int32)
_BITS[ord("0") : ord("9") + 1] = _DIGIT
_BITS[ord("a") : ord("z") + 1] = _LETTER
_BITS[128:] = _HIGH // 2  # two bytes a letter, mostly
_DIGITS = np.zeros(256, dtype=np.int32)
_DIGITS[ord("0") : ord("9") + 1] = 1
_AT = np.zeros(256, dtype=np.int32)
_AT[ord("@")] = 1


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
        return np.asarray(long_enough & (sums(cells, _AT) == 1), dtype=np.bool_)
    digits = digit_counts(cells)
    if infotype in _NUMBERS:
        formatted = (digits >= 9) & (digits < cells.lengths)
        return np.asarray(long_enough & ((digits >= FEWEST_DIGITS) | formatted), dtype=np.bool_)
    bits = sums(cells, _BITS)
    enough = long_enough & (bits >= _MOST)
    if infotype == "secret" or infotype == "session_id":
        return enough
    marked = digits > 0
    if infotype == "username":
        marked |= sums(cells, _AT) > 0
    bare = digits == cells.lengths
    return np.asarray(enough & marked & (~bare | (digits >= FEWEST_DIGITS)), dtype=np.bool_)


def digit_counts(cells: Cells) -> npt.NDArray[np.int64]:
    """ASCII digits in each cell, shape (n,)."""
    return sums(cells, _DIGITS)


def sums(cells: Cells, table: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """What `table` gives for the bytes of each cell, summed up, shape (n,)."""
    total = np.zeros(len(cells.bytes) + 1, dtype=np.int64)
    np.cumsum(table[cells.bytes], out=total[1:])
    return np.asarray(np.diff(total[cells.offsets]), dtype=np.int64)
