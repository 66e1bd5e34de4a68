"""Sketches: hashes agree across types and batches, uniqueness is of all rows, containment is measured on samples."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.relations import FULL, containment
from masker.scan import sketches
from masker.scan.hashing import Hasher
from masker.scan.sampling import Sampler, ranks
from masker.scan.sketches import Sketcher


def sketch(values: range | list[object], *, batch: int = 1000, hasher: Hasher | None = None, columns: int = 1):
    column = pa.array([None if v is None else str(v) for v in values], pa.string())
    sketcher = Sketcher(hasher or Hasher(b"k"), column.type, columns)
    for start in range(0, len(column), batch):
        sketcher.add(column.slice(start, batch))
    return sketcher.finish()


@pytest.mark.parametrize("type_", [pa.int64(), pa.int16(), pa.uint8(), pa.decimal128(5, 0), pa.large_string()])
def test_a_number_hashes_like_its_text(type_):
    hasher = Hasher()
    column = pa.array(["7", "123", "0"]).cast(type_)
    assert hasher(column).tolist() == hasher(pa.array(["7", "123", "0"])).tolist()


@given(st.lists(st.text(max_size=40), min_size=1, max_size=30), st.integers(0, 29))
def test_a_hash_depends_on_the_value_alone_and_not_on_where_it_stands(values, at):
    hasher = Hasher(b"key")
    whole = hasher(pa.array(values, pa.string()))
    at %= len(values)
    assert hasher(pa.array(values, pa.string()).slice(at)).tolist() == whole[at:].tolist()
    assert len(set(whole.tolist())) == len(set(values))


def test_a_long_value_is_hashed_to_its_end():
    column = pa.array(["x" * 10_000 + "a", "x" * 10_000 + "b"])
    first, second = Hasher(b"key")(column)
    assert first != second


def test_hashes_are_spread_evenly():
    hashes = Hasher(b"key")(pa.array([str(n) for n in range(20_000)]))
    counts = np.bincount((hashes >> np.uint64(58)).astype(np.int64), minlength=64)
    # 64 cells of 312.5 on average: six standard deviations
    assert abs(counts - 312.5).max() < 6 * 312.5**0.5


def test_two_hashers_agree_on_nothing():
    column = pa.array([str(n) for n in range(100)])
    assert not set(Hasher()(column).tolist()) & set(Hasher()(column).tolist())


@pytest.mark.parametrize("batch", [7, 1000, 100_000])
@pytest.mark.parametrize(("values", "unique"), [(range(30_000), True), ([*range(29_999), 0], False), ([1, 1], False)])
def test_a_repetition_is_seen_however_far_apart(values, unique, batch):
    found = sketch(values, batch=batch)
    assert found.unique is unique
    assert found.nulls == 0


def test_a_column_of_nulls_is_not_unique():
    found = sketch([None, None])
    assert (found.unique, found.nulls, found.distinct) == (False, 2, 0)


def test_distinct_values_are_estimated_where_they_are_too_many_to_keep():
    found = sketch([n // 2 for n in range(120_000)], batch=8192)
    assert not found.exact
    assert found.limit < FULL
    # standard error 1/sqrt(8192) = 1.1 %: five of them
    assert abs(found.distinct - 60_000) < 0.055 * 60_000


def test_containment_is_measured_on_samples_of_large_columns():
    hasher = Hasher(b"k")
    parent = sketch(range(100_000), hasher=hasher, batch=10_000)
    child = sketch([n % 50_000 for n in range(100_000)], hasher=hasher, batch=10_000)
    half = sketch([n % 50_000 + 75_000 for n in range(100_000)], hasher=hasher, batch=10_000)
    assert containment(child, parent) == 1.0
    assert containment(half, parent) == pytest.approx(0.5, abs=0.05)


def test_containment_holds_in_a_thinned_target(monkeypatch):
    monkeypatch.setattr(sketches, "_FINISHED", 1 << 13)
    hasher = Hasher(b"k")
    parent = sketch(range(100_000), hasher=hasher, batch=10_000)
    assert len(parent.hashes) == 1 << 13
    assert containment(sketch(range(5_000), hasher=hasher), parent) == 1.0
    assert containment(sketch(range(100_000, 105_000), hasher=hasher), parent) == 0.0


def test_containment_of_nothing_is_unknown():
    assert containment(sketch([None]), sketch([1, 2])) is None


def test_a_sample_is_the_same_however_rows_are_batched():
    column = pa.array([None if n % 3 == 0 else n for n in range(5000)])

    def sample(batch: int) -> list[int]:
        sampler = Sampler(100)
        for start in range(0, len(column), batch):
            part = column.slice(start, batch)
            sampler.add(part, ranks(start, len(part)))
        return sampler.finish(column.type).to_pylist()

    assert sample(17) == sample(5000) == sample(999)
    assert len(sample(17)) == 100


def test_a_sample_is_spread_over_the_whole_table():
    sampler = Sampler(100)
    sampler.add(pa.array(range(10_000)), ranks(0, 10_000))
    tenths = {value // 1000 for value in sampler.finish(pa.int64()).to_pylist()}
    assert tenths == set(range(10))
