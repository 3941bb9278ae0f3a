"""Prove that a listing is complete.

A posting may expire if a complete listing does not name it. Therefore a listing counts as complete
only if its completeness is proved. A job aggregator once closed 110 live jobs in 18 minutes,
because an adapter stopped after 500 postings without an error. A listing that consists of parts is
complete if each part is complete (ADR 29).
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from include.core.formats.text import cut
from include.core.models import ListedJob, Listing
from include.sources.base import ListingPage
from include.sources.bounds import MAX_REASON_LENGTH


def prove(pages: Sequence[ListingPage]) -> Listing:
    """Return the listing that consists of ``pages``, given in the order of their requests.

    A posting that is on several pages is listed once. The listing is complete under three
    conditions. No page is partial. Every page whose request asked again for the last postings of
    the previous page begins with these postings. The number of distinct postings of each part
    equals every total that a page states for the part. Otherwise ``reason`` of the listing states
    which conditions are not met.
    """
    jobs: dict[str, ListedJob] = {}
    for page in pages:
        for job in page.jobs:
            jobs.setdefault(job.external_id, job)
    reasons = list(dict.fromkeys(_faults(pages)))
    reason = cut("; ".join(reasons), MAX_REASON_LENGTH)
    return Listing(jobs=tuple(jobs.values()), complete=not reasons, reason=reason or None)


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
    """Yield the reason why the totals of one part are wrong, if they are.

    The totals are wrong if the pages of the part state different totals, or a total that is not the
    number of distinct postings on these pages.
    """
    listed_count = len({external_id for page in pages for external_id in _ids(page)})
    totals = sorted({page.total for page in pages if page.total is not None})
    where = f" ({pages[0].part})" if pages[0].part else ""
    if len(totals) > 1:
        yield f"the source stated different totals: {', '.join(map(str, totals))}{where}"
    elif totals and totals[0] != listed_count:
        yield f"the source states {totals[0]} postings, {listed_count} were listed{where}"


def _ids(page: ListingPage) -> list[str]:
    return [job.external_id for job in page.jobs]
