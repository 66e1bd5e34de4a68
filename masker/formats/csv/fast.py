"""The fast path: Arrow's CSV reader, used only where arithmetic proves that its columns give the block's bytes back.

The proof supposes a quoting style for each column (never, always, all but nulls, or where needed) and works out, from
the lengths of the values that Arrow read, where every cell would then start. It holds where (1) all line ends of
the block are the same, (2) every quote opens or closes a cell, (3) the supposed lengths add up to the block's length,
and (4) the cells supposed to be quoted start exactly where the block's opening quotes stand, as many of them. Up to
the first cell that is styled otherwise than supposed both agree on every position; there an opening quote stands
where none is supposed, or none where one is, so (4) fails; and where all styles agree, a blank line or any other
surplus byte fails (3). What is proved here is what `faithful.py` does by construction, never other semantics.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from masker.columns import Bools, validity
from masker.formats.csv.blocks import Block
from masker.formats.csv.layout import Piece, Style, separated
from masker.spans import Quotes, join, needs_quotes, quote_cells

Positions = npt.NDArray[np.int64]
_QUOTE = ord('"')
# Cells looked at to suppose a style; a wrong guess only costs the faithful path.
_SAMPLE = 128


@dataclass(frozen=True, slots=True)
class Fast:
    """A block as Arrow read it; `quoted` says for each column which cells stand in quotes (None: no cell)."""

    data: bytes
    batch: pa.RecordBatch
    quoted: tuple[Bools | None, ...]
    separator: str
    line_end: str
    ends_open: bool

    def join(self, keep: Sequence[int], replaced: Mapping[int, pa.Array]) -> list[pa.Buffer | bytes]:
        """Write the columns `keep`, the untouched ones in the quoting that was proved to be theirs."""
        style = Style(self.separator, alone=len(keep) == 1)
        groups = [self._group(column, replaced.get(column), style) for column in keep]
        joined = join([*separated(groups, self.separator), self.line_end])
        return [joined.slice(0, joined.size - len(self.line_end)) if self.ends_open else joined]

    def _group(self, column: int, new: pa.Array | None, style: Style) -> list[Piece]:
        quoted = self.quoted[column]
        if new is None and not style.alone:
            old = self.batch.column(column)
            return [old] if quoted is None else quote_cells(old, quoted)
        if quoted is None:
            quoted = np.zeros(self.batch.num_rows, np.bool_)
        return style.render(self.batch.column(column) if new is None else new, quoted)


def read_fast(block: Block, names: Sequence[str], separator: str) -> Fast | None:
    """Read a block with Arrow; None where the proof does not hold or Arrow refuses, and the spans must decide."""
    data = block.data
    line_end = _line_end(data)
    if line_end is None or not block.quotes.every:
        return None
    batch = _parse(data, names, separator)
    if batch is None or not batch.num_rows:
        return None
    ends_open = not data.endswith((b"\n", b"\r"))
    length = len(data) + (len(line_end) if ends_open else 0)
    quoted = _prove(batch, block, separator, len(line_end), length)
    return None if quoted is None else Fast(data, batch, quoted, separator, line_end, ends_open)


def _line_end(data: bytes) -> str | None:
    if b"\r" not in data:
        return "\n"
    feeds = data.count(b"\n")
    if not feeds:
        return "\r"
    return "\r\n" if data.count(b"\r") == feeds == data.count(b"\r\n") else None


def _parse(data: bytes, names: Sequence[str], separator: str) -> pa.RecordBatch | None:
    read = arrow_csv.ReadOptions(use_threads=False, column_names=list(names), block_size=len(data) + 1)
    parse = arrow_csv.ParseOptions(delimiter=separator)
    convert = arrow_csv.ConvertOptions(
        check_utf8=False,
        column_types=dict.fromkeys(names, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    try:
        batches = list(
            arrow_csv.open_csv(pa.BufferReader(data), read_options=read, parse_options=parse, convert_options=convert)
        )
    except pa.ArrowInvalid:
        return None
    return batches[0] if len(batches) == 1 else None


def _prove(
    batch: pa.RecordBatch, block: Block, separator: str, line_end: int, length: int
) -> tuple[Bools | None, ...] | None:
    offsets = [_offsets(column) for column in batch.columns]
    rows, width = batch.num_rows, batch.num_columns
    fixed = rows * (width - 1 + line_end)
    if not len(block.quotes.positions):
        total = sum(int(each[-1] - each[0]) for each in offsets) + fixed
        return (None,) * width if total == length else None
    opening = _opening(block.quotes)
    lengths = [np.diff(each).astype(np.int64) for each in offsets]
    quoted = _suppose(batch, block.data, lengths, separator, line_end)
    for number, column in enumerate(batch.columns):
        mask = quoted[number]
        if mask is not None:
            lengths[number] += 2 * mask
            if b'"' in _values(column, offsets[number]):
                inner = pc.count_substring(column, '"')
                lengths[number] += np.frombuffer(inner.buffers()[1], np.int32, rows, inner.offset * 4) * validity(
                    column
                )
    row_lengths = np.full(rows, width - 1 + line_end, np.int64)
    for each in lengths:
        row_lengths += each
    nexts = np.cumsum(row_lengths)
    if int(nexts[-1]) != length:
        return None
    start = nexts - row_lengths
    is_opening = np.zeros(length + 1, np.bool_)
    is_opening[opening] = True
    supposed = 0
    for mask, each in zip(quoted, lengths, strict=True):
        if mask is not None:
            places = start[mask]
            supposed += len(places)
            if not is_opening[places].all():
                return None
        start = start + each + 1
    return quoted if supposed == len(opening) else None


def _opening(quotes: Quotes) -> Positions:
    """Those quotes that open a cell: of the alternating ones each other, less those that double the one before."""
    opens = quotes.positions[0::2]
    closes = quotes.positions[1::2]
    starts_cell = np.ones(len(opens), np.bool_)
    starts_cell[1:] = opens[1:] != closes[: len(opens) - 1] + 1
    return opens[starts_cell]


def _suppose(
    batch: pa.RecordBatch, data: bytes, lengths: Sequence[Positions], separator: str, line_end: int
) -> tuple[Bools | None, ...]:
    """Suppose each column's style from the first rows: all but nulls in quotes, or only where they must be."""
    always = [True] * batch.num_columns
    position = 0
    for row in range(min(batch.num_rows, max(1, _SAMPLE // batch.num_columns))):
        for number, column in enumerate(batch.columns):
            is_quoted = position < len(data) and data[position] == _QUOTE
            always[number] &= is_quoted or not column[row].is_valid
            position += int(lengths[number][row]) + 1
            if is_quoted:
                position += 2 + (column[row].as_py() or "").count('"')
        position += line_end - 1
    masks: list[Bools | None] = []
    for number, column in enumerate(batch.columns):
        # Also what tells null from "": Arrow 26 reads the last cell of `"",` (no line end after it) as "", which would
        # have to be quoted, is not, and so fails the proof.
        mask = validity(column) if always[number] else needs_quotes(column, separator)
        masks.append(mask if mask.any() else None)
    return tuple(masks)


def _offsets(column: pa.Array) -> npt.NDArray[np.int32]:
    return np.frombuffer(column.buffers()[1], np.int32, len(column) + 1, column.offset * 4)


def _values(column: pa.Array, offsets: npt.NDArray[np.int32]) -> bytes:
    buffer = column.buffers()[2]
    return b"" if buffer is None else buffer.slice(int(offsets[0]), int(offsets[-1] - offsets[0])).to_pybytes()
