"""Parse the header ``Retry-After`` (RFC 9110, 10.2.3), which states seconds or a date."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def parse_retry_after(value: str | None, *, now: datetime) -> float | None:
    """Return the seconds to wait, at least 0, or None if the header is absent or malformed."""
    if value is None:
        return None
    seconds = value.strip(" \t")
    if seconds.isascii() and seconds.isdigit():
        return float(seconds)
    try:
        retry_at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    # Take a date without a time zone as UTC, because RFC 9110 only allows GMT. The parsed date has
    # no time zone if the header states "-0000" or no zone.
    if retry_at.tzinfo is None:
        retry_at = retry_at.replace(tzinfo=UTC)
    return max(0.0, (retry_at - now).total_seconds())
