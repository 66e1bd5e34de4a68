"""The engine that maps a step in a pool of threads: NumPy, Arrow and AES release the interpreter's lock for long."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from masker.engines import In, Out

# Two items a worker keep every worker busy while the caller writes; more would only cost memory.
_IN_FLIGHT_PER_JOB = 2


class Threads:
    """`jobs` threads; at most twice as many items in flight; results in the order of the items."""

    def run(self, step: Callable[[In], Out], items: Iterable[In], jobs: int) -> Iterator[Out]:
        """Map `step` over `items`; the first exception cancels what has not started and is raised."""
        pending: deque[Future[Out]] = deque()
        pool = ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="masker")
        try:
            for item in items:
                pending.append(pool.submit(step, item))
                if len(pending) >= max(1, jobs) * _IN_FLIGHT_PER_JOB:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


ENGINE = Threads()
