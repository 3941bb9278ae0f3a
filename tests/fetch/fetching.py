"""Make fetchers that have allowed hosts and a resolver for tests, and expect their errors."""

import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from include.errors import FetchError
from include.fetch.guard import AddressGuard
from include.fetch.http_messages import HttpRequest
from include.fetch.options import FetchOptions
from include.fetch.pages import Fetched, PageFetcher
from include.fetch.resolver import AddressInfo, Resolver, resolve_by_system
from tests.fetch.answers import MIB

DEADLINE = 0.2
"""The total time in seconds for a fetch that is meant to exceed it."""


class KnownNames:
    """A resolver that knows the names that a test sets. It raises an error for all other names."""

    def __init__(self, **addresses: list[str]) -> None:
        self._addresses = addresses

    async def __call__(self, host: str, port: int) -> Sequence[AddressInfo]:
        if host not in self._addresses:
            raise OSError(None, "no such name")
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*kind, (address, port)) for address in self._addresses[host]]


def make_fetcher(
    *allowed: str, deadline: float = 5, resolver: Resolver = resolve_by_system
) -> PageFetcher:
    return PageFetcher(
        FetchOptions(
            guard=AddressGuard(allowed),
            user_agent="Tester/1.0",
            deadline=deadline,
            max_bytes=MIB,
            resolver=resolver,
        )
    )


async def fetch(
    fetcher: PageFetcher,
    url: str,
    *,
    on_hop: Callable[[str], Awaitable[None]] | None = None,
    **request: Any,
) -> Fetched:
    return await fetcher.fetch(HttpRequest(url=url, **request), on_hop=on_hop)


async def fault(fetcher: PageFetcher, url: str, **request: Any) -> FetchError:
    """Return the error with which the fetch of ``url`` must fail."""
    with pytest.raises(FetchError) as raised:
        await fetch(fetcher, url, **request)
    assert str(raised.value), "the error has no message"
    return raised.value
