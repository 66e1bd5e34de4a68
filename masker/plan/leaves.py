"""Masks the values in JSON text, each by the way that its path says and all others by the column's own; see `inside`.

RFC 8259. All tokens that stay keep their bytes. A cell that is no JSON, has a key twice in one object, or has something
else where a path says that a value is, cannot be read.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from json.decoder import scanstring  # type: ignore[attr-defined]

import pyarrow as pa

from masker.columns import text_array
from masker.paths import ANY, EACH, Step
from masker.plan.inside import Found, UnreadableError, put

_BLANKS = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS = ("true", "false", "null")
_DEEPEST = 200

Mask = Callable[[pa.Array], pa.Array]
"""New texts for texts; NULL where a JSON null is to stand."""


@dataclass(slots=True)
class Trail:
    """Where paths lead from one place on: `way` is the number of the path that ends here."""

    below: dict[Step, "Trail"] = field(default_factory=dict)
    way: int | None = None

    def next(self, step: Step) -> "Trail | None":
        """Where one step leads; a path that names it goes before one that takes all."""
        found = self.below.get(step)
        return found or self.below.get(EACH if isinstance(step, str) else ANY)


def trail_of(paths: Sequence[tuple[Step, ...]]) -> Trail:
    """The paths as one tree; the first one has number 0."""
    root = Trail()
    for number, steps in enumerate(paths):
        at = root
        for step in steps:
            at = at.below.setdefault(step, Trail())
        at.way = number
    return root


def mask_leaves(cells: Sequence[str | None], trail: Trail, masks: Sequence[Mask], others: Mask) -> list[str | None]:
    """The cells with the values at paths masked, and by `others` all other texts and numbers.

    NULL and "" stay; NULL comes back for a cell that cannot be read. `true`, `false` and `null` at no path stay. A
    number whose pseudonym is none becomes a string.
    """
    read = [_read(cell, trail) if cell else [] for cell in cells]
    texts: list[list[str]] = [[] for _ in (*masks, others)]
    for leaves in read:
        for found, way in leaves or ():
            texts[way].append(found.text)
    masked = [iter(mask(text_array(t)).to_pylist()) for mask, t in zip((*masks, others), texts, strict=True)]
    done: list[str | None] = []
    for cell, leaves in zip(cells, read, strict=True):
        new = [next(masked[way]) for _, way in leaves or ()]
        if leaves is None:
            done.append(None)
        else:
            at = [_as_written(found, text) for (found, _), text in zip(leaves, new, strict=True)]
            done.append(put(cell, at, new) if cell and leaves else cell)
    return done


def _as_written(found: Found, text: str | None) -> Found:
    """What was a number and is none any more is a string."""
    if found.kind == "number" and text is not None and not _NUMBER.fullmatch(text):
        return replace(found, kind="string")
    return found


def _read(cell: str, trail: Trail) -> list[tuple[Found, int]] | None:
    leaves: list[tuple[Found, int]] = []
    try:
        end = _Reader(cell, leaves).value(_blank(cell, 0), trail, 0)
        if _blank(cell, end) != len(cell):
            return None
    except (UnreadableError, ValueError, IndexError, RecursionError):
        return None
    if any("\ud800" <= letter <= "\udfff" for found, _ in leaves for letter in found.text):
        return None
    return leaves


def _blank(cell: str, at: int) -> int:
    found = _BLANKS.match(cell, at)
    return found.end() if found else at


@dataclass(slots=True)
class _Reader:
    cell: str
    leaves: list[tuple[Found, int]]

    def value(self, at: int, trail: Trail | None, depth: int) -> int:
        """Read one value from `at` on, past its end. -1 among `leaves` is the way of what no path leads to."""
        cell = self.cell
        if depth > _DEEPEST:
            raise UnreadableError
        if cell[at] in "{[":
            if trail is not None and trail.way is not None:
                raise UnreadableError
            return self.container(at, trail, depth)
        if trail is not None and trail.below and cell[at] != "n":
            # A value where a path leads on may be the very one, written in another way.
            raise UnreadableError
        way = -1 if trail is None or trail.way is None else trail.way
        if cell[at] == '"':
            text, end = scanstring(cell, at + 1, True)
            self.leaves.append((Found(at, end, text, "string"), way))
            return int(end)
        for word in _WORDS:
            if cell.startswith(word, at):
                if way >= 0 and word != "null":
                    raise UnreadableError
                return at + len(word)
        number = _NUMBER.match(cell, at)
        if number is None:
            raise UnreadableError
        self.leaves.append((Found(at, number.end(), number[0], "number"), way))
        return number.end()

    def container(self, at: int, trail: Trail | None, depth: int) -> int:
        """Read an object or array from `at` on, past its end."""
        cell = self.cell
        is_object = cell[at] == "{"
        close, index, keys = "}" if is_object else "]", 0, set()
        at = _blank(cell, at + 1)
        if cell[at] == close:
            return at + 1
        while True:
            step: Step = index
            if is_object:
                if cell[at] != '"':
                    raise UnreadableError
                step, at = scanstring(cell, at + 1, True)
                at = _blank(cell, at)
                if cell[at] != ":" or step in keys:
                    raise UnreadableError
                keys.add(step)
                at = _blank(cell, at + 1)
            at = _blank(cell, self.value(at, trail.next(step) if trail else None, depth + 1))
            if cell[at] == close:
                return at + 1
            if cell[at] != ",":
                raise UnreadableError
            at, index = _blank(cell, at + 1), index + 1
