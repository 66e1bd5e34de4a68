"""k, l and unique rows: as pycanon computes them, exact however rows come, and a gate that keeps copies back."""

import json
import tracemalloc
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.promises import ColumnPromise, Promises, TablePromise
from masker.requirement import Require
from masker.verify.groups import Groups, Within
from masker.verify.risk import Figures, Risk, TableGroups, broken, columns_asked
from masker.verify.spill import LIMIT, Spill
from tools.risk_vectors import tables

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "risk_pycanon.json").read_text())
Cells = list[list[str | None]]


def batch_of(rows: Cells, names: list[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], names)


def figures(rows: Cells, quasi: list[str], sensitive: list[str], *, run: int = 1 << 20, limit: int = LIMIT) -> Figures:
    with Spill(limit=limit) as spill:
        groups = TableGroups(tuple(quasi), tuple(sensitive), spill)
        whole = batch_of(rows, [*quasi, *sensitive])
        for start in range(0, len(rows), run):
            groups.take(whole.slice(start, run))
        return groups.figures()


def slow(rows: Cells, width: int) -> tuple[int, int, float]:
    """k, l and the share of unique rows, by the book."""
    groups: dict[tuple[str | None, ...], list[str | None]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[:width])].append(row[width])
    alone = sum(len(values) == 1 for values in groups.values())
    return min(map(len, groups.values())), min(len(set(v)) for v in groups.values()), alone / len(rows)


@pytest.mark.parametrize("number", range(len(VECTORS["cases"])))
def test_k_and_l_are_those_of_pycanon(number: int) -> None:
    case = VECTORS["cases"][number]
    rows = [[None if cell == VECTORS["null"] else cell for cell in row] for row in case["rows"]]
    found = figures(rows, case["quasi"], [case["sensitive"]])
    assert (found.risk.k, found.risk.l, found.rows) == (case["k"], case["l"], len(rows))


def test_the_recorded_tables_are_those_that_pycanon_is_asked_about() -> None:
    """Their figures come from pycanon itself: `make oracles` asks it again, in an environment with its pandas."""
    told = [{name: case[name] for name in ("quasi", "sensitive", "rows")} for case in VECTORS["cases"]]
    assert told == tables()
    assert len({(case["k"], case["l"]) for case in VECTORS["cases"]}) > 5


CELL = st.sampled_from(["", "a", "b", "ab", None])
ROWS = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=60)


@given(ROWS, st.integers(1, 9), st.sampled_from([16, 200, LIMIT]))
def test_figures_do_not_depend_on_how_rows_come_or_what_is_spilled(rows: Cells, run: int, limit: int) -> None:
    found = figures(rows, ["p", "q"], ["s"], run=run, limit=limit)
    k, ell, unique = slow(rows, 2)
    assert (found.risk.k, found.risk.l) == (k, ell)
    assert found.risk.unique == pytest.approx(unique, abs=1e-6)
    assert found == figures(rows, ["p", "q"], ["s"])


def test_columns_are_kept_apart() -> None:
    """("a", "b") and ("ab", "") are two groups."""
    assert figures([["a", "b", "x"], ["ab", "", "x"]], ["p", "q"], ["s"]).risk.k == 1


def test_shares_count_rows_in_small_groups() -> None:
    rows: Cells = [["one"], *[["four"]] * 4, *[["nine"]] * 9, *[["many"]] * 86]
    found = figures(rows, ["p"], [])
    assert (found.rows, found.groups, found.risk.k) == (100, 4, 1)
    assert (found.risk.unique, found.below_5, found.below_10) == (0.01, 0.05, 0.14)


def test_numbers_and_lists_count_too() -> None:
    with Spill() as spill:
        groups = TableGroups(("n", "list"), (), spill)
        groups.take(pa.RecordBatch.from_pydict({"n": [1, 1, None], "list": [[1], [1], []]}))
        found = groups.figures()
    assert (found.risk.k, found.groups) == (1, 2)


PRINTS = np.random.default_rng(7).integers(0, 2**64, 50_000, dtype=np.uint64)


@pytest.mark.parametrize(("held", "limit"), [(1 << 17, LIMIT), (20_000, LIMIT), (999, 40_000), (1 << 17, 4000)])
def test_groups_stay_exact_over_many_runs(held: int, limit: int) -> None:
    """Group i has i % 7 + 1 rows, handed in by sevenths; those of one group are always in different runs."""
    with Spill(limit=limit) as spill:
        groups = Groups(spill, held=held)
        for round_ in range(7):
            groups.add(PRINTS[np.arange(len(PRINTS)) % 7 >= round_])
        counts = np.concatenate(list(groups.counts()))
        assert (spill.spilled > 0) == (held == 999)
    assert sorted(counts.tolist()) == sorted((np.arange(len(PRINTS)) % 7 + 1).tolist())


