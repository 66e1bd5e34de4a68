"""Shifted dates: one shift a subject, the same for every type and style."""

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.errors import GateError, UsageError
from masker.methods.shift_date import ShiftDate
from tests.methods.support import keys_of, text

KEYS = keys_of("a")
DATES = st.dates(dt.date(2, 1, 1), dt.date(9998, 12, 31))


def shifts(dates: list[dt.date], by: list[int | None] | None, within: int = 90) -> list[int]:
    column = pa.array(dates, pa.date32())
    subjects = None if by is None else pa.array(by, pa.int64())
    masked = ShiftDate(within)(KEYS, column, subjects).to_pylist()
    return [(new - old).days for old, new in zip(dates, masked, strict=True)]


@settings(deadline=None)
@given(st.lists(DATES, min_size=2, max_size=6))
def test_dates_of_a_subject_move_alike(dates: list[dt.date]) -> None:
    assert len(set(shifts(dates, [7] * len(dates)))) == 1


@settings(deadline=None)
@given(st.lists(st.integers(), max_size=30, unique=True).map(lambda ids: [i % 2**62 for i in ids]))
def test_a_shift_is_never_zero_and_within_bounds(subjects: list[int]) -> None:
    moved = shifts([dt.date(2000, 1, 1)] * len(subjects), list(subjects), within=3)
    assert set(moved) <= {-3, -2, -1, 1, 2, 3}


def test_all_shifts_occur() -> None:
    assert set(shifts([dt.date(2000, 1, 1)] * 300, list(range(300)), within=2)) == {-2, -1, 1, 2}


@settings(deadline=None)
@given(DATES, st.one_of(st.none(), st.integers(0, 99)))
def test_every_type_and_style_agrees(day: dt.date, subject: int | None) -> None:
    by = pa.array([subject], pa.int64())
    expected = ShiftDate()(KEYS, pa.array([day], pa.date32()), by)[0].as_py()
    assert ShiftDate()(KEYS, text([day.isoformat()]), by)[0].as_py() == expected.isoformat()
    german = ShiftDate(pattern="%d.%m.%Y")(KEYS, text([f"{day:%d.%m.}{day.year:04}"]), by)[0].as_py()
    assert german == f"{expected:%d.%m.}{expected.year:04}"
    for unit in ("s", "ms", "us"):
        stamp = pa.array([dt.datetime.combine(day, dt.time(13, 45, 59))], pa.timestamp(unit))
        assert ShiftDate()(KEYS, stamp, by)[0].as_py() == dt.datetime.combine(expected, dt.time(13, 45, 59))
    assert ShiftDate()(KEYS, pa.array([day], pa.date64()), by)[0].as_py() == expected


def test_subject_keys_agree_as_text_and_number() -> None:
    column = text(["2001-02-03"] * 3)
    as_text = ShiftDate()(KEYS, column, text(["7", "007", "8"])).to_pylist()
    assert as_text == ShiftDate()(KEYS, column, pa.array([7, 7, 8])).to_pylist()
    assert as_text[0] != as_text[2]


def test_zones_stay() -> None:
    column = pa.array([dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC)], pa.timestamp("us", "Europe/Berlin"))
    assert ShiftDate()(KEYS, column).type == column.type


def test_what_leaves_the_calendar_or_the_type_is_unreadable() -> None:
    edges = pa.array([dt.date(1, 1, 1), dt.date(9999, 12, 31)] * 40, pa.date32())
    masked = ShiftDate()(KEYS, edges, pa.array(range(80))).to_pylist()
    assert None in masked
    assert all(day is None or 1 <= day.year <= 9999 for day in masked)
    nanoseconds = pa.array([2**63 - 1, -(2**63) + 1] * 20, pa.timestamp("ns"))
    assert ShiftDate()(KEYS, nanoseconds, pa.array(range(40))).null_count > 0


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("", ["2024-05-17T08:15:00.120+02:00", "2024-05-17 08:15", "2024-05-17T08:15:00Z"]),
        ("%d/%m/%Y %H:%M", ["01/02/2003 4:05", "31/12/1999 23:59"]),
        ("%H:%M %d.%m.%y", ["8:15 17.05.84"]),
        ("%Y%m%d", ["20240229"]),
    ],
)
def test_the_style_stays(pattern: str, values: list[str]) -> None:
    def shape(value: str) -> str:
        return "".join("9" if letter.isdigit() else letter for letter in value)

    masked = ShiftDate(pattern=pattern)(KEYS, text(values)).to_pylist()
    assert [shape(value) for value in masked] == [shape(value) for value in values]


def test_numbers_without_leading_zeros_stay_without() -> None:
    masked = ShiftDate("30d", "%-d.%-m.%Y")(KEYS, text(["12.11.2001"] * 40), pa.array(range(40))).to_pylist()
    assert not [value for value in masked if value.startswith("0") or ".0" in value]
    assert len({len(value) for value in masked}) > 1


@pytest.mark.parametrize("within", [0, -1, "90h", "", True, 10_000])
def test_a_bad_bound_is_refused(within: object) -> None:
    with pytest.raises(UsageError):
        ShiftDate(within)  # type: ignore[arg-type]


@pytest.mark.parametrize("pattern", ["%Y", "%d.%m", "%Y-%m-%d %Q", "%b %d %Y", "%f %Y-%m-%d", "%Y-%m-%d%"])
def test_a_pattern_without_a_whole_date_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError):
        ShiftDate(pattern=pattern)


def test_numbers_do_not_fit() -> None:
    with pytest.raises(GateError, match="does-not-fit"):
        ShiftDate()(KEYS, pa.array([1]))


def test_a_short_last_number_does_not_read_on_into_the_next_cell() -> None:
    values = ["1962/2/18", "1958/12/8", "1965/3/3", "1973/7/1"]
    method = ShiftDate(pattern="%Y/%m/%d")
    alone = [method(KEYS, text([value])).to_pylist()[0] for value in values]
    assert method(KEYS, text(values)).to_pylist() == alone
    assert None not in alone
