"""What is UTF-8 and what is not, however it is cut into blocks; Python's own decoder says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.errors import InputError
from masker.verify.utf8 import checked

NEAR = st.lists(
    st.sampled_from(
        [b"a", b"\n", b"\x80", b"\xbf", b"\xc0", b"\xc3", b"\xe0", b"\xed", b"\xa0", b"\xf0", b"\x90", b"\xf4", b"\xff",
         "ä".encode(), "€".encode(), "😀".encode(), "\U0010ffff".encode()]
    ),
    max_size=12,
).map(b"".join)  # fmt: skip


@given(NEAR, st.integers(1, 5))
def test_blocks_are_checked_as_the_whole(data, size):
    blocks = [data[start : start + size] for start in range(0, len(data), size)]
    try:
        data.decode()
    except UnicodeDecodeError:
        with pytest.raises(InputError) as raised:
            list(checked(blocks, "f.csv"))
        assert raised.value.code == "encoding"
    else:
        assert list(checked(blocks, "f.csv")) == blocks


def test_a_wrong_block_is_not_handed_on():
    blocks = checked([b"fine", b"\xff", b"fine"], "f.csv")
    assert next(blocks) == b"fine"
    with pytest.raises(InputError):
        next(blocks)
