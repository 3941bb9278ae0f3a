"""When a page last changed, as its listing has it (sitemaps.org, W3C date and time).

Many sites state no more than a date, and a page may change after it was crawled without moving that.
"""

import re
from datetime import datetime, timedelta

from include.core.dates import moment

_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")


def modified_until(modified: str | None) -> datetime | None:
    """Return the end of the time that ``modified`` names; None where it names none.

    A page that was crawled later is as it was then while ``modified`` stays the same. A bare date
    is all of that day, which ends up to 14 hours later elsewhere.
    """
    at = moment(modified) if modified else None
    if at is None or modified is None:
        return None
    is_date = _DATE_ONLY.fullmatch(modified.strip())
    return at + (timedelta(hours=38) if is_date else timedelta(minutes=1))
