from datetime import UTC, datetime, timedelta

import pytest

from cli.times import ago, describe_schedule

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=119), "1 h ago"),
        (timedelta(days=3, hours=5), "3 d ago"),
    ],
)
def test_an_age_is_told_in_its_largest_whole_unit(age: timedelta, said: str) -> None:
    assert ago(NOW - age, NOW) == said


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        ("0 5 * * *", "daily at 05:00 UTC"),
        ("30 17 * * *", "daily at 17:30 UTC"),
        ("0 5 * * 1", "0 5 * * 1 (cron, UTC)"),
        ("*/5 5 * * *", "*/5 5 * * * (cron, UTC)"),
    ],
)
def test_a_schedule_is_told_in_words_where_it_is_a_plain_daily_one(cron: str, said: str) -> None:
    assert describe_schedule(cron) == said
