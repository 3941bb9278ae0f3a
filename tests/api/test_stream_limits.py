"""Tests of how long a stream lives, how many there may be, and how they end."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text, update

from api.stream import events
from api.stream.clock import StreamTiming
from api.stream.reader import ProgressReader
from include.core.runs.progress import WatchedRun
from include.core.runs.run_state import RunStatus
from include.db.run.runs import notify
from include.db.tables import CHANGED_XID, ingestion_runs
from include.settings import Settings
from local.ports import free_port
from tests.api.conftest import RunningApi, make_token, run_api
from tests.api.processes import api_process
from tests.api.raw_stream import unreading_client
from tests.api.sse import watching
from tests.api.world import World

pytestmark = pytest.mark.integration


async def test_an_idle_stream_is_pinged(
    api: RunningApi, http: httpx.AsyncClient, world: World
) -> None:
    api.time_streams(ping_every=0.1)
    run_id = world.run()
    async with http.stream("GET", f"/progress/{run_id}") as answer, asyncio.timeout(60):
        lines = answer.aiter_lines()
        pings = 0
        while pings < 3:
            pings += await anext(lines) == ": ping"


async def test_a_stream_ends_with_its_token(
    api: RunningApi, http: httpx.AsyncClient, world: World
) -> None:
    run_id = world.run()
    async with api.client(exp=time.time() + 1) as short_lived, asyncio.timeout(30):
        answer = await short_lived.get(f"/progress/{run_id}")
    assert answer.text.endswith(": closing\n\n")


async def test_streams_that_reach_their_lifetime_lose_no_event(
    api: RunningApi, http: httpx.AsyncClient, world: World
) -> None:
    api.time_streams(lifetime=0.25)
    run_id = world.ingesting_run("ada", "1", "2", "3")
    state, last_id = WatchedRun(), None
    rotations = full_states = 0
    for status in ("crawling", "extracting", "ready", "pending") * 5:
        world.flush(run_id, {"1": status, "2": status})
        while not state.jobs or state.jobs["acme"]["1"].status != status:
            async with watching(http, run_id, last_id=last_id, state=state) as watcher:
                await watcher.to_end()
            rotations += 1
            full_states += watcher.names.count("all_jobs")
            state = watcher.state
            last_id = watcher.last_id if watcher.seen else last_id
        assert watcher.statuses == world.states(run_id)
    assert rotations >= 20
    assert full_states == 1


async def test_behind_a_gateway_that_cuts_what_is_long_no_stream_is_ever_cut(
    api: RunningApi, world: World
) -> None:
    """Use shorter times than in production.

    AWS API Gateway cuts requests after 29 s. Here the gateway cuts them after 3 s, and a stream
    lives for 0.5 s.
    """
    api.time_streams(lifetime=0.5)
    run_id = world.ingesting_run("ada", "1")
    port = free_port()
    state, last_id, goodbyes = WatchedRun(), None, 0
    async with (
        closing_gateway(httpx.URL(api.url).port or 0, port, seconds=3) as cut,
        api.client() as http,
    ):
        http.base_url = httpx.URL(str(http.base_url).replace(api.url, f"http://127.0.0.1:{port}"))
        for status in ("crawling", "extracting", "ready"):
            world.flush(run_id, {"1": status})
            async with watching(http, run_id, last_id=last_id, state=state) as watcher:
                await watcher.to_end()
            goodbyes += 1
            state, last_id = watcher.state, watcher.last_id
            assert watcher.statuses == world.states(run_id)
    assert (goodbyes, cut) == (3, [])


@asynccontextmanager
async def closing_gateway(target: int, port: int, *, seconds: float) -> AsyncIterator[list[str]]:
    """Relay each request on a separate connection, and cut it after ``seconds``.

    A connection is cut by a reset. Yield the list of the requests that were cut.
    """
    cut: list[str] = []

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while chunk := await source.read(65536):
            sink.write(chunk)

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        api_reader, api_writer = await asyncio.open_connection("127.0.0.1", target)
        request = await reader.readuntil(b"\r\n\r\n")
        api_writer.write(request.replace(b"Connection: keep-alive", b"Connection: close"))
        try:
            async with asyncio.timeout(seconds):
                await pump(api_reader, writer)
        except TimeoutError:
            cut.append(request.decode())
            writer.transport.abort()
        finally:
            writer.close()
            api_writer.transport.abort()

    async with await asyncio.start_server(relay, "127.0.0.1", port):
        yield cut


async def test_a_life_however_short_is_long_enough_to_be_told_the_state(
    api: RunningApi, http: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = ProgressReader._read_changes

    async def slow_read(reader: ProgressReader, *runs: Any, **due: Any) -> Any:
        await asyncio.sleep(0.3)
        return await read(reader, *runs, **due)

    monkeypatch.setattr(ProgressReader, "_read_changes", slow_read)
    api.time_streams(lifetime=0.01)
    run_id = world.ingesting_run("ada", "1")
    answer = await http.get(f"/progress/{run_id}")
    assert "event: all_jobs" in answer.text
    assert answer.text.endswith(": closing\n\n")


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
        async with asyncio.timeout(60):
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
        (stream,) = hub._reader._runs[run_id].streams
        world.flush(run_id, {"1": "crawling"}, quietly=True)
        for _ in range(1000):
            stream.push(b": filler\n\n")
        world.flush(run_id, {"1": "ready"})
        await watcher.until(lambda run: run.jobs["acme"]["1"].status == "ready")
    assert watcher.names.count("all_jobs") >= 2


async def test_a_ticket_opens_one_stream_of_its_run_and_then_only_resumes_it(
    api: RunningApi, http: httpx.AsyncClient, world: World, engine: Engine
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
        for _ in range(2):
            resumed = {"Last-Event-ID": "1"}
            answer = await browser.get(f"{path}/{run_id}", params=query, headers=resumed)
            assert "data: finished" in answer.text
        late = text("UPDATE stream_tickets SET expires_at = now() - interval '1 second'")
        with engine.begin() as connection:
            connection.execute(late)
        expired = await browser.get(f"{path}/{run_id}", params=query, headers=resumed)
        assert expired.status_code == 401


async def test_a_client_that_has_the_last_event_is_told_not_to_reconnect(
    http: httpx.AsyncClient, world: World
) -> None:
    run_id = world.ingesting_run("ada", "1")
    async with watching(http, run_id) as watcher:
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
        world.flush(run_id, {"1": "ready"})
        world.end(run_id)
        await watcher.to_end()
    all_jobs, status = watcher.seen[-2:]
    assert (all_jobs.event, status.data) == ("all_jobs", "finished")
    for last_id, expected in ((status.id, 204), (all_jobs.id, 200), ("0", 200)):
        path = f"/progress/{run_id}"
        answer = await http.get(path, headers={"Last-Event-ID": last_id})
        assert (answer.status_code, "data: finished" in answer.text) == (
            *(expected, expected == 200),
        )


async def test_no_token_comes_into_any_log_even_when_everything_is_logged(
    engine: Engine,
    settings: Settings,
    world: World,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    caplog.handler.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore")))
    run_id = world.ingesting_run("ada", "1")
    world.flush(run_id, {"1": "ready"})
    world.end(run_id)
    good, expired = make_token(), make_token(exp=int(time.time()) - 60)
    async with run_api(settings) as api, httpx.AsyncClient(trust_env=False) as browser:
        for name in [*logging.root.manager.loggerDict]:
            logging.getLogger(name).setLevel("DEBUG")
        base = f"{api.url}/api/ingestion"
        bearer = {"Authorization": f"Bearer {good}"}
        ticket = (await browser.post(f"{base}/runs/{run_id}/ticket", headers=bearer)).json()
        secrets = [good, good.rpartition(".")[2], expired, ticket["ticket"]]
        for token, status in ((good, 200), (ticket["ticket"], 200), (expired, 401)):
            answer = await browser.get(f"{base}/progress/{run_id}", params={"token": token})
            assert answer.status_code == status
        misplaced = await browser.get(f"{base}/runs/{run_id}", params={"token": good})
        assert misplaced.status_code == 401
        assert (await browser.get(f"{base}/history", headers=bearer)).status_code == 200
    out, err = capfd.readouterr()
    assert '"path": "/api/ingestion/progress/' in err
    logged = out + err + caplog.text
    assert [secret for secret in secrets if secret in logged] == []


async def test_sigterm_ends_a_server_started_from_the_shell(
    engine: Engine, postgres_url: str, world: World, tmp_path: Path
) -> None:
    run_id = world.run()
    async with api_process(postgres_url, tmp_path / "log") as api, api.client() as http:
        async with http.stream("GET", f"/progress/{run_id}") as answer:
            chunks = answer.aiter_text()
            while "event: status" not in await anext(chunks):
                pass
            api.process.terminate()
            rest = "".join([chunk async for chunk in chunks])
        assert rest.endswith(": closing\n\n")
        async with asyncio.timeout(60):
            await api.process.wait()
        log = api.log.read_text()
    assert "Application shutdown complete" in log
    assert "Traceback" not in log


async def test_a_client_that_reads_nothing_does_not_hold_the_server(
    engine: Engine, postgres_url: str, world: World, tmp_path: Path
) -> None:
    names = [f"{number:02000d}" for number in range(8_000)]
    run_id = world.ingesting_run("ada", *names)
    async with (
        api_process(postgres_url, tmp_path / "log") as api,
        unreading_client(api.port, run_id) as connection,
    ):
        loop = asyncio.get_running_loop()
        received = b""
        # Read only the beginning of the event, which is larger than the sockets' buffers.
        while b"event: all_jobs" not in received:
            received += await loop.sock_recv(connection, 100)
        api.process.terminate()
        async with asyncio.timeout(60):
            await api.process.wait()


async def test_a_stream_ends_when_its_run_is_no_longer_the_caller_s(
    api: RunningApi, http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    api.time_streams(ping_every=0.2)
    run_id = world.run()
    world.follow("bob")
    async with watching(http, run_id) as watcher, asyncio.timeout(30):
        await watcher.next()
        with engine.begin() as connection:
            of_bob = update(ingestion_runs).where(ingestion_runs.c.run_id == run_id)
            connection.execute(of_bob.values(user_id="bob", changed_xid=CHANGED_XID))
            notify(connection)
        await watcher.to_end()
    assert not watcher.state.ended


def test_pings_come_often_enough_for_every_proxy() -> None:
    assert StreamTiming(lifetime=timedelta(hours=1)).ping_every <= 15


def test_clients_of_a_server_that_went_away_come_back_at_different_times() -> None:
    pauses = {int(events.retry().removeprefix(b"retry: ")) for _ in range(50)}
    assert len(pauses) > 25
    assert 1000 <= min(pauses) <= max(pauses) <= 3000
