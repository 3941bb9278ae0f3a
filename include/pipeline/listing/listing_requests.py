"""Send the requests of listings, within the limits of their hosts (ADR 45).

If a source's listings do not come from an API, robots.txt is checked for each request (ADR 15).
"""

import json
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Engine

from include.core.models import Page
from include.db.hosts.host_leases import host_leases
from include.errors import FetchError, ListingError, PageGone
from include.failure_codes import FailureCode
from include.fetch.clients import Clients
from include.fetch.curl_client import CurlSession
from include.fetch.event_loop_thread import EventLoopThread
from include.fetch.http_messages import HttpRequest
from include.fetch.limits.limiter import HostLimiter
from include.fetch.limits.retrying_fetcher import RetryingFetcher
from include.fetch.pages import PageFetcher
from include.fetch.render import Browser
from include.pipeline.pages.robots_rules import robots_check
from include.sources.base import Request


@dataclass(frozen=True)
class ListingRequests:
    """The clients that all threads of one worker use to send the requests of listings."""

    loop: EventLoopThread
    clients: Clients
    pages: PageFetcher
    fetcher: RetryingFetcher
    """A fetcher that sends requests through ``pages``, retries them, and keeps the limits of
    hosts."""
    check_robots: Callable[[str], Awaitable[None]]
    """A function that raises FetchError if robots.txt does not allow a URL."""

    @contextmanager
    def sender(
        self, check: Callable[[], None], *, render: bool = False
    ) -> Generator[Callable[[Request], Page]]:
        """Yield a function that sends the requests of one listing. The requests share cookies.

        Args:
            check: a function that is called before each request, and every second during the
                request. If the function raises an error, the request is cancelled.
            render: whether a browser renders the web pages among the responses.
        """
        browser = self.clients.browser() if render else None
        with ExitStack() as stack:
            session = stack.enter_context(self.loop.entered(self.pages.session()))
            if browser:
                stack.enter_context(self.loop.entered(browser))

            def send(request: Request) -> Page:
                check()
                return self.loop.call(self._page(request, session, browser), check=check)

            yield send

    async def _page(self, request: Request, session: CurlSession, browser: Browser | None) -> Page:
        check_robots = self.check_robots if request.checks_robots else None
        http_request = _http_request(request)
        try:
            if check_robots:
                await check_robots(request.url)
            async with self.fetcher.fetch(
                http_request,
                session=session,
                on_hop=check_robots,
                max_tries=self.clients.listing_tries,
                deadline=self.clients.deadline,
            ) as fetched:
                # The page is not None, because the request has no validators.
                page = cast("Page", fetched.page)
        except PageGone as error:
            message = f"no such board: {request.url}: {error.message}"
            raise ListingError(message, code=FailureCode.NOT_FOUND) from error
        except FetchError as error:
            raise FetchError(f"{request.url}: {error.message}", code=error.code) from error
        return await browser.render(page) if browser and request.method == "GET" else page


def _http_request(request: Request) -> HttpRequest:
    headers, body = request.headers, b""
    if request.json is not None:
        headers = {"Content-Type": "application/json", **headers}
        body = json.dumps(request.json).encode()
    return HttpRequest(
        url=request.url,
        method=request.method,
        headers=headers,
        body=body,
        max_bytes=request.max_bytes or 0,  # With 0, the client's own limit applies.
    )


@contextmanager
def listing_requests(engine: Engine, clients: Clients) -> Generator[ListingRequests]:
    """Yield the ``ListingRequests`` that all threads of a worker share."""
    with (
        host_leases(engine) as leases,
        EventLoopThread() as loop,
        loop.entered(HostLimiter(leases, clients.politeness)) as limiter,
        loop.entered(clients.for_pages()) as pages,
    ):
        fetcher = RetryingFetcher(pages, limiter)
        check = robots_check(engine, fetcher, limiter, user_agent=pages.user_agent)
        yield ListingRequests(loop, clients, pages, fetcher, check)


@contextmanager
def listing_sender(
    engine: Engine,
    clients: Clients,
    *,
    until: float,
    stopping: Callable[[], bool],
    render: bool = False,
) -> Generator[Callable[[Request], Page]]:
    """Yield a function that sends the requests of one listing through newly created clients.

    Args:
        until: the time of the monotonic clock, in seconds, at which the listing must end.
        stopping: a function that is called before each request, and every second during the
            request. If it returns True, the request is cancelled.
        render: whether a browser renders the web pages among the responses.
    """
    with (
        listing_requests(engine, clients) as requests,
        requests.sender(time_check(until, stopping), render=render) as send,
    ):
        yield send


def time_check(until: float, stopping: Callable[[], bool] = lambda: False) -> Callable[[], None]:
    """Return a function that raises ListingError (``timeout``) if the listing must end.

    The listing must end at ``until``, a time of the monotonic clock, or once ``stopping`` returns
    True.
    """

    def check() -> None:
        if time.monotonic() >= until or stopping():
            message = "the listing was not complete in time"
            raise ListingError(message, code=FailureCode.TIMEOUT)

    return check
