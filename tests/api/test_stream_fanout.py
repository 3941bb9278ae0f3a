"""One reader feeds all streams of a run: what that costs, and that no stream misses anything."""

import asyncio
import json
import socket
import tracemalloc

import httpx
import psycopg
import pytest
from sqlalchemy import Engine, select, text

from api.metrics import REGISTRY
from api.stream import events
from api.stream.reader import RunReader
from api.stream.subscription import LONGEST_QUEUE, Subscription
from api.stream.view import News
from include.core.models import CompanyStatus
from include.core.outcomes import Started
from include.core.progress import WatchedRun, fold
from include.core.run_state import RunStatus
from include.db.run_companies import set_company
from include.db.runs import get_run, notify, touch
from include.db.tables import jobs
from include.pipeline.flush import Outcomes
from include.settings import Settings
from tests.api.conftest import RunningApi, run_api
from tests.api.raw_stream import deaf_client, raw_stream
from tests.api.sse import watching
from tests.api.world import World

pytestmark = pytest.mark.integration


def port_of(api: RunningApi) -> int:
    return httpx.URL(api.url).port or 0


async def test_five_hundred_streams_cost_the_database_and_the_encoder_no_more_than_one(
    engine: Engine, settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = world.ingesting_run("ada", "1")
    room = settings.model_copy(update={"sse_max_streams_per_user": 600, "sse_max_streams": 600})
    encoded = 0
    encode = events.update

    def counted(*arguments: object) -> bytes:
        nonlocal encoded
        encoded += 1
        return encode(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(events, "update", counted)
    queries = text("SELECT sum(calls) FROM pg_stat_statements WHERE query LIKE '%jobs.version >%'")
    listening = text(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'jobhunt-listen'"
    )
    with engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_stat_statements"))

    def count_queries() -> int:
        with engine.connect() as connection:
            return int(connection.scalar(queries) or 0)

    async def cost_of_three_flushes(api: RunningApi, streams: int) -> tuple[int, int]:
        ready = asyncio.Barrier(streams + 1)

        async def watch() -> None:
            async with raw_stream(port_of(api), run_id) as reader:
                await reader.readuntil(b"event: status\ndata: ingesting\n\n")
                await ready.wait()
                for _ in range(3):
                    await reader.readuntil(b"event: update\n")

        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            for _ in range(streams):
                group.create_task(watch())
            await ready.wait()
            queries_before, encoded_before = count_queries(), encoded
            for status in ("crawling", "extracting", "crawling"):
                world.flush(run_id, {"1": status})
                await asyncio.sleep(0.4)
        return count_queries() - queries_before, encoded - encoded_before

    async with run_api(room) as api:
        alone = await cost_of_three_flushes(api, 1)
        together = await cost_of_three_flushes(api, 500)
        with engine.connect() as connection:
            assert connection.scalar(listening) == 1
    assert together[0] <= alone[0] + 2
    assert together[1] == alone[1] == 3


@pytest.mark.parametrize("moment", ["before the read", "after the read"])
async def test_a_commit_between_joining_and_reading_is_told_once_and_at_once(
    moment: str, http: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The poll would mend it within three seconds; without it, the notification must."""
    monkeypatch.setattr("api.stream.reader._LOOK_EVERY", 600)
    monkeypatch.setattr("api.stream.reader._REPORT_EVERY", 600)
    run_id = world.ingesting_run("ada", "1", "2")
    read = RunReader._read
    committed = False

    def commit() -> None:
        nonlocal committed
        committed = True
        world.flush(run_id, {"1": "crawling"})

    async def read_with_commit(reader: RunReader) -> News | None:
        if moment == "before the read" and not committed:
            commit()
        news = await read(reader)
        if moment == "after the read" and not committed:
            commit()
            await asyncio.sleep(0.1)  # the notification comes while the reader is not waiting
        return news

    async with watching(http, run_id) as first:
        await first.until(lambda run: run.status is RunStatus.INGESTING)
        monkeypatch.setattr(RunReader, "_read", read_with_commit)
        async with watching(http, run_id) as watcher, asyncio.timeout(10):
            await watcher.until(
                lambda run: "acme" in run.jobs and run.jobs["acme"]["1"].status == "crawling"
            )
            world.flush(run_id, {"2": "crawling"})
            await watcher.until(lambda run: run.jobs["acme"]["2"].status == "crawling")
    updates = [json.loads(event.data) for event in watcher.seen if event.event == "update"]
    expected = [{"acme": {"1": "crawling"}}] if moment == "after the read" else []
    assert updates == [*expected, {"acme": {"2": "crawling"}}]
    assert watcher.names.count("all_jobs") == 1


async def test_what_was_committed_while_nobody_listened_is_told_once_somebody_does(
    http: httpx.AsyncClient, world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.stream.reader._LOOK_EVERY", 600)
    monkeypatch.setattr("api.stream.reader._REPORT_EVERY", 600)
    run_id = world.ingesting_run("ada", "1")
    kill = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'jobhunt-listen'"
    )
    async with watching(http, run_id) as watcher, asyncio.timeout(10):
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
        await asyncio.sleep(0.5)  # the last notification of before is behind us
        with engine.begin() as connection:
            assert list(connection.scalars(kill)) == [True]
        world.flush(run_id, {"1": "crawling"}, quietly=True)
        await watcher.until(lambda run: run.jobs["acme"]["1"].status == "crawling")


async def test_what_becomes_of_a_company_s_listing_is_told_without_waiting_for_the_poll(
    http: httpx.AsyncClient, world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.stream.reader._LOOK_EVERY", 600)
    run_id = world.run()
    world.initialize(run_id)
    async with watching(http, run_id) as watcher, asyncio.timeout(20):
        while watcher.state.progress is None:
            await watcher.next_of_any_name()
        for status in (CompanyStatus.SOURCING, CompanyStatus.COMPLETE):
            with engine.begin() as connection:
                touch(connection, run_id, 1, during=[RunStatus.INITIALIZING])
                set_company(connection, run_id, "acme", status)
                notify(connection, run_id)
            while watcher.state.progress["companies"][0]["status"] != status:
                await watcher.next_of_any_name()


def test_a_flush_notifies_once_with_the_run_s_id_alone(
    engine: Engine, postgres_url: str, world: World
) -> None:
    run_id = world.ingesting_run("ada", *map(str, range(50)))
    with engine.connect() as connection:
        run = get_run(connection, run_id)
        ids = connection.scalars(select(jobs.c.job_id)).all()
    assert run is not None
    outcomes = Outcomes(engine, run)
    for job_id in ids:
        outcomes.add(Started(job_id=job_id))
    conninfo = postgres_url.replace("+psycopg", "")
    with psycopg.connect(conninfo, autocommit=True) as listener:
        listener.execute("LISTEN run_progress")
        outcomes.flush()
        listener.execute("NOTIFY run_progress, 'the last'")
        payloads = list[str]()
        for notification in listener.notifies(timeout=20):
            payloads.append(notification.payload)
            if notification.payload == "the last":
                break
    assert payloads == [str(run_id), "the last"]


def measured(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0


async def test_streams_and_what_they_are_told_are_counted(
    http: httpx.AsyncClient, world: World
) -> None:
    delivered = measured("jobhunt_stream_delivery_seconds_count")
    took = measured("jobhunt_stream_delivery_seconds_sum")
    run_id = world.ingesting_run("ada", "1")
    async with watching(http, run_id) as watcher:
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
        assert measured("jobhunt_streams_open") == 1
        world.flush(run_id, {"1": "crawling"})
        await watcher.until(lambda run: run.jobs["acme"]["1"].status == "crawling")
    assert measured("jobhunt_stream_delivery_seconds_count") > delivered
    assert 0 < measured("jobhunt_stream_delivery_seconds_sum") - took < 2
    async with asyncio.timeout(5):
        while measured("jobhunt_streams_open"):  # noqa: ASYNC110 - the server says nothing
            await asyncio.sleep(0.01)


def test_a_queue_that_nobody_drains_does_not_grow() -> None:
    stream = Subscription(None, bytes)
    resyncs = measured("jobhunt_stream_resyncs_total")
    tracemalloc.start()
    try:
        for number in range(20_000):
            stream.push(b"%d" % number * 200)
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size < LONGEST_QUEUE * 2_000
    assert measured("jobhunt_stream_resyncs_total") == resyncs + 1


async def test_a_client_that_stops_reading_costs_no_memory_and_is_right_when_it_reads_again(
    api: RunningApi, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.stream.subscription.LONGEST_QUEUE", 3)
    names = [f"{number:0200d}" for number in range(2_000)]
    run_id = world.ingesting_run("ada", *names)
    readers = api.app.state.services.hub._readers
    async with deaf_client(port_of(api), run_id) as connection:
        async with asyncio.timeout(5):
            while not (run_id in readers and readers[run_id]._streams):  # noqa: ASYNC110 - the server says nothing
                await asyncio.sleep(0.01)
        (stream,) = readers[run_id]._streams
        for status in ["crawling", "extracting"] * 10:
            world.flush_all(run_id, status)
            await asyncio.sleep(0.25)
            assert len(stream._queue) <= 3
        assert stream._behind
        world.end(run_id, RunStatus.ABORTED)
        state = await read_to_end(connection)
    assert state.status is RunStatus.ABORTED
    assert {name: job.status.value for name, job in state.jobs["acme"].items()} == dict.fromkeys(
        names, "failed"
    )


async def read_to_end(connection: socket.socket) -> WatchedRun:
    loop = asyncio.get_running_loop()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    text = b""
    async with asyncio.timeout(60):
        while chunk := await loop.sock_recv(connection, 1 << 20):
            text += chunk
    state = WatchedRun()
    for event in dechunked(text.partition(b"\r\n\r\n")[2]).decode().split("\n\n"):
        lines = [line for line in event.splitlines() if not line.startswith(":")]
        fields = dict(line.split(": ", 1) for line in lines)
        if "event" in fields:
            state = fold(state, fields["event"], fields["data"])
    return state


def dechunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        whole += body[:length]
        body = body[length + 2 :]
    return whole
