"""Finds keys inside of cells, in JSON text and in PostgreSQL's array text, and puts others in their place.

RFC 8259 (The JavaScript Object Notation Data Interchange Format) and PostgreSQL's documentation, "Array Input and
Output Syntax". All bytes but the keys' own stay as they are.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Literal

import pyarrow as pa

from masker.columns import text_array
from masker.paths import ANY, Step

_BLANKS = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS = ("true", "false", "null")
_DIMENSIONS = re.compile(r"(?:\[[+-]?\d+:[+-]?\d+\])+=")
_PLAIN_ELEMENT = re.compile(r"[^\s{}\",;\\]+\Z")
_DEEPEST = 200


class UnreadableError(Exception):
    """The cell is no such text, or something else stands where keys were to be."""


@dataclass(frozen=True, slots=True)
class Found:
    """A key in a cell: `cell[start:end]` says `text`, as a JSON string or number, or as an element of an array."""

    start: int
    end: int
    text: str
    kind: Literal["string", "number", "element"]


def find(cell: str, steps: tuple[Step, ...]) -> list[Found]:
    """The keys at a path, in order; NULLs are none. Raises `UnreadableError`."""
    try:
        if steps and steps[0] is ANY and (cell.startswith("{") or _DIMENSIONS.match(cell)):
            if len(steps) > 1:
                raise UnreadableError
            found = list(_elements(cell))
        else:
            found = []
            end = _value(cell, _blank(cell, 0), steps, found, 0)
            if _blank(cell, end) != len(cell):
                raise UnreadableError
    except (ValueError, IndexError, RecursionError):
        raise UnreadableError from None
    for each in found:
        if any("\ud800" <= letter <= "\udfff" for letter in each.text):
            raise UnreadableError
    return found


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
        if not _NUMBER.fullmatch(text):
            raise UnreadableError
        return text
    if cell[found.start] != '"' and _PLAIN_ELEMENT.match(text) and text.upper() != "NULL":
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _blank(cell: str, at: int) -> int:
    found = _BLANKS.match(cell, at)
    return found.end() if found else at


def _value(cell: str, at: int, steps: tuple[Step, ...] | None, found: list[Found], depth: int) -> int:
    """Read one JSON value from `at` on, past its end; `steps` lead on from here, None leads nowhere."""
    if depth > _DEEPEST:
        raise UnreadableError
    first = cell[at]
    wanted = steps == ()
    if first in "{[":
        if wanted:
            raise UnreadableError
        return _container(cell, at, steps, found, depth)
    if first == '"':
        text, end = scanstring(cell, at + 1, True)
        _refuse_scalar(steps)
        if wanted:
            found.append(Found(at, end, text, "string"))
        return int(end)
    for word in _WORDS:
        if cell.startswith(word, at):
            if word != "null" and steps is not None:
                raise UnreadableError
            return at + len(word)
    number = _NUMBER.match(cell, at)
    if number is None:
        raise UnreadableError
    _refuse_scalar(steps)
    if wanted:
        found.append(Found(at, number.end(), number[0], "number"))
    return number.end()


def _refuse_scalar(steps: tuple[Step, ...] | None) -> None:
    # A text or number where the path leads on may be the very key, written in another way.
    if steps:
        raise UnreadableError


def _container(cell: str, at: int, steps: tuple[Step, ...] | None, found: list[Found], depth: int) -> int:
    is_object = cell[at] == "{"
    step = steps[0] if steps else ()
    if steps and isinstance(step, str) != is_object:
        raise UnreadableError
    close, index = "}" if is_object else "]", 0
    at = _blank(cell, at + 1)
    if cell[at] == close:
        return at + 1
    while True:
        here: Step = index
        if is_object:
            if cell[at] != '"':
                raise UnreadableError
            here, at = scanstring(cell, at + 1, True)
            at = _blank(cell, at)
            if cell[at] != ":":
                raise UnreadableError
            at = _blank(cell, at + 1)
        on = steps[1:] if steps and (step is ANY or step == here) else None
        at = _blank(cell, _value(cell, at, on, found, depth + 1))
        if cell[at] == close:
            return at + 1
        if cell[at] != ",":
            raise UnreadableError
        at, index = _blank(cell, at + 1), index + 1


def _elements(cell: str) -> Iterator[Found]:
    """The elements of a PostgreSQL array of any dimension."""
    dimensions = _DIMENSIONS.match(cell)
    at, depth, ready = dimensions.end() if dimensions else 0, 0, True
    while True:
        at = _blank(cell, at)
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
