"""Format-preserving encryption: one to one, in shape, with check digits that hold."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import ean, iban, luhn
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.us import ssn

from masker.errors import GateError, UsageError
from masker.methods.fpe import Fpe
from tests.methods.support import keys_of, text

KEYS = keys_of("a")


def fpe(values: list[str | None], **parameters: object) -> list[str | None]:
    masked: list[str | None] = Fpe(**parameters)(KEYS, text(values)).to_pylist()  # type: ignore[arg-type]
    return masked


@pytest.mark.parametrize(
    "values",
    [
        [f"{n}" for n in range(10)],
        [f"{n:02}" for n in range(100)],
        [f"{n:04}" for n in range(10_000)],
        [f"-{n}" for n in range(1, 1000)],
        [f"{n:02}-{letter}" for n in range(100) for letter in "abcdefghijklmnopqrstuvwxyz"],
        [f"{letter}.{n:03}" for n in range(1000) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
        [chr(97 + a) + chr(97 + b) for a in range(26) for b in range(26)],
        [chr(65 + a) + str(b) for a in range(26) for b in range(10)],
    ],
    ids=lambda values: f"{values[0]}..{values[-1]}",
)
def test_every_value_of_a_shape_has_its_own_pseudonym(values: list[str]) -> None:
    assert sorted(map(str, fpe(values))) == sorted(values)  # type: ignore[arg-type]


def test_integers_agree_in_every_style_and_type() -> None:
    padded, plain = fpe(["00123456", "123456"])
    assert (padded or "")[2:] == plain
    assert Fpe()(KEYS, pa.array([123456])).to_pylist() == [int(plain or 0)]


@pytest.mark.parametrize(
    "type_", [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32()], ids=str
)
def test_an_integer_fits_its_type_and_keeps_its_length(type_: pa.DataType) -> None:
    info = np.iinfo(type_.to_pandas_dtype())
    values = sorted({*range(max(info.min, -128), min(info.max, 128)), info.min, info.min + 1, info.max, info.max - 1})
    masked = Fpe()(KEYS, pa.array(values, type_))
    assert masked.type == type_
    assert [len(str(value)) for value in masked.to_pylist()] == [len(str(value)) for value in values]
    assert len(set(masked.to_pylist())) == len(values)


@pytest.mark.parametrize("type_", [pa.float64(), pa.float32(), pa.decimal128(8, 2)], ids=str)
def test_a_fraction_keeps_its_magnitude(type_: pa.DataType) -> None:
    values = pa.array(["0.05", "12.50", "-999.25", "123456.00"], pa.string()).cast(type_)
    masked = Fpe()(KEYS, values)
    assert masked.type == type_
    assert [len(str(int(value))) for value in masked.to_pylist()] == [
        len(str(int(value))) for value in values.to_pylist()
    ]


def test_floats_that_are_no_numbers_stay() -> None:
    masked = Fpe()(KEYS, pa.array([float("inf"), 1e300], pa.float64())).to_pylist()
    assert masked[0] == float("inf")
    assert 1e300 <= masked[1] < 1e301


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=8))
def test_any_text_keeps_its_case_and_separators(values: list[str]) -> None:
    for value, masked in zip(values, fpe(list(values)), strict=True):
        assert masked is not None
        assert len(masked) == len(value)
        ascii_pairs = [(old, new) for old, new in zip(value, masked, strict=True) if old.isascii()]
        assert all(new == old for old, new in ascii_pairs if not old.isalnum())
        assert all((new.isdigit(), new.isupper()) == (old.isdigit(), old.isupper()) for old, new in ascii_pairs)


def test_letters_of_any_script_change() -> None:
    values = [
        "Ελληνικά",
        "Русский",
        "日本語テキスト",
        "العربية",
        "हिन्दी भाषा",
        "한국어문장",
        "ÀÉÎÕÜßñø",
        "𠀀𠀁𠀂𠀃",
        "😀😁😂🤣",
    ]
    for value, masked in zip(values, fpe(list(values)), strict=True):
        same = [old for old, new in zip(value, masked or "", strict=True) if old == new and old.isalpha()]
        assert len(same) <= 1


def test_long_text_changes_throughout() -> None:
    value = "the quick brown fox 1 jumps over 22 lazy dogs " * 20
    masked = fpe([value])[0] or ""
    unchanged = sum(old == new for old, new in zip(value, masked, strict=True) if old.isalnum())
    assert unchanged < len(value) / 10


@pytest.mark.parametrize(
    ("check", "values", "is_valid"),
    [
        ("luhn", ["4111111111111111", "5500005555555559", "378282246310005", "6011000990139424"], luhn.is_valid),
        ("ean", ["4006381333931", "73513537", "036000291452"], ean.is_valid),
        (
            "iban",
            ["DE89370400440532013000", "NL91ABNA0417164300", "NO9386011117947", "MT84MALT011000012345MTLCAST001S"],
            None,
        ),
        ("national_id", ["36574261809", "65929970489"], idnr.is_valid),
        ("national_id", ["12345678Z", "00000001R"], dni.is_valid),
        ("national_id", ["X1234567L", "Z1234567R"], nie.is_valid),
        ("national_id", ["184127645108946", "2 95 10 99 126 111 93"], nir.is_valid),
        ("national_id", ["078-05-1121", "219-09-9998"], ssn.is_valid),
        ("national_id", ["RSSMRA85T10A562S", "MRTMTT91D08F205J"], codicefiscale.is_valid),
    ],
)
def test_a_valid_number_stays_valid(check: str, values: list[str], is_valid: object) -> None:
    valid = is_valid or (lambda value: iban.is_valid(value, check_country=False))
    many = fpe([*values], check=check)
    again = fpe(many, check=check)
    assert all(valid(value) for value in values if check != "national_id" or "05-112" not in value)  # type: ignore[operator]
    assert all(valid(value) for value in [*many, *again])  # type: ignore[operator]
    assert not set(values) & set(many)


@pytest.mark.parametrize("value", ["4111111111111112", "DE88370400440532013000", "12345678A", "36574261808"])
def test_a_wrong_check_digit_stays_wrong(value: str) -> None:
    check = {16: "luhn", 22: "iban"}.get(len(value), "national_id")
    masked = fpe([value], check=check)[0] or ""
    assert masked
    valid = {"luhn": luhn.is_valid, "iban": iban.is_valid, "national_id": lambda v: dni.is_valid(v) or idnr.is_valid(v)}
    assert not valid[check](masked)


def test_cards_keep_six_digits_and_stay_apart() -> None:
    values = [f"411111{n:09}" for n in range(3000)]
    cards = [value + luhn.calc_check_digit(value) for value in values]
    masked = fpe(list(cards), check="luhn", keep_prefix=6)
    assert all(luhn.is_valid(card) and card.startswith("411111") for card in masked if card)
    assert len(set(masked)) == len(cards)


def test_the_check_digit_moves_inward_where_the_last_digits_stay() -> None:
    masked = fpe(["4111111111111111"], check="luhn", keep_prefix=6, keep_suffix=4)[0] or ""
    assert luhn.is_valid(masked)
    assert (masked[:6], masked[-4:]) == ("411111", "1111")


def test_an_iban_keeps_country_and_blanks() -> None:
    masked = fpe(["GB82 WEST 1234 5698 7654 32"], check="iban")[0] or ""
    assert masked.startswith("GB")
    assert [position for position, letter in enumerate(masked) if letter == " "] == [4, 9, 14, 19, 24]


def test_a_phone_number_is_one_however_written() -> None:
    styles = ["+49 (30) 901-8200", "0049309018200", "030/9018200", "030 901 82 00"]
    digits = {"".join(filter(str.isdigit, value or ""))[-7:] for value in fpe(list(styles), check="phone")}
    assert len(digits) == 1


def test_phone_numbers_stay_apart() -> None:
    numbers = [f"+1 415 555 {n:04}" for n in range(10_000)] + [f"+1 415 155 {n:04}" for n in range(10_000)]
    assert len(set(fpe(list(numbers), check="phone"))) == len(numbers)


def test_a_kept_prefix_is_counted_in_letters_and_digits() -> None:
    masked = fpe(["D-E 123456"], keep_prefix=3)[0] or ""
    assert masked.startswith("D-E 1")
    assert masked != "D-E 123456"


@pytest.mark.parametrize(
    "parameters",
    [
        {"alphabet": "klingon"},
        {"check": "crc"},
        {"keep_prefix": -1},
        {"keep_prefix": 7, "check": "luhn"},
        {"keep_suffix": 5, "check": "luhn"},
        {"keep_prefix": 1, "check": "iban"},
        {"alphabet": "hex", "check": "luhn"},
    ],
)
def test_bad_parameters_are_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Fpe(**parameters)  # type: ignore[arg-type]


def test_a_date_column_does_not_fit() -> None:
    with pytest.raises(GateError, match="does-not-fit"):
        Fpe()(KEYS, pa.array([1], pa.int32()).cast(pa.date32()))


def test_a_number_too_long_for_an_integer_keeps_its_first_digit_off_zero_over_digits_alone() -> None:
    values = [str(10**19 + number) for number in range(300)]
    masked = Fpe(alphabet="digits")(keys_of("a"), text(values)).to_pylist()
    assert not [value for value in masked if len(value) != 20 or value[0] == "0"]
