"""Parse dates and times as postings write them.

A relative date ("3 days ago") gives None, because this module does not read the clock. An ambiguous
date (03/04/2026) gives None if neither the language nor the country of its page is known. A date
without a time gives midnight. A time without an offset is taken to be in UTC.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from babel.dates import get_month_names

if TYPE_CHECKING:
    from collections.abc import Mapping

_EPOCH = re.compile(r"\d{10}|\d{13}")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:,? \d{1,2}:\d{2}.{0,12})?")
_DAY_FIRST = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})\.?")
_YEAR_FIRST = re.compile(r"(\d{4})[./년年] ?(\d{1,2})[./월月] ?(\d{1,2})[.일日]?")
_IN_VIETNAMESE = re.compile(
    r"(?:ngày )?(\d{1,2}) tháng (\d{1,2})(?:,| năm) ?(\d{4})", re.IGNORECASE
)
_TIME_OF_DAY = re.compile(
    r"(?:,? (?:(?:at|à|um|kl\.?|klo|a las|o|г\.?) ?)?\d{1,2}[:.]\d{2}(?::\d{2})?(?: ?(?:uhr|"
    r"h|час\w*))?|"
    r" ?[(（][^()（）]{1,10}[)）])$",
    re.IGNORECASE,
)
"""A pattern of a time of day, or of a day of the week in brackets, at the end of a date.

The time of day is dropped, because such texts state no time zone.
"""
_ZONES = {
    "UTC": "+0000", "GMT": "+0000", "Z": "+0000", "CET": "+0100", "CEST": "+0200", "BST": "+0100",
    "EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500", "MST": "-0700",
    "MDT": "-0600", "PST": "-0800", "PDT": "-0700",
}  # fmt: skip
_ZONE_ID = re.compile(r"\[[\w/+-]{1,40}\]$|\([\w /+-]{1,40}\)$")
"""A pattern of the name of a time zone after an offset, such as ``[Europe/Paris]`` or ``(CET)``.

Java's ZonedDateTime, RFC 5322 and JavaScript's Date write such names. They are dropped, because the
offset is enough.
"""
_OFFSET = re.compile(r":\d\d (?:GMT)?[+-]\d{4}$")
_ZONE = re.compile(rf" ({'|'.join(_ZONES)})\b(?![+-])")
_FORMATS = (
    "%a %b %d %H:%M:%S %z %Y",  # Java's Date.toString, in SuccessFactors' microdata
    "%a %b %d %Y %H:%M:%S GMT%z",  # JavaScript's Date.toString
    "%Y-%m-%d %H:%M:%S %z",  # Recruitee's API
    "%Y-%m-%d %H:%M:%S.%f %z",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%m/%d/%Y %I:%M:%S %p",
)
_LANGUAGES = (
    "en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "nb", "pl", "fi", "cs", "ru", "tr",
    "ro", "hu", "el", "uk", "hr", "sk", "id", "ca", "bg", "sl", "et", "lv", "lt", "vi", "ar",
    "he", "sr", "is", "th",
)  # fmt: skip
_MONTH_FIRST_COUNTRIES = frozenset({"US", "PH"})
_MIXED_COUNTRIES = frozenset({"CA", "KE", "GH"})
"""The countries in which some pages write the day first, and other pages write the month first."""
_WITH_MONTH_NAME = re.compile(
    r"(?:[^\W\d_]+\.?,?\s+)?(?:(?:den|the|le|el|il|dne|op|am)\s+)?(?:(?P<day>\d{1,2})(?:st|nd|rd|th|er|º)?\.?\s+(?:de\s+|of\s+)?"
    r"(?P<month>[^\W\d_]+)\.?,?\s+(?:de\s+)?(?P<year>\d{4})(?:\s?(?:г|р|r|года|року)\.?)?"
    r"|(?P<month_first>[^\W\d_]+)\.?\s+(?P<day_after>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year_last>\d{4})"
    r"|(?P<year_first>\d{4})\.?\s+(?P<month_between>[^\W\d_]+)\s+(?P<day_last>\d{1,2})\.?)"
    r"(?:,? (?:(?:at|à|um|kl\.?|a las)\s+)?\d{1,2}:\d{2}.*)?",
    re.IGNORECASE,
)
"""A pattern of a date that contains the name of its month.

