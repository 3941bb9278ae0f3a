"""Run a browser, and the API with its page on a real Postgres.

Tests that also need Airflow are in tests/e2e.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

from tests.api.world import World
from tests.browser.chromium import Tabs, running_chromium, tabs
from tests.browser.served import Served


# The scope is the module, not the session: no test can run an event loop while Playwright runs.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def served(
    chromium: Browser, postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    served = Served.on(postgres_url, tmp_path_factory.mktemp("api") / "api.log")
    yield served
    served.stop()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Tabs]:
    with tabs(chromium, viewport={"width": 1280, "height": 900}) as opened:
        yield opened


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)
