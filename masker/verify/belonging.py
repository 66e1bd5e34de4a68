"""Whether pseudonyms belong to their rows, as far as that shows without keys.

A column whose pseudonyms were rotated or swapped among its rows holds no original and keeps every count. It shows where
an original that comes twice has two pseudonyms, and where a method keeps something of its own row's value: its length,
its first characters, or its date but for so many days. A column of unique values of one length that keeps nothing
and joins nothing shows nothing.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.promises import ColumnPromise
from masker.verify.cells import Cells, text_bytes
from masker.verify.entropy import FEWEST_DIGITS
from masker.verify.fingerprints import Prints, distinct_rows, mixed

_ALL_ROWS, _ONE_RUN_IN = 1 << 15, 8
_FEWEST = 20
_MOST_KEPT = 1 << 15
_DAY = 86_400
_DATE = np.array([0, 1, 2, 3, 5, 6, 8, 9])
_ZERO, _DASH = np.uint8(ord("0")), ord("-")


class Belonging:
    """Watches one masked column; beyond 2^15 rows every eighth run of rows, of many values a random share."""

    def __init__(self, promise: ColumnPromise) -> None:
        self.promise = promise
        self._rows = self._runs = 0
        self._compared = self._apart = 0
        self._limit = np.uint64(2**64 - 1)
        self._pairs: list[npt.NDArray[np.uint64]] = []

    def take(self, before: Cells, after: Cells) -> None:
        """See n rows of both sides."""
        self._runs += 1
        if self._rows >= _ALL_ROWS and self._runs % _ONE_RUN_IN:
            return
        self._rows += len(before.column)
        promise = self.promise
        if promise.repeats and not promise.reads:
            self._pair(before.prints, after.prints, before.valid & after.valid)
        if promise.shift:
            self._compare_days(before, after)
        elif (promise.keeps_length or promise.keeps_prefix) and _is_plain(before) and _is_plain(after):
            self._compare_text(before, after)

    def apart(self) -> int:
        """Rows whose pseudonym cannot be that of their original, where they are most of those that tell."""
        return self._apart if self._compared >= _FEWEST and self._apart > self._compared / 2 else 0

    def unsteady(self) -> int:
        """How many pseudonyms too many repeated originals have."""
        pairs = self._distinct()
        return len(pairs) - int((pairs[1:, 0] != pairs[:-1, 0]).sum()) - min(len(pairs), 1)

    def _pair(self, old: Prints, new: Prints, valid: npt.NDArray[np.bool_]) -> None:
        wanted = valid & (old <= self._limit)
        self._pairs.append(np.stack([old[wanted], new[wanted]], axis=1))
        if sum(map(len, self._pairs)) <= 2 * _MOST_KEPT:
            return
        pairs = self._distinct()
        while len(pairs) > _MOST_KEPT:  # by value, so that all pairs of an original stay or go together
            self._limit = np.uint64(int(self._limit) // 2)
            pairs = pairs[pairs[:, 0] <= self._limit]
        self._pairs = [pairs]

    def _distinct(self) -> npt.NDArray[np.uint64]:
        pairs = np.concatenate([*self._pairs, np.zeros((0, 2), dtype=np.uint64)])
        pairs = pairs[distinct_rows(mixed(pairs[:, 0], pairs[:, 1]))]
        return pairs[np.argsort(pairs[:, 0])]

    def _compare_text(self, before: Cells, after: Cells) -> None:
        (old, at), (new, there) = text_bytes(before.text), text_bytes(after.text)
        ascii_only = int(old.max(initial=0)) < 128 and int(new.max(initial=0)) < 128
        if not ascii_only:
            return
        lengths, others = np.diff(at), np.diff(there)
        tells = (lengths > 0) & (others > 0)
        broken = np.zeros(len(lengths), dtype=np.bool_)
        if self.promise.keeps_length:
            broken |= lengths != others
        kept = self.promise.keeps_prefix
        if kept:
            # What has fewer digits is no number that the method could read, and went another way.
            rows = np.flatnonzero(tells & (before.digits >= FEWEST_DIGITS) & (lengths > kept) & (others > kept))
            for place in range(kept):
                broken[rows] |= old[at[rows] + place] != new[there[rows] + place]
        self._count(broken[tells])

    def _compare_days(self, before: Cells, after: Cells) -> None:
        valid = before.valid & after.valid
        days, others = _days(before), _days(after)
        if days is not None and others is not None:
            known = valid & (days > _NO_DAY) & (others > _NO_DAY)
            self._count(np.abs(days - others)[known] > self.promise.shift)

    def _count(self, broken: npt.NDArray[np.bool_]) -> None:
        self._compared += len(broken)
        self._apart += int(broken.sum())


_NO_DAY = -(1 << 40)


def _is_plain(cells: Cells) -> bool:
    return bool(pa.types.is_string(cells.column.type) or pa.types.is_integer(cells.column.type))


def _days(cells: Cells) -> npt.NDArray[np.int64] | None:
    """Days since 1970, less than any date where there is none to read; None where the type holds none."""
    kind = cells.column.type
    if pa.types.is_date32(kind) or pa.types.is_date64(kind) or pa.types.is_timestamp(kind):
        wide = np.int32 if pa.types.is_date32(kind) else np.int64
        raw = np.frombuffer(cells.column.buffers()[1], dtype=wide)[cells.column.offset :][: len(cells.column)]
        per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[getattr(kind, "unit", "ms")]
        return raw.astype(np.int64) // (1 if wide is np.int32 else per_second * _DAY)
    if not pa.types.is_string(kind):
        return None
    data, offsets = text_bytes(cells.text)
    found = np.full(len(cells.column), _NO_DAY, dtype=np.int64)
    rows = np.flatnonzero(np.diff(offsets) >= 10)
    starts = offsets[:-1][rows]
    dashed = (data[starts + 4] == _DASH) & (data[starts + 7] == _DASH) if len(rows) else np.zeros(0, dtype=np.bool_)
    rows, starts = rows[dashed], starts[dashed]
    digits = data[starts[:, None] + _DATE] - _ZERO
    good = (digits < 10).all(axis=1)
    values = digits[good].astype(np.int64)
    year = values[:, :4] @ np.array([1000, 100, 10, 1])
    month, day = (10 * values[:, place] + values[:, place + 1] for place in (4, 6))
    real = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = (year - 1970) * 12 + month - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    found[rows[good][real]] = (first + day - 1)[real]
    return found
