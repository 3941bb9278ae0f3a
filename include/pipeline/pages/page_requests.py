"""Deciding which pages to request for the jobs of a batch, and how. Nothing here does I/O."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from include.core.formats.urls import origin_of
from include.core.models import Page
from include.db.work.batches import CrawlJob
from include.errors import FetchError
from include.failure_codes import FailureCode
from include.sources.registry import facts_of


@dataclass(frozen=True, kw_only=True)
class PageRequest:
    """The request for a page that one or more jobs of one board share."""

    url: str
    source: str
    board_id: int
    checks_robots: bool
    """True if robots.txt is checked. It is checked for all pages except the documents of an API
    that is made for programs (ADR 15)."""
    rendered: bool
    """True if a browser must render the page."""
    etag: str | None
    last_modified: str | None


def by_page(jobs: Iterable[CrawlJob]) -> list[list[CrawlJob]]:
    """Return the jobs in groups, one group for each board and page."""
    groups = defaultdict[tuple[int, str], list[CrawlJob]](list)
    for job in jobs:
        groups[job.board_id, job.page_url].append(job)
    return list(groups.values())


def page_request(jobs: Sequence[CrawlJob]) -> PageRequest:
    """Return the request for the page of these jobs.

    Raises:
        FetchError: the page's URL is not http or https.
    """
    first = jobs[0]
    if not first.host:
        message = f"{first.page_url} is not http or https"
        raise FetchError(message, code=FailureCode.BLOCKED_ADDRESS)
    # A rendered page is always requested in full, because its scripts may show other content
    # although the response itself is unchanged (304).
    is_unconditional = first.force or first.rendered
    etag, last_modified = (None, None) if is_unconditional else _common_validators(jobs)
    return PageRequest(
        url=first.page_url,
        source=first.source,
        board_id=first.board_id,
        checks_robots=not facts_of(first.source).reads_by_api,
        rendered=first.rendered,
        etag=etag,
        last_modified=last_modified,
    )


def origins(jobs: Iterable[CrawlJob]) -> set[str]:
    """Return the origins of those pages of the jobs for which robots.txt is checked."""
    pages = (job for job in jobs if not job.inline and not facts_of(job.source).reads_by_api)
    return {origin_of(job.page_url) for job in pages if job.host}


def inline_page(url: str, content: str) -> Page:
    """Return a page whose body is the content that the listing had for a posting."""
    media_type = "application/xml" if content.startswith("<") else "application/json"
    return Page(url=url, body=content.encode(), content_type=f"{media_type}; charset=utf-8")


def _common_validators(jobs: Sequence[CrawlJob]) -> tuple[str | None, str | None]:
    """Return the ETag and Last-Modified of a page if all of its jobs have the same ones.

    Otherwise both are None, because the answer "not modified" would be wrong for some of the jobs.
    """
    known = {(job.etag, job.last_modified) for job in jobs}
    return known.pop() if len(known) == 1 else (None, None)
