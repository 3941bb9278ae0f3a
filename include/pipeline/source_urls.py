"""Lists companies: asks each one's source for its open postings and keeps what it names.

One company's fault never touches its neighbours: it is noted with that company alone.
"""

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from sqlalchemy import Engine

from include.core.models import Company, CompanyStatus, Listing, Page
from include.core.run_state import RunStatus
from include.core.urls import host_key
from include.db.listed_jobs import replace_listing
from include.db.run_companies import get_companies, set_company
from include.db.runs import Run, notify, touch
from include.errors import FetchError, JobhuntError, ListingError, ParseError
from include.fetch.listings import ListingClient
from include.fetch.politeness import Manners, Pace, take_turn
from include.fetch.render import Browser
from include.pipeline.drawn_pages import drawing
from include.pipeline.filter_jobs import filter_jobs
from include.pipeline.pace import shared_pace
from include.sources.base import ListingPage, Request, Response
from include.sources.completeness import prove
from include.sources.registry import adapter_for

_AT_ONCE = 8
_LISTING = (RunStatus.INITIALIZING,)
_BEAT_EVERY_SECONDS = 1.0
_MAX_REQUESTS = 5_000
"""For one listing: beyond any real board, so a source that pages in circles ends."""


def source_urls(
    engine: Engine,
    run: Run,
    slugs: Sequence[str],
    *,
    client: Callable[[], ListingClient],
    manners: Manners,
    browser: Callable[[], Browser] | None = None,
) -> None:
    """Lists the companies ``slugs`` of the run, concurrently.

    Args:
        client: makes a client for one company's requests.
        browser: makes a browser for one company that needs it.

    Raises:
        RunSuperseded: the run was aborted or recovered meanwhile.
    """
    with engine.connect() as connection:
        companies = get_companies(connection, run.run_id, slugs)

    def list_one(company: Company, pace: Pace) -> None:
        _note(engine, run, company, CompanyStatus.SOURCING)
        try:
            with client() as http:
                send = polite(http, pace, manners, waiting=_heartbeat(engine, run))
                with drawing(company, send, browser) as send_drawn:
                    listing = list_company(company, send_drawn)
        except JobhuntError as error:
            _note(engine, run, company, CompanyStatus.ERROR, error=error.message)
        # An answer that breaks its adapter in a way nobody foresaw costs this company alone.
        except (LookupError, TypeError, ValueError) as error:
            message = f"its listing could not be read ({type(error).__name__}: {error})"
            _note(engine, run, company, CompanyStatus.ERROR, error=message)
        else:
            _keep(engine, run, company, listing)

    waiting = iter(companies)

    def list_some(_: int) -> None:
        with shared_pace(engine) as pace:
            for company in waiting:  # each goes to one thread: next() is atomic
                list_one(company, pace)

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as threads:
        for _ in threads.map(list_some, range(min(_AT_ONCE, len(companies)))):
            pass


def list_company(company: Company, send: Callable[[Request], Page]) -> Listing:
    """Follows the listing from its first request to its last. A later request that fails makes
    it partial; the rest is read all the same.

    Raises:
        SettingError: the company's config can't be used.
        ListingError, FetchError, ParseError: of the first request or its answer.
    """
    return prove(tuple(listing_pages(company, send)))


def listing_pages(company: Company, send: Callable[[Request], Page]) -> Iterator[ListingPage]:
    """The pages that ``list_company`` reads, as they come; raises as it does."""
    adapter = adapter_for(company.source)
    ahead = deque([adapter.first_request(company.config)])
    asked: set[str] = set()
    while ahead:
        request = ahead.popleft()
        identity = f"{request.method} {request.url} {json.dumps(request.json, sort_keys=True)}"
        if identity in asked:
            continue
        asked.add(identity)
        if len(asked) > _MAX_REQUESTS:
            yield ListingPage(partial_reason=f"the listing goes on after {_MAX_REQUESTS} requests")
            return
        try:
            page = adapter.parse_listing(company.config, request, as_response(send(request)))
        except (ListingError, FetchError, ParseError) as error:
            if len(asked) == 1:
                raise
            page = ListingPage(partial_reason=error.message)
        ahead.extend(page.follow)
        yield page


def as_response(answer: Page) -> Response:
    return Response(
        url=answer.url,
        body=answer.body,
        content_type=answer.content_type,
        headers=answer.headers,
    )


def polite(
    http: ListingClient,
    pace: Pace,
    manners: Manners,
    *,
    waiting: Callable[[], None] = lambda: None,
) -> Callable[[Request], Page]:
    """``waiting`` is called before each request, and every second until its turn comes."""

    def send(request: Request) -> Page:
        waiting()
        host = host_key(request.url)
        with take_turn(pace, host, manners, waiting=waiting):
            return http.send(
                request.url, method=request.method, json=request.json, headers=request.headers
            )

    return send


def _heartbeat(engine: Engine, run: Run) -> Callable[[], None]:
    """A heartbeat and abort check, at most once a second: many pages, or a wait for a busy host,
    may take longer than a run may be silent. It raises RunSuperseded."""
    last = monotonic()

    def beat() -> None:
        nonlocal last
        if monotonic() - last >= _BEAT_EVERY_SECONDS:
            with engine.begin() as connection:
                touch(connection, run.run_id, run.attempt, during=_LISTING)
            last = monotonic()

    return beat


def _keep(engine: Engine, run: Run, company: Company, listing: Listing) -> None:
    judged = filter_jobs(company, listing)
    with engine.begin() as connection:
        touch(connection, run.run_id, run.attempt, during=_LISTING)
        replace_listing(connection, run.run_id, company.slug, judged)
        set_company(
            connection,
            run.run_id,
            company.slug,
            CompanyStatus.COMPLETE if listing.complete else CompanyStatus.PARTIAL,
            listed=len(listing.jobs),
            error=listing.reason,
        )
        notify(connection, run.run_id)


def _note(
    engine: Engine, run: Run, company: Company, status: CompanyStatus, *, error: str | None = None
) -> None:
    with engine.begin() as connection:
        touch(connection, run.run_id, run.attempt, during=_LISTING)
        set_company(connection, run.run_id, company.slug, status, error=error)
        notify(connection, run.run_id)
