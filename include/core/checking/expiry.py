"""Decide when a posting that left its listing may expire.

Expiring an open posting is the worst fault that this system can have, so a posting expires only if
it is proved to be gone. Usually, one complete listing that does not name the posting is enough. Two
such listings in a row, some hours apart, are needed if the first one is suspicious (it is empty, or
misses too many known jobs at once) or comes from a fragile source. Until the second listing, the
first one is *held* (ADR 2).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

PAGE_REASONS = frozenset({"gone", "deadline"})
"""The reasons that expire a posting even if its listing still names it.

They are ``gone`` (the posting's page says that the job is closed) and ``deadline`` (the deadline of
the posting has passed).
"""


def is_past(deadline: datetime, *, now: datetime) -> bool:
    """Return whether the deadline has passed.

    A deadline at midnight UTC counts as a date without a time, so it passes 24 hours later.
    """
    whole_day = deadline.astimezone(UTC).time() == time()
    return deadline + timedelta(days=1 if whole_day else 0) < now


@dataclass(frozen=True, kw_only=True)
class BoardListing:
    """The result of comparing a complete listing with the jobs that were known before it."""

    check_id: int
    source: str
    listed: int
    known: int
    """The number of open jobs that were known before this listing."""
    missing: int
    """The number of known jobs that this listing does not name."""


def misses_needed(
    listing: BoardListing, *, is_fragile: bool, hold_ratio: float, hold_min: int
) -> int:
    """Return how many complete listings in a row must miss a job before it expires: 1 or 2.

    Args:
        is_fragile: whether the source's listings can lose a posting without an error.
        hold_ratio, hold_min: the limits above which a listing is suspicious, as in
            ``is_suspicious``.
    """
    is_held = is_fragile or is_suspicious(listing, hold_ratio=hold_ratio, hold_min=hold_min)
    return 2 if is_held else 1


def is_suspicious(listing: BoardListing, *, hold_ratio: float, hold_min: int) -> bool:
    """Return whether the listing misses suspiciously many of the known jobs.

    An empty listing is suspicious if jobs were known. Any other listing is suspicious if it misses
    at least ``hold_min`` of the known jobs, and also more than the share ``hold_ratio`` of them (0
    to 1).
    """
    if listing.listed == 0:
        return listing.missing > 0
    return listing.missing >= hold_min and listing.missing > hold_ratio * listing.known
