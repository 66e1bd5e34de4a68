"""Cells of any length: what `fpe` gives does not depend on the pieces, its time and memory grow as the cell does."""

import os
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.columns import counts_of
from masker.crypto.keys import Keyring, Keys
from masker.methods.fpe import Fpe

LETTERS = "abcdefghij"
rows = st.lists(st.text("aZ7 -é東", max_size=40) | st.just(LETTERS * 30), max_size=6)


def keys() -> Keys:
    return Keyring(sha256(b"long").digest(), customer="c", purpose="p").keys("d")


@given(rows, st.sampled_from([{}, {"alphabet": "hex"}, {"keep_prefix": 2, "keep_suffix": 1}]))
@settings(max_examples=60, deadline=None)
def test_pieces_change_nothing(texts: list[str], way: dict[str, object]) -> None:
    column, method = pa.array(texts, pa.string()), Fpe(**way)  # type: ignore[arg-type]
    whole = method(keys(), column)
    back = method.unmask(keys(), whole)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("masker.methods.fpe.symbols._PIECE", 8)
        patch.setattr("masker.methods.fpe.own._PIECE", 5)
        patch.setattr("masker.columns._LONG", 0)
        assert method(keys(), column).equals(whole)
        assert method.unmask(keys(), whole).equals(back)


@given(st.lists(st.integers(0, 5)), st.sampled_from([0, 1 << 12]))
def test_marks_are_counted_a_row(lengths: list[int], long: int) -> None:
    offsets = np.concatenate([[0], np.cumsum(np.array(lengths, dtype=np.int64))])
    marks = np.arange(offsets[-1]) % 3 == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("masker.columns._LONG", long)
        expected = [int(marks[start : start + n].sum()) for start, n in zip(offsets, lengths, strict=False)]
        assert counts_of(marks, offsets).tolist() == expected


@pytest.mark.parametrize("text", ["1234567890", LETTERS, "Ab 3,xyz 42. "])
def test_four_times_the_length_takes_about_four_times_the_time(text: str) -> None:
    """The power of a long row's length would make it grow faster than its square root times its length."""
    taken = []
    for times in (60_000, 240_000):
        column = pa.array([text * times])
        began = time.process_time()
        Fpe()(keys(), column)
        taken.append(time.process_time() - began)
    assert taken[1] < 6 * taken[0] + 0.2


PROGRAM = """
import sys
from hashlib import sha256
import pyarrow as pa
from masker.crypto.keys import Keyring
from masker.methods.fpe import Fpe
column = pa.array(["abcdefghij" * (int(sys.argv[1]) // 10)])
Fpe()(Keyring(sha256(b"x").digest(), customer="c", purpose="p").keys("d"), column)
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")][0])
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_long_cell_takes_no_more_than_forty_times_its_length() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    peaks = []
    for length in (1_000_000, 21_000_000):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(length)], env=environment, capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stdout) << 10)
    assert peaks[1] - peaks[0] < 40 * 20_000_000, peaks
