"""When a page last changed, as its listing states it (sitemaps.org, W3C date and time).

Many sites state only a date. A page may then change after it was crawled without its date changing.
"""

from datetime import datetime, time, timedelta

from include.core.dates import moment


def modified_until(modified: str | None) -> datetime | None:
    """Return the latest time that ``modified`` can mean; None if it states no time.

    A page that was crawled after that time has not changed since, as long as ``modified`` stays the
    same. Midnight counts as a whole day, because sites that know only the date write it so. The day
    is taken to end 14 hours late (38 hours after midnight), for sites in other time zones.
    """
    at = moment(modified) if modified else None
    if at is None:
        return None
    return at + (timedelta(hours=38) if at.time() == time() else timedelta(minutes=1))
