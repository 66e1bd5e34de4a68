"""FF1 meets the published vectors on every path, is a bijection, and does not care how rows are batched."""

from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.crypto.blocks import CHUNK, BlockCipher
from masker.crypto.ff1 import Ff1, require_domain
from masker.crypto.ff1_limbs import run_limbs
from masker.crypto.ff1_rounds import Setting
from masker.errors import GateError

from .textbook_ff1 import ff1
from .vectors import wycheproof

# SP 800-38G's key of 256 bits; those of 128 and 192 bits are its beginnings.
NIST_KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94")
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
BASE64 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/"
TWEAK10, TWEAK11 = b"9876543210", b"7777pqrs777"

# The nine FF1 samples of NIST SP 800-38G: key bytes, radix, tweak, plaintext, ciphertext.
NIST = [
    (16, 10, b"", "0123456789", "2433477484"),
    (16, 10, TWEAK10, "0123456789", "6124200773"),
    (16, 36, TWEAK11, BASE36[:19], "a9tv40mll9kdu509eum"),
    (24, 10, b"", "0123456789", "2830668132"),
    (24, 10, TWEAK10, "0123456789", "2496655549"),
    (24, 36, TWEAK11, BASE36[:19], "xbj3kv35jrawxv32ysr"),
    (32, 10, b"", "0123456789", "6657667009"),
    (32, 10, TWEAK10, "0123456789", "1001623463"),
    (32, 36, TWEAK11, BASE36[:19], "xs8a0azh2avyalyzuwd"),
]

# NIST ACVP, ACVP-AES-FF1-1.0: key, alphabet, tweak, plaintext, ciphertext.
ACVP = [
    ("CF11A34764AB09FFBF8B8A1660E881A2", BASE36[:10], "", "0846108952", "7759031405"),
    (
        "3544151C9CEB324C3C1ED31ADE99406D",
        BASE36[:10],
        "6CA0E692B2773C7ECA2ECA1E7793DAA1",
        "80013770071781669296061827483885771389518248319371666162",
        "09295026876845967206918789775693655654016802646140865387",
    ),
    ("C99B3CDC33EC9F06546405C94AAE548C", "abcdefghijklmnopqrstuvwxyz", "", "uhaekdtgya", "mysdvijyhu"),
    (
        "89D7519CCC4503C8677DA86659C1BD58",
        BASE64,
        "DE11F4D9482BFAE2930E9B0109AB972F",
        "uW0MALBLj7tiLxlZVCLxHzKpx/KV",
        "VXD9LcAWGKBXCJhBefiFKytCbss8",
    ),
]

WYCHEPROOF = ["base10", "base26", "base36", "base62", "radix10", "radix255", "radix65536"]


def symbols(text: str, alphabet: str) -> npt.NDArray[np.uint8]:
    return np.array([[alphabet.index(character) for character in text]], dtype=np.uint8)


def ascii_digits(rows: int, length: int, seed: int = 1) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(48, 58, (rows, length), dtype=np.uint8)


@pytest.mark.promise("P12")
@pytest.mark.parametrize(("size", "radix", "tweak", "plain", "cipher"), NIST)
def test_the_nist_samples_hold_both_ways(size: int, radix: int, tweak: bytes, plain: str, cipher: str) -> None:
    ours = Ff1(NIST_KEY[:size])
    encrypted = ours.encrypt(symbols(plain, BASE36), radix, tweak)
    assert "".join(BASE36[symbol] for symbol in encrypted[0]) == cipher
    assert np.array_equal(ours.decrypt(encrypted, radix, tweak), symbols(plain, BASE36))


@pytest.mark.promise("P12")
@pytest.mark.parametrize(("key", "alphabet", "tweak", "plain", "cipher"), ACVP)
def test_acvp_samples_hold_both_ways(key: str, alphabet: str, tweak: str, plain: str, cipher: str) -> None:
    ours, tweak_bytes = Ff1(bytes.fromhex(key)), bytes.fromhex(tweak)
    encrypted = ours.encrypt(symbols(plain, alphabet), len(alphabet), tweak_bytes)
    assert np.array_equal(encrypted, symbols(cipher, alphabet))
    assert np.array_equal(ours.decrypt(encrypted, len(alphabet), tweak_bytes), symbols(plain, alphabet))


def test_symbols_of_two_bytes_hold() -> None:
    """Bouncy Castle, SP80038GTest: radix 1024."""
    ours = Ff1(bytes.fromhex("EF4359D8D580AA4F7F036D6F04FC6A942B7E151628AED2A6"))
    plain = np.array([[0x0327, 0x0351, 0x0021, 0x0215]], dtype=np.uint16)
    encrypted = ours.encrypt(plain, 1024, TWEAK10)
    assert encrypted.tolist() == [[0x0227, 0x01F8, 0x0217, 0x020A]]
    assert encrypted.dtype == np.uint16
    assert np.array_equal(ours.decrypt(encrypted, 1024, TWEAK10), plain)


