"""Sums of money in running text: where they stand, and their numbers.

Numbers are grouped and broken in every way countries do it (``1,234.50``, ``1.234,50``,
``1 234``, ``1'234``, ``12,34,000``), may be counted in thousands (``50k``, ``60 Tsd.``) and, in
India, in lakhs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from include.core.currencies import MARK

_DIGITS = (
    r"(?:\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)"
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d{1,3}, 000(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d))"
)
_TIMES = r"(?:\s?(?:[kK]|[tT]sd\.?|mila|tys\.?|lakhs?|lacs?|LPA|lpa|L)(?![^\W\d_])|\s?万)?"
_AMOUNT = rf"{_DIGITS}{_TIMES}"
_EACH = (
    r"(?:\s?(?:/|\bper\b|\ban?\b|\bp\.)\s?(?:hour|hr|h|day|week|wk|month|mo|year|yr|annum|a)\b\.?)?"
)
_TO = (
    r"(?:-|–|—|‒|−|~|〜|～|\.\.\.?|to|up to|bis|à|a|al|ad|tot|till|til|do|até|hasta|jusqu['’]à|"
    r"and up to|bis zu)"
)
_AND = r"(?:and|und|et|y|e|ed|en|och|og|i|a)"
_BETWEEN = re.compile(
    r"\b(?:between|zwischen|entre|tra|fra|tussen|mellan|mellem|mellom|między|pomiędzy)\W+$",
    re.IGNORECASE,
)
_SUM = re.compile(
    rf"(?<![A-Za-z0-9.,_])(?P<before>{MARK}(?:\s?{MARK})?)?\s?(?P<low>{_AMOUNT})(?P<between>\s?{MARK})?{_EACH}"
    rf"(?:\s?(?:(?P<to>{_TO})|(?P<and>{_AND}(?=\W)))\s?(?P<inner>{MARK}(?:\s?{MARK})?)?\s?"
    rf"(?P<high>{_AMOUNT})(?P<after>\s?{MARK}(?:\s?{MARK})?)?)?"
    r"(?!\s?(?:m|mm|mn|mio|mrd|mln|mld|million|millions|millionen|millones|milioni|miljoner|b|bn|"
    r"billion|%)(?!\w))",
)
_NUMBER = re.compile(r"\d[\d.,'’ \u00a0\u202f]{0,20}")
_ALL_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_MARK = re.compile(MARK)
_COUNTED = re.compile(r"\d\s?(?:[kK]\b|LPA|lpa|lakh|lac)")
_NEAR = 8
"""Characters around a number in which its currency stands."""
_IN_LAKHS = re.compile(r"LPA|lpa|lakh|lac")
"""Counted in so only in India."""
_IN_THOUSANDS = re.compile("TEUR|T€")
_MULTIPLES = {"k": 1e3, "t": 1e3, "m": 1e3, "l": 1e5, "万": 1e4}


@dataclass(frozen=True, kw_only=True)
class Sum:
    """One amount, or the two ends of a range."""

    start: int
    end: int
    low: float
    high: float | None
    marks: str
    """All of its currency marks."""


def holds_sum(text: str) -> bool:
    """Whether any number in ``text`` has a currency beside it, or counts in thousands or lakhs: a
    fast first look."""
    return _COUNTED.search(text) is not None or any(
        _MARK.search(text, max(0, match.start() - _NEAR), match.end() + _NEAR)
        for match in _numbers(text)
    )


def stated_sums(text: str) -> list[str]:
    """The numbers in ``text`` that have a currency beside them, each once and in order."""
    return sorted(
        {
            match[0].strip(" .,\u00a0\u202f")
            for match in _numbers(text)
            if _MARK.search(text, max(0, match.start() - _NEAR), match.end() + _NEAR)
        }
    )


def _numbers(text: str) -> Iterator[re.Match[str]]:
    if not text.isascii():
        yield from _NUMBER.finditer(text)
        return
    # to look for one byte takes a tenth of the time of looking for any digit
    zeros = text.encode().translate(_ALL_ZEROS)
    end = 0
    while (start := zeros.find(b"0", end)) >= 0 and (match := _NUMBER.match(text, start)):
        yield match
        end = match.end()


def sums_in(text: str) -> Iterator[Sum]:
    for match in _SUM.finditer(text):
        if match["and"] and not _BETWEEN.search(text, 0, match.start()):
            yield from _each_apart(match)
        else:
            yield _sum(match, low=match["low"], high=match["high"], end=match.end())


def number_of(text: str) -> float:
    """What ``text``, one amount as ``sums_in`` finds it, counts."""
    times = re.search(r"[^\d\s.,'’]", text.strip())
    digits = re.sub(r"[^\d.,]", "", text[: times.start()] if times else text).rstrip(".,")
    head, mark, tail = re.match(r"(.*?)(?:([.,])(\d{1,2}))?$", digits).groups()  # type: ignore[union-attr] # matches all
    number = float(re.sub(r"\D", "", head) + (f".{tail}" if mark else ""))
    return number * _MULTIPLES[times[0].lower()] if times else number


def _sum(match: re.Match[str], *, low: str, high: str | None, end: int) -> Sum:
    marks = (match[name] or "" for name in ("before", "between", "inner", "after"))
    bottom, top = number_of(low), number_of(high) if high else None
    if top is not None and high and _is_multiple(high) != _is_multiple(low):
        # "$120-150K" and "$120K-150" count both ends in thousands.
        factor = max(number_of(f"1{text.lstrip('0123456789.,’ ')}") for text in (low, high))
        bottom = bottom * factor if bottom < factor else bottom
        top = top * factor if top < factor else top
    stated = " ".join(filter(None, marks))
    if not stated and _IN_LAKHS.search(f"{low} {high}"):
        stated = "INR"
    if _IN_THOUSANDS.search(stated):
        bottom, top = bottom * 1000, top and top * 1000
    return Sum(start=match.start(), end=end, low=bottom, high=top, marks=stated)


def _each_apart(match: re.Match[str]) -> Iterator[Sum]:
    """Two sums with no "between" before them are no range."""
    yield _sum(match, low=match["low"], high=None, end=match.end("between"))
    yield _sum(match, low=match["high"], high=None, end=match.end())


def _is_multiple(amount: str) -> bool:
    return not amount.strip()[-1].isdigit()
