"""Fetching what a rendered page requests: scripts, data and the documents that it navigates to.

The scripts of a page choose these requests, and the scripts are untrusted. So each page has a
budget of requests, hosts and bytes. Hosts other than the page's own are sent few requests, at a
limited rate. An operator may allow some private hosts, but a page reaches only the one that it came
from.
"""

import asyncio
import socket
import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from include.core.models import Page
from include.core.urls import host_key
from include.errors import FetchError
from include.failure_codes import FailureCode
from include.fetch.guard import AddressGuard

MAX_REQUESTS = 150
"""The maximum number of requests of one page, including redirects."""
MAX_FOREIGN_HOSTS = 20
"""The maximum number of hosts that one page may reach in addition to its own."""
MAX_FOREIGN_REQUESTS = 30
"""The maximum number of requests of one page to one host that is not its own."""
FOREIGN_INTERVAL_SECONDS = 0.2
"""The minimum time between two requests of one browser to a host that is not the page's own."""
MAX_SENT_BYTES = 64 * 1024
"""The maximum size of one request: its URL, headers and body."""
RESPONSES_PER_PAGE = 4
"""The limit for all responses of one page together, as a multiple of the limit for one response."""
_REQUESTS_AT_ONCE = 4
_MAX_REDIRECTS = 5
_METHODS = frozenset({"GET", "HEAD", "POST"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class ResourceRequest:
    """One request that a page makes."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str]
    body: bytes = b""

    def redirected(self, status: int, url: str) -> "ResourceRequest":
        """Return the request that follows a redirect, as the Fetch standard defines it."""
        if status == 303 or (status in (301, 302) and self.method == "POST"):
            headers = {name: each for name, each in self.headers.items() if name != "content-type"}
            return ResourceRequest(url=url, headers=headers)
        return ResourceRequest(url=url, method=self.method, headers=self.headers, body=self.body)


class HostPacer:
    """A rate limiter for the requests of one browser to each host."""

    def __init__(self) -> None:
        self._next_send = defaultdict[str, float](float)

    async def wait(self, host: str) -> None:
        """Wait until the next request may be sent to the host."""
        now = asyncio.get_running_loop().time()
        send_at = max(now, self._next_send[host])
        self._next_send[host] = send_at + FOREIGN_INTERVAL_SECONDS
        await asyncio.sleep(send_at - now)


class PageResources:
    """An async context manager that fetches the resources of one page.

    Args:
        url: the page's own URL.
        max_bytes: the maximum size of a response, both before and after decoding. All responses
            together may have ``RESPONSES_PER_PAGE`` times as many bytes.
        deadline: the maximum time for one response in seconds.
    """

    def __init__(
        self,
        url: str,
        guard: AddressGuard,
        pacer: HostPacer,
        *,
        user_agent: str,
        deadline: float,
        max_bytes: int,
    ) -> None:
        self._own_host = host_key(url)
        self._guard = guard.limited_to(url)
        self._pacer = pacer
        self._user_agent = user_agent
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._requests_left = MAX_REQUESTS
        self._foreign_requests = Counter[str]()
        self._received_left = self._decoded_left = RESPONSES_PER_PAGE * max_bytes
        self._at_once = asyncio.Semaphore(_REQUESTS_AT_ONCE)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=_GuardedResolver(self._guard), use_dns_cache=False
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._deadline),
            auto_decompress=False,
            skip_auto_headers=("Content-Type",),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def load(self, request: ResourceRequest) -> Page:
        """Return the response to a request of the page, after its redirects.

        Raises:
            FetchError: the request is not allowed, exceeds the page's budget, or fails.
        """
        for _ in range(_MAX_REDIRECTS + 1):
            url = self._checked(request)
            async with self._at_once:
                answer = await self._send(url, request)
            if isinstance(answer, Page):
                return answer
            request = answer
        message = f"{request.url}: more than {_MAX_REDIRECTS} redirects"
        raise FetchError(message, code=FailureCode.REDIRECT)

    def _checked(self, request: ResourceRequest) -> URL:
        """Check the request, count it in the page's budget, and return its URL for aiohttp."""
        try:
            url = URL(request.url)
            host = host_key(str(url))
        except ValueError as error:
            message = f"{request.url} is not a valid URL: {error}"
            raise FetchError(message, code=FailureCode.BLOCKED_ADDRESS) from error
        self._guard.check_url(str(url))
        if request.method not in _METHODS:
            message = f"the page may not send {request.method} requests"
            raise FetchError(message, code=FailureCode.BLOCKED_REQUEST)
        headers = sum(len(name) + len(value) for name, value in request.headers.items())
        if len(request.url) + headers + len(request.body) > MAX_SENT_BYTES:
            message = f"the page sends more than {MAX_SENT_BYTES} bytes at once"
            raise FetchError(message, code=FailureCode.BLOCKED_REQUEST)
        if self._requests_left == 0:
            message = f"the page makes more than {MAX_REQUESTS} requests"
            raise FetchError(message, code=FailureCode.BLOCKED_REQUEST)
        if host != self._own_host:
            self._charge_foreign(host)
        self._requests_left -= 1
        return url

    def _charge_foreign(self, host: str) -> None:
        known = host in self._foreign_requests
        if not known and len(self._foreign_requests) == MAX_FOREIGN_HOSTS:
            message = f"the page makes requests to more than {MAX_FOREIGN_HOSTS} other hosts"
            raise FetchError(message, code=FailureCode.BLOCKED_REQUEST)
        if self._foreign_requests[host] == MAX_FOREIGN_REQUESTS:
            message = f"the page makes more than {MAX_FOREIGN_REQUESTS} requests to {host}"
            raise FetchError(message, code=FailureCode.BLOCKED_REQUEST)
        self._foreign_requests[host] += 1

    async def _send(self, url: URL, request: ResourceRequest) -> Page | ResourceRequest:
        """Return the response to one request, or the request that its redirect leads to."""
        if host_key(str(url)) != self._own_host:
            await self._pacer.wait(host_key(str(url)))
        own = {"User-Agent": self._user_agent, "Accept-Encoding": "gzip, deflate"}
        try:
            async with self._session.request(
                request.method,
                url,
                headers={**request.headers, **own},
                data=request.body or None,
                allow_redirects=False,
            ) as response:
                if response.status in _REDIRECTS and "Location" in response.headers:
                    # The body of a redirect is not needed, so the connection is closed.
                    response.close()
                    target = urljoin(str(url), response.headers["Location"])
                    return request.redirected(response.status, target)
                if not 200 <= response.status < 300:
                    response.close()
                    message = f"{url} answered with status {response.status}"
                    raise FetchError(
                        message,
                        code=FailureCode.of_status(response.status),
                        status=response.status,
                    )
                body = b"" if request.method == "HEAD" else await self._body(response)
        except TimeoutError as error:
            message = f"{url} did not answer within {self._deadline:g} s"
            raise FetchError(message, code=FailureCode.TIMEOUT) from error
        except zlib.error as error:
            message = f"{url}: the encoded content is malformed: {error}"
            raise FetchError(message, code=FailureCode.ENCODING) from error
        except (aiohttp.ClientError, ValueError) as error:
            raise FetchError(f"{url}: {error}", code=_code_of(error)) from error
        content_type = response.headers.get("Content-Type")
        if content_type and not content_type.isascii():
            content_type = None  # Playwright cannot send the surrogates of other bytes
        return Page(url=str(url), body=body, content_type=content_type)

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        decoder = _decoder(response.headers.get("Content-Encoding", ""))
        body = bytearray()
        received = 0
        async for chunk in response.content.iter_chunked(_CHUNK):
            received += len(chunk)
            self._received_left -= len(chunk)
            room = max(min(self._max_bytes - len(body), self._decoded_left), 0)
            # one byte more than allowed shows that the response is too large
            decoded = decoder.decompress(chunk, room + 1) if decoder else chunk
            body += decoded
            self._decoded_left -= len(decoded)
            if len(decoded) > room or received > self._max_bytes or self._received_left < 0:
                response.close()
                message = f"{response.url} is too large, or the page has received too much"
                raise FetchError(message, code=FailureCode.TOO_LARGE)
        if decoder and not decoder.eof:
            message = f"{response.url}: the encoded content ends early"
            raise FetchError(message, code=FailureCode.ENCODING)
        return bytes(body)


class _GuardedResolver(ThreadedResolver):
    """A resolver that refuses a name if the guard refuses one of its addresses."""

    def __init__(self, guard: AddressGuard) -> None:
        super().__init__()
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await super().resolve(host, port, family)
        self._guard.check_addresses(host, port, [address["host"] for address in found])
        return found


def _decoder(content_encoding: str) -> Any:
    """Return a decoder for one of the encodings that requests accept, or None for no encoding."""
    match content_encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        case "deflate":
            return zlib.decompressobj()
        case _:
            message = f"the response has an unsupported encoding: {content_encoding}"
            raise FetchError(message, code=FailureCode.ENCODING)


def _code_of(error: Exception) -> FailureCode:
    match error:
        case aiohttp.ClientSSLError():
            return FailureCode.TLS
        case aiohttp.ClientConnectorDNSError():
            return FailureCode.DNS
        case aiohttp.InvalidURL():
            return FailureCode.BLOCKED_ADDRESS
        case aiohttp.ClientConnectorError():
            return FailureCode.CONNECT
        case _:
            return FailureCode.PROTOCOL
