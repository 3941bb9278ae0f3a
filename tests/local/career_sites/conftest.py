from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from local.career_sites.server import create_app
from local.career_sites.world import World

SEED = 7


@pytest_asyncio.fixture
async def client() -> AsyncIterator[TestClient]:
    """Yield a client for a server of the sample sites on their first day."""
    async with TestClient(TestServer(create_app(World(seed=SEED, day=1)))) as client:
        yield client


@pytest_asyncio.fixture
async def base_url(client: TestClient) -> str:
    return str(client.make_url("")).rstrip("/")
