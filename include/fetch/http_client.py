"""The interface of the HTTP client that the page fetcher uses. ``curl_client`` implements it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from multidict import CIMultiDict
from yarl import URL


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpResponse:
    """One response to a GET request."""

    status: int
    headers: CIMultiDict[str]
    """The response headers. Bytes that are not UTF-8 are kept as surrogates (PEP 383)."""
    body: bytes
    """The decoded body. It is empty if the status is not 2xx."""


class HttpSession(Protocol):
    """The requests for one page. They share cookies, which no other session sees."""

    connected: bool
    """True if a connection was made for one of the session's requests."""

    async def get(self, url: URL, headers: Mapping[str, str]) -> HttpResponse:
        """Return the response with any status. Redirects are not followed.

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
