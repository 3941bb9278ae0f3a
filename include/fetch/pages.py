"""Fetches pages: the hot path of a crawl. A page has one total deadline, one size cap (after
decompression) and at most ``_MAX_REDIRECTS`` redirects, each checked anew.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ssl import SSLContext
from typing import Self
from urllib.parse import urljoin

from yarl import URL

from include.core.models import Page
from include.errors import FetchError, PageGone
from include.fetch.answer import Answer
from include.fetch.connections import Connections, Resolver
from include.fetch.cookies import Cookies
from include.fetch.guard import AddressGuard
from include.fetch.meta_refresh import refresh_target
from include.fetch.retry_after import parse_retry_after
from include.fetch.unpacking import ACCEPTED

_MAX_REDIRECTS = 5
_NOT_UTF8 = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, kw_only=True)
class Fetched:
    page: Page | None
    """None when the server says it is as it was (304)."""
    etag: str | None = None
    last_modified: str | None = None


class PageFetcher:
    """An async context manager around one connection pool.

    Args:
        deadline: seconds for one request, from resolving the name to the last byte.
        max_bytes: of a body, before and after decompression.
        resolver: who knows the addresses of names; by default the system.
        tls: whose certificates are trusted; by default whose the system trusts.
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        user_agent: str,
        deadline: float,
        max_bytes: int,
        resolver: Resolver | None = None,
        tls: SSLContext | None = None,
    ) -> None:
        self._guard = guard
        self.user_agent = user_agent
        self._deadline = deadline
        self._connections = Connections(
            guard,
            max_bytes=max_bytes,
            headers={"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": ACCEPTED},
            resolver=resolver,
            tls=tls,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connections.close()

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        on_hop: Callable[[str], Awaitable[None]] | None = None,
    ) -> Fetched:
        """One attempt.

        Args:
            on_hop: awaited with the URL before each request after the first; the deadline does
                not run meanwhile.

        Raises:
            FetchError: with the outcome's code, and whether to try again.
            PageGone: 404 or 410.
        """
        headers: dict[str, str] = {}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        hops = _Hops(on_hop)
        try:
            async with asyncio.timeout(self._deadline) as hops.clock:
                return await self._follow(url, headers, hops)
        except TimeoutError as error:
            raise FetchError(
                f"no whole answer within {self._deadline:g} s",
                code="timeout",
                retryable=True,
                connected=hops.connected,
            ) from error

    async def _follow(self, url: str, headers: dict[str, str], hops: "_Hops") -> Fetched:
        refreshed = False
        while True:
            target = self._checked(url)
            answer = await self._connections.get(target, headers, on_connected=hops.note_connection)
            if answer.status in (301, 302, 303, 307, 308):
                url = _redirected(url, answer)
            else:
                _check_status(answer, conditional=_is_conditional(headers))
                fetched = _fetched(url, answer)
                refresh = None if refreshed else _refresh(fetched)
                if refresh is None:
                    return fetched
                url, refreshed = refresh, True
            hops.cookies.keep(answer.headers.getall("Set-Cookie", ()), target)
            headers = await hops.next(self._checked(url), headers)

    def _checked(self, url: str) -> URL:
        """What yarl makes of ``url`` is what must be checked: to it, ``①`` is ``1``."""
        try:
            target = URL(url)
        except ValueError as error:
            raise FetchError(f"{url} is no valid URL: {error}", code="blocked_address") from error
        self._guard.check_url(str(target))
        return target


class _Hops:
    """From one request for a page to the next: counted, announced, and with the cookies that its
    servers set on the way. Nothing of them outlives the page, so no company sees another's."""

    clock: asyncio.Timeout

    def __init__(self, on_hop: Callable[[str], Awaitable[None]] | None) -> None:
        self._on_hop = on_hop
        self._made = 0
        self.cookies = Cookies()
        self.connected = False

    def note_connection(self) -> None:
        self.connected = True

    async def next(self, target: URL, headers: dict[str, str]) -> dict[str, str]:
        """The headers of the request for ``target``."""
        self._made += 1
        if self._made > _MAX_REDIRECTS:
            raise FetchError(f"more than {_MAX_REDIRECTS} redirects", code="redirect")
        if self._on_hop:
            await self._unhurried(self._on_hop(str(target)))
        headers = {name: value for name, value in headers.items() if name != "Cookie"}
        cookies = self.cookies.sent_to(target)
        return headers | {"Cookie": cookies} if cookies else headers

    async def _unhurried(self, waiting: Awaitable[None]) -> None:
        """Stops the clock meanwhile."""
        loop = asyncio.get_running_loop()
        due = self.clock.when() or loop.time()
        left = due - loop.time()
        self.clock.reschedule(None)
        await waiting
        self.clock.reschedule(loop.time() + left)


def _fetched(url: str, answer: Answer) -> Fetched:
    page = None
    if answer.status != 304:
        if not answer.body:
            raise FetchError("an empty answer", code="empty")
        page = Page(url=url, body=answer.body, content_type=_ascii(answer, "Content-Type"))
    return Fetched(
        page=page, etag=_ascii(answer, "ETag"), last_modified=_ascii(answer, "Last-Modified")
    )


def _refresh(fetched: Fetched) -> str | None:
    page = fetched.page
    if page is None or not (page.content_type or "text/html").lower().startswith("text/html"):
        return None
    return refresh_target(page.url, page.body)


def _is_conditional(headers: Mapping[str, str]) -> bool:
    return "If-None-Match" in headers or "If-Modified-Since" in headers


def _ascii(answer: Answer, name: str) -> str | None:
    """A header that can be stored and given back as it is; None for want of one."""
    value = answer.headers.get(name)
    return value if value and value.isascii() and value.isprintable() else None


def _redirected(url: str, answer: Answer) -> str:
    location = answer.headers.get("Location")
    if not location:
        raise FetchError("a redirect without a Location", code="redirect")
    location = _NOT_UTF8.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", location)
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchError(f"a redirect to {location}: {error}", code="redirect") from error


def _check_status(answer: Answer, *, conditional: bool) -> None:
    status = answer.status
    if status == 304 and not conditional:
        message = "the server answers 304 to a request without conditions"
        raise FetchError(message, code="protocol", retryable=True, status=status)
    if status in (404, 410):
        raise PageGone(f"the page answers {status}")
    if status == 429 or status == 408 or status >= 500:
        raise FetchError(
            f"the server answers {status}",
            code="rate_limited" if status == 429 else "http_4xx" if status == 408 else "http_5xx",
            retryable=True,
            retry_after=parse_retry_after(answer.headers.get("Retry-After"), now=datetime.now(UTC)),
            status=status,
        )
    if status >= 400:
        raise FetchError(f"the server answers {status}", code="http_4xx", status=status)
    if status >= 300 and status != 304:
        raise FetchError(f"the server answers {status}", code="redirect", status=status)
