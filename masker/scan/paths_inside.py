"""What stands at which path in cells that hold JSON: the sampled documents as a table with a column for each path.

Paths are those of `masker.paths`. Members whose keys are data (numbers, addresses) go by one path, `.*`. What is no
JSON, or has more paths than anybody would decide one by one, is not read as documents.
"""

import json
import re

import pyarrow as pa

from masker.columns import text_array
from masker.errors import holds_a_value
from masker.scan.profiles import ColumnProfile
from masker.snapshot import Table

_SHARE = 0.8
_MOST_PATHS = 200
_DEEPEST = 100
_LONG = 19  # letters, from which on a number may not fit 64 bits
_PLAIN = re.compile(r"[^\W\d][\w-]*\Z")
_DATA = re.compile(r"\d[\d ./_-]*\Z|(?=[0-9a-fA-F-]*\d)[0-9a-fA-F-]{12,}\Z")


def documents_in(column: ColumnProfile, table: str) -> tuple[Table, pa.RecordBatch] | None:
    """The sampled cells of a column as a table of their paths; None where they are no JSON objects or arrays."""
    if column.kind != "text" or column.numeric or not column.values:
        return None
    found: dict[str, list[str | None]] = {}
    read = 0
    for cell in column.values:
        if cell[:1] not in ("{", "[") and cell.lstrip()[:1] not in ("{", "["):
            continue
        try:
            tree = json.loads(cell, parse_int=_Integer, parse_float=str, parse_constant=str)
            _gather(tree, "$", found, 0)
        except (ValueError, RecursionError):
            continue
        if len(found) > _MOST_PATHS:
            return None
        read += 1
    if not found or read < _SHARE * len(column.values):
        return None
    length = max(map(len, found.values()))
    columns = [_column([*cells, *[None] * (length - len(cells))]) for cells in found.values()]
    schema = pa.schema([pa.field(path, each.type) for path, each in zip(found, columns, strict=True)])
    return Table(table, schema), pa.RecordBatch.from_arrays(columns, schema=schema)


class _Integer(str):
    """A whole number as it is written."""

    __slots__ = ()


def _column(cells: list[str | None]) -> pa.Array:
    """The cells as text, as integers where all of them are."""
    whole = all(cell is None or (isinstance(cell, _Integer) and len(cell) < _LONG) for cell in cells)
    text = text_array(cells)
    return text.cast(pa.int64()) if whole and text.null_count < len(text) else text


def _gather(value: object, path: str, found: dict[str, list[str | None]], depth: int) -> None:
    if depth > _DEEPEST or len(found) > _MOST_PATHS:
        raise ValueError("deeper or wider than paths are told")
    if isinstance(value, dict):
        for name, each in value.items():
            _gather(each, path + _step(name), found, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _gather(each, f"{path}[*]", found, depth + 1)
    elif isinstance(value, str):
        found.setdefault(path, []).append(value)
    elif value is None:
        found.setdefault(path, []).append(None)


def _step(name: str) -> str:
    if _PLAIN.match(name):
        return f".{name}"
    if _DATA.match(name) or holds_a_value(name) or not name or "'" in name or '"' in name:
        return ".*"
    return f"['{name}']"
