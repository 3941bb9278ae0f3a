from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.core.checking.expiry import BoardListing, is_past, is_suspicious, misses_needed


def needed(
    *, listed: int, known: int, missing: int, is_fragile: bool = False, ratio: float = 0.5
) -> int:
    """Return in how many listings a job must be missing before it expires."""
    listing = BoardListing(check_id=1, source="lever", listed=listed, known=known, missing=missing)
    return misses_needed(listing, is_fragile=is_fragile, hold_ratio=ratio, hold_min=10)


@pytest.mark.parametrize(
    ("listed", "known", "missing", "expected"),
    [
        (0, 0, 0, 1),  # no job is known, so none can be missing and one listing is enough
        (0, 1, 1, 2),  # an empty listing is suspicious, even if only one job would expire
        (0, 100, 100, 2),
        (100, 100, 0, 1),
        (99, 100, 1, 1),
        (50, 100, 50, 1),  # exactly half is missing, but more than half is needed
        (49, 100, 51, 2),
        (9, 18, 9, 1),
        (1, 10, 9, 1),  # nine jobs are missing, but ten are needed
        (1, 11, 10, 2),  # ten jobs are missing, which is enough to be suspicious
        (10, 20, 10, 1),  # ten of twenty are missing, but more than half is needed
        (9, 19, 10, 2),
        (5, 100, 95, 2),
        (100, 100, 95, 2),  # 100 jobs are listed as before, but 95 ids are new, as if misread
    ],
)
def test_ten_or_more_missing_jobs_that_are_more_than_half_need_a_second_listing(
    listed: int, known: int, missing: int, expected: int
) -> None:
    assert needed(listed=listed, known=known, missing=missing) == expected


def test_a_listing_of_a_fragile_source_always_needs_a_second_one() -> None:
    assert needed(listed=99, known=100, missing=1, is_fragile=True) == 2
    assert needed(listed=99, known=100, missing=1, is_fragile=False) == 1


def test_the_ratio_is_a_setting() -> None:
    assert needed(listed=79, known=100, missing=21, ratio=0.2) == 2
    assert needed(listed=80, known=100, missing=20, ratio=0.2) == 1
    assert needed(listed=1, known=100, missing=100, ratio=1.0) == 1


@given(known=st.integers(0, 5_000), missing=st.integers(0, 5_000), listed=st.integers(0, 5_000))
def test_more_missing_jobs_are_never_less_suspicious(known: int, missing: int, listed: int) -> None:
    def suspicious(count: int) -> bool:
        listing = BoardListing(
            check_id=1, source="lever", listed=listed, known=known, missing=count
        )
        return is_suspicious(listing, hold_ratio=0.5, hold_min=10)

    assert suspicious(missing + 1) >= suspicious(missing)


NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("deadline", "passed"),
    [
        (datetime(2026, 3, 1, tzinfo=UTC), True),
        (datetime(2026, 3, 2, 11, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 2, 14, 30, tzinfo=timezone(timedelta(hours=3))), True),
        (datetime(2026, 3, 2, tzinfo=UTC), False),  # midnight means that the whole day counts
        (datetime(2026, 3, 2, 12, 1, tzinfo=UTC), False),
    ],
)
def test_a_deadline_at_midnight_includes_the_whole_day(deadline: datetime, *, passed: bool) -> None:
    assert is_past(deadline, now=NOW) is passed
