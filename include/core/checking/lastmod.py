"""Interpret the time at which a page last changed, as its listing states it.

The format is defined by sitemaps.org, which refers to W3C date and time.

Many sites state only a date. If a page of such a site changes later on the day on which it was
crawled, its date stays the same.
"""

from datetime import datetime, time, timedelta

from include.core.fields.dates import parse_time


def modified_until(modified: str | None) -> datetime | None:
    """Return the latest time that ``modified`` can mean; None if it states no time.

    If a page was crawled after that time and ``modified`` is still the same, the page has not
    changed since the crawl. A time at midnight may mean any time of that day, because sites that
    know only the date write midnight. The result is then 38 hours after midnight, because in the
    site's time zone the day may end 14 hours later. Any other time may mean any time within a
    minute, so the result is one minute later.
    """
    at = parse_time(modified) if modified else None
    if at is None:
        return None
    return at + (timedelta(hours=38) if at.time() == time() else timedelta(minutes=1))
