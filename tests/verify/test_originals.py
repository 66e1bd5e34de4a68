import numpy as np
import pyarrow as pa
import pytest

from masker.promises import ColumnPromise, TablePromise
from masker.verify.cells import Cells
from masker.verify.in_memory import examine_table
from masker.verify.originals import Originals

MAILS = [f"anna.{n}@firma.example" for n in range(300)]
FAKES = [f"tok{n:09}@example.com" for n in range(300)]
PROMISE = TablePromise("t", "", (ColumnPromise("mail", "email", "fake", "masked", True, 2.0**60),))


def problems(after: list[str]) -> list[str]:
    before, copy = (pa.table({"mail": pa.array(values, pa.string())}) for values in (MAILS, after))
    return [problem.code for problem in examine_table(PROMISE, before, copy).problems]


def test_a_right_column_has_no_problem() -> None:
    assert problems(FAKES) == []


@pytest.mark.parametrize(
    "after",
    [
        MAILS[1:] + MAILS[:1],
        [mail.upper() for mail in MAILS],
        [f" {mail} " for mail in MAILS],
        [*FAKES[:150], *MAILS[:150]],
    ],
    ids=["shifted", "upper case", "blanks", "half"],
)
def test_originals_in_other_rows_or_forms_are_a_leak(after: list[str]) -> None:
    assert "leak" in problems(after)


def test_one_constant_for_all_is_a_mismatch() -> None:
    assert problems(["constant@example.com"] * 300) == ["mismatch"]


def test_a_dense_space_is_allowed_its_chance() -> None:
    rng = np.random.default_rng(7)
    originals = Originals(1e7)
    before, after = (pa.array([f"{n:07}" for n in rng.choice(10**7, 2000, replace=False)]) for _ in "12")
    originals.take(Cells(before), Cells(after))
    assert originals.found() == 0


def test_beyond_its_memory_it_still_finds_them() -> None:
    originals = Originals(2.0**60)
    for start in range(0, 1_200_000, 200_000):
        values = pa.array([f"person{n}@firma.example" for n in range(start, start + 200_000)])
        shifted = pa.array([f"person{n + 1}@firma.example" for n in range(start, start + 200_000)])
        originals.take(Cells(values), Cells(shifted))
    assert originals.found() > 1000
