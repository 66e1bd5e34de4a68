"""Progress of a run: a bar on a terminal, a line every ten seconds elsewhere, nothing when quiet."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from masker.cli._output import say
from masker.errors import shown

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
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    texts = (TextColumn("{task.description}"), TextColumn("{task.fields[pace]}"))
    columns = (SpinnerColumn(), *texts, TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("open", total=None, pace="")
        started = time.monotonic()

        def tell(step: str, table: str, rows: int) -> None:
            spent = max(time.monotonic() - started, 1e-3)
            bar.update(task, description=f"{step} {shown(table)}", pace=f"{rows:,} rows, {rows / spent:,.0f}/s")

        yield tell


def _lines() -> Callable[[str, str, int], None]:
    last = time.monotonic()

    def tell(step: str, table: str, rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _EVERY_SECONDS:
            last = time.monotonic()
            say(f"{step} {shown(table)}: {rows:,} rows")

    return tell