@pytest.mark.parametrize("limit", [LIMIT, 40_000])
def test_different_values_are_counted_within_each_group(limit: int) -> None:
    with Spill(limit=limit) as spill:
        within = Within(spill)
        for value in [0, 1, 1, 2]:
            within.add(PRINTS[: 10_000 * (3 - value)], np.full(10_000 * (3 - value), value, dtype=np.uint64))
        counts = np.concatenate(list(within.counts()))
        assert (spill.spilled > 0) == (limit < LIMIT)
    assert np.bincount(counts).tolist() == [0, 10_000, 10_000, 10_000]


def test_memory_stays_flat_however_many_groups_there_are() -> None:
    """Two million groups of one row each, with a sensitive value each, are 64 MB: at most 32 MB of them are held."""
    draw = np.random.default_rng(1)
    tracemalloc.start()
    try:
        with Spill(limit=4 << 20) as spill:
            groups, within = Groups(spill), Within(spill)
            for _ in range(40):
                prints = draw.integers(0, 2**64, 50_000, dtype=np.uint64)
                groups.add(prints)
                within.add(prints, prints)
            total = sum(len(counts) for counts in groups.counts())
            assert sum(len(counts) for counts in within.counts()) == total == 2_000_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 32 << 20


def table(**columns: tuple[str, str]) -> TablePromise:
    made = tuple(ColumnPromise(name, infotype, "keep", fate) for name, (infotype, fate) in columns.items())
    return TablePromise("people", "people.csv", made)


PEOPLE = table(
    id=("person_key", "masked"),
    city=("city", "masked"),
    born=("birth_date", "dropped"),
    sex=("gender", "kept"),
    illness=("health", "kept"),
    job=("job_title", "nulled"),
    note=("none", "kept"),
)


def test_infotypes_say_which_columns_count() -> None:
    assert columns_asked(PEOPLE, Require()) == (("city", "sex"), ("illness",))


def test_the_owner_says_otherwise() -> None:
    require = Require(quasi=("note", "born", "city"), sensitive=("sex",))
    assert columns_asked(PEOPLE, require) == (("city", "note"), ("sex",))


@pytest.mark.parametrize(
    ("require", "told"),
    [
        (Require(k=2, l=1, unique=0.5), []),
        (Require(k=3), ["k is 2, required is 3"]),
        (Require(l=2), ["l is 1, required is 2"]),
        (Require(unique=0.1), []),
    ],
)
def test_a_table_keeps_to_what_is_required_or_not(require: Require, told: list[str]) -> None:
    risk = figures([["a", "x"], ["a", "x"], ["b", "y"], ["b", "z"]], ["p"], ["s"]).risk
    assert broken(risk, require) == told


def test_unique_rows_are_refused_by_share() -> None:
    risk = figures([["a"], ["b"], ["b"], ["b"]], ["p"], []).risk
    assert broken(risk, Require(unique=0.2)) == ["25.00% of the rows are unique, allowed are 20.00%"]
    assert broken(risk, Require(unique=0.25, l=9)) == []


def batches(rows: Cells) -> Iterator[pa.RecordBatch]:
    whole = batch_of(rows, ["id", "city", "sex", "illness", "note"])
    for start in range(0, len(rows), 3):
        yield whole.slice(start, 3)


def test_the_check_names_the_table_and_no_group() -> None:
    check = Risk(Promises((PEOPLE,)), {"people": Require(k=2)}, Spill())
    rows: Cells = [[str(i), "Hidden" if i == 4 else "Berlin", "f", "flu", "n"] for i in range(8)]
    for batch in batches(rows):
        check.take(PEOPLE, batch, batch, 1)
    (problem,) = check.finish()
    assert (problem.code, problem.message, problem.place.table) == ("risk", "k is 1, required is 2", "people")
    assert "Hidden" not in repr(problem)
    assert check.found["people"].k == 1


def test_a_table_without_rows_breaks_nothing() -> None:
    check = Risk(Promises((PEOPLE,)), {"people": Require(k=2)}, Spill())
    assert list(check.finish()) == []


def test_the_stricter_of_two_holds() -> None:
    one, other = Require(k=5, unique=0.5, quasi=("a",)), Require(k=2, l=3, unique=0.1, quasi=("b", "a"))
    assert one.stricter(other) == Require(5, 3, 0.1, ("a", "b"), None)
    assert one.stricter(Require()) == one == Require().stricter(one)
