import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

import pytest
import pytest_asyncio
import uvloop

from include.fetch.pages import PageFetcher
from tests.fetch.fault_server import FaultServer
from tests.fetch.fetching import make_fetcher


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Use uvloop, as crawls do, because its sockets and its TLS differ from those of asyncio."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest_asyncio.fixture
async def fetcher(server: FaultServer) -> AsyncIterator[PageFetcher]:
    """Yield a fetcher that may reach the fault server, but no other private host."""
    async with make_fetcher(server.host) as fetcher:
        yield fetcher
