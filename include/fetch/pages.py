"""Fetching pages and robots.txt.

A page has one deadline for all its requests, one size limit (both before and after decoding) and at
most ``_MAX_REDIRECTS`` redirects. The guard checks the URL of each redirect.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urljoin

from pydantic import SecretStr
from yarl import URL

from include.core.formats.urls import origin_of, requested_url
from include.core.models import Page
from include.errors import FetchError, PageGone
from include.failure_codes import FailureCode
from include.fetch.curl_client import CurlClient
from include.fetch.guard import AddressGuard, check_length
from include.fetch.http_client import HttpClient, HttpResponse, HttpSession
from include.fetch.location import readable_location
from include.fetch.meta_refresh import refresh_target
from include.fetch.resolver import CheckedResolver, Resolver
from include.fetch.retry_after import parse_retry_after

_MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_HEADER_CHARS = 1024


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A page, or the server's statement that it has not changed."""

    page: Page | None
    """The page; None if the server says that the page has not changed (304)."""
    etag: str | None = None
    last_modified: str | None = None


class PageFetcher:
    """An async context manager that fetches pages over one connection pool.

    Args:
        deadline: the seconds that one page may take, from the first name lookup to the last byte,
            with all redirects. Time in ``on_hop`` does not count.
        max_bytes: the maximum size of a body, both before and after decoding.
        resolver: the function that resolves names; None for the system's.
        proxy: the URL of an HTTP, HTTPS or SOCKS5 proxy, which resolves the names itself.
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        user_agent: str,
        deadline: float,
        max_bytes: int,
        resolver: Resolver | None = None,
        proxy: SecretStr | None = None,
    ) -> None:
        self._guard = guard
        self.user_agent = user_agent
        self._deadline = deadline
        self._client: HttpClient = CurlClient(
            CheckedResolver(guard, resolver),
            user_agent=user_agent,
            max_bytes=max_bytes,
            proxy=proxy,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def fetch(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        on_hop: Callable[[str], Awaitable[None]] | None = None,
    ) -> Fetched:
        """Fetch a page once, without retries.

        Args:
            headers: headers that the source needs, such as a token. They are not sent to another
                origin if the server redirects there.
            on_hop: awaited with the URL before each request after the first; the deadline is
                suspended meanwhile.

        Raises:
            FetchError: the page could not be fetched; ``code`` and ``retryable`` say why, and
                whether to try again.
            PageGone: the server answered 404 or 410.
        """
        conditions: dict[str, str] = {}
        if etag:
            conditions["If-None-Match"] = etag
        if last_modified:
            conditions["If-Modified-Since"] = last_modified
        with self._client.session() as session:
            try:
                async with asyncio.timeout(self._deadline) as clock:
                    hops = _Hops(clock, on_hop)
                    return await self._follow(url, headers or {}, conditions, session, hops)
            except TimeoutError as error:
                raise FetchError(
                    f"the whole response did not arrive within {self._deadline:g} s",
                    code=FailureCode.TIMEOUT,
                    retryable=True,
                    connected=session.connected,
                ) from error

    async def _follow(
        self,
        url: str,
        headers: Mapping[str, str],
        conditions: Mapping[str, str],
        session: HttpSession,
        hops: "_Hops",
    ) -> Fetched:
        refreshed = False
        origin = origin_of(url)
        while True:
            own: Mapping[str, str] = headers if origin_of(url) == origin else {}
            response = await session.send(checked_url(self._guard, url), {**own, **conditions})
            if response.status in REDIRECTS:
                url = redirected_url(url, response)
            else:
                _check_status(response, conditional=bool(conditions))
                fetched = _fetched(url, response)
                refresh = None if refreshed else _refresh(fetched)
                if refresh is None:
                    return fetched
                url, refreshed = refresh, True
            await hops.next(checked_url(self._guard, url))


def checked_url(guard: AddressGuard, url: str) -> URL:
    """Return the URL in the form in which it is sent, after ``guard`` has checked it in both forms.

    The forms can name different hosts, because IDNA changes characters: ``①`` becomes ``1``.

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


class _Hops:
    """The counter of a page's redirects, which calls ``on_hop`` before each of them."""

    def __init__(
        self, clock: asyncio.Timeout, on_hop: Callable[[str], Awaitable[None]] | None
    ) -> None:
        self._clock = clock
        self._on_hop = on_hop
        self._made = 0

    async def next(self, target: URL) -> None:
        """Count a redirect to ``target``, and wait until ``target`` may be requested."""
        self._made += 1
        if self._made > _MAX_REDIRECTS:
            raise FetchError(f"more than {_MAX_REDIRECTS} redirects", code=FailureCode.REDIRECT)
        if self._on_hop is None:
            return
        # The time that ``on_hop`` takes does not count towards the deadline.
        loop = asyncio.get_running_loop()
        left = (self._clock.when() or loop.time()) - loop.time()
        self._clock.reschedule(None)
        await self._on_hop(str(target))
        self._clock.reschedule(loop.time() + left)


def _fetched(url: str, response: HttpResponse) -> Fetched:
    page = None
    if response.status != 304:
        if not response.body:
            raise FetchError("the response has no body", code=FailureCode.EMPTY)
        page = Page(
            url=url, body=response.body, content_type=ascii_header(response, "Content-Type")
        )
    return Fetched(
        page=page,
        etag=ascii_header(response, "ETag"),
        last_modified=ascii_header(response, "Last-Modified"),
    )


def _refresh(fetched: Fetched) -> str | None:
    page = fetched.page
    if page is None or not (page.content_type or "text/html").lower().startswith("text/html"):
        return None
    return refresh_target(page.url, page.body)


def ascii_header(response: HttpResponse, name: str) -> str | None:
    """Return a header that can be stored and sent back to the server unchanged, or else None."""
    value = response.headers.get(name)
    if not value or len(value) > _MAX_HEADER_CHARS:
        return None
    return value if value.isascii() and value.isprintable() else None


def redirected_url(url: str, response: HttpResponse) -> str:
    """Return the URL to which a response redirects.

    Raises:
        FetchError: ``redirect`` or ``url_too_long`` if the response states no usable URL.
    """
    location = response.headers.get("Location")
    if not location:
        raise FetchError("the response is a redirect without a Location", code=FailureCode.REDIRECT)
    check_length(location)
    location = readable_location(location)
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
    if status == 429 or status == 408 or status >= 500:
        raise FetchError(
            f"the server answered with status {status}",
            code=FailureCode.of_status(status),
            retryable=True,
            retry_after=parse_retry_after(
                response.headers.get("Retry-After"), now=datetime.now(UTC)
            ),
            status=status,
        )
    if status >= 300 and status != 304:
        code = FailureCode.of_status(status)
        message = f"the server answered with status {status}"
        raise FetchError(message, code=code, status=status)
