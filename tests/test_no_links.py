"""P7: a million values under two keys that differ in purpose, customer or recipient alone meet by chance only."""

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from masker.crypto.keys import Keyring, Keys
from masker.methods import Method
from masker.methods.fake import Fake
from masker.methods.fpe import Fpe
from masker.methods.hash import Hash
from masker.methods.permute import Permute
from masker.methods.token import Token
from tests.faults.figures import record

VALUES = 1_000_000
ROOT = hashlib.sha256(b"masker's test suite, a root that links nothing").digest()
PARTS = {"customer": "acme", "purpose": "test-patch", "recipient": ""}
OTHERS = {
    "another purpose": {"purpose": "test-fix"},
    "another customer": {"customer": "acme2"},
    "own pseudonyms of a recipient": {"recipient": "subcontractor:north"},
}
PRINTED = {
    "token": Token(),
    "hash": Hash(),
    "fake e-mail": Fake(infotype="email"),
    "fpe": Fpe(),
}


def keys(**parts: str) -> Keys:
    return Keyring(ROOT, **(PARTS | parts)).keys("domain")


def masked(method: Method, under: Keys, column: pa.Array) -> pa.Array:
    step = 1 << 16
    return pa.chunked_array([method(under, column.slice(start, step)) for start in range(0, len(column), step)])


@pytest.mark.promise("P7")
@pytest.mark.slow
@pytest.mark.parametrize("name", PRINTED)
def test_a_million_pseudonyms_join_under_one_key_and_none_under_another(name: str) -> None:
    """Spaces of 2^60 and more: 10^12 pairs have a chance below 10^-6 to meet, so that none does."""
    column = pa.array([f"person{number:07}@mail.example" for number in range(VALUES)])
    method = PRINTED[name]
    first = masked(method, keys(), column)
    assert len(pc.unique(first)) == VALUES
    assert masked(method, keys(), column.slice(0, 1000)).combine_chunks() == first.slice(0, 1000).combine_chunks()
    for other, parts in OTHERS.items():
        again = masked(method, keys(**parts), column)
        assert pc.sum(pc.is_in(again, value_set=pc.unique(first))).as_py() == 0, other
    record("P7", f"values under {name}, each of {len(OTHERS)} other keys", VALUES, "0 joined")


@pytest.mark.promise("P7")
@pytest.mark.slow
@pytest.mark.parametrize("other", OTHERS)
def test_a_million_integer_keys_meet_their_own_pseudonym_by_chance_alone(other: str) -> None:
    """Two permutations of one class agree in as many places as a Poisson variable of mean 1, whatever the class' size.

    All but the last of these numbers are in ten classes: more than 40 agreements come with a probability below 10^-9.
    """
    column = pa.array(np.arange(1, VALUES + 1), pa.int64())
    one, two = (masked(Permute(), under, column) for under in (keys(), keys(**OTHERS[other])))
    assert masked(Permute(), keys(), column) == one
    alike = int((one.to_numpy() == two.to_numpy()).sum())
    assert alike <= 40
    record("P7", f"integer keys under {other}", VALUES, f"{alike} alike, 10 expected by chance")
