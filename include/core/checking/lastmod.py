"""Interpret the time at which a page last changed according to its listing (sitemaps.org, W3C date
and time).

Many sites state only a date. A page may then change after a crawl on the same day, although the
date stays the same.
"""

from datetime import datetime, time, timedelta

from include.core.fields.dates import parse_time


def modified_until(modified: str | None) -> datetime | None:
    """Return the latest time that ``modified`` can mean; None if it states no time.

    A page that was crawled after that time has not changed since, as long as ``modified`` stays the
    same. Midnight counts as a whole day, because sites that know only the date write midnight. The
    day is taken to end 14 hours late (38 hours after midnight), because the site may be in another
    time zone. Every other time counts as a whole minute.
    """
    at = parse_time(modified) if modified else None
    if at is None:
        return None
    return at + (timedelta(hours=38) if at.time() == time() else timedelta(minutes=1))
