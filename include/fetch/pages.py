"""Fetch pages, listings and robots.txt.

A page has one deadline for all its requests, one size limit (both before and after decoding) and at
most ``_MAX_REDIRECTS`` redirects. The guard checks the URL of each redirect.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import inf
from typing import Self
from urllib.parse import urljoin

from yarl import URL

from include.core.formats.urls import origin_of, requested_url
from include.core.models import Page
from include.errors import FetchError, PageGone
from include.failure_codes import FailureCode
from include.fetch.curl_client import CurlClient, CurlSession
from include.fetch.guard import AddressGuard, check_length
from include.fetch.http_messages import HttpRequest, HttpResponse
from include.fetch.meta_refresh import refresh_target
from include.fetch.options import FetchOptions
from include.fetch.retry_after import parse_retry_after

_MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_HEADER_CHARS = 1024
_NOT_UTF8 = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A fetched page, or the server's statement that the page has not changed."""

    page: Page | None
    """The page; None if the server states that the page has not changed (304)."""
    etag: str | None = None
    last_modified: str | None = None


class PageFetcher:
    """An async context manager that fetches pages over one connection pool."""

    def __init__(self, options: FetchOptions) -> None:
        self._guard = options.guard
        self.user_agent = options.user_agent
        self._deadline = options.deadline
        self._client = CurlClient(options)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    def session(self) -> CurlSession:
        """Return a session for requests that share cookies."""
        return self._client.session()

    async def fetch(
        self,
        request: HttpRequest,
        *,
        session: CurlSession | None = None,
        deadline: float = inf,
        on_hop: Callable[[str], Awaitable[None]] | None = None,
    ) -> Fetched:
        """Fetch a page once, without retries.

        Args:
            request: the first request. If the server redirects to another origin, the headers of
                the request are not sent there.
            session: the session that sends the requests. If None, a new session is used.
            deadline: the maximum time for the page in seconds. The fetcher's own deadline applies,
                too.
            on_hop: awaited with the URL before each request after the first. The time for this does
                not count towards the deadline.

        Raises:
            FetchError: the page could not be fetched; ``code`` states the reason, and ``retryable``
                whether to try again.
            PageGone: the server answered 404 or 410.
        """
        deadline = min(deadline, self._deadline)
        async with nullcontext(session) if session else self.session() as session:
            try:
                async with asyncio.timeout(deadline) as timer:
                    return await self._follow(request, session, timer, on_hop)
            except TimeoutError as error:
                raise FetchError(
                    f"the whole response did not arrive within {deadline:g} s",
                    code=FailureCode.TIMEOUT,
                    retryable=True,
                    connected=session.connected,
                ) from error

    async def _follow(
        self,
        request: HttpRequest,
        session: CurlSession,
        timer: asyncio.Timeout,
        on_hop: Callable[[str], Awaitable[None]] | None,
    ) -> Fetched:
        has_refreshed = False
        for hop in range(_MAX_REDIRECTS + 1):
            url = checked_url(self._guard, request.url)
            if hop and on_hop:
                with _suspended(timer):
                    await on_hop(str(url))
            conditional_request = replace(
                request, headers={**request.headers, **request.conditions}
            )
            response = await session.send(url, conditional_request)
            if response.status in REDIRECTS:
                target = redirected_url(request.url, response)
                request = _redirected(request, response.status, target)
                continue
            _check_status(response, conditional=bool(request.conditions))
            fetched = _fetched_page(request.url, response)
            target = None if has_refreshed else _refresh_target(fetched)
            if target is None:
                return fetched
            # A refresh is a new GET request, as a redirect with status 303 is.
            request, has_refreshed = _redirected(request, 303, target), True
        raise FetchError(f"more than {_MAX_REDIRECTS} redirects", code=FailureCode.REDIRECT)


@contextmanager
def _suspended(timer: asyncio.Timeout) -> Generator[None]:
    """Suspend the deadline while the block runs."""
    loop = asyncio.get_running_loop()
    seconds_left = (timer.when() or loop.time()) - loop.time()
    timer.reschedule(None)
    yield
    timer.reschedule(loop.time() + seconds_left)


