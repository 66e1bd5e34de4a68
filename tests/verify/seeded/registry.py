"""The list of seeded faults, in families; a fault's docstring says in one sentence what goes wrong."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.verify.seeded.bench import Bench


@dataclass(frozen=True)
class Fault:
    """A step of masking that goes wrong: `seed` patches it. `lies`: the copy is right, what is said of it is not.

    `source` says what is masked: a folder of `files`, or of `dumps`.
    """

    name: str
    family: str
    seed: Callable[[Bench], None]
    lies: bool = False
    source: str = "files"

    @property
    def told(self) -> str:
        """What goes wrong."""
        return " ".join((self.seed.__doc__ or "").split())


FAULTS: dict[str, Fault] = {}


def fault(
    family: str, *, lies: bool = False, source: str = "files"
) -> Callable[[Callable[[Bench], None]], Callable[[Bench], None]]:
    """Put a fault into the list."""

    def put(seed: Callable[[Bench], None]) -> Callable[[Bench], None]:
        name = seed.__name__
        # A module that is imported under two names, as doctests do, brings its faults twice.
        twice = name in FAULTS and FAULTS[name].seed.__code__.co_filename != seed.__code__.co_filename
        if twice or not seed.__doc__:
            raise ValueError(f"{name} stands twice or says nothing")
        FAULTS[name] = Fault(name, family, seed, lies, source)
        return seed

    return put
