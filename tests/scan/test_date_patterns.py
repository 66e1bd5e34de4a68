"""Date patterns are found where values prove them."""

from datetime import datetime

import pytest

from masker.scan.dates import read_dates


@pytest.mark.parametrize(
    "pattern",
    [
        "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%Y%m%d", "%d-%b-%Y", "%d %B %Y", "%b %d, %Y",
        "%d-%m-%Y", "%m/%d/%y", "%d.%m.%y", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M",
        "%Y-%m-%dT%H:%M:%S.%f",
    ],
)  # fmt: skip
def test_a_pattern_is_found_from_dates_written_with_it(pattern):
    moments = [datetime(1970 + n, 1 + n % 12, 1 + (n * 5) % 28, n % 24, n) for n in range(1, 50, 3) if n % 12 != 4]
    assert read_dates(tuple(m.strftime(pattern) for m in moments)).pattern == pattern


@pytest.mark.parametrize(
    "values",
    [("1/2/1990", "3/4/1991"), ("01/02/90",), ("2020-01-01", "2020/01/02"), ("10-11-12", "09-08-07")],
)
def test_several_readings_or_forms_give_no_pattern(values):
    assert read_dates(values).pattern == ""


@pytest.mark.parametrize("values", [("hello", "world"), ("192.0.2.1",), ("99/99/9999",), ("12345678",), ("1.5", "2.5")])
def test_what_is_no_date_is_not_read(values):
    assert read_dates(values) is None


def test_midnight_is_no_time_of_day():
    assert not read_dates(("1990-05-17 00:00:00", "1991-06-18 00:00:00")).has_time
    assert read_dates(("1990-05-17 00:00:00", "1991-06-18 00:00:01")).has_time
