from datetime import UTC, datetime, timedelta

import pytest

from include.core.run_state import RunStatus
from include.core.staleness import Remedy, is_stale, remedy

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
def test_run_is_stale_once_it_was_silent_for_longer_than_the_limit(
    silence: timedelta, stale: bool
) -> None:
    assert is_stale(NOW - silence, NOW, LIMIT) is stale


@pytest.mark.parametrize(
    ("status", "unfinished", "recoveries", "expected"),
    [
        (RunStatus.INGESTING, 0, 0, Remedy.FINISH),
        (RunStatus.INGESTING, 0, 3, Remedy.FINISH),
        (RunStatus.INGESTING, 1, 2, Remedy.RESUME),
        (RunStatus.INGESTING, 1, 3, Remedy.GIVE_UP),
        (RunStatus.INITIALIZING, 0, 0, Remedy.RESUME),
        (RunStatus.PENDING, 0, 3, Remedy.GIVE_UP),
    ],
)
def test_what_is_done_about_a_stale_run(
    status: RunStatus, unfinished: int, recoveries: int, expected: Remedy
) -> None:
    assert remedy(status, unfinished, recoveries, 3) is expected
