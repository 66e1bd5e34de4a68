"""Crypto-PAn: the reference trace bit by bit, and the property that gives it its name."""

from ipaddress import IPv6Address, ip_address
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.crypto.cryptopan import CryptoPan
from tests.crypto.vectors import FOLDER

# The key of the reference trace.
KEY = bytes.fromhex("1522178d33a4cf80130a5b1649907d10d8988f8379796527 62574c2d2a842202")
PAN = CryptoPan(KEY)


def packed(*addresses: str) -> np.ndarray:
    return np.array([list(ip_address(address).packed) for address in addresses], dtype=np.uint8)


def test_the_published_samples_of_both_families() -> None:
    """The example of the yacryptopan package's README, as three implementations give it."""
    sample = CryptoPan(b"32-char-str-for-AES-key-and-pad.")
    assert ip_address(sample(packed("192.0.2.1"))[0].tobytes()) == ip_address("192.0.125.244")
    masked = sample(packed("2001:db8::1"))[0].tobytes()
    assert IPv6Address(masked) == IPv6Address("27fe:8bc7:fee:1e:1e1f:f0fe:f0e1:83fd")


@pytest.mark.promise("P12")
def test_the_reference_trace_is_met_whole() -> None:
    raw, known = FOLDER / "cryptopan_trace_raw.txt", FOLDER / "cryptopan_trace_sanitized.txt"
    if not raw.is_file():
        pytest.skip("the reference trace is not there")
    before = [line.split()[-1] for line in raw.read_text().splitlines() if line.strip()]
    after = [line.split()[-1] for line in known.read_text().splitlines() if line.strip()]
    assert len(before) == 100
    assert PAN(packed(*before)).tolist() == packed(*after).tolist()


ADDRESS = st.sampled_from([4, 16]).flatmap(lambda size: st.lists(st.binary(min_size=size, max_size=size), min_size=2))


def common(one: bytes, other: bytes) -> int:
    both = int.from_bytes(one) ^ int.from_bytes(other)
    return 8 * len(one) - both.bit_length()


@given(ADDRESS)
def test_addresses_keep_exactly_the_prefix_that_they_share(addresses: list[bytes]) -> None:
    octets = np.array([list(each) for each in addresses], dtype=np.uint8)
    masked = [row.tobytes() for row in PAN(octets)]
    for one, other in combinations(range(min(6, len(addresses))), 2):
        assert common(masked[one], masked[other]) == common(addresses[one], addresses[other])


@given(ADDRESS)
def test_the_inverse_and_a_turned_one_lead_back(addresses: list[bytes]) -> None:
    octets = np.array([list(each) for each in addresses], dtype=np.uint8)
    masked = PAN(octets)
    assert (PAN.inverse(masked) == octets).all()
    assert (CryptoPan(KEY, turned=True)(masked) == octets).all()


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        CryptoPan(KEY[:16])


def test_octets_of_another_number_are_refused() -> None:
    with pytest.raises(ValueError, match="4 or 16"):
        PAN(np.zeros((1, 6), dtype=np.uint8))
