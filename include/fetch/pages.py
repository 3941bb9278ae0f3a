"""Fetches pages with aiohttp: the hot path of a crawl. A page has one total deadline, one size cap
(after decompression) and at most ``_MAX_REDIRECTS`` redirects, each checked anew.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from ssl import SSLContext
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin
from weakref import WeakSet

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection
from yarl import URL

from include.core.models import Page
from include.errors import FetchError, PageGone
from include.fetch.guard import AddressGuard
from include.fetch.meta_refresh import refresh_target
from include.fetch.retry_after import parse_retry_after
from include.fetch.unpacking import ACCEPTED, Unpacker

_MAX_REDIRECTS = 5
_CHUNK = 64 * 1024
_connected: ContextVar[bool] = ContextVar("connected")
_kept: ContextVar[bool] = ContextVar("kept", default=False)
"""Whether the connection had served a request before."""
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
"""Bytes of a header that aiohttp could not decode (PEP 383)."""


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
        resolver: AbstractResolver | None = None,
        tls: SSLContext | None = None,
    ) -> None:
        self._guard = guard
        self._tls = tls
        self._resolver = resolver
        self.user_agent = user_agent
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        connector = _Connector(
            resolver=_GuardedResolver(self._guard, self._resolver or aiohttp.ThreadedResolver()),
            limit=0,
            ttl_dns_cache=300,
            ssl=self._tls or True,
        )
        self._session = await self._stack.enter_async_context(
            aiohttp.ClientSession(
                connector=connector,
                headers={"User-Agent": self.user_agent, "Accept-Encoding": ACCEPTED},
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                middlewares=(_made_once,),
                timeout=aiohttp.ClientTimeout(total=None),
            )
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

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
        _connected.set(False)
        try:
            async with asyncio.timeout(self._deadline) as clock:
                return await self._follow(url, headers, _Hops(clock, on_hop))
        except TimeoutError as error:
            message = f"no whole answer within {self._deadline:g} s"
            raise FetchError(
                message, code="timeout", retryable=True, connected=_connected.get()
            ) from error
        except aiohttp.ClientError as error:
            raise _fetch_error(error) from error

    async def _follow(self, url: str, headers: dict[str, str], hops: "_Hops") -> Fetched:
        refreshed = False
        while True:
            target = self._checked(url)
            async with self._session.get(target, headers=headers, allow_redirects=False) as answer:
                if answer.status in (301, 302, 303, 307, 308):
                    url = _redirected(url, answer)
                    hops.keep_cookies(answer)
                else:
                    _check_status(answer, conditional=_is_conditional(headers))
                    fetched = await self._read(url, answer)
                    refresh = None if refreshed else _refresh(fetched)
                    if refresh is None:
                        return fetched
                    url, refreshed = refresh, True
                    hops.keep_cookies(answer)
            headers = await hops.next(self._checked(url), headers)

    def _checked(self, url: str) -> URL:
        """What aiohttp makes of ``url`` is what must be checked: to it, ``①`` is ``1``."""
        try:
            target = URL(url)
        except ValueError as error:
            raise FetchError(f"{url} is no valid URL: {error}", code="blocked_address") from error
        self._guard.check_url(str(target))
        return target

    async def _read(self, url: str, answer: aiohttp.ClientResponse) -> Fetched:
        validators = {
            "etag": _ascii(answer, "ETag"),
            "last_modified": _ascii(answer, "Last-Modified"),
        }
        if answer.status == 304:
            return Fetched(page=None, **validators)
        body = await self._body(answer)
        if not body:
            raise FetchError("an empty answer", code="empty")
        page = Page(url=url, body=body, content_type=_ascii(answer, "Content-Type"))
        return Fetched(page=page, **validators)

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        if (answer.content_length or 0) > self._max_bytes:
            raise self._too_large()
        unpacker = Unpacker(", ".join(answer.headers.getall("Content-Encoding", ())))
        body = bytearray()
        received = 0
        async for chunk in answer.content.iter_chunked(_CHUNK):
            received += len(chunk)
            for piece in unpacker.feed(chunk):
                body += piece
                if max(received, len(body)) > self._max_bytes:
                    raise self._too_large()
        body += b"".join(unpacker.end())
        return bytes(body)

    def _too_large(self) -> FetchError:
        return FetchError(f"over {self._max_bytes} bytes", code="too_large")


class _Hops:
    """From one request for a page to the next: counted, announced, and with the cookies that its
    servers set on the way. Nothing of them outlives the page, so no company sees another's."""

    def __init__(
        self, clock: asyncio.Timeout, on_hop: Callable[[str], Awaitable[None]] | None
    ) -> None:
        self._clock = clock
        self._on_hop = on_hop
        self._made = 0
        self._cookies: aiohttp.CookieJar | None = None

    def keep_cookies(self, answer: aiohttp.ClientResponse) -> None:
        if answer.cookies:
            self._cookies = self._cookies or aiohttp.CookieJar(unsafe=True)
            self._cookies.update_cookies(answer.cookies, answer.url)

    async def next(self, target: URL, headers: dict[str, str]) -> dict[str, str]:
        """The headers of the request for ``target``."""
        self._made += 1
        if self._made > _MAX_REDIRECTS:
            raise FetchError(f"more than {_MAX_REDIRECTS} redirects", code="redirect")
        if self._on_hop:
            await self._unhurried(self._on_hop(str(target)))
        headers = {name: value for name, value in headers.items() if name != "Cookie"}
        sent = self._cookies.filter_cookies(target) if self._cookies else None
        if sent:
            headers["Cookie"] = "; ".join(f"{key}={kept.value}" for key, kept in sent.items())
        return headers

    async def _unhurried(self, waiting: Awaitable[None]) -> None:
        """Stops the clock meanwhile."""
        loop = asyncio.get_running_loop()
        due = self._clock.when() or loop.time()
        left = due - loop.time()
        self._clock.reschedule(None)
        await waiting
        self._clock.reschedule(loop.time() + left)


