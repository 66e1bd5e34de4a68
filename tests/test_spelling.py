from collections.abc import Callable
from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.crypto.keys import Keyring, Keys
from masker.methods import METHODS
from masker.spelling import alike, masked_alike
from masker.verify.cells import Cells
from masker.verify.spelled import spelled_prints

ROOT = sha256(b"spelling").digest()
ALL = ("accents", "blanks", "case")
SPELLINGS = ["Anna", "anna ", "ÁNNA", "AnNa  ", "anna"]


@pytest.fixture
def keys() -> Keys:
    return Keyring(ROOT, customer="c", purpose="p").keys("d")


def masked(keys: Keys, method: str, texts: list[str | None], ignores: tuple[str, ...] = ALL) -> list[str | None]:
    way = METHODS[method]()
    mask: Callable[[pa.Array], pa.Array] = lambda values: way(keys, values)  # noqa: E731
    return list(masked_alike(mask, pa.array(texts, pa.string()), ignores).to_pylist())


@pytest.mark.parametrize("method", ["fpe", "token", "hash", "encrypt"])
def test_what_the_server_joins_still_joins(keys: Keys, method: str) -> None:
    found = masked(keys, method, SPELLINGS)
    assert len(set(alike(pa.array(found), ALL).to_pylist())) == 1


def test_fpe_keeps_capitals_blanks_and_length(keys: Keys) -> None:
    for before, after in zip(SPELLINGS, masked(keys, "fpe", SPELLINGS), strict=True):
        assert after is not None
        assert len(after) == len(before)
        assert len(after) - len(after.rstrip(" ")) == len(before) - len(before.rstrip(" "))
    one, other = masked(keys, "fpe", ["ABC-1", "abc-1"])
    assert one is not None
    assert one.isupper()
    assert other == one.lower()


def test_nulls_and_empty_text_stay(keys: Keys) -> None:
    assert masked(keys, "fpe", [None, "", "   "]) == [None, "", "   "]


@given(st.lists(st.none() | st.text("aAáÁ bB1ß", max_size=4), max_size=8))
def test_the_verifier_reads_spellings_alike(texts: list[str | None]) -> None:
    column = pa.array(texts, pa.string())
    plain = alike(column, ALL).to_pylist()
    prints = spelled_prints(Cells(column), ALL).tolist()
    rows = [row for row, text in enumerate(texts) if text is not None]
    assert all((plain[a] == plain[b]) == (prints[a] == prints[b]) for a in rows for b in rows)


@given(st.lists(st.none() | st.text("aAé bB1", max_size=5), min_size=1, max_size=8), st.data())
def test_a_result_depends_on_its_own_cell_alone(texts: list[str | None], data: st.DataObject) -> None:
    keys = Keyring(ROOT, customer="c", purpose="p").keys("d")
    row = data.draw(st.integers(0, len(texts) - 1))
    assert masked(keys, "token", texts)[row] == masked(keys, "token", [texts[row]])[0]
