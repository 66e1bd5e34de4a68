"""Re-identification drills: what somebody with a masked copy, and without its key, finds out about whom.

`python -m benchmarks.attacks` masks an invented population under every built-in profile and attacks the copies; one
attack is one module with `ATTACK`. Each outcome stands beside what guessing gives without the copy, from the public
distribution alone: only what goes beyond that is the copy's doing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from math import sqrt
from pkgutil import iter_modules

from benchmarks.attacks.copies import World


@dataclass(frozen=True)
class Outcome:
    """How often one attack was right: `hits` of `targets`; `guess` is the success rate of guessing without the copy.

    `way` is how the attacked column was masked, where profiles differ in it.
    """

    target: str
    targets: int
    hits: float
    guess: float
    way: str = ""

    @property
    def rate(self) -> float:
        """The share of targets that the attack got right."""
        return self.hits / self.targets if self.targets else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """A 95 % interval of the rate (Wilson 1927, "Probable inference"), as if targets were independent."""
        if not self.targets:
            return 0.0, 1.0
        z, n, p = 1.959964, self.targets, self.rate
        middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
        return max(0.0, min(low, p)), min(1.0, max(high, p))  # rounding must not push the rate out of its interval


@dataclass(frozen=True)
class Attack:
    """One attack: its name, what the attacker knows besides the copy, and the attack itself."""

    name: str
    knows: str
    run: Callable[[World], Iterable[Outcome]]


def attacks() -> tuple[Attack, ...]:
    """Every attack of this package, in the order of its modules' names."""
    modules = [
        import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__) if found.name != "__main__"
    ]
    return tuple(module.ATTACK for module in modules if hasattr(module, "ATTACK"))
