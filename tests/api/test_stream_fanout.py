"""Tests of the one reader that feeds all streams.

They check its cost, and that no stream misses a change.
"""

import asyncio
import json
import socket
import tracemalloc
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from api.metrics import REGISTRY
from api.stream import events
from api.stream.reader import ProgressReader
from api.stream.subscription import MAX_QUEUE_LENGTH, Subscription
from include.core.models import CompanyStatus
from include.core.runs.progress import WatchedRun, fold
from include.core.runs.run_state import RunStatus
from include.settings import Settings
from tests.api.conftest import RunningApi, run_api
from tests.api.raw_stream import raw_stream, unreading_client
from tests.api.sse import watching
from tests.api.world import World

pytestmark = pytest.mark.integration


def port_of(api: RunningApi) -> int:
    return httpx.URL(api.url).port or 0


class Costs:
    """A meter for the work of the API's readers: their statements, rows and encoded updates."""

    def __init__(self, engine: Engine, monkeypatch: pytest.MonkeyPatch):
        self._engine = engine
        self._seen = (0, 0, 0)
        self._encoded = 0
        with engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_stat_statements"))
        encode = events.update

        def counted(*arguments: Any) -> bytes:
            self._encoded += 1
            return encode(*arguments)

        monkeypatch.setattr(events, "update", counted)

    def since_last_look(self) -> tuple[int, int, int]:
        """Return what the readers have done since the last call.

        The three numbers count the statements, the rows of jobs that the statements returned, and
        the encoded updates.
        """
        with self._engine.connect() as connection:
            reads = connection.execute(_READS).one()
        now = (int(reads.statements), int(reads.rows), self._encoded)
        seen, self._seen = self._seen, now
        return now[0] - seen[0], now[1] - seen[1], now[2] - seen[2]


_READS = text(
    """
    SELECT coalesce(sum(calls), 0) AS statements,
        coalesce(sum(rows) FILTER (WHERE query LIKE '%JOIN jobs AS j ON j.check_id = asked.id%'), 0)
            AS rows
    FROM pg_stat_statements
    WHERE query LIKE '%pg_snapshot_xmin%' OR query LIKE '%AS asked%'
        OR query LIKE '%settled_job%'
    """
)


async def cost_of_three_flushes(
    world: World, costs: Costs, api: RunningApi, watched: Sequence[tuple[str, int]]
) -> tuple[int, int, int]:
    """Return the cost of streaming these runs while the first run's sweep flushes three times."""
    ready = asyncio.Barrier(len(watched) + 1)

    async def watch(user: str, run_id: int) -> None:
        async with raw_stream(port_of(api), run_id, user) as reader:
            await reader.readuntil(b"event: status\ndata: ingesting\n\n")
            await ready.wait()
            for _ in range(3):
                await reader.readuntil(b"event: update\n")
            await ready.wait()

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for user, run_id in watched:
            group.create_task(watch(user, run_id))
        await ready.wait()
        await asyncio.sleep(1.2)  # waits until the first reports of the new streams are sent
        costs.since_last_look()
        for status in ("crawling", "extracting", "pending"):
            world.flush(watched[0][1], {"1": status})
            await asyncio.sleep(0.4)
        await ready.wait()
        return costs.since_last_look()


