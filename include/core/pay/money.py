"""Find sums of money in running text, and parse their numbers.

These notations for thousands and decimals are read: ``1,234.50``, ``1.234,50``, ``1 234``,
``1'234`` and ``12,34,000``. Numbers may have a unit. Examples are thousands (``50k``, ``60 Tsd.``),
tens of thousands (``5万``), and India's lakhs (100,000).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from include.core.pay.currencies import MARK

_DIGITS = (
    r"(?:\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)"
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d{1,3}, 000(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d))"
)
_UNIT = (
    r"(?:\s?(?:[kK]|[tT]sd\.?|mila|tys\.?|tis\.?|тис\.?|тыс\.?|ezer|bin|[lL]akhs?|LAKHS?|[lL]acs?|LPA|lpa|L|"
    r"triệu|tr|juta|jt)(?![^\W\d_])|\s?[万萬만](?:\d,\d{3}|\d{4})(?=\s?[円元원])|\s?[万萬만千억])?"
)
_AMOUNT = rf"{_DIGITS}(?:[.,][-–—]{{1,2}}(?!\s?\d))?{_UNIT}"
_EACH = (
    r"(?i:\s?(?:/|\bper\b|\ban?\b|\bp\.)\s?(?:hour|hr|h|day|week|wk|month|mo|year|yr|annum|a)"
    r"\b\.?)?"
)
_TO = (
    r"(?:-|–|—|‒|−|~|〜|～|\.\.\.?|to|up to|bis|à|a|al|ad|tot|till|til|do|até|hasta|jusqu['’]à|"
    r"and up to|bis zu|up to|do|до|až|έως|până la|đến|tới|sampai|hingga|s/d|ile|إلى|עד|から|"
    r"에서|至|到|ל-|līdz|iki|kuni|ila|ilâ|حتى|ถึง|hanggang)"
)
_AND = r"(?:and|und|et|y|e|ed|en|och|og|i|a|și|και|и|та|ו|و)"
_BETWEEN = re.compile(
    r"\b(?:between|zwischen|entre|tra|fra|tussen|mellan|mellem|mellom|między|pomiędzy|mezi|medzi|"
    r"između|între|μεταξύ|между|між|بين)(?: (?:de|the|den|los))?\W+$",
    re.IGNORECASE,
)
_MAX_LENGTH_OF_BETWEEN = 40
"""The number of characters before a sum that are searched for a word such as "between"."""
_SUM = re.compile(
    rf"(?<![A-Za-z0-9.,_])(?P<before>{MARK}(?:\s?{MARK})?)?\s?(?P<low>{_AMOUNT})(?P<between>\s?{MARK})?{_EACH}"
    rf"(?:\s?(?:(?P<to>(?i:{_TO}))|(?P<and>(?i:{_AND})(?=\W)))\s?(?P<inner>{MARK}(?:\s?{MARK})?)?\s?"
    rf"(?P<high>{_AMOUNT})(?P<after>\s?{MARK}(?:\s?{MARK})?)?)?"
    r"(?!\s?(?:m|mm|mn|mio|mrd|mln|mld|million|millions|millionen|millones|milioni|miljoner|b|bn|"
    r"billion|%)(?!\w))",
)
_NUMBER = re.compile(r"\d[\d.,'’ \u00a0\u202f]{0,20}")
_ALL_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_MARK = re.compile(MARK)
_COUNTED = re.compile(r"\d\s?(?:[kK]\b|LPA|lpa|[lL]akh|LAKH|[lL]ac|triệu|juta|[万萬만])")
_MARK_DISTANCE = 8
"""The number of characters before and after a number that are searched for its currency mark."""
_IN_LAKHS = re.compile("lpa|lakh|lac", re.IGNORECASE)
"""A pattern of units that are used only in India, so that a sum in them is in rupees."""
_IN_VIETNAMESE_MILLIONS = re.compile("triệu|tr")
"""A pattern of units that are used only in Vietnam, so that a sum in them is in dong."""
_IN_THOUSANDS = re.compile("TEUR|T€")
_MULTIPLES = {
    "tr": 1e6, "j": 1e6, "k": 1e3, "t": 1e3, "m": 1e3, "т": 1e3, "e": 1e3, "b": 1e3, "千": 1e3,
    "万": 1e4, "萬": 1e4, "만": 1e4, "l": 1e5, "억": 1e8,
}  # fmt: skip
"""The factor by which each unit multiplies a number, by the first letters of the unit.

