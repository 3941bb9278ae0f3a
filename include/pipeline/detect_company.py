"""Finds out which source lists the postings behind an address, and proves it by listing some.

What is likeliest and cheapest comes first: the board whose address it is; where the address
redirects to; what the page embeds, links to or is made with, and the pages it leads to; the site's
sitemaps; the links on the page. The first that lists a posting is the answer.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine

from include.core.models import Company, ListedJob, Page
from include.core.urls import is_http, origin_of, rebase
from include.errors import JobhuntError, NotDetected, SettingError
from include.fetch.listings import ListingClient
from include.fetch.politeness import Manners
from include.pipeline.list_board import as_response, in_time, listing_pages, polite
from include.pipeline.pace import shared_pace
from include.sources import detect
from include.sources.base import ListingPage, Request, Response
from include.sources.completeness import prove
from include.sources.registry import check_config

_MOST_PAGES = 7
"""Looked at before sitemaps are tried."""
_LEADS_OF_A_PAGE = 5
_CANDIDATES_OF_A_PAGE = 4
_SHARE_FOR_PAGES = 0.6
"""Of the time; the rest is for sitemaps, which may be large."""
SAMPLE = 5

Send = Callable[[Request], Page]


@dataclass(frozen=True, kw_only=True)
class Detected:
    candidate: detect.Candidate
    sample: tuple[ListedJob, ...]
    """A few of its postings; none where the board is known to be empty."""
    count: int
    """As the source states it, or else as many as were listed."""
    complete: bool
    """False: there may be more than ``count``."""
    found_by: str
    """For a person to read."""


def detect_company(
    engine: Engine,
    url: str,
    *,
    client: Callable[[], ListingClient],
    manners: Manners,
    until: float,
    stopping: Callable[[], bool] = lambda: False,
    base_url: str | None = None,
) -> Detected:
    """As far as can be found out in time.

    Args:
        until: on the monotonic clock; no request begins later.
        base_url: where to send every request instead, as in a company's config.

    Raises:
        SettingError: ``url`` is no absolute http(s) URL, or ``base_url`` no usable one.
        NotDetected: nothing lists a posting; says what was tried.
    """
    url = url.strip()
    if not is_http(url):
        raise SettingError("url", "must be an absolute http(s) URL")
    rebase(url, base_url)
    with shared_pace(engine) as pace, client() as http:
        send = in_time(polite(http, pace, manners), until, stopping)
        search = _Search(send=send, base_url=base_url, until=until)
        found = search.run(url)
    if found is None:
        raise NotDetected(url, tuple(search.tried))
    return found


@dataclass(kw_only=True)
class _Search:
    send: Send
    base_url: str | None
    until: float
    tried: list[str] = field(default_factory=list[str])
    asked: set[str] = field(default_factory=set[str])
    empty: Detected | None = None
    """A board that was read whole and has no posting now."""

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
        """The page at ``url`` and those that it leads to, breadth first, and what each is a page
        of."""
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
        # An answer that breaks its adapter in a way nobody foresaw is not that source's.
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
    """Of the listing's pages as few as give a sample and a count."""
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
