"""The requests and responses of ``CurlClient``."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from multidict import CIMultiDict


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
    not changed since that response, the server answers 304. Without a validator, it sends the
    page."""

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
