"""Decide when a posting that left its listing may expire.

Expiring an open posting is the worst fault that this system can have, so proof is needed. Usually,
one complete listing that does not name the posting is enough. Two such listings in a row, some
hours apart, are needed if the listing is suspicious (it is empty, or shrank too much at once) or
comes from a fragile source. Until the second listing, the first one is *held* (ADR 2).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

PAGE_REASONS = frozenset({"gone", "deadline"})
"""The reasons for which a posting expires although its listing names it.

Its page says that it is closed (``gone``), or its deadline has passed (``deadline``).
"""


def is_past(deadline: datetime, *, now: datetime) -> bool:
    """Return whether the deadline has passed.

    A deadline at midnight counts as a date without a time. It passes at the end of that day.
    """
    whole_day = deadline.astimezone(UTC).time() == time()
    return deadline + timedelta(days=1 if whole_day else 0) < now


@dataclass(frozen=True, kw_only=True)
class BoardListing:
    """A complete listing of a board, compared with the jobs known before it."""

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
        hold_ratio, hold_min: the limits of ``is_suspicious``.
    """
    held = is_fragile or is_suspicious(listing, hold_ratio=hold_ratio, hold_min=hold_min)
    return 2 if held else 1


def is_suspicious(listing: BoardListing, *, hold_ratio: float, hold_min: int) -> bool:
    """Return whether the listing misses suspiciously many of the known jobs.

    An empty listing does so if jobs were known. Any other listing does so if it misses at least
    ``hold_min`` of them and more than the share ``hold_ratio``.
    """
    if listing.listed == 0:
        return listing.missing > 0
    return listing.missing >= hold_min and listing.missing > hold_ratio * listing.known
