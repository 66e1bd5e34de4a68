"""What a block of CSV carries from reading to writing, so that untouched cells get their bytes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import Bools
from masker.spans import as_scalar, needs_quotes, quote_cells

Piece: TypeAlias = pa.Array | str


class Layout(Protocol):
    """One block: its bytes, its cells as columns, and how to write it again with some columns replaced or left out."""

    @property
    def data(self) -> bytes:
        """The source bytes, whole records and the blank lines among them."""
        ...

    @property
    def batch(self) -> pa.RecordBatch:
        """The cells as `pa.string()` columns: null for an empty cell, "" for a quoted empty one."""
        ...

    def join(self, keep: Sequence[int], replaced: Mapping[int, pa.Array]) -> list[pa.Buffer | bytes]:
        """Write the columns `keep` (ascending), those in `replaced` with new values in the old cell's quoting."""
        ...

    def without(self, left_out: Bools) -> "Layout | bytes":
        """The block less the rows where `left_out`, each with its line end; bytes (blank lines) where none is left."""
        ...


@dataclass(frozen=True, slots=True)
class Style:
    """How masked cells of a block are written: the separator, and whether the output has one column only."""

    separator: str
    alone: bool

    def render(self, column: pa.Array, quoted: Bools) -> list[Piece]:
        """Write new values in quotes where the old cell had them (`quoted`) or the new value cannot do without.

        A null is written as nothing; in the only column of a file it would be a blank line, which is no record, so
        there it becomes a quoted empty text.
        """
        if self.alone and column.null_count:
            column = pc.fill_null(column, as_scalar(""))
        if not quoted.all():
            quoted = quoted | needs_quotes(column, self.separator)
        return quote_cells(column, quoted)


def separated(groups: Sequence[Sequence[Piece]], separator: str) -> list[Piece]:
    """Put the separator between groups of pieces."""
    pieces: list[Piece] = []
    for number, group in enumerate(groups):
        if number:
            pieces.append(separator)
        pieces.extend(group)
    return pieces
