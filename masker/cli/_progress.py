"""Progress of a run: a line that is kept up to date on a terminal, one every ten seconds elsewhere, none when quiet."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from masker.cli._output import say
from masker.cli._pace import Pace

_EVERY_SECONDS = 10.0


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str, str, int], None] | None]:
    """Give the function that a run reports to: step, table, rows done."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar() as tell:
            yield tell
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Callable[[str, str, int], None]]:
    # rich obeys NO_COLOR and TERM=dumb by itself.
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    pace = Pace()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("open", total=None)

        def tell(step: str, table: str, rows: int) -> None:
            bar.update(task, description=escape(pace.see(step, table, rows)))

        yield tell


def _lines() -> Callable[[str, str, int], None]:
    last, pace = time.monotonic(), Pace()

    def tell(step: str, table: str, rows: int) -> None:
        nonlocal last
        line = pace.see(step, table, rows)
        if time.monotonic() - last >= _EVERY_SECONDS:
            last = time.monotonic()
            say(line)

    return tell
