"""Compute the offsets of pages, for sources that page by offset or by number."""

import re

from include.sources.base import Request


def number_in(request: Request, parameter: str) -> int:
    """Return the number that ``parameter`` has in the URL of ``request``.

    The parameter is in the query, or inside the value of another parameter. Raises ValueError if
    the URL has no such number.
    """
    found = re.search(rf"\b{parameter}=(\d+)", request.url)
    if found is None:
        raise ValueError(f"{request.url} has no {parameter}")
    return int(found[1])


_ALL_DIGITS = re.compile("(.*)", re.DOTALL)


def total_in(text: str, pattern: re.Pattern[str] = _ALL_DIGITS) -> int | None:
    """Return the number that the first group of ``pattern`` matches in ``text``.

    Only the digits of the group count; other characters, such as commas, are ignored. Return None
    if there is no match or no digit, or if there are more than nine digits.
    """
    found = pattern.search(text)
    digits = re.sub(r"\D", "", found[1]) if found else ""
    return int(digits) if 0 < len(digits) < 10 else None


def next_start(start: int, *, received: int, total: float | None) -> int | None:
    """Return the offset of the next page, or None if there is none.

    The current page began at ``start`` and has ``received`` postings. There is no next page if the
    current page is the last, is empty, or if ``total`` is None. The number of received postings
    counts, not the requested page size, because some sources return fewer than were requested.
    """
    beyond = start + received
    return beyond if received and total is not None and beyond < total else None
