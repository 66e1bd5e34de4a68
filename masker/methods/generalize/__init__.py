"""Make values coarser: dates to a month, a year or a decade, numbers to bands, postal codes to three digits, and more.

HIPAA Safe Harbor, 45 CFR 164.514(b)(2)(i)(B) and (C) for postal codes and ages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import (
    as_text,
    is_text,
    kind_of,
    like,
    numbers,
    text_bytes,
    text_of,
    validity,
)
from masker.crypto.keys import Keys
from masker.date_text import DateRows, civil, compile_pattern
from masker.errors import GateError, UsageError
from masker.methods import Example, Iso20889
from masker.methods.generalize.places import network, point, zip3

Days = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int64] | npt.NDArray[np.float64]
Coarseness = Literal["year", "quarter", "month", "week", "decade", "band", "grid", "point", "zip3", "network"]

DATES = ("year", "quarter", "month", "week", "decade")
_PER_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


@dataclass(frozen=True)
class Generalize:
    """Give each value the coarser value that it falls under.

    `to`: `year`, `quarter`, `month`, `week`, `decade` (dates, timestamps, text in the style of `pattern`: the first day
    of it, Monday of a week; the time becomes 0; after the year `top` the first day of `top`, before `bottom` that of
    `bottom`, where given), `band` (numbers: the lower end of its band of `width`; from `top` on the value `top`, up to
    `bottom` the value `bottom`, where given: HIPAA's ages are `width: 1, top: 90`), `grid` (numbers: the nearest
    multiple of `width`, for degrees), `point` (as `grid`, also of text of two degrees, such as `52.5163, 13.3777`),
    `zip3` (text of five or nine digits: the last ones become 0, and all where HIPAA asks for it), `network` (text: an
    IPv4 address's /24, an IPv6 address's /48). The type stays; text of a number
    is written as the number is. NULL comes back for what cannot be read. NULL stays NULL, '' stays ''.

    It is no pseudonym: the coarse value is true, values that fall together cannot be told apart, a value that is the
    first of its kind stays. It does NOT protect a rare combination of coarse values, nor extremes without `top` and
    `bottom`.
    """

    to: Coarseness = "year"
    width: float = 0
    top: float | None = None
    bottom: float | None = None
    pattern: str = ""

    name: ClassVar[str] = "generalize"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = False
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = True
    iso20889: ClassVar[Iso20889] = "generalization"
    changes: ClassVar[bool] = False
    takes: ClassVar[Literal["text", "any"]] = "any"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    def __post_init__(self) -> None:
        if self.to not in get_args(Coarseness):
            hint = f"one of: {', '.join(get_args(Coarseness))}"
            raise UsageError("usage", "`to` of `generalize` is unknown", hint)
        limits = [limit for limit in (self.top, self.bottom) if limit is not None]
        if any(isinstance(number, bool) or not isinstance(number, int | float) for number in (self.width, *limits)):
            raise UsageError("usage", "`width`, `top` and `bottom` of `generalize` are numbers")
        if (self.to in ("band", "grid", "point")) != (self.width > 0):
            raise UsageError("usage", "`generalize` needs a `width` above 0 for band, grid and point, and only there")
        if limits and self.to not in ("band", *DATES):
            raise UsageError("usage", "`top` and `bottom` of `generalize` go with bands and dates")
        if self.to in DATES and any(type(limit) is not int or not 1 <= limit <= 9999 for limit in limits):
            raise UsageError("usage", "`top` and `bottom` of dates are years from 1 to 9999")
        try:
            compile_pattern(self.pattern)
        except ValueError as error:  # its own words, of the profile's text
            raise UsageError("usage", f"`pattern` of `generalize` cannot be used: {error}") from None

    @property
    def space(self) -> float | None:
        """1.0: a coarse value may equal its original, and that is no accident."""
        return 1.0

    @property
    def widest(self) -> int | None:
        """None: coarser values are no longer."""
        return None

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of a type that `to` can read; the key plays no part."""
        type_ = column.type
        if pa.types.is_null(type_):
            return column
        if is_text(type_):
            return like(self._text(as_text(column)), type_)
        if pa.types.is_dictionary(type_):
            return pc.cast(self(keys, column.dictionary_decode()).dictionary_encode(), type_)
        if self.to in DATES and (pa.types.is_date(type_) or pa.types.is_timestamp(type_)):
            return self._dates(column)
        if self.to in ("band", "grid", "point"):
            if pa.types.is_integer(type_) or pa.types.is_floating(type_):
                return self._numbers(column)
            if pa.types.is_decimal(type_):
                return pc.cast(self._numbers(pc.cast(column, pa.float64())), type_, safe=False)
        if self.to == "zip3" and pa.types.is_integer(type_):
            return like(self._text(pc.utf8_lpad(as_text(column), 5, "0")), type_)
        raise GateError("does-not-fit", f"`generalize` to {self.to} does not mask {kind_of(type_)}")

    def _text(self, text: pa.Array) -> pa.Array:
        match self.to:
            case "zip3":
                return zip3(text)
            case "network":
                return network(text)
            case "point":
                return point(text, self._number_text)
            case "band" | "grid":
                return self._number_text(text)
        data, offsets = text_bytes(text)
        dates = DateRows.of(text, data, offsets, compile_pattern(self.pattern))
        readable = np.diff(offsets) == 0
        readable[dates.rows] = True
        zeroed = np.where((data - np.uint8(48)) < 10, np.uint8(48), data)
        coarse = replace(dates, data=zeroed, offsets=offsets)
        return text_of(*coarse.write(self._first_day(dates.days)), validity(text) & readable)

    def _first_day(self, days: Days) -> Days:
        year, month, _ = civil(days)
        start = np.maximum(year - year % 10, 1) if self.to == "decade" else year
        month = {"month": month, "quarter": month - (month - 1) % 3}.get(self.to, np.ones_like(month))
        first = _days(start, month)
        if self.to == "week":
            first = days - (days + 3) % 7  # day 0 was a Thursday
        if self.bottom is not None:
            first = np.maximum(first, _days(np.array([int(self.bottom)]), np.array([1])))
        if self.top is not None:
            first = np.where(year > self.top, _days(np.array([int(self.top)]), np.array([1])), first)
        return first

    def _dates(self, column: pa.Array) -> pa.Array:
        type_, valid = column.type, validity(column)
        per_day = 1 if pa.types.is_date32(type_) else _PER_DAY["ms" if pa.types.is_date64(type_) else type_.unit]
        width = np.int32 if pa.types.is_date32(type_) else np.int64
        plain = np.frombuffer(column.buffers()[1] or b"", dtype=width)[column.offset : column.offset + len(column)]
        first = self._first_day(np.floor_divide(np.where(valid, plain, 0).astype(np.int64), per_day))
        inside = (first >= -(2**63) // per_day + 1) & valid
        return numbers((np.where(inside, first, 0) * per_day).astype(width), type_, inside)

    def _numbers(self, column: pa.Array) -> pa.Array:
        plain: npt.NDArray[Any] = np.asarray(column.fill_null(0))
        valid = validity(column)
        if pa.types.is_integer(column.type):
            if self.to == "band" and float(self.width).is_integer():
                coarse = plain - plain % plain.dtype.type(min(int(self.width), np.iinfo(plain.dtype).max))
            else:
                coarse = self._coarse(plain.astype(np.float64))
            coarse = self._limited(plain, coarse)
            valid = valid & (coarse >= np.iinfo(plain.dtype).min) & (coarse <= np.iinfo(plain.dtype).max)
            return numbers(np.where(valid, coarse, 0).astype(plain.dtype), column.type, valid)
        finite = np.isfinite(plain)
        coarse = self._limited(plain, self._coarse(np.where(finite, plain, 0)))
        return numbers(np.where(finite, coarse, plain).astype(plain.dtype), column.type, valid)

    def _coarse(self, plain: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        steps = plain.astype(np.float64) / self.width
        coarse = (np.floor(steps) if self.to == "band" else np.round(steps)) * self.width
        return np.round(coarse, 9) + 0.0  # 0.1 * 3 is 0.3, and no zero is negative

    def _limited(self, plain: Numbers, coarse: Numbers) -> Numbers:
        if self.top is not None:
            coarse = np.where(plain >= self.top, self.top, coarse)
        if self.bottom is not None:
            coarse = np.where(plain <= self.bottom, self.bottom, coarse)
        return coarse

    def _number_text(self, text: pa.Array) -> pa.Array:
        """Numbers in text: whole ones stay whole; others keep as many decimals as the width has."""
        readable = pc.fill_null(pc.match_substring_regex(text, r"\A-?[0-9]{1,15}(?:\.[0-9]{1,15})?\z"), False)
        chosen = pc.if_else(readable, text, "0")
        fraction = pc.and_(readable, pc.match_substring(chosen, "."))
        floats = self._numbers(pc.cast(chosen, pa.float64()))
        whole = pc.cast(pc.cast(pc.floor(floats), pa.int64()), pa.string())
        fine = _fixed(floats, len(repr(float(self.width)).partition(".")[2]))
        keep_whole = pc.and_(pc.invert(fraction), pc.equal(floats, pc.floor(floats)))
        masked = pc.if_else(keep_whole, whole, fine)
        return pc.if_else(readable, masked, pc.if_else(pc.equal(text, ""), "", pa.scalar(None, pa.string())))


def _days(year: Days, month: Days) -> Days:
    """The first day of each month."""
    return ((year - 1970) * 12 + month - 1).astype("M8[M]").astype("M8[D]").astype(np.int64)


def _fixed(values: pa.Array, decimals: int) -> pa.Array:
    """Floats with a fixed number of decimals, as text."""
    return pc.cast(pc.cast(values, pa.decimal128(38, decimals), safe=False), pa.string())


METHOD = Generalize
EXAMPLES = (
    Example(Generalize("year"), ("1984-05-17", "2024-02-29T23:59:59Z"), ("n/a", "2023-02-29")),
    Example(Generalize("month", pattern="%d.%m.%Y"), ("17.05.1984", "1.2.2003"), ("1984-05-17",)),
    Example(Generalize("decade"), ("1984-05-17", "2024-02-29"), ("n/a",)),
    Example(Generalize("band", width=10, top=90), ("34", "91", "-5", "12.5"), ("n/a", "1e5")),
    Example(Generalize("grid", width=0.1), ("52.5163", "-13.3777"), ("n/a",)),
    Example(Generalize("zip3"), ("94107", "03601", "94107-1234"), ("SW1A 1AA", "941")),
    Example(Generalize("network"), ("192.0.2.17", "2001:db8:1:2::3"), ("n/a", "1.2.3")),
    Example(Generalize("quarter"), ("1984-05-17", "2024-12-31T23:59:59Z"), ("n/a",)),
    Example(Generalize("week", bottom=1990), ("1984-05-17", "1990-01-03", "2024-02-29"), ("n/a",)),
    Example(Generalize("year", bottom=1950, top=2020), ("1949-12-31", "1950-05-01", "2021-02-03"), ("n/a",)),
    Example(Generalize("band", width=1, top=90), ("89", "90", "104"), ("n/a",)),
    Example(
        Generalize("point", width=0.1),
        ("52.5163, -13.3777", "POINT(-13.3777 52.5163)", "48,2", "52.5163"),
        ("n/a", "52.5163,"),
    ),
)
