from datetime import UTC, datetime

import pytest

from masker import clock
from masker.errors import UsageError

OUT_OF_UTC = ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+01:00"]
START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "end"),
    [
        ("14d", "2026-12-08T06:00:00Z"),
        ("P14D", "2026-12-08T06:00:00Z"),
        ("2w", "2026-12-08T06:00:00Z"),
        ("P2W", "2026-12-08T06:00:00Z"),
        ("36h", "2026-11-25T18:00:00Z"),
        ("P1DT12H", "2026-11-25T18:00:00Z"),
        ("2028-02-29", "2028-02-29T23:59:59Z"),
        ("2026-12-24T18:00:00+01:00", "2026-12-24T17:00:00Z"),
        ("2026-12-24T18:00:00Z", "2026-12-24T18:00:00Z"),
    ],
)
def test_an_expiry_is_a_duration_a_date_or_a_time(when: str, end: str) -> None:
    assert clock.rfc3339(clock.expiry(when, START)) == end


@pytest.mark.parametrize(
    "when", ["", "soon", "14", "P", "PT", "2026-02-30", "2026-12-24T18:00:00", "-3d", "1y", *OUT_OF_UTC]
)
def test_anything_else_is_refused(when: str) -> None:
    with pytest.raises(UsageError):
        clock.expiry(when, START)


def test_source_date_epoch_stamps_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert clock.rfc3339(clock.stamp(START)) == "2023-11-14T22:13:20Z"


def test_without_it_the_run_s_own_time_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert clock.stamp(START) == START


@pytest.mark.parametrize("epoch", ["now", "-5", "1e9", "9" * 30])
def test_a_bad_source_date_epoch_is_refused(monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(UsageError):
        clock.stamp(START)
