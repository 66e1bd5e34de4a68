"""Where in a document a value stands: steps from the root, and the tree of all places that a file has.

A step is a member's name, `ELEMENT` (any element of an array) or `ENTRY` (any member of an object whose keys are data).
"""

from dataclasses import dataclass, field
from typing import Final

from masker.errors import InputError, Place


class _Any:
    """A step that stands for many: elements of an array, or members of an object whose keys are data."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


ELEMENT: Final = _Any("ELEMENT")
ENTRY: Final = _Any("ENTRY")

Step = str | _Any

MAX_PLACES = 50_000
_MOST_KEYS = 1_000  # members of one object place, from which on they are held to be data
ROOT = 0


@dataclass(slots=True)
class Tree:
    """All places of a file, numbered as they appear; place 0 is the document, or each line of JSON Lines.

    `entries` are the places of objects whose keys are data. Once `frozen`, a place that is new is an error.
    """

    parent: list[int] = field(default_factory=lambda: [-1])
    step: list[Step] = field(default_factory=lambda: [ELEMENT])
    entries: frozenset[tuple[Step, ...]] = frozenset()
    frozen: bool = False
    _children: list[dict[Step, int]] = field(default_factory=lambda: [{}])
    _spread: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.parent)

    def child(self, at: int, step: Step, where: Place) -> int:
        """The place that one step leads to; a new one where there is none yet.

        Raises `InputError`: `limit` beyond `MAX_PLACES` places, `malformed` for a new one once frozen.
        """
        children = self._children[at]
        if isinstance(step, str) and at in self._spread:
            step = ENTRY
        found = children.get(step)
        if found is not None:
            return found
        if self.frozen:
            raise InputError("malformed", "the file changed while it was read", place=where)
        if len(self.parent) == MAX_PLACES:
            raise InputError("limit", f"more than {MAX_PLACES} different places for values", place=where)
        if isinstance(step, str) and len(children) >= _MOST_KEYS:
            # What comes after goes by one place; the file is then read anew with these keys as data.
            self._spread.add(at)
            return self.child(at, ENTRY, where)
        children[step] = number = len(self.parent)
        self.parent.append(at)
        self.step.append(step)
        self._children.append({})
        if self.steps(number) in self.entries:
            self._spread.add(number)
        return number

    def settle(self, entries: frozenset[tuple[Step, ...]]) -> "Tree":
        """An empty tree in which the objects at these places have keys that are data."""
        tree = Tree(entries=entries)
        if () in entries:
            tree._spread.add(ROOT)
        return tree

    def steps(self, place: int) -> tuple[Step, ...]:
        """The steps from the root to a place."""
        found: list[Step] = []
        while place:
            found.append(self.step[place])
            place = self.parent[place]
        return tuple(reversed(found))

    def children(self, place: int) -> dict[Step, int]:
        """The places one step further."""
        return self._children[place]

    def is_spread(self, place: int) -> bool:
        """Whether the keys of objects here are data."""
        return place in self._spread
