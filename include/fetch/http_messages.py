"""The interface of the HTTP client that the fetchers use. ``curl_client`` implements it."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Protocol

from multidict import CIMultiDict
from yarl import URL


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpRequest:
    """One HTTP request. ``redirected`` returns the request that follows a redirect."""

    url: str
    method: str = "GET"
    """``GET``, ``HEAD`` or ``POST``."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """The headers of this request. They may hold a token, so they are not part of the ``repr``."""
    body: bytes = b""
    """The body of a ``POST`` request."""
    max_bytes: int = 0
    """The maximum size of the response. Only a value above the client's limit has an effect."""
    etag: str | None = None
    last_modified: str | None = None
    """``etag`` and ``last_modified`` are the validators from an earlier response. If the page has
    not changed since that response, the server answers 304."""

    @property
    def conditions(self) -> dict[str, str]:
        """The request headers that hold the validators."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}

    def redirected(self, status: int, url: str) -> "HttpRequest":
        """Return the request that follows a redirect, as the Fetch standard defines it."""
        if status == 303 or (status in (301, 302) and self.method == "POST"):
            headers = {k: v for k, v in self.headers.items() if k.lower() != "content-type"}
            return replace(self, url=url, method="GET", headers=headers, body=b"")
        return replace(self, url=url)


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpResponse:
    """One HTTP response."""

    status: int
    headers: CIMultiDict[str]
    """The response headers. Bytes that are not UTF-8 are kept as surrogates (PEP 383)."""
    body: bytes
    """The decoded body. It is empty if the status is not 2xx or the method is HEAD."""


class HttpSession(Protocol):
    """A series of requests that share cookies, sent one at a time.

    Other sessions do not see these cookies.
    """

    connected: bool
    """True if a connection was made for one of the session's requests."""
    received: int
    """The number of bytes of the latest response's body that have arrived, before decoding."""

    async def send(self, url: URL, request: HttpRequest) -> HttpResponse:
        """Send one request, and return the response, whatever its status is.

        Redirects are not followed.

        Args:
            url: the URL of the request in the form in which it is sent.

        Raises:
            FetchError: there is no response, or the response is too large or malformed.
        """
        ...


class HttpClient(Protocol):
    """A client that reuses its connections. Each client is used in one event loop only."""

    def session(self) -> AbstractAsyncContextManager[HttpSession]:
        """Return a new session without cookies."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...
