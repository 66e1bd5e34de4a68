"""What single methods promise beyond what every method does."""

import ipaddress
import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.errors import GateError, UsageError
from masker.methods.constant import Constant
from masker.methods.fake import Fake
from masker.methods.generalize import Generalize
from masker.methods.hash import Hash
from masker.methods.ip import Ip
from masker.methods.partial import Partial
from masker.methods.permute import Permute
from masker.methods.redact import Redact
from masker.methods.token import Token
from tests.methods.support import keys_of, text

KEYS = keys_of("a")


def test_permuted_integers_agree_in_every_type() -> None:
    numbers = [7, 123, 4711, 99_999]
    wide = Permute()(KEYS, pa.array(numbers, pa.int64())).to_pylist()
    assert Permute()(KEYS, pa.array(numbers, pa.int32())).to_pylist() == wide
    assert Permute()(KEYS, pa.array(numbers, pa.float64())).to_pylist() == wide
    assert Permute()(KEYS, text([f"{number:07}" for number in numbers])).to_pylist() == [f"{n:07}" for n in wide]


def test_ids_that_stay_leave_the_rest_one_to_one() -> None:
    masked = Permute(stay=(3, 4, 50))(KEYS, pa.array(range(-5, 100))).to_pylist()
    assert sorted(masked) == list(range(-5, 100))
    assert [masked[5 + number] for number in (-5, 0, 3, 4, 50)] == [-5, 0, 3, 4, 50]


def test_floats_that_are_no_exact_integers_are_unreadable() -> None:
    assert Permute()(KEYS, pa.array([1.5, 1e300, float("nan"), None])).null_count == 4


def test_unsigned_numbers_above_the_signed_range_are_unreadable() -> None:
    assert Permute()(KEYS, pa.array([2**63], pa.uint64())).null_count == 1


@settings(deadline=None)
@given(st.lists(st.ip_addresses(v=4).map(str), min_size=1, max_size=20))
def test_ipv4_lands_in_the_private_network(addresses: list[str]) -> None:
    masked = Ip()(KEYS, text(addresses)).to_pylist()
    assert all(ipaddress.ip_address(value) in ipaddress.ip_network("10.0.0.0/8") for value in masked)


@settings(deadline=None)
@given(st.ip_addresses(v=6))
def test_ipv6_lands_in_the_local_network_however_written(address: ipaddress.IPv6Address) -> None:
    masked = Ip()(KEYS, text([str(address), address.exploded.upper(), "192.0.2.1"])).to_pylist()
    assert masked[0] == masked[1]
    assert ipaddress.ip_address(masked[0]) in ipaddress.ip_network("fd00::/8")


@settings(deadline=None)
@given(st.lists(st.one_of(st.ip_addresses(v=4).map(str), st.text("0123456789.", max_size=16)), max_size=12))
def test_an_ipv4_address_is_what_python_takes_for_one(values: list[str]) -> None:
    def is_address(value: str) -> bool:
        try:
            return bool(ipaddress.IPv4Address(value))
        except ValueError:
            return False

    masked = Ip()(KEYS, text(values)).to_pylist()
    assert [bool(value) for value in masked] == [is_address(value) for value in values]


@pytest.mark.parametrize("parameters", [(7, 4), (6, 5)])
def test_a_card_shows_no_more_than_six_and_four(parameters: tuple[int, int]) -> None:
    with pytest.raises(UsageError):
        Partial(*parameters, infotype="payment_card")


def test_a_short_text_is_hidden_whole() -> None:
    assert Partial(2, 4)(KEYS, text(["abcdefgh", "abcdefghi"])).to_pylist() == ["********", "ab***fghi"]


def test_redaction_keeps_types_and_nulls() -> None:
    for column in (
        pa.array([5, None]), pa.array([True, None]), pa.array([b"x", None]), pa.array([1.5, None]),
        pa.array([3, None], pa.int32()).cast(pa.date32()), pa.array(["1.50", None]).cast(pa.decimal128(9, 2)),
    ):  # fmt: skip
        masked = Redact()(KEYS, column)
        assert masked.type == column.type
        assert not masked[0].as_py() or masked[0].as_py().year == 1970
        assert masked.null_count == 1


def test_a_constant_fits_the_type_or_is_refused() -> None:
    assert Constant("7")(KEYS, pa.array([1, None])).to_pylist() == [7, None]
    with pytest.raises(GateError, match="does-not-fit"):
        Constant("x")(KEYS, pa.array([1]))


def test_a_constant_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError):
        Constant()


def test_hashes_have_the_length_asked_for() -> None:
    for form, length, shape in (
        ("hex", 8, "[0-9a-f]{8}"),
        ("base32", 25, "[0-9a-z]{25}"),
        ("integer", 5, "[1-9][0-9]{4}"),
    ):
        assert re.fullmatch(shape, Hash(form, length)(KEYS, text(["a"]))[0].as_py())  # type: ignore[arg-type]


def test_a_shorter_hash_is_the_begin_of_a_longer_one() -> None:
    for form, longest in (("hex", 32), ("base32", 25)):
        whole = Hash(form)(KEYS, text(["a"]))[0].as_py()  # type: ignore[arg-type]
        shorter = [Hash(form, length)(KEYS, text(["a"]))[0].as_py() for length in range(1, longest)]  # type: ignore[arg-type]
        assert all(whole.startswith(begin) for begin in shorter)


