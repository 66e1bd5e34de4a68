"""Chance, fingerprints and key pairs: the arithmetic that tells a coincidence from a leak."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.errors import Place
from masker.promises import ColumnPromise
from masker.verify.cells import Cells
from masker.verify.chance import most_by_chance, own_forms
from masker.verify.column_pair import ColumnPair
from masker.verify.fingerprints import distinct_rows, fingerprints
from masker.verify.key_pairs import KeyPairs, broken_joins
from masker.verify.spill import Spill
from masker.verify.texts import text_column


def leaks(before: list[str | None], after: list[str | None], *, space: float | None, method: str = "fake") -> int:
    pair = ColumnPair(ColumnPromise("x", "x", method, "masked", space=space), Place())
    for start in range(0, len(before), 1000):
        sides = (Cells(text_column(values[start : start + 1000])) for values in (before, after))
        pair.take(*sides, start + 1)
    return sum(problem.cells for problem in pair.finish())


@pytest.mark.parametrize("expected", [1e-6, 0.01, 1.0, 30.0, 900.0])
def test_the_quantile_is_that_of_poisson(expected: float) -> None:
    terms = [math.exp(k * math.log(expected) - expected - math.lgamma(k + 1)) for k in range(3000)]
    tail = np.cumsum(terms[::-1])[::-1]
    k = most_by_chance(expected)
    assert tail[k + 1] <= 1e-9
    assert k == 0 or tail[k] > 1e-9


def test_chance_hits_of_a_pool_pass_and_more_of_them_do_not() -> None:
    draw = np.random.default_rng(1)
    names = [f"name{i}" for i in draw.integers(0, 3000, 20_000)]
    fakes = [f"name{i}" for i in draw.integers(0, 3000, 20_000)]
    assert leaks(names, fakes, space=3000.0) == 0
    assert leaks(names, [*fakes[:19_000], *names[19_000:]], space=3000.0) > 0


def test_one_lucky_value_that_is_frequent_is_one_piece_of_luck() -> None:
    values = [f"name{i % 50}" for i in range(5000)]
    masked = [value if value == "name7" else f"fake {value}" for value in values]
    assert leaks(values, masked, space=1000.0) == 0
    assert leaks(values, values, space=1000.0) > 0


def test_a_permutation_of_short_keys_may_have_fixed_points() -> None:
    draw = np.random.default_rng(2)
    for _ in range(50):
        ones, tens = draw.permutation(np.arange(1, 10)), draw.permutation(np.arange(10, 100))
        before = [*map(str, range(1, 100))]
        assert leaks(before, [*map(str, ones), *map(str, tens)], space=9e15, method="permute") == 0
    assert leaks(before, before, space=9e15, method="permute") > 0


def test_zero_and_negatives_stay_under_permute_only() -> None:
    before = ["0", "-5", "77", None]
    assert leaks(before, ["0", "-5", "12", None], space=None, method="permute") == 0
    assert leaks(before, ["0", "-5", "12", None], space=None, method="fpe") == 2


@pytest.mark.parametrize("cell", ["", "-", " - ", "???", "+"])
def test_a_cell_with_nothing_to_mask_may_stay(cell: str) -> None:
    assert leaks([cell] * 9, [cell] * 9, space=None) == 0


def test_without_a_space_one_equal_cell_is_a_leak() -> None:
    assert leaks(["a", "b"], ["c", "b"], space=None) == 1


def test_own_forms_count_texts_of_the_same_shape() -> None:
    assert [own_forms(text) for text in ("7", "07", "42", "A-1", "", "-")] == [9, 100, 90, 260, 1, 1]
    assert own_forms("x" * 10_000) > 1e50


@given(st.lists(st.none() | st.text(max_size=40) | st.just("z" * 300) | st.just("z" * 301)), st.integers(0, 5))
def test_equal_values_and_only_they_share_a_fingerprint(values: list[str | None], skip: int) -> None:
    column = pa.concat_arrays([text_column(["x"] * skip), text_column(values)]).slice(skip)
    prints = fingerprints(column)
    known = [(value, int(prints[row])) for row, value in enumerate(values) if value is not None]
    assert len(set(known)) == len({value for value, _ in known}) == len({found for _, found in known})
    assert len(distinct_rows(prints)) == len(set(prints.tolist()))


def test_many_like_values_do_not_fall_together() -> None:
    values = [f"{i:07d}@firma.example" for i in range(100_000)] + [f"\0{i}" for i in range(100_000)]
    assert len(distinct_rows(fingerprints(text_column(values)))) == 200_000


def pairs(before: list[int], after: list[int], limit: int = 1 << 24) -> KeyPairs:
    made = KeyPairs(Spill(limit=limit))
    scatter = np.uint64(0x9E3779B97F4A7C15)
    for start in range(0, len(before), 700):
        old, new = (np.array(side[start : start + 700], dtype=np.uint64) * scatter for side in (before, after))
        made.add(old, new)
    return made


def test_a_one_to_one_mapping_has_no_collisions() -> None:
    assert pairs([1, 2, 3, 1], [7, 8, 9, 7]).collisions() == 0


@pytest.mark.parametrize(("after", "collisions"), [([7, 7, 9, 7], 1), ([7, 8, 9, 6], 1), ([7, 7, 7, 7], 2)])
def test_each_way_of_losing_uniqueness_is_counted(after: list[int], collisions: int) -> None:
    assert pairs([1, 2, 3, 1], after).collisions() == collisions


def test_orphans_stay_orphans() -> None:
    parent = pairs([1, 2, 3], [11, 12, 13])
    assert broken_joins(pairs([1, 1, 3, 9], [11, 11, 13, 19]), parent) == 0
    assert broken_joins(pairs([1, 2], [11, 99]), parent) == 1
    assert broken_joins(pairs([9], [13]), parent) == 1


def test_a_single_broken_value_shows_among_many_beyond_memory() -> None:
    count = 40_000
    before, after = list(range(count)), list(range(count, 2 * count))
    good = pairs(before, after, limit=10_000)
    assert good.spill.spilled > 0
    assert good.collisions() == broken_joins(good, good) == 0
    shared = [after[1], *after[1:]]
    assert pairs(before, shared, limit=10_000).collisions() == 1
    assert broken_joins(pairs(before, [7, *after[1:]], limit=10_000), good) == 1
    assert broken_joins(pairs([*before, 99_999_999], [*after, after[0]], limit=10_000), good) == 1
