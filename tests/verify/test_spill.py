"""What does not fit into memory: the same numbers come back, nothing of them is to be seen, and no name leads there."""

import contextlib
import errno
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.errors import OutputError
from masker.verify.spill import PARTS, Spill, slices

RANDOM = np.random.default_rng(5).integers(0, 2**64, 30_000, dtype=np.uint64)


@pytest.mark.parametrize("limit", [1 << 24, 50_000, 4000], ids=["in memory", "spilled", "spilled often"])
def test_a_log_gives_the_different_numbers_in_order(limit: int, tmp_path: Path) -> None:
    with Spill(tmp_path, limit=limit) as spill:
        log = spill.log()
        for start in range(0, len(RANDOM), 1000):
            log.add(RANDOM[start : start + 1500])
        parts = [log.read(*part) for part in slices([log], 20_000)]
        assert np.array_equal(np.concatenate(parts), np.unique(RANDOM))
        assert (spill.spilled > 0) == (limit < 1 << 20)


@given(
    st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 3)), max_size=60),
    st.integers(1, 7),
    st.sampled_from([100, 1 << 20]),
)
def test_pairs_come_back_each_once_and_in_order(rows: list[tuple[int, int]], step: int, limit: int) -> None:
    with Spill(limit=limit) as spill:
        log, other = spill.log(2), spill.log()
        for start in range(0, len(rows), step):
            log.add(np.array(rows[start : start + step], dtype=np.uint64))
            other.add(np.array([row[0] for row in rows[start : start + step]], dtype=np.uint64))
        pairs = [tuple(map(int, row)) for part in slices([log], 64) for row in log.read(*part)]
        assert sorted(pairs) == sorted(set(rows))
        assert [pair[0] for pair in pairs] == sorted(pair[0] for pair in pairs)
        assert other.read(0, PARTS).tolist() == sorted({row[0] for row in rows})


def test_many_logs_share_one_bound() -> None:
    with Spill(limit=64_000) as spill:
        logs = [spill.log() for _ in range(10)]
        for start in range(0, 30_000, 500):
            for log in logs:
                log.add(RANDOM[start : start + 500])
            assert spill.held <= 64_000
        assert all(len(log.read()) == len(np.unique(RANDOM)) for log in logs)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
def test_the_file_has_no_name_and_nothing_in_clear(tmp_path: Path) -> None:
    with Spill(tmp_path, limit=1000) as spill:
        log = spill.log()
        log.add(RANDOM)
        assert spill.spilled >= 8 * len(RANDOM)
        assert list(tmp_path.iterdir()) == []
        [descriptor] = open_in(tmp_path)
        assert os.fstat(descriptor).st_nlink == 0
        raw = os.pread(descriptor, spill.spilled, 0)
        written = np.frombuffer(raw[: len(raw) // 8 * 8], dtype=np.uint64)
        assert not np.isin(written, RANDOM).any()
        # Encrypted bytes do not compress: all 256 values are about as frequent.
        assert np.bincount(np.frombuffer(raw, dtype=np.uint8), minlength=256).std() < len(raw) / 256 * 0.1
    assert open_in(tmp_path) == []


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
def test_two_spills_write_the_same_numbers_differently(tmp_path: Path) -> None:
    written = []
    for _ in "12":
        with Spill(tmp_path, limit=1000) as spill:
            spill.log().add(RANDOM)
            [descriptor] = open_in(tmp_path)
            written.append(os.pread(descriptor, 4096, 0))
    assert written[0] != written[1]


def test_a_folder_that_takes_no_file_is_an_output_error(tmp_path: Path) -> None:
    with Spill(tmp_path / "missing", limit=1000) as spill, pytest.raises(OutputError):
        spill.log().add(RANDOM)


def test_no_space_is_said_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: memoryview, position: int) -> int:
        raise OSError(errno.ENOSPC, "secret text of the system")

    monkeypatch.setattr(os, "pwrite", full)
    with Spill(tmp_path, limit=1000) as spill, pytest.raises(OutputError) as refused:
        spill.log().add(RANDOM)
    assert (refused.value.code, "secret" in str(refused.value)) == ("no-space", False)


def open_in(folder: Path) -> list[int]:
    """The descriptors of this process that lead to files of `folder`."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if str(link.readlink()).startswith(str(folder)):
                found.append(int(link.name))
    return found
