"""The faithful path: every cell by its span, masked cells rendered, all else copied as byte ranges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import Bools
from masker.errors import InputError, Place
from masker.formats.csv.blocks import Block
from masker.formats.csv.layout import Piece, Style, separated
from masker.spans import Cells, as_mask, as_scalar, find_cells, gather, join, without_spans
from masker.spans.quotes import CR, LF

Grid = npt.NDArray[np.int64]
_QUOTE = ord('"')


@dataclass(frozen=True, slots=True)
class Faithful:
    """A block by its spans: `starts` and `ends` have shape (rows, columns); `nexts` is where the next row starts."""

    data: bytes
    starts: Grid
    ends: Grid
    nexts: npt.NDArray[np.int64]
    batch: pa.RecordBatch
    separator: str

    def join(self, keep: Sequence[int], replaced: Mapping[int, pa.Array]) -> list[pa.Buffer | bytes]:
        """Write the columns `keep`; neighbours that nobody masked are copied as one range."""
        style = Style(self.separator, alone=len(keep) == 1)
        width = self.starts.shape[1]
        groups: list[list[Piece]] = []
        runs: list[tuple[int, int]] = []
        for column in keep:
            if column in replaced:
                groups.append(style.render(replaced[column], self._quoted(column)))
            elif style.alone and width > 1:
                groups.append([self._never_blank(column)])
            elif runs and runs[-1][1] == column - 1 and groups[-1] == []:
                runs[-1] = (runs[-1][0], column)
            else:
                runs.append((column, column))
                groups.append([])
        columns = iter(self._ranges(runs))
        filled = [group or [next(columns)] for group in groups]
        tail = gather(self.data, self.ends[:, -1], self.nexts)
        lead = self.data[: int(self.starts[0, 0])]
        return [lead, join([*separated(filled, self.separator), tail])]

    def without(self, left_out: Bools) -> "Faithful | bytes":
        """The block less some rows; blank lines stay, wherever the blocks were cut."""
        stays, starts = ~left_out, self.starts[:, 0]
        ends = _line_ends(self.data, self.ends[:, -1])
        data = without_spans(self.data, starts[left_out], ends[left_out])
        if not stays.any():
            return data
        gone = np.cumsum(np.where(left_out, ends - starts, 0))[stays, np.newaxis]
        starts, ends = self.starts[stays] - gone, self.ends[stays] - gone
        nexts = np.append(starts[1:, 0], len(data))
        return replace(self, data=data, starts=starts, ends=ends, nexts=nexts, batch=self.batch.filter(as_mask(stays)))

    def _ranges(self, runs: Sequence[tuple[int, int]]) -> list[pa.Array]:
        if not runs:
            return []
        rows = len(self.starts)
        starts = np.concatenate([self.starts[:, first] for first, _ in runs])
        ends = np.concatenate([self.ends[:, last] for _, last in runs])
        copied = gather(self.data, starts, ends)
        return [copied.slice(number * rows, rows) for number in range(len(runs))]

    def _never_blank(self, column: int) -> pa.Array:
        cells = gather(self.data, self.starts[:, column], self.ends[:, column])
        return pc.if_else(pc.equal(cells, as_scalar("")), as_scalar('""'), cells)

    def _quoted(self, column: int) -> Bools:
        return _quoted(self.data, self.starts[:, column], self.ends[:, column])


def read_faithful(
    block: Block, names: Sequence[str], separator: str, place: Place, rows: int, *, uneven: list[int] | None = None
) -> Faithful | None:
    """Read a block by its spans; None where it has only blank lines.

    `rows` counts the records before this block. Raises `InputError` (`malformed`) at the first row whose number of
    cells is not that of `names`; with `uneven`, counts such rows there and reads them as far as they go.
    """
    cells = find_cells(block.data, block.quotes, ord(separator))
    if not len(cells.last):
        return None
    ragged = np.flatnonzero(cells.widths != len(names))
    if len(ragged) and uneven is not None:
        uneven.append(len(ragged))
        starts, ends = _evened(cells, len(names))
        return Faithful(
            block.data, starts, ends, np.append(starts[1:, 0], len(block.data)),
            pa.RecordBatch.from_arrays(_columns(block.data, starts, ends), names=list(names)), separator,
        )  # fmt: skip
    if len(ragged):
        row, has = rows + int(ragged[0]) + 1, int(cells.widths[ragged[0]])
        hint = "is the separator right, does a cell need quotes, does the file start with comment lines?"
        message = f"a row has {has} cells where the first one has {len(names)}"
        raise InputError("malformed", message, hint, replace(place, row=row))
    starts = cells.starts.reshape(-1, len(names))
    ends = cells.ends.reshape(-1, len(names))
    nexts = np.append(starts[1:, 0], len(block.data))
    batch = pa.RecordBatch.from_arrays(_columns(block.data, starts, ends), names=list(names))
    return Faithful(block.data, starts, ends, nexts, batch, separator)


def _evened(cells: Cells, width: int) -> tuple[Grid, Grid]:
    """A grid of `width` columns: cells that a row lacks are empty, its last one holds all that is too much."""
    first = np.cumsum(cells.widths) - cells.widths
    last = first + cells.widths - 1
    at = np.minimum(first[:, np.newaxis] + np.arange(width), last[:, np.newaxis])
    starts, ends = cells.starts[at], cells.ends[at]
    ends[:, -1] = cells.ends[last]
    if width > 1:
        # With the separator before it, such a cell is not taken for a quoted one.
        starts[:, -1] -= cells.widths > width
    lacking = np.arange(width) >= cells.widths[:, np.newaxis]
    starts[lacking] = ends[lacking]
    return starts, ends


def _line_ends(data: bytes, ends: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where the line ends (LF, CRLF, CR or none at the end of the file) end that stand at `ends`."""
    padded = np.frombuffer(data + b"\0\0", np.uint8)
    nexts: npt.NDArray[np.int64] = ends + np.isin(padded[ends], (CR, LF))
    nexts[(padded[ends] == CR) & (padded[ends + 1] == LF)] += 1
    return nexts


def _columns(data: bytes, starts: Grid, ends: Grid) -> list[pa.Array]:
    rows, width = starts.shape
    first, last = starts.T.ravel(), ends.T.ravel()
    quoted = _quoted(data, first, last)
    values = gather(data, first + quoted, last - quoted, valid=quoted | (first != last))
    columns = [values.slice(number * rows, rows) for number in range(width)]
    for number in np.flatnonzero(quoted.reshape(width, rows).any(axis=1)).tolist():
        columns[number] = _undoubled(columns[number], quoted[number * rows : (number + 1) * rows])
    return columns


def _undoubled(column: pa.Array, quoted: Bools) -> pa.Array:
    single = pc.replace_substring(column, '""', '"')
    if quoted.all():
        return single
    # An unquoted cell may hold two literal quotes in a row; they are two.
    return pc.if_else(as_mask(quoted), single, column)


def _quoted(data: bytes, starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> Bools:
    block = np.frombuffer(data, np.uint8)
    quoted: Bools = block[np.minimum(starts, len(block) - 1)] == _QUOTE
    return quoted & (starts < ends)
