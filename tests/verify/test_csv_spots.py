"""The second parser: runs all over a file, the right rows, and whatever Arrow would get wrong in them is seen."""

import csv
import io
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.errors import InputError
from masker.verify import csv_reader
from masker.verify.csv_census import census
from masker.verify.csv_reader import CsvReader
from masker.verify.csv_spots import MOST, Spots
from masker.verify.reading import Reading
from masker.verify.texts import text_column

CELLS = st.text(st.sampled_from('aé",\n '), max_size=5)


def written(rows: list[list[str]], end: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *rows])
    return out.getvalue()


def looked_at(raw: bytes, size: int) -> Spots:
    spots = Spots(",")
    census((raw[i : i + size] for i in range(0, len(raw), size)), ",", spots=spots)
    return spots


def batch(rows: list[list[str]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([text_column(list(column)) for column in zip(*rows, strict=True)], ["a", "b"])


@settings(max_examples=150)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=60), st.integers(1, 40), st.booleans())
def test_rows_that_are_right_never_differ(rows: list[list[str]], size: int, windows: bool) -> None:
    # The writer of Python leaves line ends inside of quotes as they are.
    spots = looked_at(written(rows, "\r\n" if windows else "\n").encode(), size)
    assert spots.differs(batch(rows), 1) is None
    half = len(rows) // 2
    for start, part in ((0, rows[:half]), (half, rows[half:])):
        assert not part or spots.differs(batch(part), start + 1) is None


def test_a_shift_by_one_row_is_seen_wherever_the_batch_begins() -> None:
    rows = [[f"x{n}", f"y\n{n}"] for n in range(4000)]
    spots = looked_at(written(rows, "\n").encode(), 1000)
    moved = [*rows[1:], rows[0]]
    assert spots.differs(batch(moved), 1) is not None
    late = [*rows[:2000], *moved[2000:]]
    found = spots.differs(batch(late), 1)
    assert found is not None
    assert found > 2000


@pytest.mark.parametrize("wrong", [None, "", "y ", "Y1"])
def test_one_wrong_cell_of_a_run_is_seen(wrong: str | None) -> None:
    rows = [["x", "y1"] for _ in range(20)]
    spots = looked_at(written(rows, "\n").encode(), 100)
    changed = pa.RecordBatch.from_arrays(
        [text_column(["x"] * 20), text_column(["y1"] * 3 + [wrong] + ["y1"] * 16)], ["a", "b"]
    )
    assert spots.differs(changed, 1) == 4


def test_runs_stay_few_and_reach_the_end() -> None:
    rows = [[f"x{n}", "y"] for n in range(50_000)]
    spots = looked_at(written(rows, "\n").encode(), 512)
    assert 0 < len(spots._runs) <= MOST
    assert spots._runs[-1][0] > 40_000


def test_a_parser_that_goes_wrong_ends_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text("a,b\n" + "".join(f"{n},y\n" for n in range(100)))
    reader = CsvReader(tmp_path / "a.csv", Reading(), ",", ("a", "b"))
    assert sum(batch.num_rows for batch in reader.batches()) == 100
    right = csv_reader.evenly
    monkeypatch.setattr(csv_reader, "evenly", lambda batches, rows: (b.slice(1) for b in right(batches, rows)))
    with pytest.raises(InputError) as caught:
        list(CsvReader(tmp_path / "a.csv", Reading(), ",", ("a", "b")).batches())
    assert caught.value.code == "unsupported"
