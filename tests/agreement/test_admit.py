"""P14: of purpose × recipient × lifetime × day, only what the agreement allows passes; nothing is shortened to fit."""

from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from agreement.agreements import GOOD, loaded
from masker import clock
from masker.errors import GateError, UsageError
from tests.faults.figures import record

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
PURPOSES = {"test-patch": 14, "test-system": 60, "test-fix": None, "marketing": None}
RECIPIENTS = {
    "staff": {"test-patch", "test-system"},
    "subcontractor:northwind": {"test-patch"},
    "subcontractor:south": set(),
    "Staff": set(),
}
LIVES = [SECOND, 13 * DAY, 14 * DAY, 14 * DAY + SECOND, 60 * DAY, 60 * DAY + SECOND, 400 * DAY]
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC)
MIDDLE = datetime(2026, 11, 24, 6, tzinfo=UTC)
MOMENTS = [BEGIN - SECOND, BEGIN, MIDDLE, END - 14 * DAY, END - SECOND, END, END + SECOND]


@pytest.mark.promise("P14")
@pytest.mark.parametrize("moment", MOMENTS, ids=clock.rfc3339)
def test_only_the_allowed_cells_of_the_matrix_pass(tmp_path: Path, moment: datetime) -> None:
    agreement = loaded(tmp_path)
    passed, due, codes = [], [], set()
    for purpose, recipient, life in product(PURPOSES, RECIPIENTS, LIVES):
        longest = PURPOSES[purpose]
        if (
            BEGIN <= moment <= END
            and longest is not None
            and life <= longest * DAY
            and moment + life <= END
            and purpose in RECIPIENTS[recipient]
        ):
            due.append((purpose, recipient, life))
        try:
            agreement.admit(purpose, moment + life, recipient, moment)
            passed.append((purpose, recipient, life))
        except GateError as error:
            codes.add((error.code, error.exit_code))
    assert passed == due
    assert codes == {("agreement", 1)}
    cells = len(PURPOSES) * len(RECIPIENTS) * len(LIVES)
    record("P14", "cells of purpose × recipient × lifetime × moment", cells, "only those that are allowed passed")
    assert len(due) == {MIDDLE: 11, BEGIN: 11, END - 14 * DAY: 9, END - SECOND: 3}.get(moment, 0)


@pytest.mark.promise("P14")
@pytest.mark.parametrize("life", [timedelta(), -SECOND, -400 * DAY])
def test_an_expiry_that_has_passed_is_a_usage_error_before_all_else(tmp_path: Path, life: timedelta) -> None:
    with pytest.raises(UsageError):
        loaded(tmp_path).admit("marketing", END + life, "nobody", END)


def test_an_agreement_of_one_leap_day_holds_that_day_and_no_other(tmp_path: Path) -> None:
    text = GOOD.replace("2026-01-01, until: 2027-12-31", "2028-02-29, until: 2028-02-29")
    agreement = loaded(tmp_path, text)
    first = datetime(2028, 2, 29, tzinfo=UTC)
    agreement.admit("test-patch", clock.expiry("2028-02-29", first), "staff", first)
    for moment, life in [(first - SECOND, SECOND), (first, DAY), (first + DAY, SECOND)]:
        with pytest.raises(GateError):
            agreement.admit("test-patch", moment + life, "staff", moment)


@pytest.mark.parametrize("night", ["2026-03-28", "2026-10-24"])
def test_fourteen_days_are_as_long_over_a_change_of_the_clocks(tmp_path: Path, night: str) -> None:
    moment = datetime.fromisoformat(f"{night}T12:00:00+00:00")
    agreement = loaded(tmp_path)
    assert agreement.admit("test-patch", clock.expiry("14d", moment), "staff", moment)
    with pytest.raises(GateError):
        agreement.admit("test-patch", clock.expiry("337h", moment), "staff", moment)


def test_an_expiry_in_another_zone_counts_as_its_moment(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 24, 6, tzinfo=UTC)
    agreement = loaded(tmp_path)
    agreement.admit("test-patch", datetime.fromisoformat("2026-12-08T08:00:00+02:00"), "staff", moment)
    with pytest.raises(GateError):
        agreement.admit("test-patch", datetime.fromisoformat("2026-12-08T06:00:00-01:00"), "staff", moment)


def notice(day: str, answer: str, version: str) -> str:
    return f"  - {{date: {day}, about: x, told: y, answer: {answer}, policy_version: {version}}}\n"


@pytest.mark.parametrize(
    ("notices", "allowed"),
    [
        ([], True),
        ([("2026-01-01", "declined", "3")], False),
        ([("2026-01-01", "declined", "2")], True),
        ([("2026-01-01", "declined", "3"), ("2026-02-01", "agreed", "3")], True),
        ([("2026-02-01", "agreed", "3"), ("2026-01-01", "declined", "3")], True),
        ([("2026-01-01", "agreed", "3"), ("2026-01-01", "declined", "3")], False),
        ([("2026-01-01", "pending", "3")], True),
    ],
)
def test_the_last_answer_about_the_current_policy_version_counts(
    tmp_path: Path, notices: list[tuple[str, str, str]], allowed: bool
) -> None:
    text = GOOD + ("notices:\n" + "".join(notice(*each) for each in notices) if notices else "")
    agreement, moment = loaded(tmp_path, text), datetime(2026, 11, 24, tzinfo=UTC)
    if allowed:
        agreement.admit("test-patch", moment + DAY, "staff", moment)
    else:
        with pytest.raises(GateError, match="declined"):
            agreement.admit("test-patch", moment + DAY, "staff", moment)


@pytest.mark.promise("P14")
@pytest.mark.parametrize(
    ("moment", "days"), [(BEGIN, 14), (END - 14 * DAY, 14), (END - 3 * DAY, 3), (END - SECOND, 0), (END + DAY, 0)]
)
def test_no_copy_may_ever_be_extended_beyond_the_agreement(tmp_path: Path, moment: datetime, days: int) -> None:
    agreement = loaded(tmp_path)
    assert agreement.longest(agreement.purposes["test-patch"], moment).days == days
