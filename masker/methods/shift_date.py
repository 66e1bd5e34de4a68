"""Move dates by a keyed number of days: all dates of a subject by the same."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import key_text, kind_of, text_bytes, validity
from masker.crypto.keys import Keys
from masker.date_moves import Days, holds_dates, move_dates
from masker.date_text import compile_pattern
from masker.errors import GateError, UsageError
from masker.methods import Example, Iso20889

_WITHIN = re.compile(r"([1-9][0-9]{0,3}) ?(?:d|days?)?\Z")
_LABEL = np.frombuffer(b"shift_dt", dtype=np.uint8)


@dataclass(frozen=True)
class ShiftDate:
    """Add -`within`..`within` whole days, never 0, to each date; the time of day stays.

    `by` names whose date it is: all dates of a subject move alike, so that their order and intervals stay, and date32,
    timestamps and text agree. Without `by`, or where it is NULL or '', the day itself decides: equal days move alike,
    order is lost. `within` is a number of days or `90d`. Takes dates and timestamps as they are (zones stay, in UTC),
    and text in the style of `pattern` (`strptime`: %Y or %y, %m, %d, times; "" is ISO 8601 with or without a time).
    NULL comes back for text that is no such date and for days outside the years 1 to 9999 or the column's type. NULL
    stays NULL, '' stays ''.

    `inside: month` or `year` keeps each date in its own month or year, so that a row stays in its partition: the days
    are turned round in it, a subject's by as many in months of one length, never by 0 and however far `within` goes.
    Order and intervals are then lost.

    It does NOT hide the season or the year much, nor intervals and weekdays' rhythm within a subject; whoever knows one
    date of a subject knows the others. Not one to one by value.
    """

    within: int | str = 90
    pattern: str = ""
    inside: Literal["", "month", "year"] = ""

    name: ClassVar[str] = "shift_date"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = False
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = True
    iso20889: ClassVar[Iso20889] = "randomization"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "any"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "always"

    def __post_init__(self) -> None:
        if isinstance(self.within, bool) or not _WITHIN.match(str(self.within)):
            raise UsageError("usage", "`within` of `shift_date` is a number of days from 1 to 9999, like 90d")
        if self.inside not in ("", "month", "year"):
            raise UsageError("usage", "`inside` of `shift_date` is not one of month, year")
        try:
            compile_pattern(self.pattern)
        except ValueError as error:  # its own words, of the profile's text
            raise UsageError("usage", f"`pattern` of `shift_date` cannot be used: {error}") from None

    @property
    def days(self) -> int:
        """The longest shift."""
        found = _WITHIN.match(str(self.within))
        assert found is not None
        return int(found[1])

    @property
    def space(self) -> float | None:
        """None: a shift is never 0."""
        return None

    @property
    def widest(self) -> int | None:
        """None: as wide as the original."""
        return None

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of dates, timestamps or text; `given` is not read."""
        if pa.types.is_null(column.type):
            return column
        if not holds_dates(column.type):
            message = f"`shift_date` masks dates, timestamps and text, not {kind_of(column.type)}"
            raise GateError("does-not-fit", message)

        def shifts(days: Days, rows: npt.NDArray[np.int64]) -> Days:
            return self._turned(days, self._shifts(keys, days, by, rows))

        return move_dates(column, self.pattern, shifts)

    def _shifts(self, keys: Keys, days: Days, by: pa.Array | None, rows: npt.NDArray[np.int64]) -> Days:
        """The shift of each of `rows`, whose days are `days`."""
        own = keys.prf("shift_date")
        if by is None:
            return self._drawn(own.of_matrix(days.astype(">i8").view(np.uint8).reshape(-1, 8)))
        key = key_text(by)
        known = (np.diff(text_bytes(key)[1]) > 0) & validity(key)
        # Not the person's words themselves, which show in names: a function of them that tells nothing of them.
        person = keys.person()
        seeds = np.empty((len(key), 24), dtype=np.uint8)
        seeds[:, :16] = person(key).astype(">u8").view(np.uint8).reshape(-1, 16)
        seeds[:, 16:] = _LABEL
        shifts = self._drawn(person.of_matrix(seeds))
        if len(rows) < len(shifts):
            shifts, known = shifts[rows], known[rows]
        if not known.all():
            shifts[~known] = self._shifts(keys, days[~known], None, rows[~known])
        return shifts

    def _turned(self, days: Days, shifts: Days) -> Days:
        """The shifts, or those that turn each day round in its month or year instead."""
        if not self.inside:
            return shifts
        period = days.astype("datetime64[D]").astype("datetime64[M]" if self.inside == "month" else "datetime64[Y]")
        first, after = (each.astype("datetime64[D]").astype(np.int64) for each in (period, period + 1))
        length = after - first
        turned: Days = first + (days - first + 1 + shifts % (length - 1)) % length - days
        return turned

    def _drawn(self, words: npt.NDArray[np.uint64]) -> Days:
        """-days..-1 and 1..days, about evenly."""
        # NumPy vectorises division by one number, not the remainder.
        width = np.uint64(2 * self.days)
        drawn = (words[:, 0] - words[:, 0] // width * width).astype(np.int64) - self.days
        return drawn + (drawn >= 0)


METHOD = ShiftDate
EXAMPLES = (
    Example(
        ShiftDate("90d"),
        ("1984-05-17", "2024-02-29T23:59:59.123Z", "2000-01-01 08:15", "2024-03-10T02:30:00+02:00"),
        ("n/a", "2023-02-29", "2024-13-01", "17.05.1984", "2024-01-01 Anna", "0000-00-00"),
    ),
    Example(ShiftDate(30, "%d.%m.%Y"), ("17.05.1984", "1.2.2003", "29.02.2024"), ("1984-05-17", "30.02.2024")),
    Example(ShiftDate(10, "%m/%d/%y %I:%M %p"), ("5/17/84 8:15 AM", "12/31/99 11:59 PM"), ("5/17/1984",)),
    Example(ShiftDate(365, "%Y%m%d"), ("19840517", "20240229"), ("1984-05-17", "20230229")),
    Example(ShiftDate(inside="month"), ("1984-05-17", "2024-02-29T23:59:59.123Z", "9999-12-31"), ("n/a", "2023-02-29")),
)
