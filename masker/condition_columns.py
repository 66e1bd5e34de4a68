"""Which rows of a batch meet a condition: whole columns at a time, each distinct value once.

The value decides how a cell is read. Beside text a cell is its text, as it stands; beside a number it is a decimal
number, exactly; beside a day it is the day that its text begins with; beside `true` and `false` it is one of the words
below. A cell that cannot be read so is unknown, as NULL is.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import Bools, as_text, flags, validity
from masker.condition import All, Any, Condition, IsNull, Like, Not, Value

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?\Z")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].*)?\Z", re.DOTALL)
_TRUE, _FALSE = frozenset(["true", "t", "1"]), frozenset(["false", "f", "0"])
_LONGEST_NUMBER = 100
_ORDERS: Mapping[str, Callable[[Value, Value], bool]] = {
    "<": lambda cell, value: cell < value,  # type: ignore[operator]
    "<=": lambda cell, value: cell <= value,  # type: ignore[operator]
    ">": lambda cell, value: cell > value,  # type: ignore[operator]
    ">=": lambda cell, value: cell >= value,  # type: ignore[operator]
}
_UNKNOWN, _NO, _YES = 0, 1, 2


@dataclass(frozen=True, slots=True)
class _Answer:
    """Of n rows those known to meet a condition, and those known not to."""

    yes: Bools
    no: Bools


def meeting(condition: Condition, batch: pa.RecordBatch) -> Bools:
    """The rows of `batch` that are known to meet `condition`, shape (n,)."""
    return _answer(condition, batch).yes


def _answer(condition: Condition, batch: pa.RecordBatch) -> _Answer:
    if isinstance(condition, Not):
        found = _answer(condition.part, batch)
        return _Answer(found.no, found.yes)
    if isinstance(condition, All | Any):
        every = isinstance(condition, All)
        yes = np.full(batch.num_rows, every)
        no = ~yes
        for part in condition.parts:
            found = _answer(part, batch)
            yes = yes & found.yes if every else yes | found.yes
            no = no | found.no if every else no & found.no
        return _Answer(yes, no)
    column = batch.column(condition.column)
    if isinstance(condition, IsNull):
        there = validity(column)
        return _Answer(~there, there)
    text = as_text(column)
    if isinstance(condition, Like):
        return _known(flags(pc.match_like(text, condition.pattern.replace("\\", r"\\"))), validity(text))
    answers = [_compared(text, condition.order, type_, values) for type_, values in _by_type(condition.values).items()]
    yes, no = answers[0].yes, answers[0].no
    for other in answers[1:]:
        yes, no = yes | other.yes, no & other.no
    return _Answer(yes, no)


def _by_type(values: Sequence[Value]) -> Mapping[type, list[Value]]:
    found: dict[type, list[Value]] = {}
    for value in values:
        found.setdefault(type(value), []).append(value)
    return found


def _known(yes: Bools, known: Bools) -> _Answer:
    return _Answer(yes & known, ~yes & known)


def _compared(text: pa.Array, order: str, type_: type, values: Sequence[Value]) -> _Answer:
    read = _READINGS[type_]
    encoded = text.dictionary_encode()
    among, only = frozenset(values), values[0]
    verdicts = np.zeros(len(encoded.dictionary) + 1, dtype=np.uint8)
    for place, cell in enumerate(encoded.dictionary.to_pylist()):
        found = read(cell)
        if found is not None:
            holds = found in among if order == "=" else _ORDERS[order](found, only)
            verdicts[place] = _YES if holds else _NO
    valid = validity(text)
    indices = encoded.indices
    raw = np.frombuffer(indices.buffers()[1], dtype=np.int32)[indices.offset : indices.offset + len(indices)]
    answers = verdicts[np.where(valid, raw, len(verdicts) - 1)]
    return _Answer(answers == _YES, answers == _NO)


def _number(cell: str) -> Decimal | None:
    cell = cell.strip()
    return Decimal(cell) if len(cell) <= _LONGEST_NUMBER and _NUMBER.match(cell) else None


def _day(cell: str) -> date | None:
    found = _DAY.match(cell.strip())
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _truth(cell: str) -> bool | None:
    word = cell.strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


_READINGS: Mapping[type, Callable[[str], Value | None]] = {str: str, Decimal: _number, date: _day, bool: _truth}
