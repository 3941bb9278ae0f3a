"""Fetch the resources of a rendered page: scripts, data, and the documents that it navigates to.

The scripts of a page choose these requests, and the scripts are untrusted. Therefore each page has
a budget of requests, hosts and bytes. Only a few of the requests may be sent to hosts other than
the page's own host, and only at a limited rate. Even if an operator allows private hosts, a page
can only reach the private host from which the page was fetched.
"""

import asyncio
from collections import Counter, defaultdict
from dataclasses import replace
from typing import Self

from yarl import URL

from include.core.formats.urls import host_key
from include.core.models import Page
from include.errors import FetchError
from include.failure_codes import FailureCode
from include.fetch.curl_client import CurlClient
from include.fetch.http_messages import HttpRequest
from include.fetch.options import FetchOptions
from include.fetch.pages import REDIRECTS, ascii_header, checked_url, redirected_url

MAX_REQUESTS = 150
"""The maximum number of requests of one page, including redirects."""
MAX_FOREIGN_HOSTS = 20
"""The maximum number of hosts, besides the page's own host, to which one page may send requests."""
MAX_FOREIGN_REQUESTS = 30
"""The maximum number of requests of one page to one host that is not its own."""
FOREIGN_INTERVAL_SECONDS = 0.2
"""The minimum time in seconds between two requests of one browser to a host that is not the page's
own."""
MAX_SENT_BYTES = 64 * 1024
"""The maximum size of one request: its URL, headers and body."""
RESPONSES_PER_PAGE = 4
"""The maximum size of all responses to one page, as a multiple of the maximum size of one response.
A page that has received more sends no further request."""
_MAX_CONCURRENT_REQUESTS = 4
_MAX_REDIRECTS = 5
_METHODS = frozenset({"GET", "HEAD", "POST"})


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
        options: the guard, the deadline and the maximum size of each response. The proxy is not
            used.
    """

    def __init__(self, url: str, options: FetchOptions, pacer: HostPacer) -> None:
        self._own_host = host_key(url)
        self._guard = options.guard.limited_to(url)
        self._pacer = pacer
        self._client = CurlClient(replace(options, guard=self._guard, proxy=None))
        self._deadline = options.deadline
        self._max_bytes = options.max_bytes
        self._requests_left = MAX_REQUESTS
        self._foreign_requests = Counter[str]()
        self._bytes_left = RESPONSES_PER_PAGE * options.max_bytes
        self._concurrent_requests = asyncio.Semaphore(_MAX_CONCURRENT_REQUESTS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def load(self, request: HttpRequest) -> Page:
        """Return the response to a request of the page, after its redirects.

        Raises:
            FetchError: the request is not allowed, exceeds the page's budget, or fails.
        """
        for _ in range(_MAX_REDIRECTS + 1):
            url = self._checked(request)
            async with self._concurrent_requests:
                response_or_redirect = await self._send(url, request)
            if isinstance(response_or_redirect, Page):
                return response_or_redirect
            request = response_or_redirect
        message = f"{request.url}: more than {_MAX_REDIRECTS} redirects"
        raise FetchError(message, code=FailureCode.REDIRECT)

    def _checked(self, request: HttpRequest) -> URL:
        """Check the request, count it in the page's budget, and return its URL as it is sent."""
        url = checked_url(self._guard, request.url)
        host = host_key(str(url))
        if request.method not in _METHODS:
            raise _blocked(f"the page may not send {request.method} requests")
        header_chars = sum(len(name) + len(value) for name, value in request.headers.items())
        if len(request.url) + header_chars + len(request.body) > MAX_SENT_BYTES:
            raise _blocked(f"the page sends more than {MAX_SENT_BYTES} bytes at once")
        if not all(value.isprintable() for value in request.headers.values()):
            raise _blocked("the page sends a header with a control character")
        if self._requests_left == 0:
            raise _blocked(f"the page makes more than {MAX_REQUESTS} requests")
        if host != self._own_host:
            self._count_foreign(host)
        self._requests_left -= 1
        return url

    def _count_foreign(self, host: str) -> None:
        """Count a request to a host that is not the page's own, or refuse the request."""
        is_known = host in self._foreign_requests
        if not is_known and len(self._foreign_requests) == MAX_FOREIGN_HOSTS:
            raise _blocked(f"the page makes requests to more than {MAX_FOREIGN_HOSTS} other hosts")
        if self._foreign_requests[host] == MAX_FOREIGN_REQUESTS:
            raise _blocked(f"the page makes more than {MAX_FOREIGN_REQUESTS} requests to {host}")
        self._foreign_requests[host] += 1

    async def _send(self, url: URL, request: HttpRequest) -> Page | HttpRequest:
        """Return the response to one request, or the next request if the response redirects."""
        if self._bytes_left <= 0:
            message = "the page has received too many bytes"
            raise FetchError(message, code=FailureCode.TOO_LARGE)
        if host_key(str(url)) != self._own_host:
            await self._pacer.wait(host_key(str(url)))
        async with self._client.session() as session:
            received_bytes = 0
            try:
                async with asyncio.timeout(self._deadline):
                    response = await session.send(url, request)
                received_bytes = len(response.body)
            except TimeoutError as error:
                message = f"{url} did not answer within {self._deadline:g} s"
                raise FetchError(message, code=FailureCode.TIMEOUT) from error
            except FetchError as error:
                if error.code is FailureCode.TOO_LARGE:
                    received_bytes = self._max_bytes
                raise
            finally:
                # ``session.received`` counts the bytes before decoding, and ``received_bytes``
                # those after decoding.
                self._bytes_left -= max(session.received, received_bytes)
        if response.status in REDIRECTS:
            return request.redirected(response.status, redirected_url(str(url), response))
        if not 200 <= response.status < 300:
            message = f"{url} answered with status {response.status}"
            raise FetchError(
                message, code=FailureCode.of_status(response.status), status=response.status
            )
        content_type = ascii_header(response, "Content-Type")
        return Page(url=str(url), body=response.body, content_type=content_type)


def _blocked(message: str) -> FetchError:
    return FetchError(message, code=FailureCode.BLOCKED_REQUEST)