def _refresh(fetched: Fetched) -> str | None:
    page = fetched.page
    if page is None or not (page.content_type or "text/html").lower().startswith("text/html"):
        return None
    return refresh_target(page.url, page.body)


def _is_conditional(headers: Mapping[str, str]) -> bool:
    return "If-None-Match" in headers or "If-Modified-Since" in headers


class _Connector(aiohttp.TCPConnector):
    """Notes when there is a connection, and whether it is a new one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # pyright: ignore[reportUnknownMemberType] # partly untyped
        self._served = WeakSet[object]()

    async def connect(self, *args: Any, **kwargs: Any) -> Connection:
        connection = await super().connect(*args, **kwargs)
        _connected.set(True)
        _kept.set(connection.protocol in self._served)
        self._served.add(connection.protocol)
        return connection


async def _made_once(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """A request that breaks off is made again by aiohttp, at once. That is right for a connection
    that was kept, which its server may just have closed (RFC 9112, section 9.3.1); any other waits
    for its turn at the host."""
    try:
        return await send(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        if _kept.get():
            raise
        raise _fetch_error(error) from error


class _GuardedResolver(AbstractResolver):
    """Lets through what the guard allows; aiohttp connects to these very addresses."""

    def __init__(self, guard: AddressGuard, resolver: AbstractResolver) -> None:
        self._guard = guard
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        self._guard.check_addresses(host, port, [result["host"] for result in found])
        return found

    async def close(self) -> None:
        await self._resolver.close()


def _ascii(answer: aiohttp.ClientResponse, name: str) -> str | None:
    """A header that can be stored and given back as it is; None for want of one."""
    value = answer.headers.get(name)
    return value if value and value.isascii() and value.isprintable() else None


def _redirected(url: str, answer: aiohttp.ClientResponse) -> str:
    location = answer.headers.get("Location")
    if not location:
        raise FetchError("a redirect without a Location", code="redirect")
    location = _NOT_UTF8.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", location)
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchError(f"a redirect to {location}: {error}", code="redirect") from error


def _check_status(answer: aiohttp.ClientResponse, *, conditional: bool) -> None:
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


def _fetch_error(error: aiohttp.ClientError) -> FetchError:
    match error:
        case aiohttp.InvalidURL():
            return FetchError(f"no valid URL: {error}", code="blocked_address")
        case aiohttp.ClientConnectorDNSError():
            return FetchError(f"its name does not resolve: {error}", code="dns", retryable=True)
        case aiohttp.ClientSSLError():
            return FetchError(f"TLS: {error}", code="tls")
        case aiohttp.ClientConnectorError():
            return FetchError(f"no connection: {error}", code="connect", retryable=True)
        case _:
            return FetchError(f"broken answer: {error}", code="protocol", retryable=True)
