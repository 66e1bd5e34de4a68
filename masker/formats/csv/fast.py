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
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from masker.columns import Bools, validity
from masker.formats.csv.blocks import Block
from masker.formats.csv.layout import Piece, Style, separated
from masker.spans import Quotes, as_mask, gather, join, needs_quotes, without_spans

Positions = npt.NDArray[np.int64]
Lengths = npt.NDArray[np.int32]
_QUOTE = ord('"')
# Cells looked at to suppose a style; a wrong guess only costs the faithful path.
_SAMPLE = 128
# So many untouched columns in a row are joined as cheaply one by one as they are copied together.
_JOINED = 2


@dataclass(frozen=True, slots=True)
class Proof:
    """Where all cells stand: `quoted` says for each column which are in quotes (None: none), `lengths` counts these in.

    `nexts` is where each row's line end ends, shape (rows,); the last row is supposed to have one.
    """

    quoted: tuple[Bools | None, ...]
    lengths: tuple[Lengths, ...]
    nexts: Positions


@dataclass(frozen=True, slots=True)
class Fast:
    """A block as Arrow read it, and the proof that this is what stands there."""

    data: bytes
    batch: pa.RecordBatch
    proof: Proof
    separator: str
    line_end: str

    def join(self, keep: Sequence[int], replaced: Mapping[int, pa.Array]) -> list[pa.Buffer | bytes]:
        """Write the columns `keep`, the untouched ones as they stand."""
        style = Style(self.separator, alone=len(keep) == 1)
        groups: list[list[Piece]] = []
        line_end = self.line_end
        for run in _runs(keep, replaced):
            if style.alone or run[0] in replaced:
                new = replaced.get(run[0], self.batch.column(run[0]))
                groups.append(style.render(new, self._quoted(run[0])))
            elif self._is_copied(run):
                groups.append([self._copied(run)])
                line_end = "" if run[-1] == self.batch.num_columns - 1 else line_end
            else:
                groups += [[self.batch.column(column)] for column in run]
        joined = join([*separated(groups, self.separator), line_end])
        ends_open = int(self.proof.nexts[-1]) > len(self.data)
        return [joined.slice(0, joined.size - len(line_end)) if ends_open else joined]

    def without(self, left_out: Bools) -> "Fast | bytes":
        """The block less some rows."""
        stays, nexts = ~left_out, self.proof.nexts
        starts = np.append(0, nexts[:-1])
        data = without_spans(self.data, starts[left_out], np.minimum(nexts, len(self.data))[left_out])
        if not stays.any():
            return data
        proof = Proof(
            tuple(None if quoted is None else quoted[stays] for quoted in self.proof.quoted),
            tuple(lengths[stays] for lengths in self.proof.lengths),
            np.cumsum((nexts - starts)[stays]),
        )
        return replace(self, data=data, batch=self.batch.filter(as_mask(stays)), proof=proof)

    def _quoted(self, column: int) -> Bools:
        quoted = self.proof.quoted[column]
        return np.zeros(self.batch.num_rows, np.bool_) if quoted is None else quoted

    def _is_copied(self, run: Sequence[int]) -> bool:
        """Whether one copy of bytes is cheaper than joining columns: at the row's end, for quotes, for many columns."""
        at_end = run[-1] == self.batch.num_columns - 1
        return at_end or len(run) > _JOINED or any(self.proof.quoted[column] is not None for column in run)

    def _copied(self, run: Sequence[int]) -> pa.Array:
        """The bytes of neighbouring columns as one column, at the row's end with the line end."""
        lengths, width = self.proof.lengths, self.batch.num_columns
        starts = self.proof.nexts - (len(self.line_end) + width - 1 - run[0])
        for each in lengths[run[0] :]:
            starts -= each
        if run[-1] == width - 1:
            return gather(self.data, starts, np.minimum(self.proof.nexts, len(self.data)))
        ends = starts + (len(run) - 1)
        for column in run:
            ends += lengths[column]
        return gather(self.data, starts, ends)


def _runs(keep: Sequence[int], replaced: Mapping[int, pa.Array]) -> list[list[int]]:
    """Neighbouring columns that nobody masked; a masked one stands alone."""
    runs: list[list[int]] = []
    for column in keep:
        if runs and runs[-1][-1] == column - 1 and not {column, column - 1} & replaced.keys():
            runs[-1].append(column)
        else:
            runs.append([column])
    return runs


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
    proof = _prove(batch, block, separator, len(line_end), length)
    return None if proof is None else Fast(data, batch, proof, separator, line_end)


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