def wycheproof_numerals(name: str) -> list[tuple[dict[str, Any], int, list[int], list[int]]]:
    """Cases of a file with radix, message and ciphertext as numerals; a character outside the alphabet is -1."""
    cases = []
    for group, case in wycheproof(f"aes_ff1_{name}"):
        alphabet = group.get("alphabet")
        read = (lambda text, known=alphabet: [known.find(c) for c in text]) if alphabet else list
        cases.append((case, group["radix"], read(case["msg"]), read(case["ct"])))
    return cases


@pytest.mark.promise("P12")
@pytest.mark.parametrize("name", WYCHEPROOF)
def test_every_valid_wycheproof_case_holds_both_ways(name: str) -> None:
    columns: dict[tuple[str, str, int, int], list[tuple[list[int], list[int]]]] = defaultdict(list)
    for case, radix, message, expected in wycheproof_numerals(name):
        if case["result"] == "valid":
            columns[case["key"], case["tweak"], radix, len(message)].append((message, expected))
    assert columns
    for (key, tweak, radix, length), pairs in columns.items():
        ours, tweak_bytes = Ff1(bytes.fromhex(key)), bytes.fromhex(tweak)
        plain, cipher = np.array(pairs, dtype=np.uint16).transpose(1, 0, 2)
        if name == "base10":  # as text, through the path for digits; `radix10` has the same cases as symbols
            as_text, cipher_text = (plain + 48).astype(np.uint8), (cipher + 48).astype(np.uint8)
            assert np.array_equal(ours.encrypt_digits(as_text, tweak_bytes), cipher_text), (key, length)
            assert np.array_equal(ours.decrypt_digits(cipher_text, tweak_bytes), as_text), (key, length)
        else:
            assert np.array_equal(ours.encrypt(plain, radix, tweak_bytes), cipher), (key, length)
            assert np.array_equal(ours.decrypt(cipher, radix, tweak_bytes), plain), (key, length)


@pytest.mark.parametrize("name", WYCHEPROOF)
def test_every_invalid_wycheproof_case_is_refused(name: str) -> None:
    invalid = [case for case in wycheproof_numerals(name) if case[0]["result"] == "invalid"]
    assert invalid
    for case, radix, message, _ in invalid:
        # -1 stands for a symbol that is none: as an unsigned number it is far beyond the radix.
        rows = np.array([message], dtype=np.int64).astype(np.uint32)
        with pytest.raises(ValueError):
            Ff1(bytes.fromhex(case["key"])).encrypt(rows, radix, bytes.fromhex(case["tweak"]))


def test_small_domains_pass_the_raw_primitive_and_fail_the_policy() -> None:
    """SmallMessageSize: valid arithmetic on 100 to 999,999 values; the test above shows that `Ff1` does it."""
    small = others = 0
    for name in WYCHEPROOF:
        for case, radix, message, _ in wycheproof_numerals(name):
            if case["result"] != "valid":
                continue
            if "SmallMessageSize" in case["flags"]:
                small += 1
                with pytest.raises(GateError, match="small-domain"):
                    require_domain(radix, len(message))
            else:
                others += 1
                require_domain(radix, len(message))
    assert small > 0
    assert others > 0


def by_textbook(rows: npt.NDArray[Any], radix: int, tweak: bytes) -> list[list[int]]:
    return [ff1(NIST_KEY, row, radix, tweak) for row in rows.tolist()]


@given(st.integers(2, 60), st.sampled_from([b"", b"tweak", TWEAK11, b"a tweak of more than sixteen bytes"]))
@settings(deadline=None)
def test_digits_agree_with_the_textbook(length: int, tweak: bytes) -> None:
    digits = ascii_digits(3, length, seed=length)
    expected = by_textbook(digits - np.uint8(48), 10, tweak)
    assert (Ff1(NIST_KEY).encrypt_digits(digits, tweak) - np.uint8(48)).tolist() == expected
    assert Ff1(NIST_KEY).encrypt(digits - np.uint8(48), 10, tweak).tolist() == expected


radixes = st.one_of(st.sampled_from([2, 10, 16, 26, 36, 62, 255, 256, 1 << 16]), st.integers(2, 1 << 16))


