"""Make values coarser: dates to a month, a year or a decade, numbers to bands, postal codes to three digits, and more.

HIPAA Safe Harbor, 45 CFR 164.514(b)(2)(i)(B) and (C) for postal codes and ages.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import (
    as_text,
    flags,
    is_text,
    kind_of,
    like,
    numbers,
    offsets_of,
    text_bytes,
    text_of,
    validity,
)
from masker.crypto.keys import Keys
from masker.date_text import DateRows, civil, compile_pattern
from masker.errors import GateError, UsageError
from masker.ip_text import read_ipv4, write_ipv4
from masker.methods import Example, Iso20889

Days = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int64] | npt.NDArray[np.float64]
Coarseness = Literal["year", "month", "decade", "band", "grid", "zip3", "network"]

_PER_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
# Three-digit areas of at most 20,000 people by the censuses of 2000 or 2010 (HHS guidance on de-identification).
_FEW_PEOPLE = [
    "036",
    "059",
    "063",
    "102",
    "203",
    "205",
    "369",
    "556",
    "692",
    "790",
    "821",
    "823",
    "830",
    "831",
    "878",
    "879",
    "884",
    "890",
    "893",
]


@dataclass(frozen=True)
class Generalize:
    """Give each value the coarser value that it falls under.

    `to`: `year`, `month`, `decade` (dates, timestamps, text in the style of `pattern`: the first day of it; the time
    becomes 0), `band` (numbers: the lower end of its band of `width`; above `top` the value `top`, below `bottom` the
    value `bottom`, where given), `grid` (numbers: the nearest multiple of `width`, for degrees), `zip3` (text of five
    or nine digits: the last ones become 0, and all where HIPAA asks for it), `network` (text: an IPv4 address's /24, an
    IPv6 address's /48). The type stays; text of a number is written as the number is. NULL comes back for what cannot
    be read. NULL stays NULL, '' stays ''.

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
        if self.to not in ("year", "month", "decade", "band", "grid", "zip3", "network"):
            hint = "one of: year, month, decade, band, grid, zip3, network"
            raise UsageError("usage", "`to` of `generalize` is unknown", hint)
        limits = [limit for limit in (self.top, self.bottom) if limit is not None]
        if any(isinstance(number, bool) or not isinstance(number, int | float) for number in (self.width, *limits)):
            raise UsageError("usage", "`width`, `top` and `bottom` of `generalize` are numbers")
        if (self.to in ("band", "grid")) != (self.width > 0):
            raise UsageError("usage", "`generalize` needs a `width` above 0 for band and grid, and only there")
        if limits and self.to != "band":
            raise UsageError("usage", "`top` and `bottom` of `generalize` go with `to: band`")
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
        if self.to in ("year", "month", "decade") and (pa.types.is_date(type_) or pa.types.is_timestamp(type_)):
            return self._dates(column)
        if self.to in ("band", "grid"):
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
                return _zip3(text)
            case "network":
                return _network(text)
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
        if self.to == "decade":
            year = np.maximum(year - year % 10, 1)
        months = (year - 1970) * 12 + (month - 1 if self.to == "month" else 0)
        return months.astype("M8[M]").astype("M8[D]").astype(np.int64)

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


def _fixed(values: pa.Array, decimals: int) -> pa.Array:
    """Floats with a fixed number of decimals, as text."""
    return pc.cast(pc.cast(values, pa.decimal128(38, decimals), safe=False), pa.string())


def _zip3(text: pa.Array) -> pa.Array:
    data, offsets = text_bytes(text)
    readable = flags(pc.match_substring_regex(text, r"\A[0-9]{5}(?:[- ]?[0-9]{4})?\z"))
    rows = np.flatnonzero(readable)
    begins = offsets[:-1][rows]
    area = sum((data[begins + place] - 48).astype(np.int64) * 10 ** (2 - place) for place in range(3))
    out = np.where((data - np.uint8(48)) < 10, np.uint8(48), data)
    kept = begins[~np.isin(area, np.array(_FEW_PEOPLE, dtype=np.int64))]
    for place in range(3):
        out[kept + place] = data[kept + place]
    return text_of(out, offsets, validity(text) & (readable | (np.diff(offsets) == 0)))


def _network(text: pa.Array) -> pa.Array:
    data, offsets = text_bytes(text)
    octets, four = read_ipv4(data, offsets)
    octets[:, 3] = 0
    data, widths = write_ipv4(octets)
    lengths = np.zeros(len(four), dtype=np.int64)
    lengths[four] = widths
    masked = text_of(data, offsets_of(lengths), validity(text) & (four | (np.diff(offsets) == 0)))
    if not masked.null_count > text.null_count:
        return masked
    encoded = text.dictionary_encode()
    sixes = [None if value is None else _network6(value) for value in encoded.dictionary.to_pylist()]
    shown = text_of(
        np.frombuffer("".join(value or "" for value in sixes).encode(), dtype=np.uint8),
        offsets_of(np.array([len(value or "") for value in sixes], dtype=np.int64)),
        np.array([value is not None for value in sixes], dtype=np.bool_),
    )
    return pc.coalesce(masked, shown.take(encoded.indices))


def _network6(value: str) -> str | None:
    try:
        return None if "%" in value else str(ipaddress.IPv6Network((value, 48), strict=False).network_address)
    except ValueError:
        return None


METHOD = Generalize
EXAMPLES = (
    Example(Generalize("year"), ("1984-05-17", "2024-02-29T23:59:59Z"), ("n/a", "2023-02-29")),
    Example(Generalize("month", pattern="%d.%m.%Y"), ("17.05.1984", "1.2.2003"), ("1984-05-17",)),
    Example(Generalize("decade"), ("1984-05-17", "2024-02-29"), ("n/a",)),
    Example(Generalize("band", width=10, top=90), ("34", "91", "-5", "12.5"), ("n/a", "1e5")),
    Example(Generalize("grid", width=0.1), ("52.5163", "-13.3777"), ("n/a",)),
    Example(Generalize("zip3"), ("94107", "03601", "94107-1234"), ("SW1A 1AA", "941")),
    Example(Generalize("network"), ("192.0.2.17", "2001:db8:1:2::3"), ("n/a", "1.2.3")),
)
