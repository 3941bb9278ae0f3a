"""``Retry-After`` (RFC 9110, 10.2.3): seconds, or a date."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def parse_retry_after(value: str | None, *, now: datetime) -> float | None:
    """Seconds to wait, never negative; None when absent or garbage."""
    if value is None:
        return None
    seconds = value.strip(" \t")
    if seconds.isascii() and seconds.isdigit():
        return float(seconds)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:  # of "-0000", and of no zone at all; the RFC has no other than GMT
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())
