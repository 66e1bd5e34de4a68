from hashlib import sha256

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from masker.crypto.keys import Keyring
from masker.crypto.permute import permute_integers
from masker.integer_classes import class_bound

KEYS = Keyring(sha256(b"classes").digest(), customer="c", purpose="p").keys("d")


@given(st.lists(st.integers(-9, 2**63 - 1), min_size=1, max_size=20))
def test_no_pseudonym_is_above_the_bound_of_the_largest_key(numbers: list[int]) -> None:
    found = permute_integers(KEYS.permutation, np.array(numbers, dtype=np.int64))
    assert int(found.max()) <= class_bound(max(numbers))


@given(st.integers(1, 2**63 - 1))
def test_a_bound_fits_the_type_that_its_number_fits(number: int) -> None:
    widths = [7, 8, 15, 16, 31, 32, 63]
    assert class_bound(number).bit_length() <= next(width for width in widths if number < 1 << width)
