"""Reading a listing from its first request to its last, politely and within a time limit."""

import json
import time
from collections import deque
from collections.abc import Callable, Iterator

from include.core.models import Company, Listing, Page
from include.core.urls import host_key
from include.errors import FetchError, ListingError, ParseError
from include.fetch.limits.blocking import BlockingLimiter
from include.fetch.listings import ListingClient
from include.sources.base import ListingPage, Request, Response
from include.sources.completeness import prove
from include.sources.registry import adapter_for

_MAX_REQUESTS = 5_000
"""The most requests of one listing. No real board needs as many; the limit ends a listing whose
pages go on forever."""


def list_company(company: Company, send: Callable[[Request], Page]) -> Listing:
    """Return the company's listing.

    If a request after the first one fails, the listing is partial, and the rest is still read.

    Raises:
        SettingError: the company's config is unusable.
        ListingError, FetchError, ParseError: the first request failed, or its response could not
            be parsed.
    """
    return prove(tuple(listing_pages(company, send)))


def listing_pages(company: Company, send: Callable[[Request], Page]) -> Iterator[ListingPage]:
    """Yield the pages of the company's listing as they come. Raises the same errors as
    ``list_company``."""
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
    """Return the fetched page in the form that adapters take."""
    return Response(
        url=answer.url,
        body=answer.body,
        content_type=answer.content_type,
        headers=answer.headers,
    )


def polite(
    http: ListingClient,
    limiter: BlockingLimiter,
    *,
    waiting: Callable[[], None] = lambda: None,
) -> Callable[[Request], Page]:
    """Return a function that sends each request when the rate limiter of its host allows it.

    Args:
        waiting: called before each request, and every second until the request may be sent.
    """

    def send(request: Request) -> Page:
        waiting()
        host = host_key(request.url)
        with limiter.request(host, waiting=waiting):
            return http.send(
                request.url, method=request.method, json=request.json, headers=request.headers
            )

    return send


def in_time(
    send: Callable[[Request], Page],
    until: float,
    stopping: Callable[[], bool] = lambda: False,
) -> Callable[[Request], Page]:
    """Return a function that calls ``send`` as long as there is time.

    After ``until`` (a time of the monotonic clock), or once ``stopping`` returns True, it raises
    ListingError with the code ``timeout`` instead.
    """

    def send_in_time(request: Request) -> Page:
        if time.monotonic() >= until or stopping():
            raise ListingError("the time to ask for it was over", code="timeout")
        return send(request)

    return send_in_time
