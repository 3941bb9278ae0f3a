"""How long a stream lives, how many there may be, and how they end."""

import asyncio
import os
import sys
import time

import httpx
import pytest
from sqlalchemy import Engine

from include.core.progress import WatchedRun
from include.core.run_state import RunStatus
from include.settings import Settings
from local.ports import free_port
from tests.api.conftest import SECRET, RunningApi, make_token, run_api
from tests.api.sse import watching
from tests.api.world import World

pytestmark = pytest.mark.integration


async def test_an_idle_stream_is_pinged(
    api: RunningApi, http: httpx.AsyncClient, world: World
) -> None:
    api.time_streams(ping_every=0.1)
    run_id = world.run()
    async with http.stream("GET", f"/progress/{run_id}") as answer, asyncio.timeout(5):
        lines = answer.aiter_lines()
        pings = 0
        while pings < 3:
            pings += await anext(lines) == ": ping"


async def test_a_stream_ends_with_its_token(
    api: RunningApi, http: httpx.AsyncClient, world: World
) -> None:
    run_id = world.run()
    async with api.client(exp=time.time() + 1) as short_lived, asyncio.timeout(5):
        answer = await short_lived.get(f"/progress/{run_id}")
    assert answer.text.endswith(": closing\n\n")


async def test_rotated_streams_lose_nothing(
    api: RunningApi, http: httpx.AsyncClient, world: World
) -> None:
    api.time_streams(lifetime=0.3)
    run_id = world.ingesting_run("ada", "1", "2", "3")
    state, last_id = WatchedRun(), None
    full_states = 0
    for status in ("crawling", "extracting", "ready", "skipped"):
        world.flush(run_id, {"1": status, "2": status})
        async with watching(http, run_id, last_id=last_id, state=state) as watcher:
            await watcher.to_end()
        state, last_id = watcher.state, watcher.last_id
        full_states += watcher.names.count("all_jobs")
        assert watcher.statuses == world.states(run_id)
    assert full_states == 1


async def test_a_user_may_not_open_more_streams_than_allowed(
    engine: Engine, settings: Settings, world: World
) -> None:
    capped = settings.model_copy(update={"sse_max_streams_per_user": 1, "sse_max_streams": 2})
    of_ada, of_bob, of_eve = (world.run(user) for user in ("ada", "bob", "eve"))
    async with (
        run_api(capped) as api,
        api.client("ada") as ada,
        api.client("bob") as bob,
        api.client("eve") as eve,
    ):
        async with watching(ada, of_ada) as first, watching(bob, of_bob) as second:
            await first.next()
            await second.next()
            again = await ada.get(f"/progress/{of_ada}")
            assert (again.status_code, again.json()["type"]) == (
                429,
                "urn:jobhunt:problem:too_many_streams",
            )
            assert int(again.headers["retry-after"]) > 0
            full = await eve.get(f"/progress/{of_eve}")
            assert full.status_code == 503
            assert int(full.headers["retry-after"]) > 0
        async with asyncio.timeout(5):
            while not await opens(ada, of_ada):
                pass


async def opens(http: httpx.AsyncClient, run_id: int) -> bool:
    async with http.stream("GET", f"/progress/{run_id}") as answer:
        return answer.status_code == 200


async def test_streams_say_goodbye_when_the_server_stops(
    engine: Engine, settings: Settings, world: World
) -> None:
    run_id = world.ingesting_run("ada", "1")
    async with (
        run_api(settings) as api,
        api.client() as http,
        http.stream("GET", f"/progress/{run_id}") as answer,
    ):
        chunks = answer.aiter_text()
        while "event: status" not in await anext(chunks):
            pass
        began = time.monotonic()
        api.server.should_exit = True
        rest = "".join([chunk async for chunk in chunks])
    assert rest.endswith(": closing\n\n")
    assert time.monotonic() - began < 3


async def test_a_stream_that_falls_behind_gets_the_whole_state(
    api: RunningApi, http: httpx.AsyncClient, world: World
) -> None:
    run_id = world.ingesting_run("ada", "1")
    async with watching(http, run_id) as watcher:
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
        hub = api.app.state.services.hub
        (stream,) = hub._readers[run_id]._streams
        world.flush(run_id, {"1": "crawling"}, quietly=True)
        stream.push([b": filler\n\n"] * 1000)
        world.flush(run_id, {"1": "ready"})
        await watcher.until(lambda run: run.jobs["acme"]["1"].status == "ready")
    assert watcher.names.count("all_jobs") >= 2


async def test_a_ticket_opens_one_stream_of_its_run_and_no_second(
    api: RunningApi, http: httpx.AsyncClient, world: World
) -> None:
    run_id = world.ingesting_run("ada", "1")
    world.flush(run_id, {"1": "ready"})
    world.end(run_id)
    other = world.run("ada")
    made = (await http.post(f"/runs/{run_id}/ticket")).json()
    assert 0 < made["expires_in"] <= 60
    path = f"{api.url}/api/ingestion/progress"
    query = {"token": made["ticket"]}
    async with httpx.AsyncClient(trust_env=False) as browser:
        elsewhere = await browser.get(f"{path}/{other}", params=query)
        assert elsewhere.status_code == 401
        answer = await browser.get(f"{path}/{run_id}", params=query)
        assert "data: finished" in answer.text
        again = await browser.get(f"{path}/{run_id}", params=query)
        assert again.status_code == 401
        assert (await browser.get(f"{path}/{run_id}")).status_code == 401


async def test_no_token_comes_into_any_log(
    engine: Engine,
    settings: Settings,
    world: World,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    run_id = world.ingesting_run("ada", "1")
    world.flush(run_id, {"1": "ready"})
    world.end(run_id)
    token = make_token()
    async with run_api(settings) as api, httpx.AsyncClient(trust_env=False) as browser:
        query = {"token": token}
        caplog.handler.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore")))
        answer = await browser.get(f"{api.url}/api/ingestion/progress/{run_id}", params=query)
        assert answer.status_code == 200
        refused = await browser.get(f"{api.url}/api/ingestion/runs/{run_id}", params=query)
        assert refused.status_code == 401
    out, err = capfd.readouterr()
    assert '"path": "/api/ingestion/progress/' in err
    assert token not in out + err + caplog.text


async def test_sigterm_ends_a_server_started_from_the_shell(
    postgres_url: str, world: World
) -> None:
    run_id = world.run()
    port = free_port()
    environment = os.environ | {"JOBHUNT_DATABASE_URL": postgres_url, "JOBHUNT_JWT_SECRET": SECRET}
    command = ["-m", "uvicorn", "api.app:create_app", "--factory", "--port", str(port)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {make_token()}"},
            trust_env=False,
        ) as http:
            await answering(http)
            async with http.stream("GET", f"/api/ingestion/progress/{run_id}") as answer:
                chunks = answer.aiter_text()
                while "event: status" not in await anext(chunks):
                    pass
                process.terminate()
                rest = "".join([chunk async for chunk in chunks])
        assert rest.endswith(": closing\n\n")
        async with asyncio.timeout(5):
            _, log = await process.communicate()
        assert b"Application shutdown complete" in log
        assert b"Traceback" not in log
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def answering(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                await http.get("/live")
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
            else:
                return
