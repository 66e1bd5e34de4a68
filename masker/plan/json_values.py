"""Where values stand in JSON text, and which of several paths leads to each.

RFC 8259 (The JavaScript Object Notation Data Interchange Format). Read by hand, since what stands around the values has
to keep its bytes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Literal

from masker.paths import ANY, EACH, Step

_BLANKS = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS = ("true", "false", "null")
_DEEPEST = 200


class UnreadableError(Exception):
    """The cell is no such text, or something else stands where a path leads."""


@dataclass(frozen=True, slots=True)
class Found:
    """A value in a cell: `cell[start:end]` says `text`, as a JSON string or number, or as an element of an array."""

    start: int
    end: int
    text: str
    kind: Literal["string", "number", "element"]


@dataclass(slots=True)
class Trail:
    """Where paths lead from one place on: `way` is the number of the path that ends here."""

    below: dict[Step, "Trail"] = field(default_factory=dict)
    way: int | None = None

    def next(self, step: Step) -> "Trail | None":
        """Where one step leads; a path that names it goes before one that takes all."""
        found = self.below.get(step)
        return found or self.below.get(EACH if isinstance(step, str) else ANY)

    def leads_into(self, *, objects: bool) -> bool:
        """Whether a path goes on, or none does, into an object (else an array)."""
        return not self.below or any(isinstance(step, str) == objects for step in self.below)


def trail_of(paths: Sequence[tuple[Step, ...]]) -> Trail:
    """The paths as one tree; the first one has number 0."""
    root = Trail()
    for number, steps in enumerate(paths):
        at = root
        for step in steps:
            at = at.below.setdefault(step, Trail())
        at.way = number
    return root


@dataclass(slots=True)
class Values:
    """All strings and numbers of a cell in order, each with its path's number (-1: of none).

    `twice`: an object has a key twice, so that readers do not agree what stands there.
    """

    found: list[tuple[Found, int]] = field(default_factory=list)
    twice: bool = False


def values(cell: str, trail: Trail) -> Values:
    """Read a cell; raises `UnreadableError` for what is no JSON, and where something else stands on a path.

    Something else is a word (`null` aside) or a container where a path ends, and before its end a string, a number or a
    container that it does not go on into: it may be the very value, written in another way.
    """
    reader = _Reader(cell)
    try:
        end = reader.value(blank(cell, 0), trail, 0)
        if blank(cell, end) != len(cell):
            raise UnreadableError
    except (ValueError, IndexError, RecursionError):
        raise UnreadableError from None
    return reader.seen


def is_number(text: str) -> bool:
    """Whether a text is a number in JSON."""
    return _NUMBER.fullmatch(text) is not None


def is_text(text: str) -> bool:
    """Whether a string can be written as UTF-8: JSON can escape half a character."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def blank(cell: str, at: int) -> int:
    """The end of the blanks at a place."""
    found = _BLANKS.match(cell, at)
    return found.end() if found else at


@dataclass(slots=True)
class _Reader:
    cell: str
    seen: Values = field(default_factory=Values)

    def value(self, at: int, trail: Trail | None, depth: int) -> int:
        """Read one value from `at` on, past its end; `trail` is None where no path leads."""
        cell = self.cell
        if depth > _DEEPEST:
            raise UnreadableError
        if cell[at] in "{[":
            if trail is not None and (trail.way is not None or not trail.leads_into(objects=cell[at] == "{")):
                raise UnreadableError
            return self.container(at, trail, depth)
        if trail is not None and trail.below and cell[at] != "n":
            raise UnreadableError
        way = -1 if trail is None or trail.way is None else trail.way
        if cell[at] == '"':
            text, end = scanstring(cell, at + 1, True)
            self.seen.found.append((Found(at, end, text, "string"), way))
            return int(end)
        for word in _WORDS:
            if cell.startswith(word, at):
                if way >= 0 and word != "null":
                    raise UnreadableError
                return at + len(word)
        number = _NUMBER.match(cell, at)
        if number is None:
            raise UnreadableError
        self.seen.found.append((Found(at, number.end(), number[0], "number"), way))
        return number.end()

    def container(self, at: int, trail: Trail | None, depth: int) -> int:
        """Read an object or array from `at` on, past its end."""
        cell = self.cell
        is_object = cell[at] == "{"
        close, index, keys = "}" if is_object else "]", 0, set()
        at = blank(cell, at + 1)
        if cell[at] == close:
            return at + 1
        while True:
            step: Step = index
            if is_object:
                if cell[at] != '"':
                    raise UnreadableError
                step, at = scanstring(cell, at + 1, True)
                at = blank(cell, at)
                if cell[at] != ":":
                    raise UnreadableError
                self.seen.twice |= step in keys
                keys.add(step)
                at = blank(cell, at + 1)
            at = blank(cell, self.value(at, trail.next(step) if trail else None, depth + 1))
            if cell[at] == close:
                return at + 1
            if cell[at] != ",":
                raise UnreadableError
            at, index = blank(cell, at + 1), index + 1
