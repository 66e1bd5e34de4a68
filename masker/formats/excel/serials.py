"""Dates of worksheets: numbers of days (ECMA-376 part 1, section 18.17.4), as text and back.

Day 1 is 1900-01-01, and day 60 the 29th of February 1900, which never was; the other epoch begins with 1904-01-01 as
day 0. Times are fractions of a day, taken to the millisecond.
"""

import re
from datetime import date, datetime, time, timedelta

_MILLISECONDS = 86_400_000
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_FIRST_SOUND_DAY = 61  # 1900-03-01: before, Excel counts a day too many
_LAST_DAY = 2_958_466  # the day after 9999-12-31
_TEXT = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d))?(?:(?:^|[ T])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?\Z", re.ASCII)
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


def is_date_format(code: str) -> bool:
    """Whether a number format shows dates or times of day; elapsed time (`[h]:mm`) is a number.

    >>> is_date_format("yyyy-mm-dd"), is_date_format('0 "days"'), is_date_format("[h]:mm"), is_date_format("[Red]0")
    (True, False, False, False)
    """
    first = code.split(";", 1)[0]
    if re.search(r"\[(?:h+|m+|s+)\]", first, re.IGNORECASE):
        return False
    bare = _QUOTED.sub("", first)
    return "general" not in bare.lower() and bool(re.search(r"[ymdhs]", bare, re.IGNORECASE))


def date_text(serial: float, *, from_1904: bool = False) -> str | None:
    """A serial as ISO text: a date, a date with its time, or a time; None where no such date is.

    >>> date_text(43831), date_text(43831.4375), date_text(0.4375)
    ('2020-01-01', '2020-01-01 10:30:00', '10:30:00')
    """
    if not 0 <= serial < _LAST_DAY:
        return None
    days, part = divmod(round(serial * _MILLISECONDS), _MILLISECONDS)
    if days == 0 and (part or not from_1904):
        return moment_text((datetime.min + timedelta(milliseconds=part)).time())
    if not from_1904 and days < _FIRST_SOUND_DAY:
        days += 1
    try:
        moment = (_EPOCH_1904 if from_1904 else _EPOCH) + timedelta(days, milliseconds=part)
    except OverflowError:
        return None
    return moment_text(moment)


def moment_text(moment: date | time) -> str:
    """A date, a date with its time, or a time as ISO text; a date at midnight is a date."""
    if isinstance(moment, datetime):
        if moment.time() == time():
            return moment.date().isoformat()
        return moment.isoformat(" ", "milliseconds" if moment.microsecond else "seconds")
    if isinstance(moment, time):
        return moment.isoformat("milliseconds" if moment.microsecond else "seconds")
    return moment.isoformat()


def serial_of(text: str) -> str | None:
    """The serial of an ISO text, as a cell spells it; None where it is none, or a day that cells cannot hold.

    >>> serial_of("2020-01-01"), serial_of("2020-01-01 12:00:00"), serial_of("1850-01-01"), serial_of("soon")
    ('43831', '43831.5', None, None)
    """
    found = _TEXT.match(text)
    if found is None or not text:
        return None
    year, month, day, hour, minute, second, fraction = found.groups()
    try:
        clock = time(int(hour or 0), int(minute or 0), int(second or 0), int((fraction or "0").ljust(6, "0")))
        days = 0 if year is None else (datetime(int(year), int(month), int(day)) - _EPOCH).days
    except ValueError:
        return None
    if year is not None and days < _FIRST_SOUND_DAY:
        return None
    micro = ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond
    return str(days) if not micro else repr(days + micro / 86_400_000_000)
