"""How a run tells where it is."""

from collections.abc import Callable

Progress = Callable[[str, str, int], None]
"""Called with the step (`scan`, `leave out`, `mask`, `verify`), a table's name and the rows of it that are done."""


def tell(progress: Progress | None, step: str, table: str, rows: int) -> None:
    """Report, where anybody listens."""
    if progress is not None:
        progress(step, table, rows)
