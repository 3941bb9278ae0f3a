"""Fixtures for real servers: each xdist worker has a Postgres and an S3 of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from include.db.engine import make_async_engine, make_engine
from include.db.migrate import upgrade
from local.postgres import PostgresServer, running_postgres
from local.s3 import S3Server, running_s3
from tests.databases import empty_tables


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with running_postgres(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: PostgresServer) -> str:
    """Return the URL of a migrated database."""
    url = postgres.url("jobhunt")
    upgrade(url)
    return url


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    """Yield an engine on the empty database."""
    engine = make_engine(postgres_url)
    with engine.begin() as connection:
        empty_tables(connection)
    yield engine
    engine.dispose()


@pytest_asyncio.fixture
async def async_engine(engine: Engine, postgres_url: str) -> AsyncIterator[AsyncEngine]:
    """Yield an asynchronous engine on the same empty database as ``engine``."""
    async_engine = make_async_engine(postgres_url)
    yield async_engine
    await async_engine.dispose()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name long and binary parameters after their argument.

    Their value would be unreadable, and compressed bytes differ among the processes of a test run.
    """
    is_binary = isinstance(val, bytes) and not val.isascii()
    is_long = isinstance(val, bytes | str) and len(val) > 200
    return argname if is_binary or is_long else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the tests that take minutes first, so that no worker is idle at the end."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)
