"""Engines: what maps a pure step over a stream, in order and in bounded memory. One engine a module."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from masker.registry import Registry

In = TypeVar("In")
Out = TypeVar("Out")


class Engine(Protocol):
    """Maps `step` over `items`: results come in the order of the items, and at most a few are in flight.

    `step` is pure and may run anywhere; an exception of it (or of `items`) ends the run and is raised here.
    """

    def run(self, step: Callable[[In], Out], items: Iterable[In], jobs: int) -> Iterator[Out]:
        """Map `step` over `items` with up to `jobs` workers."""
        ...


ENGINES: Registry[Engine] = Registry("engine", "masker.engines", "ENGINE")
