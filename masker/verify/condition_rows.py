"""Whether rows meet a condition, one row after the other: the verifier's own reading of what `condition.py` parsed."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

import pyarrow as pa

from masker.condition import All, Any, Compare, Condition, IsNull, Like, Not, Value, columns_of
from masker.verify.texts import as_text

Test = Callable[[Mapping[str, str | None]], bool | None]
_PLAIN_NUMBER = re.compile(r"[-+]?[0-9]*\.?[0-9]*(?:[eE][-+]?[0-9]{1,6})?", re.ASCII)
_WORDS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}


class Rows:
    """Says of each row of a batch whether it is known to meet `condition`."""

    def __init__(self, condition: Condition) -> None:
        self._test = _test(condition)
        self._columns = sorted({column for column, _ in columns_of(condition)})

    def __call__(self, batch: pa.RecordBatch) -> list[bool]:
        """n answers for n rows."""
        cells = [_texts(batch[name]) for name in self._columns]
        if not cells:
            return [self._test({}) is True] * batch.num_rows
        return [self._test(dict(zip(self._columns, row, strict=True))) is True for row in zip(*cells, strict=True)]


def _texts(column: pa.Array) -> list[str | None]:
    import pyarrow.compute as pc

    if pa.types.is_timestamp(column.type):
        column = pc.strftime(column, format="%Y-%m-%d %H:%M:%S")
    texts: list[str | None] = as_text(column).to_pylist()
    return texts


def _test(condition: Condition) -> Test:
    if isinstance(condition, IsNull):
        name = condition.column
        return lambda row: row[name] is None
    if isinstance(condition, Like):
        return _like(condition)
    if isinstance(condition, Compare):
        return _compare(condition)
    if isinstance(condition, Not):
        part = _test(condition.part)
        return lambda row: None if (found := part(row)) is None else not found
    parts = [_test(each) for each in condition.parts]
    decides = isinstance(condition, Any)

    def several(row: Mapping[str, str | None]) -> bool | None:
        unknown = False
        for each in parts:
            found = each(row)
            if found is decides:
                return decides
            unknown = unknown or found is None
        return None if unknown else not decides

    assert isinstance(condition, All | Any)
    return several


def _like(condition: Like) -> Test:
    name, pieces = condition.column, condition.pattern.split("%")

    def holds(row: Mapping[str, str | None]) -> bool | None:
        cell = row[name]
        if cell is None:
            return None
        if len(pieces) == 1:
            return len(cell) == len(pieces[0]) and _at(cell, 0, pieces[0])
        first, *between, last = pieces
        if len(cell) < len(first) + len(last) or not _at(cell, 0, first) or not _at(cell, len(cell) - len(last), last):
            return False
        at, end = len(first), len(cell) - len(last)
        for piece in between:
            while at + len(piece) <= end and not _at(cell, at, piece):
                at += 1
            at += len(piece)
            if at > end:
                return False
        return True

    return holds


def _at(cell: str, start: int, piece: str) -> bool:
    return all(wanted in ("_", found) for wanted, found in zip(piece, cell[start : start + len(piece)], strict=False))


def _compare(condition: Compare) -> Test:
    name, order, values = condition.column, condition.order, condition.values

    def holds(row: Mapping[str, str | None]) -> bool | None:
        cell = row[name]
        if cell is None:
            return None
        answers = {_against(cell, order, value) for value in values}
        return True if True in answers else None if None in answers else False

    return holds


def _against(cell: str, order: str, value: Value) -> bool | None:
    read = _like_value(cell, value)
    if read is None:
        return None
    less, more = read < value, read > value  # type: ignore[operator]
    return {"=": not less and not more, "<": less, "<=": not more, ">": more, ">=": not less}[order]


def _like_value(cell: str, value: Value) -> Value | None:
    """The cell read as what `value` is; None where it cannot be."""
    if isinstance(value, str):
        return cell
    cell = cell.strip()
    if isinstance(value, bool):
        return _WORDS.get(cell.lower())
    if isinstance(value, Decimal):
        try:
            return Decimal(cell) if len(cell) <= 100 and _PLAIN_NUMBER.fullmatch(cell) else None
        except InvalidOperation:
            return None
    if len(cell) > 10 and cell[10] not in "T ":
        return None
    try:
        return date.fromisoformat(cell[:10]) if len(cell) >= 10 and cell[4] == cell[7] == "-" else None
    except ValueError:
        return None