def _prove(batch: pa.RecordBatch, block: Block, separator: str, line_end: int, length: int) -> Proof | None:
    lengths = tuple(np.diff(_offsets(column)) for column in batch.columns)
    if not len(block.quotes.positions):
        nexts = _nexts(lengths, batch.num_columns - 1 + line_end)
        return Proof((None,) * len(lengths), lengths, nexts) if int(nexts[-1]) == length else None
    opening = _opening(block.quotes)
    for bold in (True, False):
        quoted = _suppose(batch, block.data, lengths, separator, line_end, bold=bold)
        proof = _proof(batch, quoted, lengths, opening, line_end, length)
        if proof is not None:
            return proof
    return None


def _proof(
    batch: pa.RecordBatch,
    quoted: tuple[Bools | None, ...],
    lengths: Sequence[Lengths],
    opening: Positions,
    line_end: int,
    length: int,
) -> Proof | None:
    """Work out the positions of all cells under supposed styles; None where they do not fit the block."""
    full = tuple(_full_length(*each) for each in zip(batch.columns, lengths, quoted, strict=True))
    nexts = _nexts(full, batch.num_columns - 1 + line_end)
    if int(nexts[-1]) != length:
        return None
    start = np.concatenate((np.zeros(1, np.int64), nexts[:-1]))
    is_opening = np.zeros(length + 1, np.bool_)
    is_opening[opening] = True
    supposed = 0
    for mask, each in zip(quoted, full, strict=True):
        if mask is not None:
            places = start[mask]
            supposed += len(places)
            if not is_opening[places].all():
                return None
        start += each
        start += 1
    return Proof(quoted, full, nexts) if supposed == len(opening) else None


def _full_length(column: pa.Array, length: Lengths, quoted: Bools | None) -> Lengths:
    """Lengths of cells with their quotes, of which those inside are doubled."""
    if quoted is None:
        return length
    length = length + 2 * quoted.astype(np.int32)
    if b'"' in _values(column, _offsets(column)):
        inner = pc.count_substring(column, '"')
        length += np.frombuffer(inner.buffers()[1], np.int32, len(column), inner.offset * 4) * validity(column)
    return length


def _nexts(lengths: Sequence[Lengths], fixed: int) -> Positions:
    rows = np.full(len(lengths[0]), fixed, np.int32)
    for each in lengths:
        rows += each
    return np.cumsum(rows, dtype=np.int64)


def _opening(quotes: Quotes) -> Positions:
    """Those quotes that open a cell: of the alternating ones each other, less those that double the one before."""
    opens = quotes.positions[0::2]
    closes = quotes.positions[1::2]
    starts_cell = np.ones(len(opens), np.bool_)
    starts_cell[1:] = opens[1:] != closes[: len(opens) - 1] + 1
    return opens[starts_cell]


def _suppose(
    batch: pa.RecordBatch, data: bytes, lengths: Sequence[Lengths], separator: str, line_end: int, *, bold: bool
) -> tuple[Bools | None, ...]:
    """Suppose each column's style from the first rows: all but nulls in quotes, or only where they must be.

    With `bold` a column without any quote in the first rows is supposed to have none, which saves looking at it.
    """
    always, never = [True] * batch.num_columns, [bold] * batch.num_columns
    position = 0
    for row in range(min(batch.num_rows, max(1, _SAMPLE // batch.num_columns))):
        for number, column in enumerate(batch.columns):
            is_quoted = position < len(data) and data[position] == _QUOTE
            always[number] &= is_quoted or not column[row].is_valid
            never[number] &= not is_quoted
            position += int(lengths[number][row]) + 1
            if is_quoted:
                position += 2 + (column[row].as_py() or "").count('"')
        position += line_end - 1
    masks: list[Bools | None] = []
    for number, column in enumerate(batch.columns):
        # Also what tells null from "": Arrow 26 reads the last cell of `"",` (no line end after it) as "", which would
        # have to be quoted, is not, and so fails the proof.
        has_empty = len(column) - np.count_nonzero(lengths[number]) > column.null_count
        if never[number] and not has_empty:
            masks.append(None)
            continue
        mask = validity(column) if always[number] else needs_quotes(column, separator)
        masks.append(mask if mask.any() else None)
    return tuple(masks)


def _offsets(column: pa.Array) -> npt.NDArray[np.int32]:
    return np.frombuffer(column.buffers()[1], np.int32, len(column) + 1, column.offset * 4)


def _values(column: pa.Array, offsets: npt.NDArray[np.int32]) -> bytes:
    buffer = column.buffers()[2]
    return b"" if buffer is None else buffer.slice(int(offsets[0]), int(offsets[-1] - offsets[0])).to_pybytes()