@given(radixes, st.integers(2, 60), st.binary(max_size=40), st.integers(0, 2**32))
@settings(deadline=None)
def test_any_radix_length_and_tweak_agrees_with_the_textbook_and_back(
    radix: int, length: int, tweak: bytes, seed: int
) -> None:
    length = max(length, 7) if radix < 10 else length
    plain = np.random.default_rng(seed).integers(0, radix, (3, length)).astype(np.uint16)
    plain[0], plain[1] = 0, radix - 1
    encrypted = Ff1(NIST_KEY).encrypt(plain, radix, tweak)
    assert encrypted.tolist() == by_textbook(plain, radix, tweak)
    assert np.array_equal(Ff1(NIST_KEY).decrypt(encrypted, radix, tweak), plain)
    # The path for many long rows serves any length.
    limbs, back = np.empty_like(plain), np.empty_like(plain)
    run_limbs(BlockCipher(NIST_KEY), Setting(radix, length, tweak), plain, limbs, decrypt=False)
    run_limbs(BlockCipher(NIST_KEY), Setting(radix, length, tweak), limbs, back, decrypt=True)
    assert np.array_equal(limbs, encrypted)
    assert np.array_equal(back, plain)


@pytest.mark.parametrize(("radix", "length"), [(16, 32), (36, 36), (62, 40), (10, 60), (2, 300)])
def test_many_long_rows_agree_with_few(radix: int, length: int) -> None:
    plain = np.random.default_rng(3).integers(0, radix, (500, length), dtype=np.uint8)
    whole = Ff1(NIST_KEY).encrypt(plain, radix, b"t")
    assert whole[490:].tolist() == by_textbook(plain[490:], radix, b"t")
    assert np.array_equal(Ff1(NIST_KEY).encrypt(plain[:1], radix, b"t"), whole[:1])
    assert np.array_equal(Ff1(NIST_KEY).decrypt(whole, radix, b"t"), plain)


@pytest.mark.parametrize("length", [6, 16, 27, 40])
def test_the_cut_into_batches_does_not_matter(length: int) -> None:
    digits, ours = ascii_digits(CHUNK + 50, length), Ff1(NIST_KEY)
    whole = ours.encrypt_digits(digits)
    for cut in (1, 37, CHUNK):
        parts = [ours.encrypt_digits(digits[:cut]), ours.encrypt_digits(digits[cut:])]
        assert np.array_equal(np.concatenate(parts), whole)


def test_the_smallest_allowed_domain_is_permuted() -> None:
    numbers = np.arange(1_000_000)
    digits = (numbers[:, None] // 10 ** np.arange(5, -1, -1) % 10 + 48).astype(np.uint8)
    encrypted = Ff1(NIST_KEY).encrypt_digits(digits)
    images = (encrypted - np.uint8(48)) @ (10 ** np.arange(5, -1, -1))
    assert np.array_equal(np.sort(images), numbers)
    assert not np.array_equal(images, numbers)


def test_columns_cut_out_of_wider_rows_work() -> None:
    wide, ours = ascii_digits(9, 30), Ff1(NIST_KEY)
    for part in (wide[:, 3:19], wide[::2, :12], wide[:, ::-1], np.asfortranarray(wide[:, :16])):
        assert np.array_equal(ours.encrypt_digits(part), ours.encrypt_digits(np.ascontiguousarray(part)))
        assert np.array_equal(ours.encrypt(part - np.uint8(48), 10) + 48, ours.encrypt_digits(part))


def test_the_original_is_left_as_it_is() -> None:
    digits = ascii_digits(5, 16)
    digits.flags.writeable = False
    before = digits.copy()
    Ff1(NIST_KEY).encrypt_digits(digits)
    Ff1(NIST_KEY).encrypt(digits - np.uint8(48), 10)
    assert np.array_equal(digits, before)


def test_no_rows_give_no_rows() -> None:
    assert Ff1(NIST_KEY).encrypt_digits(np.empty((0, 16), dtype=np.uint8)).shape == (0, 16)
    assert Ff1(NIST_KEY).encrypt(np.empty((0, 40), dtype=np.uint8), 26).shape == (0, 40)


@pytest.mark.parametrize("text", [b"12345678901234a6", b"123456789012345:", b"/234567890123456", b"1" * 39 + b" "])
def test_what_is_no_digit_is_refused_without_showing_it(text: bytes) -> None:
    with pytest.raises(ValueError, match="not every symbol is an ASCII digit"):
        Ff1(NIST_KEY).encrypt_digits(np.frombuffer(text, dtype=np.uint8).reshape(1, -1))


def test_signed_symbols_and_radixes_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="unsigned"):
        Ff1(NIST_KEY).encrypt(np.full((1, 8), -1, dtype=np.int16), 10)  # type: ignore[arg-type]
    for radix in (1, (1 << 16) + 1):
        with pytest.raises(ValueError, match="radix"):
            Ff1(NIST_KEY).encrypt(np.zeros((1, 8), dtype=np.uint16), radix)


@pytest.mark.parametrize(("radix", "length", "enough"), [(10, 6, True), (10, 5, False), (36, 4, True), (36, 3, False)])
def test_the_policy_asks_for_a_million_values(radix: int, length: int, enough: bool) -> None:
    if enough:
        require_domain(radix, length)
    else:
        with pytest.raises(GateError) as caught:
            require_domain(radix, length)
        assert caught.value.code == "small-domain"
