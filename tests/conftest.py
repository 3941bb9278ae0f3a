"""Run real servers for the tests.

Each process of pytest-xdist has its own Postgres and its own S3.
"""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from include.db.engine import make_async_engine, make_engine
from include.db.migrate import upgrade
from include.pipeline.pages.warm_up import warm_up
from local.postgres import PostgresServer, running_postgres
from local.s3 import S3Server, running_s3
from tests.databases import empty_tables

_TESTS = Path(__file__).parent
_MARKS = {
    "browser": "e2e",
    "dags": "dags",
    "e2e": "e2e",
    "faults": "integration",
    "fuzz": "integration",
    "integration": "integration",
}
"""The mark of all tests in a directory, by the name of the directory.

The quick part of `make test` leaves out tests that have one of these marks.
"""
_LONGEST_GROUPS = ("e2e", "browser", "dags", "chromium", "faults")
"""The groups of tests that take longest, in descending order. Each group runs in one process."""


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


@pytest.fixture(scope="session")
def session_engine(postgres_url: str) -> Engine:
    """Return one engine for all tests, because a second one would compile every statement again."""
    return make_engine(postgres_url)


@pytest.fixture
def engine(session_engine: Engine) -> Iterator[Engine]:
    """Empty all tables, and yield an engine on the database."""
    with session_engine.begin() as connection:
        empty_tables(connection)
    yield session_engine
    session_engine.dispose()


@pytest_asyncio.fixture
async def async_engine(engine: Engine, postgres_url: str) -> AsyncIterator[AsyncEngine]:
    """Yield an asynchronous engine on the same empty database as ``engine``."""
    async_engine = make_async_engine(postgres_url)
    yield async_engine
    await async_engine.dispose()


@pytest.fixture(scope="session")
def warm() -> None:
    """Load the data for reading pages once.

    Otherwise each process of each reader pool would load them.
    """
    warm_up()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name long and binary parameters after their argument.

    A name made of the value would be unreadable. A name made of compressed bytes would also differ
    among the processes of a test run.
    """
    is_binary = isinstance(val, bytes) and not val.isascii()
    is_long = isinstance(val, bytes | str) and len(val) > 200
    return argname if is_binary or is_long else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of some directories, deselect those of other targets, and order the rest.

    The tests that take minutes come first, so that no process is idle at the end.
    """
    for item in items:
        mark = _MARKS.get(item.path.relative_to(_TESTS).parts[0])
        if mark:
            item.add_marker(mark)
    deselected = {"chaos"} if os.environ.get("JOBHUNT_CHAOS") != "long" else set[str]()
    if not os.environ.get("JOBHUNT_FUZZ_SECONDS"):
        deselected.add("fuzz")
    left_out = [
        item for item in items if deselected.intersection(m.name for m in item.iter_markers())
    ]
    if left_out:
        excluded = set(left_out)
        items[:] = [item for item in items if item not in excluded]
        config.hook.pytest_deselected(items=left_out)
    items.sort(key=_place_in_order)


def pytest_collection_finish() -> None:
    """Exempt all modules and collected tests from garbage collection.

    They are hundreds of thousands of objects, and the garbage collector in each process of a reader
    pool would examine them again and again.
    """
    gc.freeze()


def _place_in_order(item: pytest.Item) -> int:
    """Return the position of the test's group in ``_LONGEST_GROUPS``, or its length if in none."""
    mark = item.get_closest_marker("xdist_group")
    if mark and mark.args[0] in _LONGEST_GROUPS:
        return _LONGEST_GROUPS.index(mark.args[0])
    return len(_LONGEST_GROUPS)
