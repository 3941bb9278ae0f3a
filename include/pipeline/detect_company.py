"""Finding out which source lists the postings behind a URL, and proving it by listing some.

Candidates are tried in this order, the likeliest and cheapest first: the board that the URL itself
belongs to; the board that it redirects to; boards that the page embeds, links to or is made with,
and those of the pages it leads to; the site's sitemaps; the links on the page. The first candidate
that lists a posting is the result.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine

from include.core.models import Company, ListedJob, Page
from include.core.urls import host_key, is_http, origin_of, rebase
from include.db.host_leases import host_leases
from include.errors import JobhuntError, ListingError, NotDetected, SettingError
from include.failure_codes import FailureCode
from include.fetch.limits.blocking import BlockingLimiter
from include.fetch.limits.policy import PolitenessPolicy
from include.fetch.listings import ListingClient
from include.pipeline.list_board import (
    as_response,
    check_address,
    listing_pages,
    polite,
    time_check,
)
from include.sources import detect
from include.sources.base import ListingPage, Request, Response
from include.sources.completeness import prove
from include.sources.registry import check_config

_MOST_PAGES = 7
"""The most pages that are looked at before sitemaps are tried."""
_LEADS_OF_A_PAGE = 5
_CANDIDATES_OF_A_PAGE = 4
_SHARE_FOR_PAGES = 0.6
"""The share of the time that may be spent on pages; the rest is for sitemaps, which may be large.
"""
SAMPLE = 5

Send = Callable[[Request], Page]


@dataclass(frozen=True, kw_only=True)
class Detected:
    """The source and config that were found, with a sample of the postings."""

    candidate: detect.Candidate
    sample: tuple[ListedJob, ...]
    """A few of the board's postings; empty if the board has none now."""
    count: int
    """The number of postings that the source states, or else the number that were listed."""
    complete: bool
    """Whether ``count`` is the number of all postings; if not, there may be more."""
    found_by: str
    """How the board was found, for people to read."""


def detect_company(
    engine: Engine,
    url: str,
    *,
    client: Callable[[], ListingClient],
    politeness: PolitenessPolicy,
    until: float,
    stopping: Callable[[], bool] = lambda: False,
    base_url: str | None = None,
) -> Detected:
    """Return the board that lists the postings behind ``url``.

    Args:
        until: a time of the monotonic clock, at which the last request ends.
        base_url: the URL to send every request to instead, as in a company's config.

    Raises:
        SettingError: ``url`` is not an absolute http(s) URL, or ``base_url`` is unusable.
        NotDetected: no candidate lists a posting; the error says what was tried.
    """
    url = url.strip()
    if not is_http(url):
        raise SettingError("url", "must be an absolute http(s) URL")
    rebase(url, base_url)
    with (
        host_leases(engine) as leases,
        BlockingLimiter(leases, politeness) as limiter,
        client() as http,
    ):
        http.end_by(until)
        send = polite(http, limiter, waiting=time_check(until, stopping))
        search = _Search(send=_but_not_twice(send), base_url=base_url, until=until)
        found = search.run(url)
    if found is None:
        raise NotDetected(url, tuple(search.tried))
    return found


def _but_not_twice(send: Send) -> Send:
    """Return a function that does not ask a host again that did not answer in time."""
    silent: set[str] = set()

    def send_once(request: Request) -> Page:
        check_address(request)
        host = host_key(request.url)
        if host in silent:
            raise ListingError(f"{host} has not answered in time before", code=FailureCode.TIMEOUT)
        try:
            return send(request)
        except ListingError as error:
            if error.code is FailureCode.TIMEOUT:
                silent.add(host)
            raise

    return send_once


