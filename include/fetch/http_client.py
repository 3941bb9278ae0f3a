"""The interface of the HTTP client that the page fetcher uses. ``curl_client`` implements it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from multidict import CIMultiDict
from yarl import URL


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpResponse:
    """One response."""

    status: int
    headers: CIMultiDict[str]
    """The response headers. Bytes that are not UTF-8 are kept as surrogates (PEP 383)."""
    body: bytes
    """The decoded body. It is empty if the status is not 2xx, or the method is HEAD."""


class HttpSession(Protocol):
    """The requests for one page. They share cookies, which no other session sees."""

    connected: bool
    """True if a connection was made for one of the session's requests."""
    received: int
    """The number of bytes of the latest response's body that have arrived, before decoding."""

    async def send(
        self, url: URL, headers: Mapping[str, str], *, method: str = "GET", body: bytes = b""
    ) -> HttpResponse:
        """Send one request, and return the response, whatever its status is.

        Redirects are not followed.

        Args:
            method: ``GET``, ``HEAD`` or ``POST``.
            body: the body of a ``POST`` request.

        Raises:
            FetchError: there is no response, or the response is too large or malformed.
        """
        ...


class HttpClient(Protocol):
    """A client that reuses its connections. It belongs to one event loop."""

    def session(self) -> AbstractContextManager[HttpSession]:
        """Return a session without cookies."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...
