"""Run the API as a real uvicorn server on loopback, in the test's own event loop."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
import jwt
import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Engine

from api.app import BASE, create_app
from api.http_protocol import LimitedProtocol
from api.logs import configure_logs
from api.stream.clock import StreamTiming
from include.settings import Settings
from include.tls import tls_context
from tests.api.world import World

SECRET = "a secret of more than thirty-two bytes"


def make_token(user: str = "ada", secret: str = SECRET, **claims: object) -> str:
    now = int(time.time())
    standard = {"sub": user, "iat": now, "exp": now + 600, "iss": "jobhunt", "aud": "jobhunt"}
    merged = {key: value for key, value in {**standard, **claims}.items() if value is not None}
    return jwt.encode(merged, secret, algorithm="HS256")


@dataclass(frozen=True, kw_only=True)
class RunningApi:
    url: str
    app: FastAPI
    server: uvicorn.Server

    def time_streams(self, *, lifetime: float = 60, ping_every: float = 10) -> None:
        services = self.app.state.services
        timing = StreamTiming(lifetime=timedelta(seconds=lifetime), ping_every=ping_every)
        self.app.state.services = replace(services, timing=timing)

    def client(self, user: str = "ada", **claims: object) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.url + BASE,
            headers={"Authorization": f"Bearer {make_token(user, **claims)}"},
            timeout=60,
            trust_env=False,
            verify=tls_context(),
        )


@asynccontextmanager
async def run_api(settings: Settings) -> AsyncIterator[RunningApi]:
    async with _served(create_app(settings)) as running:
        yield running


@asynccontextmanager
async def _served(app: FastAPI) -> AsyncIterator[RunningApi]:
    config = uvicorn.Config(
        app,
        http=LimitedProtocol,
        ws="none",
        log_config=None,
        lifespan="on",
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # asyncio disables Nagle's algorithm only on sockets that it made itself. So the option is
        # set here, and the accepted sockets inherit it.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        port = listening.getsockname()[1]
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            assert not serving.done(), "the API did not start"
            await asyncio.sleep(0.005)
        try:
            yield RunningApi(url=f"http://127.0.0.1:{port}", app=app, server=server)
        finally:
            server.should_exit = True
            await serving


@pytest.fixture(scope="session")
def settings(postgres_url: str) -> Settings:
    return Settings(database_url=postgres_url, jwt_secret=SecretStr(SECRET))


@pytest.fixture(scope="session")
def app(settings: Settings) -> FastAPI:
    """Return one application for all tests, because making its routes takes as long as one test."""
    return create_app(settings)


@pytest_asyncio.fixture
async def api(engine: Engine, app: FastAPI) -> AsyncIterator[RunningApi]:
    """Yield a running API without Airflow, on the same empty database as ``engine``."""
    # Bind the logs anew, because pytest replaces the standard streams for each test.
    configure_logs()
    routes = [*app.routes]
    async with _served(app) as running:
        yield running
    app.router.routes[:] = routes  # removes the routes that the test added
    # Let the next test build new middleware. This one holds semaphores of this test's event loop.
    app.middleware_stack = None


@pytest_asyncio.fixture
async def http(api: RunningApi) -> AsyncIterator[httpx.AsyncClient]:
    async with api.client() as client:
        yield client


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)