def test_a_token_of_the_same_alphabet_keeps_classes_and_case() -> None:
    values = ["DEADBEEF00112233-x", "deadbeef00112233", "DEADBEEF00112233", "aB1aB1aB1aB1aB1aB1"]
    masked = Token("same")(KEYS, text(values)).to_pylist()
    assert re.fullmatch("[A-Z]{8}[0-9]{8}-[a-z]", masked[0])
    assert re.fullmatch("[0-9a-f]{16}", masked[1])
    assert re.fullmatch("[0-9A-F]{16}", masked[2])
    assert re.fullmatch("(?:[a-z][A-Z][0-9]){6}", masked[3])


def test_tokens_of_many_values_differ() -> None:
    values = [f"user-{number}" for number in range(20_000)]
    assert len(set(Token()(KEYS, text(values)).to_pylist())) == len(values)


def test_one_subject_is_one_fake_person() -> None:
    by = pa.array([7, 7, None], pa.int64())
    first = Fake("first_name", "de_DE")(KEYS, text(["Xaver", "Yvonne", "Zita"]), by).to_pylist()
    whole = Fake("person_name", "de_DE")(keys_of("a", "another-domain"), text(["Xaver Muster"] * 3), by).to_pylist()
    assert first[0] == first[1]
    assert whole[0].startswith(first[0])


def test_without_a_subject_the_value_decides() -> None:
    column = text(["Xaver", "Yvonne", "Xaver"])
    alone = Fake("first_name")(KEYS, column).to_pylist()
    assert alone == Fake("first_name")(KEYS, column, pa.array([None, None, ""], pa.string())).to_pylist()
    assert alone[0] == alone[2]


def test_spellings_agree_unless_exact() -> None:
    spellings = text(["Anna@Firma.example", "anna@firma.example"])
    assert len(set(Fake("email")(KEYS, spellings).to_pylist())) == 1
    assert len(set(Fake("email", canonical="exact")(KEYS, spellings).to_pylist())) == 2


def test_an_infotype_without_a_fake_is_refused() -> None:
    with pytest.raises(UsageError):
        Fake("no-such-infotype")


def test_coarse_dates_keep_their_type() -> None:
    days = pa.array(["1984-05-17", "2024-02-29", None]).cast(pa.date32())
    assert Generalize("month")(KEYS, days).cast(pa.string()).to_pylist() == ["1984-05-01", "2024-02-01", None]
    stamps = days.cast(pa.timestamp("us"))
    assert Generalize("decade")(KEYS, stamps).cast(pa.date32()).cast(pa.string()).to_pylist() == [
        "1980-01-01",
        "2020-01-01",
        None,
    ]


@pytest.mark.parametrize("type_", [pa.int8(), pa.int64(), pa.float64(), pa.decimal128(8, 2)], ids=str)
def test_bands_keep_their_type(type_: pa.DataType) -> None:
    masked = Generalize("band", width=10, top=90, bottom=0)(KEYS, text(["34", "95", "-7", None]).cast(type_))
    assert masked.type == type_
    assert masked.to_pylist() == [30, 90, 0, None]


def test_coordinates_fall_on_the_grid() -> None:
    assert Generalize("grid", width=0.1)(KEYS, pa.array([52.5163, -13.3777])).to_pylist() == [52.5, -13.4]


@pytest.mark.parametrize(
    "parameters", [{"to": "moon"}, {"to": "band"}, {"to": "year", "width": 3}, {"to": "grid", "width": 1, "top": 3}]
)
def test_bad_parameters_of_generalize_are_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Generalize(**parameters)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("to", "first"),
    [("quarter", "2024-04-01"), ("week", "2024-05-13"), ("month", "2024-05-01"), ("decade", "2020-01-01")],
)
def test_a_date_falls_on_the_first_day(to: str, first: str) -> None:
    assert Generalize(to)(KEYS, text(["2024-05-17"])).to_pylist() == [first]  # type: ignore[arg-type]
    assert Generalize(to)(KEYS, text(["2024-05-17"]).cast(pa.date32())).cast(pa.string()).to_pylist() == [first]  # type: ignore[arg-type]


@pytest.mark.parametrize("to", ["year", "quarter", "month", "week", "decade"])
def test_no_date_is_before_the_bottom_nor_after_the_top_year(to: str) -> None:
    method = Generalize(to, bottom=1951, top=1963)  # type: ignore[arg-type]
    days = pa.array(range(-8000, -1000, 11), pa.int32()).cast(pa.date32())
    masked = method(KEYS, days).cast(pa.string()).to_pylist()
    assert min(masked) == "1951-01-01"
    assert "1963-01-01" <= max(masked) < "1964"
    assert {new for old, new in zip(days.cast(pa.string()).to_pylist(), masked, strict=True) if old >= "1964"} == {
        "1963-01-01"
    }


def test_every_restricted_area_of_hipaa_becomes_zeros() -> None:
    """45 CFR 164.514(b)(2)(i)(B) with the HHS guidance's list by the census of 2000."""
    few = "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893".split()
    assert set(Generalize("zip3")(KEYS, text([f"{area}17" for area in few])).to_pylist()) == {"00000"}
    assert Generalize("zip3")(KEYS, text(["10017-1234", "94107"])).to_pylist() == ["10000-0000", "94100"]


def test_ages_of_ninety_and_above_are_one() -> None:
    masked = Generalize("band", width=1, top=90)(KEYS, pa.array([0, 34, 89, 90, 91, 117]))
    assert masked.to_pylist() == [0, 34, 89, 90, 90, 90]


def test_points_fall_on_the_grid() -> None:
    values = ["52.5163, 13.3777", "-33.8688;151.2093", "POINT (13.3777 52.5163)", "(1.04,2.06)"]
    masked = Generalize("point", width=0.1)(KEYS, text(values)).to_pylist()
    assert masked == ["52.5, 13.4", "-33.9;151.2", "POINT (13.4 52.5)", "(1.0,2.1)"]
