"""Jobs whose pages are had together: those that share one, and those that their listing carried."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from include.core.models import Page
from include.db.batches import CrawlJob


def by_page(jobs: Iterable[CrawlJob]) -> list[list[CrawlJob]]:
    """Return the jobs in groups of one board and one page."""
    groups = defaultdict[tuple[int, str], list[CrawlJob]](list)
    for job in jobs:
        groups[job.board_id, job.page_url].append(job)
    return list(groups.values())


def common_validators(jobs: Sequence[CrawlJob]) -> tuple[str | None, str | None]:
    """Return the ETag and Last-Modified that all jobs which share a page know; one response is for
    all of them."""
    known = {(job.etag, job.last_modified) for job in jobs}
    return known.pop() if len(known) == 1 else (None, None)


def inline_page(url: str, content: str) -> Page:
    """Return the posting that a listing carried as the page that it stands for."""
    media_type = "application/xml" if content.startswith("<") else "application/json"
    return Page(url=url, body=content.encode(), content_type=f"{media_type}; charset=utf-8")
