"""Fetchers for tests: what they may reach, whom they ask for addresses, and what goes wrong."""

import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from include.errors import FetchError
from include.fetch.guard import AddressGuard
from include.fetch.pages import PageFetcher
from tests.fetch.answers import MIB

DEADLINE = 0.2


class KnownNames(AbstractResolver):
    """Answers as the test says; unknown names don't exist."""

    def __init__(self, **addresses: list[str]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host not in self._addresses:
            raise OSError(None, "no such name")
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0
            )
            for address in self._addresses[host]
        ]

    async def close(self) -> None:
        pass


def make_fetcher(
    *allowed: str, deadline: float = 5, resolver: AbstractResolver | None = None
) -> PageFetcher:
    return PageFetcher(
        AddressGuard(allowed),
        user_agent="Tester/1.0",
        deadline=deadline,
        max_bytes=MIB,
        resolver=resolver,
    )


async def fault(fetcher: PageFetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as raised:
        await fetcher.fetch(url)
    assert str(raised.value), "a fault says what it is"
    return raised.value