The first entry that matches is used.
"""


@dataclass(frozen=True, kw_only=True)
class Sum:
    """One amount of money, or one range of amounts, that was found in a text."""

    start: int
    end: int
    low: float
    high: float | None
    marks: str
    """The sum's currency marks, separated by spaces.

    For a sum without a mark, this is ``INR`` if the sum is in lakhs, and ``VND`` if it is in
    Vietnamese millions ("triệu"). Otherwise it is empty.
    """


def holds_sum(text: str) -> bool:
    """Return whether ``text`` has a number near a currency mark, or a number that has a unit.

    Units are for example ``k``, ``lakh`` and ``万``. This check is fast, and is made before
    ``sums_in`` is called.
    """
    return _COUNTED.search(text) is not None or any(
        _MARK.search(text, max(0, match.start() - _MARK_DISTANCE), match.end() + _MARK_DISTANCE)
        for match in _numbers(text)
    )


def stated_sums(text: str) -> list[str]:
    """Return the different numbers in ``text`` that are near a currency mark, in sorted order."""
    return sorted(
        {
            match[0].strip(" .,\u00a0\u202f")
            for match in _numbers(text)
            if _MARK.search(
                text, max(0, match.start() - _MARK_DISTANCE), match.end() + _MARK_DISTANCE
            )
        }
    )


def _numbers(text: str) -> Iterator[re.Match[str]]:
    if not text.isascii():
        yield from _NUMBER.finditer(text)
        return
    # All digits are replaced by "0" before the search, because searching for one byte takes a tenth
    # of the time of searching for any digit.
    zeros = text.encode().translate(_ALL_ZEROS)
    end = 0
    while (start := zeros.find(b"0", end)) >= 0 and (match := _NUMBER.match(text, start)):
        yield match
        end = match.end()


def sums_in(text: str) -> Iterator[Sum]:
    """Yield the amounts and ranges in ``text``, in the order of the text.

    Numbers without a currency mark are included.
    """
    for match in _SUM.finditer(text):
        before = max(0, match.start() - _MAX_LENGTH_OF_BETWEEN)
        if match["and"] and not _BETWEEN.search(text, before, match.start()):
            yield from _separate_sums(match)
        else:
            yield _sum(match, low=match["low"], high=match["high"], end=match.end())


def number_of(text: str) -> float:
    """Return the number that ``text`` states.

    Examples are 50000 for ``50k``, 2800 for ``2.800,-`` and 215000 for ``21万5,000``.
    """
    text = re.sub(r"[.,][-–—]+", "", text)
    times = re.search(r"[^\d\s.,'’]", text.strip())
    digits = re.sub(r"[^\d.,]", "", text[: times.start()] if times else text).rstrip(".,")
    head, mark, tail = re.match(r"(.*?)(?:([.,])(\d{1,2}))?$", digits).groups()  # type: ignore[union-attr] # always matches
    number = float(re.sub(r"\D", "", head) + (f".{tail}" if mark else ""))
    if times is None:
        return number
    unit = text.strip()[times.start() :].lower()
    factor = next(factor for first, factor in _MULTIPLES.items() if unit.startswith(first))
    below = re.sub(r"\D", "", unit)
    return number * factor + float(below or 0)


def _sum(match: re.Match[str], *, low: str, high: str | None, end: int) -> Sum:
    marks = (match[name] or "" for name in ("before", "between", "inner", "after"))
    bottom, top = number_of(low), number_of(high) if high else None
    if top is not None and high and _has_unit(high) != _has_unit(low):
        # If only one end has a unit, the unit applies to both: "$120-150K" and "$120K-150" are in
        # thousands.
        factor = max(number_of(f"1{text.lstrip('0123456789.,’ ')}") for text in (low, high))
        bottom = bottom * factor if bottom < factor else bottom
        top = top * factor if top < factor else top
    mark_text = " ".join(filter(None, marks))
    if not mark_text and _IN_LAKHS.search(f"{low} {high}"):
        mark_text = "INR"
    if not mark_text and _IN_VIETNAMESE_MILLIONS.search(f"{low} {high}"):
        mark_text = "VND"
    if _IN_THOUSANDS.search(mark_text):
        bottom, top = bottom * 1000, top and top * 1000
    return Sum(start=match.start(), end=end, low=bottom, high=top, marks=mark_text)


def _separate_sums(match: re.Match[str]) -> Iterator[Sum]:
    """Yield the two amounts of "X and Y", which is a range only after a word such as "between"."""
    yield _sum(match, low=match["low"], high=None, end=match.end("between"))
    yield _sum(match, low=match["high"], high=None, end=match.end())


def _has_unit(amount: str) -> bool:
    return not amount.strip()[-1].isdigit()
