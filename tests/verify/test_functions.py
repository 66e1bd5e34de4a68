"""Pseudonyms are functions of their originals, and shifted dates move together: what breaks that is refused."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest

from masker.promises import ColumnPromise, Promises, TablePromise
from masker.verify.mapping import Mapping
from masker.verify.problems import Problem
from masker.verify.sampling import Sample
from masker.verify.shifts import Shifts

Column = list[object]


def promise(name: str = "c", **more: object) -> ColumnPromise:
    given = {"infotype": "other", "method": "token", "fate": "masked", "space": 2.0**60, "repeats": True, **more}
    return ColumnPromise(name, **given)  # type: ignore[arg-type]


def table(name: str, *columns: ColumnPromise) -> TablePromise:
    return TablePromise(name, f"{name}.csv", columns)


def held(
    check: Callable[[Promises], Mapping | Shifts],
    *tables: tuple[TablePromise, dict[str, Column], dict[str, Column]],
    run: int = 7,
) -> list[Problem]:
    made = check(Promises(tuple(part[0] for part in tables)))
    for told, before, after in tables:
        sides = [pa.RecordBatch.from_pydict(side) for side in (before, after)]
        for start in range(0, sides[0].num_rows, run):
            made.take(told, sides[0].slice(start, run), sides[1].slice(start, run), start + 1)
    return list(made.finish())


def texts(*numbers: int) -> Column:
    return [f"original {number}" for number in numbers]


def fakes(*numbers: int) -> Column:
    return [f"fake {number * 7919 % 101}" for number in numbers]


def test_a_function_passes() -> None:
    rows = [i % 40 for i in range(200)]
    told = table("t", promise(distinct=True))
    assert held(Mapping, (told, {"c": texts(*rows)}, {"c": fakes(*rows)})) == []


def test_one_original_with_two_pseudonyms_is_refused() -> None:
    rows = [i % 40 for i in range(200)]
    broken = fakes(*rows)
    broken[150] = "fake other"
    (problem,) = held(Mapping, (table("t", promise()), {"c": texts(*rows)}, {"c": broken}))
    assert (problem.code, problem.place.table, problem.place.column, problem.cells) == ("mismatch", "t", "c", 1)


def test_what_a_pseudonym_reads_may_tell_equal_originals_apart() -> None:
    before = {"c": texts(1, 1, 1, 1), "by": ["a", "b", "a", "b"]}
    told = table("t", promise(reads=("by",)), promise("by", fate="kept", repeats=False))
    right = {"c": fakes(1, 2, 1, 2), "by": before["by"]}
    assert held(Mapping, (told, before, right)) == []
    assert held(Mapping, (told, before, {**right, "c": fakes(1, 2, 2, 1)}))


def test_null_is_no_original() -> None:
    told = table("t", promise(distinct=True))
    assert held(Mapping, (told, {"c": [None, "", None, "a"]}, {"c": [None, "", None, "b"]})) == []


def test_columns_that_share_must_agree() -> None:
    one, other = table("one", promise(shares="w")), table("other", promise("d", shares="w"))
    before = {"c": texts(1, 2, 3)}, {"d": texts(3, 2, 9)}
    after = {"c": fakes(1, 2, 3)}, {"d": fakes(3, 2, 9)}
    assert held(Mapping, (one, before[0], after[0]), (other, before[1], after[1])) == []
    (problem,) = held(Mapping, (one, before[0], after[0]), (other, before[1], {"d": fakes(2, 3, 9)}))
    assert (problem.code, problem.place.table, problem.place.column, problem.cells) == ("mismatch", "other", "d", 2)


def test_columns_that_share_nothing_may_differ() -> None:
    one, other = table("one", promise(shares="v")), table("other", promise(shares="w"))
    rows = {"c": texts(1, 2)}
    assert held(Mapping, (one, rows, {"c": fakes(1, 2)}), (other, rows, {"c": fakes(2, 1)})) == []


def test_originals_that_fall_together_are_refused_where_they_were_to_stay_distinct() -> None:
    rows = list(range(100))
    after = fakes(*(row // 2 for row in rows))
    assert held(Mapping, (table("t", promise()), {"c": texts(*rows)}, {"c": after})) == []
    (problem,) = held(Mapping, (table("t", promise(distinct=True)), {"c": texts(*rows)}, {"c": after}))
    assert (problem.message, problem.cells) == ("different values share a pseudonym", 50)


def test_spellings_of_one_value_may_fall_together() -> None:
    before = {"c": ["Anna@firma.example", "anna@firma.example", " ANNA@FIRMA.EXAMPLE", "b@firma.example"]}
    assert held(Mapping, (table("t", promise(distinct=True)), before, {"c": ["x", "x", "x", "y"]})) == []


def test_persons_that_keep_their_names_are_more_than_chance() -> None:
    """Seven names, each with a hundred persons: that few names stand unchanged says nothing, that all do says all."""
    names, by = [f"Name{i % 7}" for i in range(700)], list(range(700))
    told = table("t", promise(reads=("by",), space=100.0, method="fake"), promise("by", fate="kept", repeats=False))
    before: dict[str, Column] = {"c": names, "by": by}  # type: ignore[dict-item]
    chance = [name if i % 100 == 3 else f"Other{i % 90}" for i, name in enumerate(names)]
    assert held(Mapping, (told, before, {"c": chance, "by": by})) == []
    (problem,) = held(Mapping, (told, before, before))
    assert (problem.code, problem.cells) == ("leak", 700)


@pytest.mark.parametrize("change", [str.swapcase, lambda v: f" {v}", lambda v: v.replace("-", " "), lambda v: v + "."])
def test_values_of_few_digits_that_hardly_change_are_a_leak(change: Callable[[str], str]) -> None:
    """Seven digits that vary are too few to be looked for everywhere; in their own row they are enough."""
    told = table("t", promise(method="fpe", space=10_000.0, stays=4, infotype="phone"))
    before = {"c": [f"+49-30-{i * 7919 % 9_999_991:07d}" for i in range(300)]}
    (problem,) = held(Mapping, (told, before, {"c": [change(str(value)) for value in before["c"]]}))
    assert (problem.code, problem.cells) == ("leak", 300)
    others = {"c": [f"+49-30-{i * 7907 % 9_999_973 + 17:07d}" for i in range(300)]}
    assert held(Mapping, (told, before, others)) == []


def test_short_values_may_come_out_as_themselves() -> None:
    told = table("t", promise(method="fpe", space=9.0))
    before: Column = [f"{i}" for i in range(10)] * 30
    after: Column = [f"{(i * 3 + 4) % 10}" for i in range(10)] * 30  # two of ten stay
    assert held(Mapping, (told, {"c": before}, {"c": after})) == []


def test_a_fault_far_down_a_large_table_is_seen() -> None:
    rows = [i % 50 for i in range(60_000)]
    broken = fakes(*rows[:40_000]) + fakes(*(row + 1 for row in rows[40_000:]))
    assert held(Mapping, (table("t", promise()), {"c": texts(*rows)}, {"c": broken}), run=32_768)


DAYS = [date(1950, 1, 31), date(2024, 2, 29), date(1999, 12, 31), date(2000, 1, 1)]
MOVED = [day + timedelta(days=days) for day, days in zip(DAYS, (5, 5, -60, 5), strict=True)]
BY = ["a", "a", "b", "a"]


def shifted(**more: object) -> TablePromise:
    moved = promise(method="shift_date", shift=90, reads=("by",), shares="s", space=None, **more)
    return table("t", moved, promise("by", fate="kept", repeats=False))


def forms(days: list[date]) -> Iterator[tuple[str, Column]]:
    yield "date", list(days)
    yield "text", [day.isoformat() for day in days]
    yield "text with time", [f"{day.isoformat()}T08:15:00+02:00" for day in days]
    yield "timestamp", [datetime(day.year, day.month, day.day, 23, 59) for day in days]


FORMS = [(name, before, after) for (name, before), (_, after) in zip(forms(DAYS), forms(MOVED), strict=True)]


@pytest.mark.parametrize(("name", "before", "after"), FORMS, ids=[name for name, _, _ in FORMS])
def test_dates_of_one_person_move_together(name: str, before: Column, after: Column) -> None:
    assert held(Shifts, (shifted(), {"c": before, "by": BY}, {"c": after, "by": BY})) == []
    apart = {"c": after, "by": BY}
    (problem,) = held(Shifts, (shifted(), {"c": before, "by": ["a", "a", "a", "a"]}, apart))
    assert (problem.code, problem.place.column) == ("mismatch", "c")


@pytest.mark.parametrize("days", [0, 91, -91, 4000])
def test_dates_that_stay_or_move_too_far_are_refused(days: int) -> None:
    moved = [day + timedelta(days=days) for day in DAYS]
    assert held(Shifts, (shifted(), {"c": DAYS, "by": BY}, {"c": moved, "by": BY}))


def test_the_time_of_day_must_stay() -> None:
    before, after = (column for _, column in [FORMS[3][:2], (None, FORMS[3][2])])
    late = [moment + timedelta(seconds=1) for moment in after]  # type: ignore[operator]
    assert held(Shifts, (shifted(), {"c": before, "by": BY}, {"c": late, "by": BY}))


def test_dates_move_alike_in_all_tables() -> None:
    one, other = shifted(), TablePromise("other", "", shifted().columns)
    rows, right = {"c": DAYS, "by": BY}, {"c": MOVED, "by": BY}
    wrong = {"c": [day + timedelta(days=9) for day in DAYS], "by": BY}
    assert held(Shifts, (one, rows, right), (other, rows, right)) == []
    (problem,) = held(Shifts, (one, rows, right), (other, rows, wrong))
    assert problem.place.table == "other"


@pytest.mark.parametrize("text", ["n/a", "2023-02-29", "2024-01-01 Anna", "0000-00-00", "31.12.1999", "9999-12-31", ""])
def test_what_is_no_date_is_not_held_to_moving(text: str) -> None:
    assert held(Shifts, (shifted(), {"c": [text], "by": ["a"]}, {"c": ["x7-q"], "by": ["a"]})) == []


def test_persons_without_a_key_are_not_compared() -> None:
    by: Column = [None, None, "", ""]
    assert held(Shifts, (shifted(), {"c": DAYS, "by": by}, {"c": MOVED, "by": by})) == []


def test_a_sample_does_not_depend_on_batches() -> None:
    sample = Sample(head=3, later=2, run=5)
    whole = {row for start, end in sample.runs(1, 1000) for row in range(start, end)}
    pieces = {
        first + row
        for first in range(0, 1000, 13)
        for start, end in sample.runs(first + 1, min(13, 1000 - first))
        for row in range(start, end)
    }
    assert pieces == whole
    assert set(range(15)) <= whole
    assert len(whole) <= 5 * (3 + 2 * 7 + 1)