async def test_two_hundred_streams_cost_the_database_and_the_encoder_no_more_than_one(
    engine: Engine, settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = world.ingesting_run("ada", "1", "2")
    room = settings.model_copy(update={"sse_max_streams_per_user": 300, "sse_max_streams": 300})
    listening = text(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'jobhunt-listen'"
    )
    costs = Costs(engine, monkeypatch)
    async with run_api(room) as api:
        alone = await cost_of_three_flushes(world, costs, api, [("ada", run_id)])
        together = await cost_of_three_flushes(world, costs, api, [("ada", run_id)] * 200)
        with engine.connect() as connection:
            assert connection.scalar(listening) == 1
    assert alone[2] == together[2] == 3
    assert alone[1] == together[1]
    assert together[0] <= alone[0] + 8  # the 8 statements allow for one more regular read


async def test_fifty_runs_on_the_same_boards_cost_the_database_no_more_than_one(
    engine: Engine, settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = ["ada", *(f"user-{number}" for number in range(49))]
    runs = [(user, world.run(user, "acme", "globex")) for user in users]
    sweep_id = runs[0][1]
    world.initialize(sweep_id)
    world.list_jobs(sweep_id, "1", "2")
    world.list_jobs(sweep_id, "3", company="globex")
    world.ingest(sweep_id)
    costs = Costs(engine, monkeypatch)
    async with run_api(settings) as api:
        alone = await cost_of_three_flushes(world, costs, api, runs[:1])
        together = await cost_of_three_flushes(world, costs, api, runs)
    assert (alone[2], together[2]) == (3, 150)
    assert alone[1] == together[1]
    assert together[0] <= alone[0] + 8


@pytest.mark.parametrize("moment", ["before the read", "after the read"])
async def test_a_commit_between_joining_and_reading_is_told_once_and_at_once(
    moment: str, http: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turn the regular reads off, so that only the notification can deliver the commit."""
    monkeypatch.setattr("api.stream.reader._READ_EVERY_SECONDS", 600)
    monkeypatch.setattr("api.stream.reader._REPORT_EVERY_SECONDS", 600)
    run_id = world.ingesting_run("ada", "1", "2")
    read = ProgressReader._read_changes
    committed = False

    def commit() -> None:
        nonlocal committed
        committed = True
        world.flush(run_id, {"1": "crawling"})

    async def read_with_commit(reader: ProgressReader, *runs: Any, **due: Any) -> Any:
        if moment == "before the read" and not committed:
            commit()
        changes = await read(reader, *runs, **due)
        if moment == "after the read" and not committed:
            commit()
            # Let the notification arrive before the reader waits for the next one.
            await asyncio.sleep(0.1)
        return changes

    async with watching(http, run_id) as first:
        await first.until(lambda run: run.status is RunStatus.INGESTING)
        monkeypatch.setattr(ProgressReader, "_read_changes", read_with_commit)
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


async def test_changes_without_a_listener_are_sent_when_one_connects(
    http: httpx.AsyncClient, world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.stream.reader._READ_EVERY_SECONDS", 600)
    monkeypatch.setattr("api.stream.reader._REPORT_EVERY_SECONDS", 600)
    run_id = world.ingesting_run("ada", "1")
    kill = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'jobhunt-listen'"
    )
    async with watching(http, run_id) as watcher, asyncio.timeout(10):
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
        await asyncio.sleep(0.5)  # waits until the last notification has been handled
        with engine.begin() as connection:
            assert list(connection.scalars(kill)) == [True]
        world.flush(run_id, {"1": "crawling"}, quietly=True)
        await watcher.until(lambda run: run.jobs["acme"]["1"].status == "crawling")


async def test_the_result_of_a_listing_is_sent_without_waiting_for_the_poll(
    http: httpx.AsyncClient, world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.stream.reader._READ_EVERY_SECONDS", 600)
    run_id = world.run()
    world.initialize(run_id)
    async with watching(http, run_id) as watcher, asyncio.timeout(20):
        while watcher.state.progress is None:
            await watcher.next_of_any_name()
        assert watcher.state.progress["companies"][0]["status"] == "sourcing"
        world.list_jobs(run_id, "1", status=CompanyStatus.PARTIAL, reason="page 2: 500")
        while watcher.state.progress["companies"][0]["status"] != "partial":
            await watcher.next_of_any_name()
        assert watcher.state.progress["companies"][0]["error"]["message"] == "page 2: 500"


def measured(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0


async def test_streams_and_what_they_are_told_are_counted(
    http: httpx.AsyncClient, world: World
) -> None:
    delivered = measured("jobhunt_stream_delivery_seconds_count")
    seconds_before = measured("jobhunt_stream_delivery_seconds_sum")
    run_id = world.ingesting_run("ada", "1")
    async with watching(http, run_id) as watcher:
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
        assert measured("jobhunt_streams_open") == 1
        world.flush(run_id, {"1": "crawling"})
        await watcher.until(lambda run: run.jobs["acme"]["1"].status == "crawling")
    assert measured("jobhunt_stream_delivery_seconds_count") > delivered
    assert 0 < measured("jobhunt_stream_delivery_seconds_sum") - seconds_before < 2
    async with asyncio.timeout(60):
        while measured("jobhunt_streams_open"):  # noqa: ASYNC110 - the API has no event to await
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
    assert size < MAX_QUEUE_LENGTH * 2_000
    assert measured("jobhunt_stream_resyncs_total") == resyncs + 1


async def test_a_client_that_stops_reading_costs_no_memory_and_is_right_when_it_reads_again(
    api: RunningApi, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.stream.subscription.MAX_QUEUE_LENGTH", 3)
    names = [f"{number:0200d}" for number in range(2_000)]
    run_id = world.ingesting_run("ada", *names)
    reader = api.app.state.services.hub._reader
    async with unreading_client(port_of(api), run_id) as connection:
        async with asyncio.timeout(60):
            while not any(run.streams for run in reader._runs.values()):  # noqa: ASYNC110 - the API has no event to await
                await asyncio.sleep(0.01)
        (stream,) = reader._runs[run_id].streams
        for status in ["crawling", "extracting"] * 10:
            world.flush_all(run_id, status)
            await asyncio.sleep(0.25)
            assert len(stream._queue) <= 3
        assert stream._is_behind
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
