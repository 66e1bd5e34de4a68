"""Keys inside of a cell, read by the verifier: from JSON with Python's own parser, from array text by its grammar."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from masker.paths import ANY, EACH, Step, read_path

_TOKEN = re.compile(r'\s*(?:(?P<mark>[{},;])|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^{},;"\\]+))', re.DOTALL)
_ARRAY = re.compile(r"(?:(?:\[[^\]]*:[^\]]*\])+=)?\{")


@dataclass(frozen=True, slots=True)
class CellKeys:
    """The keys at a path in order, and what else the cell says, with a mark where keys of any path stand."""

    keys: list[str]
    rest: object


@dataclass(frozen=True, slots=True)
class _Number:
    text: str


class _Pairs(list[tuple[str, Any]]):
    """An object: its members in order, duplicates and all."""


def keys_in(cell: str | None, path: str, paths: Sequence[str]) -> CellKeys | None:
    """The keys at `path`; `paths` are all that hold keys, so that they do not count as the rest.

    None for what is no JSON or array. A cell that is NULL or '' has no keys.
    """
    if not cell:
        return CellKeys([], cell)
    steps = read_path(path)
    if steps == (ANY,) and _ARRAY.match(cell):
        return _array(cell)
    try:
        tree = json.loads(
            cell, parse_int=_Number, parse_float=_Number, parse_constant=_refuse, object_pairs_hook=_Pairs
        )
    except (ValueError, RecursionError):
        return None
    keys = [key.text if isinstance(key, _Number) else key for key in _at(tree, steps)]
    if any(not isinstance(key, str | None) for key in keys):
        return None
    ways = [read_path(each) for each in paths]
    return CellKeys([key for key in keys if key is not None], _without(tree, ways))


def _refuse(word: str) -> Any:
    raise ValueError


def _at(tree: Any, steps: tuple[Step, ...]) -> Iterator[Any]:
    if not steps:
        yield tree
        return
    for name, value in _members(tree):
        if _leads(steps[0], name):
            yield from _at(value, steps[1:])


def _leads(step: Step, name: str | int) -> bool:
    """Whether a step leads to a member or element."""
    return step is ANY or step == name or (step == EACH and isinstance(name, str))


def _members(tree: Any) -> list[tuple[str | int, Any]]:
    if isinstance(tree, _Pairs):
        return list(tree)
    return list(enumerate(tree)) if isinstance(tree, list) else []


def _without(tree: Any, ways: list[tuple[Step, ...]]) -> Any:
    if () in ways and isinstance(tree, str | _Number):
        return type(tree)
    if not isinstance(tree, list):
        return tree
    kind = "object" if isinstance(tree, _Pairs) else "array"
    return [kind] + [
        (name, _without(value, [way[1:] for way in ways if way and _leads(way[0], name)]))
        for name, value in _members(tree)
    ]


def _array(cell: str) -> CellKeys | None:
    start = cell.index("{")
    keys, rest, at, depth = [], [cell[:start]], start, 0
    while at < len(cell):
        token = _TOKEN.match(cell, at)
        if token is None:
            return None
        at = token.end()
        if token["mark"]:
            rest.append(token["mark"])
            depth += {"{": 1, "}": -1}.get(token["mark"], 0)
            if depth == 0:
                break
        elif token["quoted"] is not None:
            keys.append(re.sub(r"\\(.)", r"\1", token["quoted"], flags=re.DOTALL))
            rest.append("key")
        elif token["bare"].strip().upper() == "NULL":
            rest.append("NULL")
        elif token["bare"].strip():
            keys.append(token["bare"].strip())
            rest.append("key")
    return CellKeys(keys, rest) if depth == 0 and not cell[at:].strip() else None
