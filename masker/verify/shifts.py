"""Whether shifted dates moved as promised: by whole days, not too far, and all of one person's by the same number.

Dates and timestamps of Parquet are looked at, and text in ISO 8601; text in other patterns is not.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.errors import Place
from masker.promises import ColumnPromise, Promises, TablePromise
from masker.verify.agreeing import Agreeing
from masker.verify.bits import lengths, picked, true
from masker.verify.fingerprints import Prints, fingerprints
from masker.verify.problems import Problem
from masker.verify.sampling import Sample
from masker.verify.texts import as_text, validity

Days = npt.NDArray[np.int64]

_LOOKED_AT = Sample(head=8, later=2, run=1024)
_PER_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?"
_ISO = rf"^[12]\d{{3}}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[T ]{_TIME})?$"
_ASCII_ZERO = ord("0")
# Days outside of the years 1700 to 2199 may not fit their type once they are moved, and are then masked otherwise.
_FIRST, _LAST = -98_615, 84_004


class Shifts:
    """A check of the columns whose promise has a `shift`, on a sample of large tables; problems are `mismatch`."""

    def __init__(self, promises: Promises) -> None:
        words = {column.shares for table in promises.tables for column in table.columns if column.shift}
        self._known = {word: Agreeing() for word in words}
        self._moved: dict[tuple[str, Place], list[tuple[Prints, Days]]] = {}
        self._problems: dict[Place, Problem] = {}

    def take(self, table: TablePromise, before: pa.RecordBatch, after: pa.RecordBatch, first_row: int) -> None:
        """See n rows of both sides."""
        columns = [column for column in table.columns if column.shift and column.fate == "masked"]
        if not columns:
            return
        for start, end in _LOOKED_AT.runs(first_row, before.num_rows):
            old, new = before.slice(start, end - start), after.slice(start, end - start)
            for column in columns:
                place = Place(table.file or None, table.name, column.name)
                days = _both(old[column.name], new[column.name])
                if days is not None:
                    self._look(column, old, *days, place)

    def finish(self) -> list[Problem]:
        """What is wrong."""
        for (word, place), seen in self._moved.items():
            persons, moved = (np.concatenate([part[i] for part in seen]) for i in (0, 1))
            if clashes := self._known[word].add(persons, moved.view(np.uint64)):
                self._add("dates of one person moved by different numbers of days", place, clashes)
        return list(self._problems.values())

    def _look(self, column: ColumnPromise, before: pa.RecordBatch, rows: Days, moved: Days, place: Place) -> None:
        far = (moved == 0) | (abs(moved) > column.shift)
        if far.any():
            self._add("dates moved further than they were to, or not at all", place, int(far.sum()))
            return
        if not column.reads:
            return
        by = as_text(before[column.reads[0]])
        named = (validity(by) & (lengths(by) > 0))[rows]
        persons = fingerprints(by)[rows][named]
        self._moved.setdefault((column.shares, place), []).append((persons, moved[named]))

    def _add(self, message: str, place: Place, cells: int) -> None:
        known = self._problems.get(place)
        self._problems[place] = Problem("mismatch", message, place, cells + (known.cells if known else 0))


def _both(before: pa.Array, after: pa.Array) -> tuple[Days, Days] | None:
    """The rows that hold a date before, and by how many days each moved (far too many: no date, or another time)."""
    old, new = _read(before), _read(after)
    if old is None or new is None:
        return None
    (days, rest, dated), (days_after, rest_after, dated_after) = old, new
    rows = np.flatnonzero(dated & (days >= _FIRST) & (days <= _LAST))
    moved = np.where(dated_after & (rest == rest_after), days_after - days, np.int64(1 << 40))[rows]
    return rows, moved


def _read(column: pa.Array) -> tuple[Days, Days, npt.NDArray[np.bool_]] | None:
    """Days since 1970, a print of the time of day, and which rows hold a date, each of shape (n,)."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    valid = validity(column)
    if pa.types.is_date32(column.type) or pa.types.is_date64(column.type) or pa.types.is_timestamp(column.type):
        width = np.int32 if pa.types.is_date32(column.type) else np.int64
        ticks = np.frombuffer(column.buffers()[1], dtype=width)[column.offset : column.offset + len(column)]
        unit = "ms" if pa.types.is_date64(column.type) else getattr(column.type, "unit", "")
        per_day = 1 if pa.types.is_date32(column.type) else _PER_DAY[unit]
        days = np.floor_divide(np.where(valid, ticks, 0).astype(np.int64), per_day)
        return days, np.where(valid, ticks - days * per_day, 0).astype(np.int64), valid
    if not pa.types.is_string(column.type) or column.null_count == len(column):
        return None
    dated = np.flatnonzero(true(pc.match_substring_regex(column, _ISO)))
    if not len(dated):
        return None
    texts = picked(column, dated)
    parsed, found = _parsed(pc.utf8_slice_codeunits(texts, 0, 10))
    days, rest, rows = np.zeros(len(column), np.int64), np.zeros(len(column), np.int64), np.zeros(len(column), np.bool_)
    days[dated], rows[dated] = parsed, found
    rest[dated] = fingerprints(pc.utf8_slice_codeunits(texts, 10)).view(np.int64)
    return days, rest, rows


def _parsed(dates: pa.Array) -> tuple[Days, npt.NDArray[np.bool_]]:
    """Days since 1970 of `YYYY-MM-DD`, and whether the day is in the calendar."""
    start = int(np.frombuffer(dates.buffers()[1], dtype=np.int32)[dates.offset])
    letters = np.frombuffer(dates.buffers()[2], dtype=np.uint8)[start : start + 10 * len(dates)].reshape(-1, 10)
    digits = letters.astype(np.int64) - _ASCII_ZERO
    year, month = digits[:, :4] @ np.array([1000, 100, 10, 1]), digits[:, 5] * 10 + digits[:, 6]
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (digits[:, 8] * 10 + digits[:, 9] - 1)
    return days.astype(np.int64), np.asarray(days.astype("datetime64[M]") == months, dtype=np.bool_)
