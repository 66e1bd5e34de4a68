"""Keyed noise within a bound: numbers a few per cent or units off, dates a few days."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, flags, indices, is_text, key_text, kind_of, like, numbers, text_bytes, validity
from masker.crypto.keys import Keys
from masker.date_moves import Days, Shifts, holds_dates, move_dates
from masker.date_text import compile_pattern
from masker.errors import GateError, UsageError
from masker.integer_classes import CUTS
from masker.methods import Example, Iso20889

Units = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?) ?%\Z")
_NUMBER = r"\A-?(?:[0-9]{1,18}|[0-9]{1,12}\.[0-9]{1,6}|[0-9]{1,9}\.[0-9]{7,9})\z"
_DECIMALS = 9
# Powers of ten, and for whole numbers the maxima of integer types too: noise never carries a number past one.
_TENS = np.array([10**place for place in range(19)], dtype=np.int64)
_WALLS = np.array(sorted(cut for cut in CUTS if 1 <= cut < 2**63), dtype=np.int64)


@dataclass(frozen=True)
class Noise:
    """Move each number by up to `within` (`10%` of it, or so many units), or each date by up to `days`; never by 0.

    The value decides how far, and where the column has a subject, the value together with the subject: the same salary
    of one person moves alike in every table, of two people differently. `within: 10%` is the default. A number keeps
    its decimals, its sign and at most its number of digits, and still fits its integer type: what would pass such a
    wall turns back from it. 0 stays, and so does what has less than a unit of
    room (4 by 10 %). With `days`
    it takes dates, timestamps (the time of day stays) and text in the style of `pattern` as `shift_date` does. NULL
    comes back for text that is no plain number (`-1234.50`, up to 18 digits) or date. NULL stays NULL, '' stays ''.

    It does NOT hide magnitudes, nor a value that stands out; order and intervals are lost; equal values of one subject
    stay equal. Not one to one; it cannot be undone.
    """

    within: str | float = "10%"
    days: int = 0
    pattern: str = ""

    name: ClassVar[str] = "noise"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = False
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = True
    iso20889: ClassVar[Iso20889] = "randomization"
    changes: ClassVar[bool] = False
    takes: ClassVar[Literal["text", "any"]] = "any"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "always"

    def __post_init__(self) -> None:
        if type(self.days) is not int or not 0 <= self.days <= 9999:
            raise UsageError("usage", "`days` of `noise` is a whole number from 1 to 9999", "like 10, or 10d")
        if self.days and self.within != "10%":
            raise UsageError("usage", "`within` of `noise` is for numbers, `days` for dates: one of them")
        if self.pattern and not self.days:
            raise UsageError("usage", "`pattern` of `noise` goes with `days`")
        self._bound()
        try:
            compile_pattern(self.pattern)
        except ValueError as error:  # its own words, of the profile's text
            raise UsageError("usage", f"`pattern` of `noise` cannot be used: {error}") from None

    def _bound(self) -> tuple[Decimal, bool]:
        """The bound, and whether it is a share of the number."""
        share = _SHARE.match(str(self.within))
        try:
            bound = Decimal(share[1]) / 100 if share else Decimal(str(self.within))
        except InvalidOperation:
            bound = Decimal(0)
        if isinstance(self.within, bool) or not 0 < bound < (1 if share else 10**9):
            hint = "a share such as 10% (above 0, below 100), or a number of units below 10^9"
            raise UsageError("usage", "`within` of `noise` is no bound", hint)
        return bound, bool(share)

    @property
    def space(self) -> float | None:
        """1.0: small numbers stay, and that is no accident."""
        return 1.0

    @property
    def widest(self) -> int | None:
        """None: no wider than the original."""
        return None

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of numbers, dates, timestamps or text; `given` is not read."""
        type_ = column.type
        if pa.types.is_null(type_):
            return column
        if self.days:
            if not holds_dates(type_):
                raise GateError("does-not-fit", f"`days` of `noise` goes with dates and text, not {kind_of(type_)}")
            return move_dates(column, self.pattern, _date_shifts(keys, self.days, by))
        if pa.types.is_dictionary(type_):
            return pc.cast(self(keys, column.dictionary_decode(), by).dictionary_encode(), type_)
        if is_text(type_) or pa.types.is_integer(type_) or pa.types.is_decimal(type_):
            return like(self._text(keys, as_text(column), by), type_)
        if pa.types.is_floating(type_):
            return self._floats(keys, column, by)
        raise GateError("does-not-fit", f"`noise` masks numbers, dates and text, not {kind_of(type_)}")

    def _text(self, keys: Keys, text: pa.Array, by: pa.Array | None) -> pa.Array:
        readable = pc.fill_null(pc.match_substring_regex(text, _NUMBER), False)
        plain = pc.if_else(readable, text, "0")
        words = _draw(keys, _canonical(plain), by)
        places = _places(plain)
        units = pc.cast(pc.replace_substring_regex(plain, r"[.-]", ""), pa.int64())
        moved = self._moved(np.asarray(units), places, words)
        masked = _written(moved, plain, places)
        return pc.if_else(readable, masked, pc.if_else(pc.equal(text, ""), "", pa.scalar(None, pa.string())))

    def _moved(self, units: Units, places: Units, words: Words) -> Units:
        """The magnitudes (in units of the last decimal) with noise, shape (n,)."""
        bound, share = self._bound()
        if share:
            parts, whole = int(bound * 100_000), 100_000
            room = units // whole * parts + units % whole * parts // whole
        else:
            room = np.array([int(bound * 10**place) for place in range(_DECIMALS + 1)], dtype=np.int64)[places]
        width = np.maximum(2 * room, 1).astype(np.uint64)
        drawn = (words[:, 0] % width).astype(np.int64) - room
        step = np.where(room > 0, drawn + (drawn >= 0), 0)
        moved = units + step
        moved = np.where((moved <= 0) & (units > 0), units - step, moved)
        for walls, mine in ((_TENS, places > 0), (_WALLS, places == 0)):
            wall = walls[np.minimum(np.searchsorted(walls, units, side="right"), len(walls) - 1)] - 1
            back = mine & (moved > wall) & (units <= wall)
            moved = np.where(back, np.maximum(2 * wall - moved, np.minimum(units, 1)), moved)
        return np.where(units == 0, 0, moved)

    def _floats(self, keys: Keys, column: pa.Array, by: pa.Array | None) -> pa.Array:
        """By their text; what has an exponent, as a float; what is no number stays."""
        text = as_text(column)
        masked = like(self._text(keys, text, by), column.type)
        left = flags(pc.and_(pc.is_null(masked), pc.is_valid(column)))
        if not left.any():
            return masked
        bound, share = self._bound()
        plain = np.asarray(column.fill_null(0))
        unit = (_draw(keys, text, by)[:, 0] >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1.0
        noisy = plain * (1 + float(bound) * unit) if share else plain + float(bound) * unit
        noisy = np.where(np.isfinite(plain) & np.isfinite(noisy), noisy, plain)
        known = np.asarray(masked.fill_null(0))
        return numbers(np.where(left, noisy, known).astype(plain.dtype), column.type, validity(column))


def _date_shifts(keys: Keys, most: int, by: pa.Array | None) -> Shifts:
    """-most..-1 and 1..most days, drawn from the day, and the subject with it where there is one."""

    def shifts(days: Days, rows: npt.NDArray[np.int64]) -> Days:
        seeds = np.zeros((len(days), 24), dtype=np.uint8)
        seeds[:, 16:] = days.astype(">i8").view(np.uint8).reshape(-1, 8)
        if by is not None:
            seeds[:, :16] = _person(keys, by)[rows].astype(">u8").view(np.uint8).reshape(-1, 16)
        drawn = (keys.prf("noise-days").of_matrix(seeds)[:, 0] % np.uint64(2 * most)).astype(np.int64) - most
        return drawn + (drawn >= 0)

    return shifts


def _draw(keys: Keys, text: pa.Array, by: pa.Array | None) -> Words:
    value = keys.prf("noise")(text)
    if by is None:
        return value
    seeds = np.concatenate([_person(keys, by), value], axis=1).astype(">u8").view(np.uint8).reshape(-1, 32)
    return keys.prf("noise-person").of_matrix(seeds)


def _person(keys: Keys, by: pa.Array) -> Words:
    """128 bits of the subject, zeros where it is NULL or ''."""
    key = key_text(by)
    known = (np.diff(text_bytes(key)[1]) > 0) & validity(key)
    return np.where(known[:, None], keys.person()(key), np.uint64(0))


def _canonical(plain: pa.Array) -> pa.Array:
    """The number without zeros that say nothing, so that 50000, 50000.00 and 050000 move alike."""
    bare = pc.replace_substring_regex(plain, r"\A(-?)0+([0-9])", r"\1\2")
    return pc.replace_substring_regex(bare, r"(?:\.0+|(\.[0-9]*[1-9])0+)\z", r"\1")


def _places(plain: pa.Array) -> Units:
    """How many decimals each number has, shape (n,)."""
    point = np.asarray(pc.find_substring(plain, "."))
    return np.where(point < 0, 0, np.diff(text_bytes(plain)[1]) - point - 1)


def _written(units: Units, plain: pa.Array, places: Units) -> pa.Array:
    """Magnitudes in the style of the numbers they replace: sign, decimals, and zeros in front where they had some."""
    digits = pc.cast(numbers(units, pa.int64()), pa.string())
    signs = pc.if_else(pc.starts_with(plain, "-"), "-", "")
    led = flags(pc.match_substring_regex(plain, r"\A-?0[0-9]"))
    widths = np.diff(text_bytes(plain)[1]) - np.diff(text_bytes(signs)[1]) - (places > 0)
    forms = np.where(led, widths, 0) * 16 + places
    pieces, rows = [], []
    for form in np.unique(forms).tolist():
        mine, place = np.flatnonzero(forms == form), form % 16
        padded = pc.utf8_lpad(digits.take(indices(mine)), max(form // 16, place + 1), "0")
        if place:
            whole, fraction = pc.utf8_slice_codeunits(padded, 0, -place), pc.utf8_slice_codeunits(padded, -place)
            padded = pc.binary_join_element_wise(whole, fraction, ".")
        pieces.append(padded)
        rows.append(mine)
    if not pieces:
        return plain
    back = np.argsort(np.concatenate(rows), kind="stable")
    return pc.binary_join_element_wise(signs, pa.concat_arrays(pieces).take(indices(back)), "")


METHOD = Noise
EXAMPLES = (
    Example(
        Noise(),
        ("50000", "50000.00", "0050000", "-1234.50", "0", "4", "99999", "127", "999999999999999999", "0.05"),
        ("n/a", "1e5", "1,234", "1234567890123456789", "12.", "+5"),
    ),
    Example(Noise(within=500), ("52000", "100", "0", "7.25"), ("n/a",)),
    Example(Noise(days=10), ("1984-05-17", "2024-02-29T23:59:59Z"), ("n/a", "2023-02-29")),
    Example(Noise(days=3, pattern="%d.%m.%Y"), ("17.05.1984", "1.2.2003"), ("1984-05-17",)),
)
