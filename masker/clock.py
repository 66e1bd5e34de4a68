"""Times: the real clock for limits and expiry, `SOURCE_DATE_EPOCH` for what is stamped into outputs; always UTC.

`SOURCE_DATE_EPOCH`: https://reproducible-builds.org/specs/source-date-epoch/
"""

import os
import re
from datetime import UTC, datetime, time, timedelta

from masker.errors import UsageError

_SHORT = re.compile(r"([0-9]{1,5})([hdw])\Z")
_ISO = re.compile(r"P(?:([0-9]{1,5})W)?(?:([0-9]{1,5})D)?(?:T([0-9]{1,5})H)?\Z")
_HOURS = {"h": 1, "d": 24, "w": 168}


def now() -> datetime:
    """The real time, UTC, whole seconds: limits, expiry checks and the ledger use it."""
    return datetime.now(UTC).replace(microsecond=0)


def stamp(moment: datetime) -> datetime:
    """The creation time to write into outputs: `SOURCE_DATE_EPOCH` (seconds) where it is set, else `moment`."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return moment
    if not epoch.isascii() or not epoch.isdigit() or len(epoch) > 11:
        raise UsageError("usage", "`SOURCE_DATE_EPOCH` is not a whole number of seconds")
    return datetime.fromtimestamp(int(epoch), UTC)


def rfc3339(moment: datetime) -> str:
    """`2026-12-24T23:59:59Z`, as manifests and labels write it (RFC 3339)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def duration(text: str) -> timedelta | None:
    """Read a length of time in hours, days or weeks (`12h`, `14d`, `2w`, `P14D`, `PT12H`); None where it is none.

    >>> duration("2w") == duration("P14D") == timedelta(days=14)
    True
    """
    if match := _SHORT.match(text):
        return timedelta(hours=int(match[1]) * _HOURS[match[2]])
    if (match := _ISO.match(text)) and any(match.groups()):
        weeks, days, hours = (int(part or 0) for part in match.groups())
        return timedelta(weeks=weeks, days=days, hours=hours)
    return None


def expiry(when: str, start: datetime) -> datetime:
    """Read an expiry: a duration from `start` (`14d`, `12h`, `2w`, `P14D`, `PT12H`), a date or an RFC 3339 time.

    A date means the end of that day, UTC. Anything else raises `UsageError`.

    >>> expiry("2026-12-24", now()).isoformat()
    '2026-12-24T23:59:59+00:00'
    """
    if (length := duration(when)) is not None:
        return start + length
    try:
        if len(when) == 10:
            return datetime.combine(datetime.strptime(when, "%Y-%m-%d").date(), time(23, 59, 59), UTC)
        moment = datetime.fromisoformat(when)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):  # in UTC it may lie before the year 1 or after 9999
        pass
    raise UsageError("usage", "`--expires` is no duration and no date", "write 14d, P14D or 2026-12-24")
