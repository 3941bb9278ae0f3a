"""The HTTP client that the page fetcher needs. ``curl_client`` implements it."""

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
    """Bytes that are not UTF-8 are kept as surrogates (PEP 383)."""
    body: bytes
    """The decoded body; empty unless the status is 2xx."""


class HttpSession(Protocol):
    """The requests for one page. They share their cookies with each other and with nobody else."""

    connected: bool
    """Whether one of its requests has got a connection."""

    async def get(self, url: URL, headers: Mapping[str, str]) -> HttpResponse:
        """Return the response, whatever its status. Redirects are not followed.

        Raises:
            FetchError: there is no response, or it is too large or malformed.
        """
        ...


class HttpClient(Protocol):
    """Sends requests over connections that it keeps. It belongs to one event loop."""

    def session(self) -> AbstractContextManager[HttpSession]:
        """Return a session without cookies."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...
