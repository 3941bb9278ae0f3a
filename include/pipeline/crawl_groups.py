"""Grouping jobs that share a page, and turning a posting from a listing into a page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from include.core.models import Page
from include.db.batches import CrawlJob


def by_page(jobs: Iterable[CrawlJob]) -> list[list[CrawlJob]]:
    """Return the jobs in groups. The jobs of a group have the same board and page URL."""
    groups = defaultdict[tuple[int, str], list[CrawlJob]](list)
    for job in jobs:
        groups[job.board_id, job.page_url].append(job)
    return list(groups.values())


def common_validators(jobs: Sequence[CrawlJob]) -> tuple[str | None, str | None]:
    """Return the ETag and Last-Modified of a page that the jobs share, if all jobs have the same.

    Otherwise both are None, because one response is used for all of the jobs.
    """
    known = {(job.etag, job.last_modified) for job in jobs}
    return known.pop() if len(known) == 1 else (None, None)


def inline_page(url: str, content: str) -> Page:
    """Return a page whose body is the posting ``content`` from a listing."""
    media_type = "application/xml" if content.startswith("<") else "application/json"
    return Page(url=url, body=content.encode(), content_type=f"{media_type}; charset=utf-8")
