"""Tests of the liveness and readiness probes, also while the database does not answer."""

import asyncio
import time
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import Engine, make_url, text

from include.db.migrate import newest_revision
from include.settings import Settings
from local.ports import free_port
from tests.api.conftest import RunningApi, run_api
from tests.api.test_runs import problem
from tests.tcp_proxy import tcp_proxy

pytestmark = pytest.mark.integration


async def test_live_and_ready(api: RunningApi, engine: Engine) -> None:
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as machine:
        assert (await machine.get("/live")).json() == {"status": "live"}
        assert (await machine.get("/ready")).json() == {"status": "ready"}
        newest = {"newest": newest_revision()}
        try:
            with engine.begin() as connection:
                connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
            assert problem(await machine.get("/ready")) == (503, "not_ready")
        finally:
            with engine.begin() as connection:
                connection.execute(text("UPDATE alembic_version SET version_num = :newest"), newest)
        with engine.begin() as connection:
            connection.execute(text("LOCK alembic_version IN ACCESS EXCLUSIVE MODE"))
            # The route gives up after a second. If it did not, it would wait for the lock forever,
            # and this timeout would fail the test.
            async with asyncio.timeout(10):
                assert problem(await machine.get("/ready")) == (503, "not_ready")
            assert (await machine.get("/live")).status_code == 200


async def test_live_never_touches_the_database(api: RunningApi) -> None:
    class FailingEngine:
        async def read(self, *_: object) -> None:
            raise AssertionError("the database was asked")

        write = read

    api.app.state.services = replace(api.app.state.services, database=FailingEngine())
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as machine:
        assert (await machine.get("/live")).status_code == 200
        assert (await machine.get("/ready")).status_code == 500


@pytest.mark.parametrize(("path", "status"), [("/ready", 503), ("/metrics", 200)])
async def test_probes_answer_at_once_when_the_database_goes_silent(
    engine: Engine, settings: Settings, path: str, status: int
) -> None:
    """Let the database's connections stay open but send nothing, as if its host were frozen."""
    own = make_url(settings.database_url or "")
    port = free_port()
    silent = own.set(port=port, host="127.0.0.1").render_as_string(hide_password=False)
    behind = settings.model_copy(update={"database_url": silent})
    with tcp_proxy(port=port, target=own.port or 5432) as proxy:
        async with (
            run_api(behind) as api,
            httpx.AsyncClient(base_url=api.url, trust_env=False, timeout=20) as machine,
        ):
            # Open the pooled connection that the proxy stalls next.
            assert (await machine.get("/ready")).status_code == 200
            proxy.stall(4)
            began = time.monotonic()
            answer = await machine.get(path)
            assert answer.status_code == status
            # The documentation promises one second. The other second allows for a busy machine.
            assert time.monotonic() - began < 2
