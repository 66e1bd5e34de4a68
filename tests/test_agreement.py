from datetime import UTC, datetime, timedelta

import pytest

from masker.agreement import BUILT_IN
from masker.errors import GateError, UsageError

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.promise("P14")
@pytest.mark.parametrize("purpose", BUILT_IN.purposes)
def test_every_purpose_of_the_policy_is_admitted_for_thirty_days(purpose: str) -> None:
    assert BUILT_IN.admit(purpose, NOW + 30 * DAY, "staff", NOW).text


@pytest.mark.promise("P14")
@pytest.mark.parametrize("purpose", BUILT_IN.purposes)
def test_a_second_more_is_refused_not_shortened(purpose: str) -> None:
    with pytest.raises(GateError) as caught:
        BUILT_IN.admit(purpose, NOW + 30 * DAY + timedelta(seconds=1), "staff", NOW)
    assert caught.value.code == "agreement"


def test_an_unlisted_purpose_is_refused_with_a_near_one() -> None:
    with pytest.raises(GateError) as caught:
        BUILT_IN.admit("test-pach", NOW + DAY, "staff", NOW)
    assert caught.value.hint == "did you mean `test-patch`?"


@pytest.mark.promise("P14")
def test_a_recipient_that_the_agreement_does_not_name_is_refused() -> None:
    with pytest.raises(GateError):
        BUILT_IN.admit("test-patch", NOW + DAY, "subcontractor:acme", NOW)


@pytest.mark.promise("P14")
def test_an_expiry_in_the_past_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        BUILT_IN.admit("test-patch", NOW, "staff", NOW)
