"""Tables of replacements that a profile names as files beside it: read with the profile, a part of it from then on."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from masker.errors import Place, UsageError
from masker.yaml_text import Positions, place_in

_LARGEST = 16 << 20  # bytes


def with_tables(tree: dict[str, Any], folder: Path, positions: Positions, file: str) -> dict[str, Any]:
    """The profile's tree with `values: {file: …}` of every rule replaced by the pairs that the file holds.

    A file is CSV in UTF-8, two columns, no header line. Raises `UsageError` (`profile`) at the rule for one that is not
    there, too large (16 MB) or not two columns throughout.
    """
    for path, rule in _rules(tree):
        values = rule.get("values")
        if isinstance(values, dict) and set(values) == {"file"} and isinstance(values["file"], str):
            rule["values"] = _pairs(folder / values["file"], place_in(positions, file, path))
    return tree


def _rules(tree: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    groups: list[tuple[tuple[str, ...], Any]] = [(("infotypes",), tree.get("infotypes"))]
    tables = tree.get("tables")
    for name, rules in tables.items() if isinstance(tables, dict) else ():
        groups.append((("tables", name, "columns"), rules.get("columns") if isinstance(rules, dict) else None))
    for path, group in groups:
        for name, rule in group.items() if isinstance(group, dict) else ():
            if isinstance(rule, dict):
                yield (*path, name), rule


def _pairs(path: Path, place: Place) -> list[list[str]]:
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError("profile", "a table of replacements is larger than 16 MB", place=place)
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        hint = "a CSV file in UTF-8, named from where the profile lies"
        raise UsageError("profile", "a table of replacements cannot be read", hint, place) from None
    try:
        rows = [row for row in csv.reader(text.splitlines(keepends=True), strict=True) if row]
    except csv.Error:
        rows = [[]]
    if not rows or any(len(row) != 2 for row in rows):
        message = "a table of replacements has not two columns throughout"
        raise UsageError("profile", message, "old,new in every line, no header", place)
    return rows
