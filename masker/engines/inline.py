"""The engine that does everything in the calling thread, one item after the other."""

from collections.abc import Callable, Iterable, Iterator

from masker.engines import In, Out


class Inline:
    """One item in flight; `jobs` is ignored, since there is one thread."""

    def run(self, step: Callable[[In], Out], items: Iterable[In], jobs: int) -> Iterator[Out]:
        """Map `step` over `items`, lazily."""
        return map(step, items)


ENGINE = Inline()
