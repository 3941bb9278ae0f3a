"""May a sitemap's ``lastmod`` stand for a look at the page (sitemaps.org, W3C date and time)?

Many sites' are wrong, so it is believed only where it has not moved since the last look, for some
days, and where nothing could have changed after that look without moving it: ``2026-03-01`` is all
of that day.
"""

import re
from datetime import datetime, timedelta

from include.core.dates import moment

_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_as_crawled(
    modified: str | None,
    crawled_modified: str | None,
    crawled_at: datetime | None,
    *,
    now: datetime,
    trust: timedelta,
) -> bool:
    """Whether the page listed as ``modified`` is as it was ``crawled_at``, when its listing said
    ``crawled_modified``."""
    if modified is None or modified != crawled_modified or crawled_at is None:
        return False
    at = moment(modified)
    if at is None or now - crawled_at > trust:
        return False
    # a day ends up to 14 hours later elsewhere
    span = timedelta(hours=38) if _DATE_ONLY.fullmatch(modified.strip()) else timedelta(minutes=1)
    return at + span < crawled_at
