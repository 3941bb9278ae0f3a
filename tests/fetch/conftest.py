from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from include.fetch.pages import PageFetcher
from tests.fetch.fault_server import FaultServer
from tests.fetch.fetching import make_fetcher


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest_asyncio.fixture
async def fetcher(server: FaultServer) -> AsyncIterator[PageFetcher]:
    """That may reach the fault server and nothing else at home."""
    async with make_fetcher(server.host) as fetcher:
        yield fetcher
