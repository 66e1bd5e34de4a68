"""k, l and unique rows: as pycanon computes them, exact however rows come, and a gate that keeps copies back."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.promises import ColumnPromise, Promises, TablePromise
from masker.requirement import Require
from masker.verify.groups import Groups
from masker.verify.risk import Figures, Risk, TableGroups, broken, columns_asked

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "risk_pycanon.json").read_text())
Cells = list[list[str | None]]


def batch_of(rows: Cells, names: list[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], names)


def figures(rows: Cells, quasi: list[str], sensitive: list[str], *, run: int = 1 << 20) -> Figures:
    groups = TableGroups(tuple(quasi), tuple(sensitive))
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


def test_the_recorded_figures_are_still_those_of_pycanon() -> None:
    pandas = pytest.importorskip("pandas")
    anonymity = pytest.importorskip("pycanon.anonymity", reason="pycanon needs pandas 2")
    for case in VECTORS["cases"]:
        frame = pandas.DataFrame(case["rows"], columns=[*case["quasi"], case["sensitive"]])
        assert anonymity.k_anonymity(frame, case["quasi"]) == case["k"]
        assert anonymity.l_diversity(frame, case["quasi"], [case["sensitive"]]) == case["l"]


CELL = st.sampled_from(["", "a", "b", "ab", None])
ROWS = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=60)


@given(ROWS, st.integers(1, 9))
def test_figures_do_not_depend_on_how_rows_come(rows: Cells, run: int) -> None:
    found = figures(rows, ["p", "q"], ["s"], run=run)
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
    groups = TableGroups(("n", "list"), ())
    groups.take(pa.RecordBatch.from_pydict({"n": [1, 1, None], "list": [[1], [1], []]}))
    assert (groups.figures().risk.k, groups.figures().groups) == (1, 2)


def test_groups_stay_exact_over_many_runs() -> None:
    import numpy as np

    groups = Groups()
    for _ in range(7):
        groups.add(np.arange(200_000, dtype=np.uint64) % np.uint64(50_000))
    assert set(groups.counts().tolist()) == {28}
    assert len(groups.counts()) == 50_000


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
    check = Risk(Promises((PEOPLE,)), {"people": Require(k=2)})
    rows: Cells = [[str(i), "Hidden" if i == 4 else "Berlin", "f", "flu", "n"] for i in range(8)]
    for batch in batches(rows):
        check.take(PEOPLE, batch, batch, 1)
    (problem,) = check.finish()
    assert (problem.code, problem.message, problem.place.table) == ("risk", "k is 1, required is 2", "people")
    assert "Hidden" not in repr(problem)
    assert check.found["people"].k == 1


def test_a_table_without_rows_breaks_nothing() -> None:
    check = Risk(Promises((PEOPLE,)), {"people": Require(k=2)})
    assert list(check.finish()) == []


def test_the_stricter_of_two_holds() -> None:
    one, other = Require(k=5, unique=0.5, quasi=("a",)), Require(k=2, l=3, unique=0.1, quasi=("b", "a"))
    assert one.stricter(other) == Require(5, 3, 0.1, ("a", "b"), None)
    assert one.stricter(Require()) == one == Require().stricter(one)