Examples are ``13 July 2026``, ``July 13th, 2026``, ``Mon, 13. Juli 2026`` or ``13 de julio de
2026``.
"""
_UNPADDED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:,?[T ].*)?")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９", "0123456789" * 3)
_YEARS = range(1990, 2100)
"""The years that are accepted. Dates in other years are placeholders (0001-01-01, 9999-12-31)."""


def parse_time(raw: str | float | None, *, day_first: bool | None = None) -> datetime | None:
    """Return the time that ``raw`` states, as a datetime that has an offset; None if unknown.

    Numbers, and texts of 10 or 13 digits, are seconds or milliseconds since the epoch. A time
    before 1990 or after 2099 is a placeholder, so the result is None.

    Args:
        raw: the text or the number.
        day_first: whether the day is before the month in dates such as 03/04/2026; None if unknown.
    """
    if raw is None:
        return None
    time = (
        _parse_any_form(_with_ascii_digits(raw), day_first) if isinstance(raw, str) else _epoch(raw)
    )
    if time is None or time.year not in _YEARS:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def is_day_first(language: str | None, country: str | None) -> bool | None:
    """Return whether a page writes the day before the month; None if that is unknown.

    Pages in any language other than English are assumed to write the day first.

    Args:
        language: the language of the page as a tag such as ``en-GB``.
        country: the code of the country of the page's site. It is used if the language is unknown,
            or if the language is English and its tag names no country.
    """
    primary, _, region = (language or "").replace("_", "-").partition("-")
    if primary and primary.lower() != "en":
        return True
    place = region.upper()[-2:] or country
    if place is None or place in _MIXED_COUNTRIES:
        return None
    return place not in _MONTH_FIRST_COUNTRIES


def _with_ascii_digits(raw: str) -> str:
    """Return the text without outer spaces, and with its digits converted to ASCII."""
    text = raw.strip()
    return text if text.isascii() else text.translate(_DIGITS)


def _parse_any_form(text: str, day_first: bool | None) -> datetime | None:
    if _EPOCH.fullmatch(text):
        return _epoch(int(text))
    text = _ZONE_ID.sub("", text).rstrip()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if slashed := _SLASHED.fullmatch(text):
        return _slashed(*map(int, slashed.groups()), day_first=day_first)
    text = _ZONE.sub(lambda name: f" {_ZONES[name[1]]}", text)
    if _OFFSET.search(text) and (exact_time := _in_formats(text) or _rfc_5322(text)):
        return exact_time
    if match := _WITH_MONTH_NAME.fullmatch(text):
        return _with_month_name(match)
    if time := _in_formats(text):
        return time
    date = _TIME_OF_DAY.sub("", text)
    if dotted := _DAY_FIRST.fullmatch(date) or _IN_VIETNAMESE.fullmatch(date):
        return _day(*map(int, reversed(dotted.groups())))
    numbers = _YEAR_FIRST.fullmatch(date) or _UNPADDED.fullmatch(text)
    return _day(*map(int, numbers.groups())) if numbers else None


def _in_formats(text: str) -> datetime | None:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - parse_time() sets the missing zone
        except ValueError:
            continue
    return None


def _rfc_5322(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def _epoch(number: float) -> datetime | None:
    seconds = number / 1000 if abs(number) >= 1e11 else number
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _slashed(first: int, second: int, year: int, *, day_first: bool | None) -> datetime | None:
    """Return the date that ``first/second/year`` means; None if either number may be the month."""
    if first <= 12 and second <= 12 and first != second and day_first is None:
        return None
    is_day = first > 12 or (second <= 12 and day_first is True)
    month, day = (second, first) if is_day else (first, second)
    return _day(year, month, day)


def _with_month_name(match: re.Match[str]) -> datetime | None:
    """Return the matched date at midnight.

    The time of day is dropped, because such texts state no time zone.
    """
    name = (match["month"] or match["month_first"] or match["month_between"]).casefold()
    name = name.removeprefix("ב")
    month = _month(name) or _month(name[:3])
    if month is None:
        return None
    year = match["year"] or match["year_last"] or match["year_first"]
    return _day(int(year), month, int(match["day"] or match["day_after"] or match["day_last"]))


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _month(name: str) -> int | None:
    """Return the number of the month with this name or abbreviation.

    If a name means different months in several languages, the first of them in ``_LANGUAGES``
    decides. The names of a language are loaded when they are first needed, because loading them
    takes about 10 ms.
    """
    if name == "sept":
        return 9
    return next((months[name] for months in map(_months_in, _LANGUAGES) if name in months), None)


@lru_cache
def _months_in(language: str) -> dict[str, int]:
    months: dict[str, int] = {}
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            names = cast("Mapping[int, str]", get_month_names(width, context, language))
            for number, name in names.items():
                months.setdefault(name.casefold().rstrip("."), number)
    return months