@dataclass(kw_only=True)
class _Search:
    """The state of one detection."""

    send: Send
    base_url: str | None
    until: float
    tried: list[str] = field(default_factory=list[str])
    asked: set[str] = field(default_factory=set[str])
    empty: Detected | None = None
    """A board that was listed completely and has no posting now."""

    def run(self, url: str) -> Detected | None:
        return next(self._attempts(url), None) or self.empty

    def _attempts(self, url: str) -> Iterator[Detected]:
        yield from self._listed(detect.boards_at(url), "the address itself")
        pages: list[Response] = []
        for page, candidates in self._pages(url):
            pages.append(page)
            if page.url != url:
                yield from self._listed(detect.boards_at(page.url), f"where {url} leads")
            yield from self._listed(candidates, f"what {page.url} embeds or links to")
        home = pages[0].url if pages else url
        robots = self._fetch(origin_of(home) + "/robots.txt", note=False)
        candidates = detect.sitemaps(
            home,
            robots_txt=robots.body.decode("utf-8", "replace") if robots else "",
            is_posting=bool(pages) and detect.is_posting(pages[0]),
        )
        yield from self._listed(candidates, "the site's sitemap")
        for page in pages:
            yield from self._listed(detect.listing_pages(page), f"links on {page.url}")

    def _pages(self, url: str) -> Iterator[tuple[Response, Sequence[detect.Candidate]]]:
        """Yield the page at ``url`` and the pages it leads to, breadth first, each with the
        candidates that it names."""
        began = time.monotonic()
        enough = began + (self.until - began) * _SHARE_FOR_PAGES
        ahead, seen = deque([url]), {url}
        fetched = 0
        while ahead and fetched < _MOST_PAGES and time.monotonic() < enough:
            page = self._fetch(ahead.popleft())
            fetched += 1
            if page is None:
                continue
            try:
                findings = detect.read_page(page)
            except JobhuntError as error:
                self.tried.append(f"{page.url}: {error.message}")
                continue
            seen.add(page.url)
            yield page, findings.candidates[:_CANDIDATES_OF_A_PAGE]
            if not detect.is_posting(page):
                new = [lead for lead in findings.leads if lead not in seen][:_LEADS_OF_A_PAGE]
                seen.update(new)
                ahead.extend(new)

    def _fetch(self, url: str, *, note: bool = True) -> Response | None:
        try:
            return as_response(self.send(Request(url=rebase(url, self.base_url))))
        except JobhuntError as error:
            if note:
                self.tried.append(f"{url}: {error.message}")
            return None

    def _listed(self, candidates: Iterable[detect.Candidate], how: str) -> Iterator[Detected]:
        for candidate in candidates:
            if self.base_url is not None:
                candidate = candidate.at(self.base_url)
            if candidate.identity in self.asked:
                continue
            self.asked.add(candidate.identity)
            found = self._try(candidate, how)
            if found is not None:
                yield found

    def _try(self, candidate: detect.Candidate, how: str) -> Detected | None:
        company = Company(slug="detected", source=candidate.source, config=candidate.config)
        try:
            check_config(company)
            found = _sample(company, self.send, candidate, how)
        except JobhuntError as error:
            self.tried.append(f"{candidate}: {error.message}")
            return None
        # A response that its adapter cannot parse does not come from that source.
        except (LookupError, TypeError, ValueError) as error:
            self.tried.append(f"{candidate}: could not be read ({type(error).__name__}: {error})")
            return None
        if found.count:
            return found
        self.tried.append(f"{candidate}: it lists nothing")
        if found.complete and candidate.source != "sitemap":
            self.empty = self.empty or found
        return None


def _sample(company: Company, send: Send, candidate: detect.Candidate, how: str) -> Detected:
    """Return a sample and a count, reading as few of the listing's pages as possible."""
    pages: list[ListingPage] = []
    titles: dict[str, ListedJob] = {}
    total = None
    for page in listing_pages(company, send):
        pages.append(page)
        titles |= {job.external_id: job for job in page.jobs}
        total = page.total if page.total is not None else total
        if total is not None and len(titles) >= min(SAMPLE, total):
            break
    listing = prove(pages)
    stated = total if total and total >= len(listing.jobs) else None
    return Detected(
        candidate=candidate,
        sample=listing.jobs[:SAMPLE],
        count=stated or len(listing.jobs),
        complete=listing.complete or stated is not None,
        found_by=how,
    )
