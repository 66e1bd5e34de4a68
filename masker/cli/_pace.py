"""How fast a run goes, and how long its step will take once an earlier one has counted the rows."""

import time
from collections.abc import Callable

from masker.errors import shown

_WIDEST_NAME = 28


class Pace:
    """Fed with what a run reports; `see` gives a line of at most 72 characters.

    Time left is that of the step: it is known once an earlier step has seen the rows (of the scan nothing has).
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._step = ""
        self._started = 0.0
        self._rows: dict[str, int] = {}
        self._total = 0

    def see(self, step: str, table: str, rows: int) -> str:
        """`rows` of `table` are done in `step`."""
        now = self._clock()
        if step != self._step:
            self._total = max(self._total, sum(self._rows.values()))
            self._step, self._started, self._rows = step, now, {}
        self._rows[table] = max(rows, self._rows.get(table, 0))
        done, spent = sum(self._rows.values()), max(now - self._started, 1e-3)
        name = shown(table)
        name = name if len(name) <= _WIDEST_NAME else name[: _WIDEST_NAME - 1] + "…"
        line = f"{step} {name}: {rows:,} rows, {done / spent:,.0f}/s"
        if done and self._total > done:
            line += f", {clock_text((self._total - done) * spent / done)} left"
        return line


def clock_text(seconds: float) -> str:
    """Minutes and seconds, with hours where there are some.

    >>> clock_text(7.2), clock_text(75), clock_text(3700)
    ('0:08', '1:15', '1:01:40')
    """
    whole = int(-(-seconds // 1))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
