"""Decide which pages to request for the jobs of a batch, and how. This module does no I/O."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from include.core.formats.urls import origin_of
from include.core.models import Page
from include.db.work.batches import CrawlJob
from include.errors import FetchError
from include.failure_codes import FailureCode
from include.fetch.http_messages import HttpRequest
from include.sources.registry import facts_of


def by_page(jobs: Iterable[CrawlJob]) -> list[list[CrawlJob]]:
    """Return the jobs in groups, one group for each board and page."""
    groups = defaultdict[tuple[int, str], list[CrawlJob]](list)
    for job in jobs:
        groups[job.board_id, job.page_url].append(job)
    return list(groups.values())


def page_request(jobs: Sequence[CrawlJob]) -> HttpRequest:
    """Return the request for the page that these jobs of one board share.

    Raises:
        FetchError: the page's URL is not http or https.
    """
    first = jobs[0]
    if not first.host:
        message = f"{first.page_url} is not http or https"
        raise FetchError(message, code=FailureCode.BLOCKED_ADDRESS)
    validators = {(job.etag, job.last_modified) for job in jobs}
    # Request the page in full if the jobs have different validators, because "not modified" would
    # be wrong for some of the jobs. Also request a rendered page in full, because its scripts may
    # show other content although the response itself is unchanged (304).
    if first.force or first.rendered or len(validators) > 1:
        return HttpRequest(url=first.page_url)
    return HttpRequest(url=first.page_url, etag=first.etag, last_modified=first.last_modified)


def must_check_robots(job: CrawlJob) -> bool:
    """Return whether robots.txt must be checked for the job's page.

    It must be checked for a web page, but not for a document of an API or feed (ADR 15).
    """
    return not facts_of(job.source).reads_by_api


def origins(jobs: Iterable[CrawlJob]) -> set[str]:
    """Return the origins of those pages that are requested only if robots.txt allows them."""
    pages = (job for job in jobs if not job.inline and must_check_robots(job))
    return {origin_of(job.page_url) for job in pages if job.host}


def inline_page(url: str, content: str) -> Page:
    """Return a page whose body is the posting's content in the listing."""
    media_type = "application/xml" if content.startswith("<") else "application/json"
    return Page(url=url, body=content.encode(), content_type=f"{media_type}; charset=utf-8")
