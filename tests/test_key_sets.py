"""Sets of keys that do not fit into memory: the same answers, the same rows, and memory that stays flat."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_subset import World, worlds

from masker.closure import Closure, Marks
from masker.condition_columns import meeting
from masker.hidden_file import HiddenFile
from masker.key_sets import KeySets
from masker.links import ends_of, links_of
from masker.plan import Plan
from masker.plan.promise import promises_of
from masker.selection import Where, parse_where
from masker.verify.excluded import Excluded
from masker.verify.growing import Room
from masker.verify.subset import Subset

numbers = st.lists(st.integers(0, 40).map(lambda n: n * 0x0600_0000_0000_0001), max_size=12)
steps = st.lists(st.tuples(numbers, numbers), max_size=12)


@given(steps, st.sampled_from([0, 64, 1 << 20]))
def test_a_set_says_what_a_plain_set_says(told: list[tuple[list[int], list[int]]], limit: int) -> None:
    room = Room(limit=limit)
    with KeySets(limit=limit) as sets:
        ours, verifiers, plain = sets.make(), room.growing(), set[int]()
        for added, asked in told:
            fresh = bool(set(added) - plain)
            plain |= set(added)
            for numbers_, found in ((added, fresh), (asked, [n in plain for n in asked])):
                hashes = np.array(numbers_, dtype=np.uint64)
                if numbers_ is added:
                    assert (ours.add(hashes), verifiers.take(hashes)) == (found, found)
                else:
                    assert ours.has(hashes).tolist() == verifiers.has(hashes).tolist() == found
            assert len(ours) == len(plain)
            assert bool(verifiers) == bool(plain)
        assert sets.spilled == room.moved == (limit < 1 << 20 and len(plain) * 8 > limit)


def test_many_pieces_of_several_runs_are_searched() -> None:
    drawn = np.random.default_rng(3).integers(0, 2**64, 400_000, dtype=np.uint64)
    room = Room(limit=1 << 20)
    with KeySets(limit=1 << 20) as sets:
        ours, verifiers = sets.make(), room.growing()
        for part in np.split(drawn[:300_000], 10):
            assert ours.add(part)
            assert verifiers.take(part)
        assert ours.held <= 1 << 20
        assert verifiers.size <= 1 << 20
        assert len(ours) == len(np.unique(drawn[:300_000]))
        expected = np.isin(drawn, drawn[:300_000])
        assert np.array_equal(ours.has(drawn), expected)
        assert np.array_equal(verifiers.has(drawn), expected)
        assert not ours.add(drawn[:300_000])


def test_what_lies_in_the_file_is_not_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    monkeypatch.setattr(os, "pwrite", lambda _, data, __: written.append(bytes(data)) or len(data))
    numbers_ = np.full(64, 0x4141_4141_4141_4141, dtype=np.uint64)
    HiddenFile().append(numbers_.view(np.uint8).data)
    assert b"AAAA" not in b"".join(written)


@settings(max_examples=60, deadline=None)
@given(world=worlds(), wanted=st.sets(st.integers(0, 9), min_size=1), rows=st.integers(1, 10))
def test_any_closure_is_the_same_without_memory(world: World, wanted: set[int], rows: int) -> None:
    roots = [parse_where(f"{name}: mark in ({', '.join(map(str, wanted))})") for name in list(world.tables)[:2]]
    found = [closure_of(world, roots, rows, limit) for limit in (1 << 20, 0)]
    assert found[0] == found[1]
    assert verified(world, roots, rows, 1 << 20) == verified(world, roots, rows, 0)


def closure_of(world: World, roots: list[Where], rows: int, limit: int) -> list[Mapping[str, list[bool]]]:
    closure = Closure(links_of(world.plans()), world.read(rows), ends=ends_of(world.plans()), limit=limit)
    below = closure.below({root.table: lambda batch, root=root: meeting(root.condition, batch) for root in roots})
    return [plain(below), plain(closure.above(below))]


def plain(marks: Mapping[str, Marks]) -> dict[str, list[bool]]:
    return {name: each.part(0, each.rows).tolist() for name, each in sorted(marks.items())}


def verified(world: World, roots: list[Where], rows: int, limit: int) -> dict[str, list[bool]]:
    promises = promises_of(Plan("p", "", "c", "p", "r", tuple(world.plans())), dict.fromkeys(world.tables, ""))
    read = world.read(rows)
    nobody = Excluded((), promises.tables, lambda table: read(table.name))
    found = Subset(roots, promises.tables, lambda table: read(table.name), nobody._among, Room(limit=limit))
    return {name: found.outside(name)(0, len(each)).tolist() for name, each in world.tables.items()}


PROGRAM = """
import sys
import numpy as np
import pyarrow as pa
from masker.closure import Closure
from masker.links import Link
from masker.promises import ColumnPromise, Promises, TablePromise
from masker.selection import parse_where
from masker.snapshot import ForeignKey
from masker.verify.subset import Subset

rows, step = int(sys.argv[1]), 20_000

def read(name):
    for start in range(0, rows, step):
        numbers = np.arange(start, min(start + step, rows))
        yield pa.RecordBatch.from_pydict({"id": pa.array(numbers), "up": pa.array(numbers)})

links = {"a": [], "b": [Link("a", ("id",), ("up",))], "c": [Link("b", ("id",), ("up",))]}
closure = Closure(links, read)
found = closure.below({"a": lambda batch: np.ones(batch.num_rows, dtype=np.bool_)})
found = closure.above({"c": found["c"]})
assert [found[name].count for name in "abc"] == [rows] * 3
keys = {"a": (), "b": (ForeignKey(("up",), "a", ("id",)),), "c": (ForeignKey(("up",), "b", ("id",)),)}
tables = [
    TablePromise(name, "", tuple(ColumnPromise(c, "person_key", "permute", "masked") for c in ("id", "up")), key)
    for name, key in keys.items()
]
subset = Subset([parse_where("c: true")], tables, lambda table: read(table.name), lambda _, b: np.zeros(len(b), bool))
assert not any(subset.outside(name)(0, rows).any() for name in "abc")
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")][0])
"""


GROWTH_BYTES = 80 << 20
"""What bounded buffers take that the smaller one does not fill; with sets of any size in memory it was 111 MB."""


@pytest.mark.slow
@pytest.mark.promise("P10")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_thirty_times_the_keys_take_the_same_memory() -> None:
    """Three tables of 100,000 or 3,000,000 rows that hang on each other, followed down and up, and verified."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    peaks = []
    for rows in (100_000, 3_000_000):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(rows)], env=environment, capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stdout) << 10)
    assert peaks[1] - peaks[0] < GROWTH_BYTES, peaks
