"""From a list of a source's records to the listing page they make."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from include.core.json_object import JsonObject
from include.core.models import ListedJob
from include.errors import ParseError
from include.sources.base import ListingPage, Request


def listing_page(
    records: Any,
    read: Callable[[JsonObject], ListedJob | None],
    *,
    total: float | None = None,
    follow: Iterable[Request] = (),
    partial_reason: str | None = None,
    overlap: int = 0,
) -> ListingPage:
    """What ``read`` makes of each of ``records``; None is a record that is no open posting.

    A record that can't be read hides none of the others, but makes the page partial. Raises
    ParseError when ``records`` is no list at all.
    """
    if not isinstance(records, list):
        raise ParseError("the answer holds no list of postings")
    jobs: list[ListedJob] = []
    faults = [partial_reason] if partial_reason else []
    for number, record in enumerate(cast("list[Any]", records), start=1):
        try:
            job = read(JsonObject.of(record, "it"))
        except ParseError as error:
            faults.append(f"posting {number} could not be read: {error.message}")
        else:
            jobs += [job] if job else []
    return ListingPage(
        jobs=tuple(jobs),
        total=None if total is None else int(total),
        follow=tuple(follow),
        partial_reason="; ".join(faults) or None,
        overlap=overlap,
    )
