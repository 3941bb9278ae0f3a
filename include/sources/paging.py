"""Offsets of pages, for sources that page by offset or by number."""

import re

from include.sources.base import Request


def number_in(request: Request, parameter: str) -> int:
    """Return the number that ``parameter`` has in the URL of ``request``, in its query or inside
    the value of another parameter. Raises ValueError if the URL has no such number."""
    found = re.search(rf"\b{parameter}=(\d+)", request.url)
    if found is None:
        raise ValueError(f"{request.url} has no {parameter}")
    return int(found[1])


def next_start(start: int, *, came: int, total: float | None) -> int | None:
    """Return the offset of the page after the one that began at ``start`` and has ``came``
    postings.

    Return None if that page was the last, was empty, or if ``total`` is None. The number of
    received postings counts, not the requested page size, because some sources return fewer than
    were requested.
    """
    beyond = start + came
    return beyond if came and total is not None and beyond < total else None
