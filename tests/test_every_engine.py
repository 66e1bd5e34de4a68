import threading
import time
from collections.abc import Iterator

import pytest

from masker.engines import ENGINES
from masker.errors import GateError

every_engine = pytest.mark.parametrize("engine", list(ENGINES))


@every_engine
@pytest.mark.parametrize("jobs", [1, 2, 8])
def test_results_come_in_the_order_of_the_items(engine: str, jobs: int) -> None:
    def step(number: int) -> int:
        time.sleep(0.002 if number % 7 == 0 else 0)
        return number * number

    assert list(ENGINES[engine].run(step, iter(range(60)), jobs)) == [n * n for n in range(60)]


@every_engine
def test_few_items_are_in_flight(engine: str) -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield number

    results = ENGINES[engine].run(lambda number: number, items(), 2)
    for done in range(1, 50):
        next(results)
        assert taken - done <= 4


@every_engine
def test_an_error_of_a_step_ends_the_run(engine: str) -> None:
    def step(number: int) -> int:
        if number == 5:
            raise GateError("leak", "found")
        return number

    with pytest.raises(GateError):
        list(ENGINES[engine].run(step, range(100), 2))


@every_engine
def test_no_thread_is_left_behind(engine: str) -> None:
    before = threading.active_count()
    results = ENGINES[engine].run(lambda number: number, iter(range(100)), 4)
    next(results)
    results.close() if hasattr(results, "close") else None
    assert threading.active_count() <= before
