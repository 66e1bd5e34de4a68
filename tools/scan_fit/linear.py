"""Numbers that remember of which weights they are made: a scan's log-odds as a linear form of its weights."""

from collections.abc import Mapping
from typing import Any

Parts = dict[str, float]


class Linear(float):
    """A float with the amount of each weight in it; sums and products with plain numbers keep that."""

    parts: Parts

    def __new__(cls, value: float, parts: Parts) -> "Linear":
        """A number that is made of `parts`, amounts by the weight's name."""
        made = super().__new__(cls, value)
        made.parts = parts
        return made

    def __add__(self, other: float) -> "Linear":
        """The sum."""
        parts = dict(self.parts)
        for name, amount in getattr(other, "parts", {}).items():
            parts[name] = parts.get(name, 0.0) + amount
        return Linear(float(self) + float(other), parts)

    __radd__ = __add__

    def __mul__(self, factor: float) -> "Linear":
        """The product with a plain number."""
        return Linear(float(self) * float(factor), {name: amount * factor for name, amount in self.parts.items()})

    __rmul__ = __mul__

    def __neg__(self) -> "Linear":
        """The negative."""
        return self * -1.0

    def __sub__(self, other: float) -> "Linear":
        """The difference."""
        return self + (other * -1.0)

    def __round__(self, digits: int | None = None) -> "Linear":  # type: ignore[override]
        """Rounded; of the same weights."""
        return Linear(round(float(self), digits or 0), self.parts)


def parts_of(number: float) -> Parts:
    """The amounts of weights in a number; none in a plain one."""
    return dict(getattr(number, "parts", {}))


def remembering(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The tree of a weights file with every number a `Linear` of itself, called `group.name`."""
    return {group: _named(group, tree) if isinstance(tree, dict) else tree for group, tree in raw.items()}


def _named(path: str, tree: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _named(f"{path}.{name}", value)
        if isinstance(value, dict)
        else Linear(value, {f"{path}.{name}": 1.0})
        if isinstance(value, int | float)
        else value
        for name, value in tree.items()
    }


def numbers(raw: Mapping[str, Any], path: str = "") -> dict[str, float]:
    """All numbers of the tree by their full names."""
    found: dict[str, float] = {}
    for name, value in raw.items():
        full = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            found |= numbers(value, full)
        elif isinstance(value, int | float):
            found[full] = float(value)
    return found


def with_numbers(raw: Mapping[str, Any], chosen: Mapping[str, float], path: str = "") -> dict[str, Any]:
    """The tree with the numbers that `chosen` names in the place of its own."""
    return {
        name: with_numbers(value, chosen, f"{path}.{name}" if path else name)
        if isinstance(value, dict)
        else chosen.get(f"{path}.{name}" if path else name, value)
        for name, value in raw.items()
    }
