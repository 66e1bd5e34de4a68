"""Columns beside each other: what the values of a table's other columns say of one, whatever any of them is called."""

from collections.abc import Sequence

from masker.scan.judge import Judged


def with_neighbours(columns: Sequence[Judged]) -> list[Judged]:
    """The columns with the terms that their neighbours give them, in order."""
    return list(columns)
