"""What masking left of a column's shape: distinct values, NULLs, lengths, and how far its distribution moved.

Measured on SOURCE and copy alike, so it belongs into a run's report and never into a manifest. It holds no value: not
even the least or the greatest one.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.promises import TablePromise
from masker.verify.bits import lengths
from masker.verify.fingerprints import Prints, fingerprints
from masker.verify.problems import Problem
from masker.verify.sampling import Gathered, Sample, Sides
from masker.verify.texts import as_text, validity

_LOOKED_AT = Sample(head=8, later=2, run=1024)
_NUMBER = r"^-?(?:\d{1,15})(?:\.\d{1,15})?$"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shape:
    """One side of a column: distinct values, share of NULLs (0..1), lengths in bytes of what is not NULL."""

    distinct: int
    nulls: float
    shortest: int
    mean: float
    longest: int


@dataclass(frozen=True, slots=True)
class ColumnUtility:
    """A column before and after, over `rows` rows that were looked at.

    `distance` (0: the same, 1: nothing in common) is of the kind `ks`, the greatest difference between the cumulative
    distributions of numbers or dates (Kolmogorov and Smirnov), or `frequencies`, the total variation distance between
    the sorted shares of the values: whether as many values are as frequent, whatever they are called.
    """

    rows: int
    before: Shape
    after: Shape
    kind: str
    distance: float


@dataclass
class _Side:
    rows: int = 0
    prints: list[Prints] = field(default_factory=list)
    lengths: list[npt.NDArray[np.int64]] = field(default_factory=list)
    numbers: list[Floats] | None = field(default_factory=list)

    def take(self, column: pa.Array) -> None:
        text = as_text(column)
        valid = validity(text)
        self.rows += len(text)
        self.prints.append(fingerprints(text)[valid])
        self.lengths.append(lengths(text)[valid])
        if self.numbers is not None:
            numbers = _numbers(column, text)
            self.numbers = None if numbers is None else [*self.numbers, numbers[valid]]

    def shape(self) -> Shape:
        prints, sizes = np.sort(np.concatenate(self.prints)), np.concatenate(self.lengths)
        return Shape(
            distinct=int((prints[1:] != prints[:-1]).sum()) + min(len(prints), 1),
            nulls=round(1 - len(prints) / self.rows, 6) if self.rows else 0.0,
            shortest=int(sizes.min(initial=1 << 62)) if len(sizes) else 0,
            mean=round(float(sizes.mean()), 3) if len(sizes) else 0.0,
            longest=int(sizes.max(initial=0)),
        )


class Utility:
    """A check that refuses nothing: `found` by (table, column) after `finish`, from a sample of large tables."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], ColumnUtility] = {}
        self._table = ""
        self._gathered = Gathered()
        self._sides: dict[str, tuple[_Side, _Side]] = {}

    def take(self, table: TablePromise, before: pa.RecordBatch, after: pa.RecordBatch, first_row: int) -> None:
        """See n rows of both sides."""
        if table.name != self._table:
            self._settle()
            self._table = table.name
            self._sides = {c.name: (_Side(), _Side()) for c in table.columns if c.fate == "masked"}
        for start, end in _LOOKED_AT.runs(first_row, before.num_rows):
            for sides in self._gathered.add(before.slice(start, end - start), after.slice(start, end - start)):
                self._look(sides)

    def _look(self, batches: Sides) -> None:
        for name, sides in list(self._sides.items()):
            try:
                for side, batch in zip(sides, batches, strict=True):
                    side.take(batch[name])
            except pa.ArrowException:  # nested values have neither lengths nor an order
                del self._sides[name]

    def finish(self) -> list[Problem]:
        """Nothing is wrong with a measurement."""
        self._settle()
        return []

    def _settle(self) -> None:
        for sides in self._gathered.rest():
            self._look(sides)
        for name, (before, after) in self._sides.items():
            if before.rows and before.prints:
                kind, distance = _distance(before, after)
                shapes = before.shape(), after.shape()
                self.found[self._table, name] = ColumnUtility(before.rows, *shapes, kind, round(distance, 6))
        self._sides = {}


def _distance(before: _Side, after: _Side) -> tuple[str, float]:
    if before.numbers is not None and after.numbers is not None:
        return "ks", _ks(np.sort(np.concatenate(before.numbers)), np.sort(np.concatenate(after.numbers)))
    shares = [_shares(np.concatenate(side.prints)) for side in (before, after)]
    size = max(map(len, shares))
    one, other = (np.pad(share, (0, size - len(share))) for share in shares)
    return "frequencies", float(np.abs(one - other).sum()) / 2


def _ks(one: Floats, other: Floats) -> float:
    if not len(one) or not len(other):
        return 0.0 if len(one) == len(other) else 1.0
    at = np.concatenate([one, other])
    below = [np.searchsorted(side, at, side="right") / len(side) for side in (one, other)]
    return float(np.abs(below[0] - below[1]).max())


def _shares(prints: Prints) -> Floats:
    ordered = np.sort(prints)
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(ordered) else np.zeros(0, np.int64)
    counts = np.sort(np.diff(np.append(starts, len(ordered))))[::-1]
    return np.asarray(counts / max(1, len(ordered)), dtype=np.float64)


def _numbers(column: pa.Array, text: pa.Array) -> Floats | None:
    """The column as numbers, dates as days or ticks; None where it is neither (NULL is 0 and is left out later)."""
    type_ = column.type
    if pa.types.is_temporal(type_) and not pa.types.is_time(type_):
        wide = pa.types.is_date32(type_)
        ticks = column.view(pa.int32() if wide else pa.int64())
        plain = np.frombuffer(ticks.buffers()[1], dtype=np.int32 if wide else np.int64)
        return plain[ticks.offset : ticks.offset + len(ticks)].astype(np.float64)
    if pa.types.is_integer(type_) or pa.types.is_floating(type_):
        cast = pc.cast(column, pa.float64(), safe=False)
        return np.array(np.frombuffer(cast.buffers()[1], dtype=np.float64)[cast.offset : cast.offset + len(cast)])
    if not pa.types.is_string(type_):
        return None
    matched = pc.match_substring_regex(text, _NUMBER)
    if matched.true_count + text.null_count < len(text) or text.null_count == len(text):
        return None
    cast = pc.cast(text, pa.float64())
    return np.array(np.frombuffer(cast.buffers()[1], dtype=np.float64)[cast.offset : cast.offset + len(cast)])
