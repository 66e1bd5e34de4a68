"""HKDF-SHA256 meets RFC 5869 and Wycheproof."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.crypto.hkdf import hkdf, info_of

from .vectors import wycheproof

# RFC 5869, appendix A.1 to A.3: input key, salt, info, output.
RFC_5869 = [
    (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        bytes(range(0x50)).hex(),
        bytes(range(0x60, 0xB0)).hex(),
        bytes(range(0xB0, 0x100)).hex(),
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
        "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
    ),
    (
        "0b" * 22,
        "",
        "",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
]


@pytest.mark.promise("P12")
@pytest.mark.parametrize(("secret", "salt", "info", "expected"), RFC_5869)
def test_the_vectors_of_rfc_5869_hold(secret: str, salt: str, info: str, expected: str) -> None:
    derived = hkdf(bytes.fromhex(secret), bytes.fromhex(info), len(expected) // 2, bytes.fromhex(salt))
    assert derived.hex() == expected


@pytest.mark.promise("P12")
def test_every_wycheproof_case_holds() -> None:
    for _, case in wycheproof("hkdf_sha256"):
        secret, salt, info = (bytes.fromhex(case[name]) for name in ("ikm", "salt", "info"))
        if case["result"] == "valid":
            assert hkdf(secret, info, case["size"], salt).hex() == case["okm"], case["tcId"]
        else:
            with pytest.raises(ValueError, match="8160"):
                hkdf(secret, info, case["size"], salt)


@given(st.lists(st.text(max_size=6), max_size=5), st.lists(st.text(max_size=6), max_size=5))
@pytest.mark.slow
def test_different_parts_never_give_the_same_info(one: list[str], other: list[str]) -> None:
    assert (info_of(*one) == info_of(*other)) == (one == other)
