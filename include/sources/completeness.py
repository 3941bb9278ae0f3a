"""Prove that a listing is complete.

Only a complete listing may expire postings, so a listing counts as complete only if that is proved.
A job aggregator once closed 110 live jobs in 18 minutes, because an adapter silently stopped after
500 postings. A listing in parts is complete if each part is complete (ADR 29).
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from include.core.formats.text import cut
from include.core.models import ListedJob, Listing
from include.sources.base import ListingPage
from include.sources.bounds import MAX_REASON_LENGTH


def prove(pages: Sequence[ListingPage]) -> Listing:
    """Return the listing that consists of ``pages``, which are in the order of their requests.

    A posting that several pages name is listed once. The listing is complete if no page is partial,
    all pages that should overlap do so, and the number of distinct postings of each part equals
    every total that is stated for the part. Otherwise ``reason`` says what is missing.
    """
    jobs: dict[str, ListedJob] = {}
    for page in pages:
        for job in page.jobs:
            jobs.setdefault(job.external_id, job)
    reasons = list(dict.fromkeys(_faults(pages)))
    told = cut("; ".join(reasons), MAX_REASON_LENGTH)
    return Listing(jobs=tuple(jobs.values()), complete=not reasons, reason=told or None)


def _faults(pages: Sequence[ListingPage]) -> Iterator[str]:
    if not pages:
        yield "no page of the listing was read"
    for page in pages:
        if page.partial_reason:
            yield page.partial_reason
    for before, after in pairwise(pages):
        if after.overlap and _ids(before)[-after.overlap :] != _ids(after)[: after.overlap]:
            yield "postings moved between two pages while the listing was read"
    for part in dict.fromkeys(page.part for page in pages):
        yield from _wrong_total([page for page in pages if page.part == part])


def _wrong_total(pages: Sequence[ListingPage]) -> Iterator[str]:
    """Yield a reason if a total of one part is wrong.

    The pages of the part state different totals, or another total than their number of postings.
    """
    found = len({external_id for page in pages for external_id in _ids(page)})
    totals = sorted({page.total for page in pages if page.total is not None})
    where = f" ({pages[0].part})" if pages[0].part else ""
    if len(totals) > 1:
        yield f"the source stated different totals: {', '.join(map(str, totals))}{where}"
    elif totals and totals[0] != found:
        yield f"the source states {totals[0]} postings, {found} were listed{where}"


def _ids(page: ListingPage) -> list[str]:
    return [job.external_id for job in page.jobs]
