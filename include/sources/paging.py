"""Where pages of a listing begin."""

import re

from include.sources.base import Request


def number_in(request: Request, parameter: str) -> int:
    """The number that ``request`` was made with, in its query or in a part of it."""
    found = re.search(rf"\b{parameter}=(\d+)", request.url)
    if found is None:
        raise ValueError(f"{request.url} has no {parameter}")
    return int(found[1])


def next_start(start: int, *, came: int, total: float | None) -> int | None:
    """Where the page begins that follows one of ``came`` postings; None after the last. Those
    that came count, not those asked for: sources answer fewer at once as they please."""
    beyond = start + came
    return beyond if came and total is not None and beyond < total else None
