"""Functions that compute the offsets and numbers of a listing's pages."""

import re

from include.sources.base import Request


def number_in(request: Request, parameter: str) -> int:
    """Return the number that is the value of ``parameter`` in the URL of ``request``.

    The parameter is in the query, or inside the value of another parameter. Raises ValueError if
    the URL has no such number.
    """
    match = re.search(rf"\b{parameter}=(\d+)", request.url)
    if match is None:
        raise ValueError(f"{request.url} has no {parameter}")
    return int(match[1])


_WHOLE_TEXT = re.compile("(.*)", re.DOTALL)


def total_in(text: str, pattern: re.Pattern[str] = _WHOLE_TEXT) -> int | None:
    """Return the number in the first group of ``pattern``, as found in ``text``.

    Characters of the group that are not digits, such as commas, are ignored. If ``pattern`` is not
    given, the group is the whole text. Return None if there is no match or no digit, or if there
    are more than nine digits.
    """
    match = pattern.search(text)
    digits = re.sub(r"\D", "", match[1]) if match else ""
    return int(digits) if 0 < len(digits) < 10 else None


def next_start(start: int, *, received: int, total: float | None) -> int | None:
    """Return the offset of the next page, or None if there is no next page.

    The current page begins at the offset ``start`` and has ``received`` postings. There is no next
    page if the current page reaches ``total`` or is empty, or if ``total`` is None. The next offset
    is computed from the number of received postings instead of the requested page size, because
    some sources return fewer postings than were requested.
    """
    next_offset = start + received
    return next_offset if received and total is not None and next_offset < total else None
