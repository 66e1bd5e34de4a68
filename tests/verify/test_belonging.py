"""Pseudonyms that were rotated among their rows: seen where something of the own value must have stayed."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pyarrow as pa
import pytest

from masker.promises import ColumnPromise, TablePromise
from masker.verify.in_memory import examine_table

ROWS = 300
DAYS = [date(1950 + n % 60, 1 + n % 12, 1 + n % 28) for n in range(ROWS)]
NEAR = [day + timedelta(days=(n * 37) % 180 - 90 or 1) for n, day in enumerate(DAYS)]
LONG = ["x" * (1 + n % 9) + f"{n}" for n in range(ROWS)]
CARDS = [f"{4000 + n}00{n:010}" for n in range(ROWS)]
REPEATED = [f"value {n % 40}" for n in range(ROWS)]


def promise(**kept: object) -> ColumnPromise:
    return ColumnPromise("x", "other", "fpe", "masked", space=9.0, **kept)  # type: ignore[arg-type]


COLUMNS: dict[str, tuple[ColumnPromise, pa.Array, Callable[[int], object]]] = {
    "dates": (promise(shift=90), pa.array(DAYS), lambda n: NEAR[n]),
    "timestamps": (
        promise(shift=90),
        pa.array(DAYS).cast(pa.timestamp("us")),
        lambda n: datetime.combine(NEAR[n], time(10)),
    ),
    "iso dates": (promise(shift=90), pa.array(map(str, DAYS)), lambda n: f"{NEAR[n]} 10:00"),
    "lengths": (promise(keeps_length=True), pa.array(LONG), lambda n: "y" * len(LONG[n])),
    "prefixes": (promise(keeps_prefix=6), pa.array(CARDS), lambda n: CARDS[n][:6] + f"{n * 7919 + 500:010}"),
    "repeated": (promise(repeats=True), pa.array(REPEATED), lambda n: f"other {(n % 40) * 7919}"),
}


def problems(name: str, masked: list[object]) -> list[str]:
    column, before, _ = COLUMNS[name]
    after = pa.array(masked, before.type)
    tables = (pa.table({"x": side}) for side in (before, after))
    return [problem.code for problem in examine_table(TablePromise("t", "", (column,)), *tables).problems]


@pytest.mark.parametrize("name", COLUMNS)
def test_a_right_column_belongs(name: str) -> None:
    assert problems(name, [COLUMNS[name][2](n) for n in range(ROWS)]) == []


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_rotated_by_a_row_does_not(name: str) -> None:
    assert problems(name, [COLUMNS[name][2]((n + 1) % ROWS) for n in range(ROWS)]) == ["mismatch"]


@pytest.mark.parametrize("name", ["dates", "iso dates", "lengths", "prefixes"])
def test_some_values_that_went_another_way_are_no_matter(name: str) -> None:
    masked = [COLUMNS[name][2]((n + 1) % ROWS if n % 3 == 0 else n) for n in range(ROWS)]
    assert problems(name, masked) == []


@pytest.mark.parametrize("name", COLUMNS)
def test_nulls_tell_nothing(name: str) -> None:
    column, before, _ = COLUMNS[name]
    nothing = pa.table({"x": pa.nulls(ROWS, before.type)})
    assert examine_table(TablePromise("t", "", (column,)), nothing, nothing).problems == ()


def test_an_original_with_two_pseudonyms_is_seen_among_many_values() -> None:
    column = promise(repeats=True)
    before = [f"value {n % 150_000}" for n in range(180_000)]
    after = [f"other {n % 150_000}" for n in range(180_000)]
    tables = [pa.table({"x": pa.array(side)}) for side in (before, after)]
    assert examine_table(TablePromise("t", "", (column,)), tables[0], tables[1]).problems == ()
    after[150_000:] = after[150_001:] + after[150_000:150_001]
    broken = pa.table({"x": pa.array(after)})
    assert [p.code for p in examine_table(TablePromise("t", "", (column,)), tables[0], broken).problems] == ["mismatch"]
