"""Date patterns: the one strptime pattern that all sampled values follow, where the values prove it.

`3/4/2020` alone proves nothing. A pattern counts where no rival reads all values too: some day above 12 tells day from
month. Patterns are numeric ones with separators, ISO 8601 with time, and English month names.
"""

import re
from dataclasses import dataclass
from datetime import datetime

_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%Y", "%m/%d/%Y",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%y-%m-%d", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d-%b-%y",
)  # fmt: skip
_TIMES = (
    "", " %H:%M:%S", "T%H:%M:%S", " %H:%M", "T%H:%M", " %H:%M:%S.%f", "T%H:%M:%S.%f", "T%H:%M:%SZ", "T%H:%M:%S.%fZ",
    "T%H:%M:%S%z", " %H:%M:%S%z", "T%H:%M:%S.%f%z", " %H:%M:%S.%f%z", " %H:%M:%S UTC", " %I:%M %p", " %I:%M:%S %p",
)  # fmt: skip
_RIVALS = {"%d/%m/%Y": "%m/%d/%Y", "%d-%m-%Y": "%m-%d-%Y", "%d/%m/%y": "%m/%d/%y"}
_GATE = re.compile(r"(?=.*\d)[\w:,./+ -]{6,40}")
_ENOUGH = 0.95


@dataclass(frozen=True, slots=True)
class Dates:
    """How a column's values read as dates: the share that does, the years they span, whether a time stands beside.

    `pattern` is "" where several readings remain.
    """

    share: float
    first_year: int
    last_year: int
    has_time: bool
    pattern: str


def read_dates(values: tuple[str, ...]) -> Dates | None:
    """Read values as dates; None where fewer than 60 % follow one pattern.

    >>> read_dates(("3/4/2020", "3/25/2020")).pattern, read_dates(("3/4/2020", "5/6/2020")).pattern
    ('%m/%d/%Y', '')
    """
    gated = [value for value in values if _GATE.fullmatch(value)]
    if not gated or len(gated) < 0.6 * len(values):
        return None
    best: dict[str, list[datetime]] = {}
    for pattern in _candidates(gated[:8]):
        read = _read(gated, pattern)
        if len(read) >= 0.6 * len(values):
            best[pattern] = read
    if not best:
        return None
    pattern = max(best, key=lambda name: len(best[name]))
    read = best[pattern]
    rivals = [name for name in best if name != pattern and len(best[name]) == len(read)]
    proven = not rivals and len(read) >= _ENOUGH * len(values)
    years = sorted(moment.year for moment in read)
    return Dates(len(read) / len(values), years[0], years[-1], "%H" in pattern or "%I" in pattern, pattern if proven else "")


def _candidates(probe: list[str]) -> list[str]:
    """The patterns that read at least half of a few values: the cheap gate before all are read."""
    return [day + time for day in _DAYS for time in _TIMES if _fits(day, probe[0]) and 2 * len(_read(probe, day + time)) >= len(probe)]


def _fits(day: str, value: str) -> bool:
    """Whether the first separator of the value could be the pattern's: spares most of the readings."""
    separator = next((c for c in value if not c.isalnum()), "")
    wanted = next((c for c in day.replace("%", "") if not c.isalnum()), "")
    return wanted == "" or separator == "" or wanted == separator or not separator.isascii()


def _read(values: list[str], pattern: str) -> list[datetime]:
    read = []
    for value in values:
        try:
            moment = datetime.strptime(value, pattern)
        except ValueError:
            continue
        if pattern.startswith("%Y%m%d") and len(value.split("T")[0].split(" ")[0]) != 8:
            continue
        if 1850 <= moment.year <= 2150:
            read.append(moment)
    return read
