"""`noise`: never past its bound, never past a wall, the same for the same value of the same person."""

from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.errors import GateError, UsageError
from masker.methods.noise import Noise
from tests.methods.support import keys_of, text

KEYS = keys_of("a")
PLAIN = st.decimals(-(10**9), 10**9, allow_nan=False, places=2).map(str) | st.integers(-(10**18) + 1, 10**18 - 1).map(
    str
)


@settings(max_examples=80, deadline=None)
@given(st.lists(PLAIN, min_size=1, max_size=20), st.sampled_from(["10%", "2.5%", "99.9%"]))
def test_a_number_stays_within_its_share_sign_decimals_and_width(values: list[str], within: str) -> None:
    masked = Noise(within)(KEYS, text(values)).to_pylist()
    share = Decimal(within.rstrip("%")) / 100
    for old, new in zip(values, masked, strict=True):
        assert abs(Decimal(new) - Decimal(old)) <= abs(Decimal(old)) * share
        assert (old.startswith("-"), old.partition(".")[1], len(old.partition(".")[2])) == (
            new.startswith("-"), new.partition(".")[1], len(new.partition(".")[2]),
        )  # fmt: skip
        assert len(new) <= len(old)


@settings(max_examples=80, deadline=None)
@given(st.lists(PLAIN, min_size=1, max_size=20), st.sampled_from([1, 500, "0.05"]))
def test_a_number_stays_within_so_many_units(values: list[str], within: str | int) -> None:
    for old, new in zip(values, Noise(within)(KEYS, text(values)).to_pylist(), strict=True):
        assert abs(Decimal(new) - Decimal(old)) <= Decimal(str(within))


@pytest.mark.parametrize("type_", [pa.int8(), pa.uint8(), pa.int16(), pa.int32(), pa.int64()], ids=str)
def test_a_type_s_largest_value_still_fits_it(type_: pa.DataType) -> None:
    most = 2 ** (type_.bit_width - (0 if pa.types.is_unsigned_integer(type_) else 1)) - 1
    column = pa.array([most // 10**0 if most < 10**18 else 10**18 - 1, most * 9 // 10 if most < 10**18 else 5], type_)
    assert Noise("99%")(KEYS, column).type == type_


def test_types_agree() -> None:
    known = Noise()(KEYS, text(["50000"])).to_pylist()
    assert Noise()(KEYS, pa.array([50000])).to_pylist() == [int(known[0])]
    assert Noise()(KEYS, pa.array([50000.0])).to_pylist() == [float(known[0])]
    assert Noise()(KEYS, text(["50000", "0050000"])).to_pylist() == [known[0], "00" + known[0]]


def test_most_numbers_move_and_their_mean_stays() -> None:
    values = list(range(40_000, 60_000, 7))
    masked = Noise()(KEYS, pa.array(values)).to_pylist()
    assert not [old for old, new in zip(values, masked, strict=True) if old == new]
    assert abs(sum(masked) / sum(values) - 1) < 0.005


def test_the_same_salary_of_two_people_moves_otherwise_and_of_one_alike() -> None:
    masked = Noise()(KEYS, text(["50000"] * 3), by=pa.array([1, 2, 1])).to_pylist()
    assert masked[0] == masked[2] != masked[1]
    other_table = Noise()(KEYS, pa.array([50000]), by=text(["1"])).to_pylist()
    assert other_table == [int(masked[0])]


def test_dates_move_by_at_most_so_many_days_and_never_by_none() -> None:
    days = pa.array(range(0, 20_000, 13), pa.int32()).cast(pa.date32())
    moved = Noise(days=10)(KEYS, days)
    steps = [new - old for old, new in zip(days.cast(pa.int32()).to_pylist(), moved.cast(pa.int32()).to_pylist(),
                                           strict=True)]  # fmt: skip
    assert {abs(step) for step in steps} == set(range(1, 11))
    stamps = Noise(days=10)(KEYS, days.cast(pa.timestamp("us")))
    assert stamps.cast(pa.date32()).equals(moved)
    assert Noise(days=10)(KEYS, days.cast(pa.string())).equals(moved.cast(pa.string()))


def test_the_same_day_of_two_people_moves_otherwise() -> None:
    moved = Noise(days=90)(KEYS, text(["1984-05-17"] * 40), by=pa.array(range(40)))
    assert pc.count_distinct(moved).as_py() > 20


@pytest.mark.parametrize(
    "parameters",
    [
        {"within": "0%"}, {"within": "100%"}, {"within": -3}, {"within": "much"}, {"within": True}, {"days": -1},
        {"days": 5, "within": 3}, {"pattern": "%Y"}, {"days": 3, "pattern": "%Y"},
    ],
    ids=str,
)  # fmt: skip
def test_bad_parameters_are_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Noise(**parameters)  # type: ignore[arg-type]


def test_a_type_without_numbers_is_refused() -> None:
    with pytest.raises(GateError):
        Noise()(KEYS, pa.array([True]))
    with pytest.raises(GateError):
        Noise(days=3)(KEYS, pa.array([1]))
