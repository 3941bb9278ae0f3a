"""Follows a listing from its first request to its last, politely and in time."""

import json
import time
from collections import deque
from collections.abc import Callable, Iterator

from include.core.models import Company, Listing, Page
from include.core.urls import host_key
from include.errors import FetchError, ListingError, ParseError
from include.fetch.listings import ListingClient
from include.fetch.politeness import Manners, Pace, take_turn
from include.sources.base import ListingPage, Request, Response
from include.sources.completeness import prove
from include.sources.registry import adapter_for

_MAX_REQUESTS = 5_000
"""The most requests of one listing: beyond any real board, so a source that pages in circles
ends."""


def list_company(company: Company, send: Callable[[Request], Page]) -> Listing:
    """Follow the listing from its first request to its last.

    A later request that fails makes it partial; the rest is read all the same.

    Raises:
        SettingError: the company's config can't be used.
        ListingError, FetchError, ParseError: of the first request or its answer.
    """
    return prove(tuple(listing_pages(company, send)))


def listing_pages(company: Company, send: Callable[[Request], Page]) -> Iterator[ListingPage]:
    """Yield the pages that ``list_company`` reads, as they come; raises as it does."""
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
    """Return what was fetched as adapters take it."""
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
    """Return a function that sends requests at the pace that their hosts allow.

    Args:
        waiting: called before each request, and every second until it may be sent.
    """

    def send(request: Request) -> Page:
        waiting()
        host = host_key(request.url)
        with take_turn(pace, host, manners, waiting=waiting):
            return http.send(
                request.url, method=request.method, json=request.json, headers=request.headers
            )

    return send


def in_time(
    send: Callable[[Request], Page],
    until: float,
    stopping: Callable[[], bool] = lambda: False,
) -> Callable[[Request], Page]:
    """Return ``send`` for as long as there is time.

    From ``until`` (on the monotonic clock) on, or as soon as ``stopping`` says so, it raises
    ListingError ``timeout`` instead.
    """

    def send_in_time(request: Request) -> Page:
        if time.monotonic() >= until or stopping():
            raise ListingError("the time to ask for it was over", code="timeout")
        return send(request)

    return send_in_time
