"""Permutations are bijections of the size asked for; integer keys stay in their class."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.crypto.permute import Permutation, permute_integers

KEY, OTHER = b"0" * 31 + b"1", b"0" * 31 + b"2"
MAXIMA = [127, 255, 32_767, 65_535, 2**31 - 1, 2**32 - 1, 2**63 - 1]


@cache
def make(size: int, use: str) -> Permutation:
    return Permutation(KEY, size)


@pytest.mark.parametrize("size", [1, 2, 3, 10, 90, 999_999, 1_000_000, 1_000_003])
def test_the_whole_set_is_permuted(size: int) -> None:
    numbers = np.arange(size, dtype=np.uint64)
    permutation = Permutation(KEY, size)
    images = permutation(numbers)
    assert np.array_equal(np.sort(images), numbers)
    assert np.array_equal(permutation.inverse(images), numbers)


@given(st.integers(1_000_000, 2**63), st.data())
@settings(deadline=None)
def test_large_sets_are_permuted_inside_and_back(size: int, data: st.DataObject) -> None:
    chosen = [*data.draw(st.lists(st.integers(0, size - 1), unique=True, max_size=30)), size - 1]
    numbers = np.array(chosen, dtype=np.uint64)
    permutation = Permutation(KEY, size)
    images = permutation(numbers)
    assert int(images.max()) < size
    assert len(set(images.tolist())) == len(set(chosen))
    assert np.array_equal(permutation.inverse(images), numbers)


@pytest.mark.parametrize("size", [1000, 10**6, 2**40, 2**63])
def test_another_key_gives_another_permutation(size: int) -> None:
    numbers = np.arange(1000, dtype=np.uint64)
    same = Permutation(KEY, size)(numbers) == Permutation(OTHER, size)(numbers)
    assert same.sum() < 20  # by chance about one


def test_an_index_outside_is_refused_without_showing_it() -> None:
    for size in (10, 10**7):
        for direction in (Permutation(KEY, size), Permutation(KEY, size).inverse):
            with pytest.raises(ValueError, match="outside the permutation"):
                direction(np.array([size], dtype=np.uint64))


@pytest.mark.parametrize("size", [0, -1, 2**63 + 1])
def test_a_size_out_of_range_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="size"):
        Permutation(KEY, size)


def test_every_six_digit_key_has_its_own_six_digit_pseudonym() -> None:
    numbers = np.arange(100_000, 1_000_000)
    masked = permute_integers(make, numbers)
    assert np.array_equal(np.sort(masked), numbers)
    assert (masked == numbers).sum() < 20


def test_classes_that_a_type_cuts_are_permuted_inside_themselves() -> None:
    for low, high in [(1, 10), (10, 100), (100, 128), (128, 256), (256, 1000), (10_000, 32_768), (32_768, 65_536)]:
        numbers = np.arange(low, high)
        assert np.array_equal(np.sort(permute_integers(make, numbers)), numbers)


@given(st.lists(st.one_of([st.integers(max(1, top - 300), min(top + 300, 2**63 - 1)) for top in MAXIMA])))
@settings(deadline=None)
def test_what_fits_a_type_still_fits_it_and_keeps_its_digits(values: list[int]) -> None:
    masked = permute_integers(make, np.array(values, dtype=np.int64)).tolist()
    for before, after in zip(values, masked, strict=True):
        assert len(str(after)) == len(str(before))
        assert all((before <= top) == (after <= top) for top in MAXIMA)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=30), st.integers(0, 30))
@settings(deadline=None)
def test_the_cut_into_batches_does_not_matter(values: list[int], cut: int) -> None:
    column = np.array(values, dtype=np.int64)
    parts = [permute_integers(make, column[:cut]), permute_integers(make, column[cut:])]
    assert np.array_equal(np.concatenate(parts), permute_integers(make, column))


def test_zero_and_negatives_stay() -> None:
    values = np.array([0, -1, -128, -(2**63)], dtype=np.int64)
    assert np.array_equal(permute_integers(make, values), values)


def test_each_class_has_a_permutation_of_its_own() -> None:
    asked = []

    def noting(size: int, use: str) -> Permutation:
        asked.append((size, use))
        return Permutation(KEY, size)

    permute_integers(noting, np.array([5, 7, 50, 2**63 - 1], dtype=np.int64))
    assert len({use for _, use in asked}) == len(asked) == 3
