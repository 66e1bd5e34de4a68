"""Date patterns: the one strptime pattern that all sampled values follow, where the values prove it.

`3/4/2020` alone proves nothing. A pattern counts where no rival order reads all values too: some day above 12 tells day
from month. Read are numeric dates with `-`, `/` or `.`, eight digits, English month names, each with or without a time.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

_NUMERIC = re.compile(r"([0-9]{1,4})([-/.])([0-9]{1,2})\2([0-9]{1,4})(?:([T ])(.{1,30}))?")
_COMPACT = re.compile(r"((?:1[89]|20)[0-9]{2})()([0-9]{2})([0-9]{2})(?:([T ])(.{1,30}))?")
_NAMED = re.compile(r"(?i)([0-9]{1,2})([ -])([a-z]{3,9})\2([0-9]{4})(?:([T ])(.{1,30}))?")
_NAME_FIRST = re.compile(r"(?i)([a-z]{3,9})( )([0-9]{1,2}), ([0-9]{4})(?:([T ])(.{1,30}))?")
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_CLOCKS = tuple(
    (re.compile(form), pattern)
    for form, pattern in (
        (r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}", "%H:%M:%S"),
        (r"[0-9]{1,2}:[0-9]{2}", "%H:%M"),
        (r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}\.[0-9]{1,6}", "%H:%M:%S.%f"),
        (r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}Z", "%H:%M:%SZ"),
        (r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}\.[0-9]{1,6}Z", "%H:%M:%S.%fZ"),
        (r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:?[0-9]{2}", "%H:%M:%S%z"),
        (r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}\.[0-9]{1,6}[+-][0-9]{2}:?[0-9]{2}", "%H:%M:%S.%f%z"),
        (r"[0-9]{1,2}:[0-9]{2}:[0-9]{2} UTC", "%H:%M:%S UTC"),
        (r"(?i)[0-9]{1,2}:[0-9]{2} [ap]m", "%I:%M %p"),
        (r"(?i)[0-9]{1,2}:[0-9]{2}:[0-9]{2} [ap]m", "%I:%M:%S %p"),
    )
)
_MIDNIGHT = re.compile(r"(?:00:00(?::00(?:\.0+)?)?(?:Z| UTC|[+-]00:?00)?|(?i:12:00(?::00)? AM))")
_MOST, _ENOUGH = 0.6, 0.95


@dataclass(frozen=True, slots=True)
class Dates:
    """How a column's values read as dates: the share that does, the years they span, whether a time of day is there.

    `pattern` is a strptime pattern, "" where several readings remain or the values differ in form.
    """

    share: float
    first_year: int
    last_year: int
    has_time: bool
    pattern: str


@dataclass(frozen=True, slots=True)
class _Parts:
    form: str
    fields: tuple[str, str, str]
    timed: bool


def read_dates(values: tuple[str, ...]) -> Dates | None:
    """Read values as dates; None where fewer than 60 % do.

    >>> read_dates(("3/4/2020", "3/25/2020")).pattern, read_dates(("3/4/2020", "5/6/2020")).pattern
    ('%m/%d/%Y', '')
    """
    parts = [part for value in values if len(value) <= 45 and (part := _parts(value))]
    if not parts or len(parts) < _MOST * len(values):
        return None
    forms = Counter(part.form for part in parts)
    form, count = forms.most_common(1)[0]
    readings = [(order, [d for p in parts if (d := _date(p.fields, order))]) for order in _orders(form)]
    order, dates = max(readings, key=lambda reading: len(reading[1]))
    if len(dates) < _MOST * len(values):
        return None
    alone = sum(len(read) == len(dates) for _, read in readings) == 1
    proven = alone and count == len(parts) and len(dates) >= _ENOUGH * len(values) and "?" not in form
    years = sorted(d.year for d in dates)
    timed = any(part.timed for part in parts)
    return Dates(len(dates) / len(values), years[0], years[-1], timed, _pattern(form, order) if proven else "")


def _parts(value: str) -> _Parts | None:
    for kind, pattern in (("n", _NUMERIC), ("c", _COMPACT), ("d", _NAMED), ("m", _NAME_FIRST)):
        if match := pattern.fullmatch(value):
            first, separator, second, third, joint, clock = match.groups()
            time = "" if clock is None else joint + _clock(clock)
            width = "4" if len(first) == 4 else "2" if len(third) == 2 else "1" if len(third) == 4 else "?"
            month = "b" if kind in "dm" and 3 in (len(first), len(second)) else "B"
            fields = (first, second, third)
            named = month if kind in "dm" else ""
            timed = clock is not None and not _MIDNIGHT.fullmatch(clock)
            return _Parts(f"{kind}{separator}{width}{named}|{time}", fields, timed)
    return None


def _clock(text: str) -> str:
    return next((pattern for form, pattern in _CLOCKS if form.fullmatch(text)), "?")


def _orders(form: str) -> tuple[str, ...]:
    """The orders of day, month and year that values of a form may have, the likelier first."""
    kind, rest = form[0], form[1:].partition("|")[0]
    if kind in "dm":
        return ("dbY",) if kind == "d" else ("bdY",)
    if kind == "c" or rest.endswith("4"):
        return ("Ymd",)
    if rest.endswith("2"):
        return ("dmy",) if rest[0] == "." else ("mdy", "dmy", "ymd")
    return ("dmY",) if rest[0] == "." else ("mdY", "dmY")


def _date(fields: tuple[str, str, str], order: str) -> date | None:
    at = dict(zip(order.replace("b", "m").lower(), fields, strict=True))
    month = at["m"]
    if not month.isdigit():
        found = [n for n, name in enumerate(_MONTHS, 1) if month.lower() in (name, name[:3])]
        if not found:
            return None
        month = str(found[0])
    year = int(at["y"])
    if "y" in order:  # two digits: as strptime reads them (POSIX: 69 to 99 are 1969 to 1999)
        year += 1900 if year >= 69 else 2000
    try:
        read = date(year, int(month), int(at["d"]))
    except ValueError:
        return None
    return read if 1850 <= year <= 2150 else None


def _pattern(form: str, order: str) -> str:
    shape, _, time = form.partition("|")
    kind, separator = shape[0], "" if shape[0] == "c" else shape[1]
    month = shape[-1] if kind in "dm" else "m"
    first, second, third = (f"%{month if c == 'b' else c}" for c in order)
    day = f"{first} {second}, {third}" if kind == "m" else separator.join((first, second, third))
    return day + time
