from datetime import UTC, datetime, timedelta

import pytest

from include.core.checking.lastmod import modified_until


def utc(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("modified", "until"),
    [
        ("2026-03-01T10:00:00Z", utc(1, 10, 1)),
        ("2026-03-01T10:00Z", utc(1, 10, 1)),
        ("2026-03-01T12:00:00+02:00", utc(1, 10, 1)),
        ("2026-03-01T10:00:30.5Z", utc(1, 10, 1) + timedelta(seconds=30.5)),
    ],
)
def test_a_time_may_be_up_to_one_minute_later_than_written(modified: str, until: datetime) -> None:
    assert modified_until(modified) == until


@pytest.mark.parametrize(
    "modified",
    [
        "2026-03-01",
        " 2026-03-01 ",
        "2026-3-1",
        "2026/03/01",
        "01.03.2026",
        "1 March 2026",
        "Mar 1, 2026",
        "2026-03-01T00:00:00Z",
        "2026-03-01 00:00:00",
    ],
)
def test_a_date_lasts_until_the_day_has_ended_in_every_time_zone(modified: str) -> None:
    assert modified_until(modified) == utc(2, 14)


def test_midnight_with_an_offset_is_a_date_in_that_zone() -> None:
    assert modified_until("2026-03-01T00:00:00+02:00") == utc(2, 12)


@pytest.mark.parametrize("modified", [None, "", "soon", "2026-03", "0001-01-01", "9999-12-31"])
def test_a_text_without_a_usable_date_is_none(modified: str | None) -> None:
    assert modified_until(modified) is None
