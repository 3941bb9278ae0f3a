from datetime import UTC, datetime, timedelta

import pytest

from include.core.runs.staleness import Remedy, is_stale, remedy

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMIT = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("silence", "stale"),
    [
        (timedelta(minutes=14, seconds=59), False),
        (LIMIT, False),
        (LIMIT + timedelta(microseconds=1), True),
        (timedelta(minutes=15, seconds=1), True),
        (-timedelta(minutes=1), False),
    ],
)
def test_a_sweep_is_stale_if_its_heartbeat_is_older_than_the_limit(
    silence: timedelta, stale: bool
) -> None:
    assert is_stale(NOW - silence, NOW, LIMIT) is stale


@pytest.mark.parametrize(
    ("checks_left", "recoveries", "expected"),
    [
        (0, 0, Remedy.FINISH),
        (0, 3, Remedy.FINISH),
        (1, 0, Remedy.RESUME),
        (500, 2, Remedy.RESUME),
        (1, 3, Remedy.GIVE_UP),
        (500, 4, Remedy.GIVE_UP),
    ],
)
def test_a_stale_sweep_is_finished_resumed_or_given_up(
    checks_left: int, recoveries: int, expected: Remedy
) -> None:
    assert remedy(checks_left, recoveries, 3) is expected
