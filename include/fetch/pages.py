"""Fetches pages with aiohttp: the hot path of a crawl. One request has one total deadline, one
size cap (after decompression) and at most ``_MAX_REDIRECTS`` redirects, each checked anew.
"""

import asyncio
import re
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from include.core.models import Page
from include.errors import FetchError, PageGone
from include.fetch.guard import AddressGuard
from include.fetch.retry_after import parse_retry_after
from include.fetch.unpacking import ACCEPTED, Unpacker

_MAX_REDIRECTS = 5
_CHUNK = 64 * 1024
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
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        user_agent: str,
        deadline: float,
        max_bytes: int,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._guard = guard
        self._resolver = resolver
        self.user_agent = user_agent
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            resolver=_GuardedResolver(self._guard, self._resolver or aiohttp.ThreadedResolver()),
            limit=0,
            ttl_dns_cache=300,
        )
        self._session = await self._stack.enter_async_context(
            aiohttp.ClientSession(
                connector=connector,
                headers={"User-Agent": self.user_agent, "Accept-Encoding": ACCEPTED},
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
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
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        """One attempt.

        Raises:
            FetchError: with the outcome's code, and whether to try again.
            PageGone: 404 or 410.
        """
        headers: dict[str, str] = {}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        try:
            async with asyncio.timeout(self._deadline):
                return await self._follow(url, headers)
        except TimeoutError as error:
            message = f"no whole answer within {self._deadline:g} s"
            raise FetchError(message, code="timeout", retryable=True) from error
        except aiohttp.ClientError as error:
            raise _fetch_error(error) from error

    async def _follow(self, url: str, headers: Mapping[str, str]) -> Fetched:
        for _ in range(_MAX_REDIRECTS + 1):
            target = self._checked(url)
            async with self._session.get(target, headers=headers, allow_redirects=False) as answer:
                if answer.status not in (301, 302, 303, 307, 308):
                    _check_status(answer, conditional=bool(headers))
                    return await self._read(url, answer)
                url = _redirected(url, answer)
        raise FetchError(f"more than {_MAX_REDIRECTS} redirects", code="redirect")

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
