"""Finds keys inside of cells, in JSON text and in PostgreSQL's array text, and puts others in their place.

RFC 8259 (The JavaScript Object Notation Data Interchange Format) and PostgreSQL's documentation, "Array Input and
Output Syntax". All bytes but the keys' own stay as they are.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import pyarrow as pa

from masker.columns import text_array
from masker.paths import ANY, Step
from masker.plan.json_values import Found, Trail, UnreadableError, blank, is_number, is_text, trail_of, values

_DIMENSIONS = re.compile(r"(?:\[[+-]?\d+:[+-]?\d+\])+=")
_PLAIN_ELEMENT = re.compile(r"[^\s{}\",;\\]+\Z")


def find(cell: str, steps: tuple[Step, ...]) -> list[Found]:
    """The keys at a path, in order; NULLs are none. Raises `UnreadableError`."""
    if steps and steps[0] is ANY and (cell.startswith("{") or _DIMENSIONS.match(cell)):
        if len(steps) > 1:
            raise UnreadableError
        try:
            found = list(_elements(cell))
        except IndexError:
            raise UnreadableError from None
    else:
        found = [value for value, way in values(cell, _trail(steps)).found if way == 0]
    if not all(is_text(each.text) for each in found):
        raise UnreadableError
    return found


@lru_cache
def _trail(steps: tuple[Step, ...]) -> Trail:
    return trail_of([steps])


def put(cell: str, found: list[Found], masked: list[str | None]) -> str:
    """The cell with other keys (None: NULL), in the places that `find` gave.

    Raises `UnreadableError` where one was a number and is none any more.
    """
    parts, at = [], 0
    for each, text in sorted(zip(found, masked, strict=True), key=lambda pair: pair[0].start):
        parts += [cell[at : each.start], _written(cell, each, text)]
        at = each.end
    return "".join([*parts, cell[at:]])


def mask_cells(
    cells: list[str | None], steps: tuple[Step, ...], mask: Callable[[pa.Array], pa.Array]
) -> list[str | None]:
    """Mask the keys at a path in every cell, all of them as one text column; NULL comes back for unreadable cells.

    NULL and '' stay. What `mask` gives for a key is written as that key was.
    """
    found: list[list[Found] | None] = []
    for cell in cells:
        try:
            found.append(find(cell, steps) if cell else [])
        except UnreadableError:
            found.append(None)
    masked = mask(text_array([key.text for keys in found for key in keys or ()])).to_pylist()
    done: list[str | None] = []
    at = 0
    for cell, keys in zip(cells, found, strict=True):
        texts = masked[at : at + len(keys or ())]
        at += len(texts)
        try:
            done.append(put(cell, keys, texts) if cell and keys else cell if keys is not None else None)
        except UnreadableError:
            done.append(None)
    return done


def _written(cell: str, found: Found, text: str | None) -> str:
    if text is None:
        return "NULL" if found.kind == "element" else "null"
    if found.kind == "string":
        return json.dumps(text, ensure_ascii=cell.isascii())
    if found.kind == "number":
        if not is_number(text):
            raise UnreadableError
        return text
    if cell[found.start] != '"' and _PLAIN_ELEMENT.match(text) and text.upper() != "NULL":
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _elements(cell: str) -> Iterator[Found]:
    """The elements of a PostgreSQL array of any dimension."""
    dimensions = _DIMENSIONS.match(cell)
    at, depth, ready = dimensions.end() if dimensions else 0, 0, True
    while True:
        at = blank(cell, at)
        letter = cell[at]
        if letter == "{" and ready:
            depth, at = depth + 1, at + 1
        elif letter == "}" and depth:
            depth, at, ready = depth - 1, at + 1, False
            if not depth:
                break
        elif letter in ",;" and not ready and depth:
            at, ready = at + 1, True
        elif ready and depth and letter not in "},;":
            element = _quoted(cell, at) if letter == '"' else _bare(cell, at)
            if letter == '"' or element.text.upper() != "NULL":
                yield element
            at, ready = element.end, False
        else:
            raise UnreadableError
    if cell[at:].strip():
        raise UnreadableError


def _quoted(cell: str, at: int) -> Found:
    letters, start = [], at
    at += 1
    while cell[at] != '"':
        at += cell[at] == "\\"
        letters.append(cell[at])
        at += 1
    return Found(start, at + 1, "".join(letters), "element")


def _bare(cell: str, at: int) -> Found:
    start, end = at, at
    while cell[end] not in '{},;"\\':
        end += 1
    if cell[end] in '{"\\':
        raise UnreadableError
    text = cell[start:end].rstrip()
    return Found(start, start + len(text), text, "element")
