"""When a page last changed, as its listing has it (sitemaps.org, W3C date and time).

Many sites state no more than a date, and a page may change after it was crawled without moving
that.
"""

from datetime import datetime, time, timedelta

from include.core.dates import moment


def modified_until(modified: str | None) -> datetime | None:
    """Return the end of the time that ``modified`` names; None where it names none.

    A page that was crawled later is as it was then while ``modified`` stays the same. A date, in
    whatever form, is all of that day, which ends up to 14 hours later elsewhere; midnight is how
    sites that keep no more than a date write it.
    """
    at = moment(modified) if modified else None
    if at is None:
        return None
    return at + (timedelta(hours=38) if at.time() == time() else timedelta(minutes=1))
