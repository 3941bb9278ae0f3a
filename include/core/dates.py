"""Moments as postings write them.

No clock is asked, so a relative date ("3 days ago") is unknown, and so is one that could be read
two ways (03/04/2026). A date without a time is its midnight, a time without an offset is UTC.
"""

import re
from datetime import UTC, datetime

_EPOCH = re.compile(r"\d{10}|\d{13}")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_UTC_NAME = re.compile(r" (?:UTC|GMT|Z)\b")
_FORMATS = (
    "%a %b %d %H:%M:%S %z %Y",  # Java's Date.toString, in SuccessFactors' microdata
    "%a, %d %b %Y %H:%M:%S %z",  # RFC 5322
    "%Y-%m-%d %H:%M:%S %z",  # Recruitee
    "%B %d, %Y",
    "%b %d, %Y",
    "%b. %d, %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d. %B %Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
)
_YEARS = range(1990, 2100)
"""Others are placeholders (0001-01-01, 9999-12-31)."""


def moment(raw: str | float | None) -> datetime | None:
    """The moment ``raw`` states, with its offset; epoch seconds and milliseconds are read too."""
    if raw is None:
        return None
    found = _read(str(raw).strip()) if isinstance(raw, str) else _epoch(raw)
    if found is None or found.year not in _YEARS:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _read(text: str) -> datetime | None:
    if _EPOCH.fullmatch(text):
        return _epoch(int(text))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if slashed := _SLASHED.fullmatch(text):
        return _slashed(*map(int, slashed.groups()))
    text = _UTC_NAME.sub(" +0000", text)
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - moment() sets the missing zone
        except ValueError:
            continue
    return None


def _epoch(number: float) -> datetime | None:
    seconds = number / 1000 if abs(number) >= 1e11 else number
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _slashed(first: int, second: int, year: int) -> datetime | None:
    """Day and month by whichever can't be a month."""
    if first <= 12 and second <= 12 and first != second:
        return None
    month, day = (first, second) if first <= 12 else (second, first)
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