def _redirected(request: HttpRequest, status: int, url: str) -> HttpRequest:
    """Return the request that follows a redirect.

    A request to another origin keeps only ``Content-Type``, because other headers may hold a token.
    """
    next_request = request.redirected(status, url)
    if origin_of(url) == origin_of(request.url):
        return next_request
    content_type = {k: v for k, v in next_request.headers.items() if k.lower() == "content-type"}
    return replace(next_request, headers=content_type)


def checked_url(guard: AddressGuard, url: str) -> URL:
    """Return the URL in the form in which it is sent.

    ``guard`` checks the original form and the sent form. The two forms can name different hosts,
    because IDNA changes characters: ``①`` becomes ``1``.

    Raises:
        FetchError: the URL is not valid, or not allowed (``AddressGuard.check_url``).
    """
    guard.check_url(url)
    try:
        target = URL(requested_url(url), encoded=True)
    except ValueError as error:
        raise FetchError(
            f"{url} is not a valid URL: {error}", code=FailureCode.BLOCKED_ADDRESS
        ) from error
    guard.check_url(str(target))
    return target


def _fetched_page(url: str, response: HttpResponse) -> Fetched:
    page = Page(
        url=url,
        body=response.body,
        content_type=ascii_header(response, "Content-Type"),
        headers={
            name.lower(): ", ".join(response.headers.getall(name)) for name in response.headers
        },
    )
    return Fetched(
        page=None if response.status == 304 else page,
        etag=ascii_header(response, "ETag"),
        last_modified=ascii_header(response, "Last-Modified"),
    )


def _refresh_target(fetched: Fetched) -> str | None:
    """Return the URL to which the page's markup redirects; None if there is none."""
    page = fetched.page
    if page is None or not (page.content_type or "text/html").lower().startswith("text/html"):
        return None
    return refresh_target(page.url, page.body)


def ascii_header(response: HttpResponse, name: str) -> str | None:
    """Return the value of a header, or None if it cannot be stored and sent back unchanged."""
    value = response.headers.get(name)
    if not value or len(value) > _MAX_HEADER_CHARS:
        return None
    return value if value.isascii() and value.isprintable() else None


def _percent_encoded(surrogate: re.Match[str]) -> str:
    """Return the byte that a surrogate from U+DC80 to U+DCFF stands for, such as ``%FC``."""
    byte = ord(surrogate[0]) - 0xDC00
    return f"%{byte:02X}"


def redirected_url(url: str, response: HttpResponse) -> str:
    """Return the URL to which a response redirects.

    Raises:
        FetchError: ``redirect`` or ``url_too_long`` if the response states no usable URL.
    """
    location = response.headers.get("Location")
    if not location:
        raise FetchError("the response is a redirect without a Location", code=FailureCode.REDIRECT)
    check_length(location)
    # Percent-encode the bytes that are not UTF-8, because servers may send any bytes.
    # ``HttpResponse`` holds such bytes as surrogates (PEP 383).
    location = _NOT_UTF8.sub(_percent_encoded, location)
    try:
        return urljoin(url, location)
    except ValueError as error:
        message = f"the page redirects to {location}, which is not a valid URL: {error}"
        raise FetchError(message, code=FailureCode.REDIRECT) from error


def _check_status(response: HttpResponse, *, conditional: bool) -> None:
    status = response.status
    if status == 304 and not conditional:
        message = "the server answered with status 304, but the request was not conditional"
        raise FetchError(message, code=FailureCode.PROTOCOL, status=status)
    if status in (404, 410):
        raise PageGone(f"the server answered with status {status}")
    if status >= 300 and status != 304:
        is_transient = status in (408, 429) or status >= 500
        retry_after = response.headers.get("Retry-After") if is_transient else None
        raise FetchError(
            f"the server answered with status {status}",
            code=FailureCode.of_status(status),
            retryable=is_transient,
            retry_after=parse_retry_after(retry_after, now=datetime.now(UTC)),
            status=status,
        )
