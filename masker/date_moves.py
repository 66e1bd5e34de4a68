"""Dates of any type moved by whole days: Arrow dates and timestamps as they are, text in the style of a pattern."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, is_text, like, numbers, text_bytes, text_of, validity
from masker.date_text import FIRST_DAY, LAST_DAY, DateRows, compile_pattern

Days = npt.NDArray[np.int64]
Shifts = Callable[[Days, npt.NDArray[np.int64]], Days]
"""How far each of m dates moves: of their days (since 1970-01-01) and their row numbers, both of shape (m,)."""

PER_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
"""Ticks of a day by the unit of a timestamp."""


def holds_dates(type_: pa.DataType) -> bool:
    """Whether `move_dates` takes a type: dates, timestamps, text, and dictionaries of these."""
    if pa.types.is_dictionary(type_):
        return holds_dates(type_.value_type)
    return is_text(type_) or bool(pa.types.is_date(type_) or pa.types.is_timestamp(type_))


def move_dates(column: pa.Array, pattern: str, shifts: Shifts) -> pa.Array:
    """Add `shifts` to the dates of a column of n rows; the time of day stays, the zone too (days are those of UTC).

    NULL comes back for text that is no date in the style of `pattern` ("" is ISO 8601), and for days outside the years
    1 to 9999 or the column's type; NULL stays NULL, '' stays ''.
    """
    type_ = column.type
    if is_text(type_):
        return like(_text(as_text(column), pattern, shifts), type_)
    if pa.types.is_dictionary(type_):
        return pc.cast(move_dates(column.dictionary_decode(), pattern, shifts).dictionary_encode(), type_)
    if pa.types.is_date32(type_):
        return _typed(column, shifts, 1, np.int32)
    return _typed(column, shifts, PER_DAY["ms" if pa.types.is_date64(type_) else type_.unit], np.int64)


def _text(text: pa.Array, pattern: str, shifts: Shifts) -> pa.Array:
    data, offsets = text_bytes(text)
    dates = DateRows.of(text, data, offsets, compile_pattern(pattern))
    shifted = dates.days + shifts(dates.days, dates.rows)
    inside = (shifted >= FIRST_DAY) & (shifted <= LAST_DAY)
    readable = np.diff(offsets) == 0
    readable[dates.rows[inside]] = True
    data, offsets = dates.write(np.where(inside, shifted, 0))
    return text_of(data, offsets, validity(text) & readable)


def _typed(column: pa.Array, shifts: Shifts, per_day: int, width: type[np.int32] | type[np.int64]) -> pa.Array:
    valid = validity(column)
    plain = np.frombuffer(column.buffers()[1] or b"", dtype=width)[column.offset : column.offset + len(column)]
    ticks = np.where(valid, plain, 0).astype(np.int64)
    days = np.floor_divide(ticks, per_day)
    moved = shifts(days, np.arange(len(days)))
    first, last = max(FIRST_DAY, -(2**63) // per_day + 1), min(LAST_DAY, (2**63 - 1) // per_day - 1)
    inside = (days + moved >= first) & (days + moved <= last)
    shifted = ticks + np.where(inside, moved, 0) * per_day
    return numbers(np.where(inside & valid, shifted, 0).astype(width), column.type, valid & inside)
