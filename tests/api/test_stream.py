"""Tests of the progress stream over real HTTP and a real Postgres."""

import asyncio
import json

import httpx
import psycopg
import pytest
from sqlalchemy import Engine, text

from include.core.checking.outcomes import Started
from include.core.runs.run_state import RunStatus
from include.pipeline.pages.flush import Outcomes
from tests.api.sse import watching
from tests.api.world import World
from tests.made_up_runs import MadeUpRuns

pytestmark = pytest.mark.integration


async def test_a_run_is_told_from_pending_to_its_end(http: httpx.AsyncClient, world: World) -> None:
    run_id = world.run()
    async with watching(http, run_id) as watcher:
        assert (await watcher.next()).data == "pending"
        world.initialize(run_id)
        assert (await watcher.next()).data == "initializing"
        world.list_jobs(run_id, "1", "2")
        world.ingest(run_id)
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
        world.flush(run_id, {"1": "crawling", "2": "crawling"})
        world.flush(run_id, {"1": "skipped", "2": "failed"})
        await watcher.until(lambda run: run.jobs["acme"]["1"].status == "skipped")
        world.end(run_id)
        await watcher.to_end()
    names = [name for name in watcher.names if name != "update"]
    assert names == ["status", "status", "all_jobs", "status", "all_jobs", "status"]
    assert watcher.state.status is RunStatus.FINISHED
    assert watcher.statuses == {"acme": {"1": "skipped", "2": "failed"}}
    assert watcher.state.progress is not None
    assert watcher.state.progress["counts"]["skipped"] == 1
    assert watcher.state.progress["failures"] == {"unknown": 1}
    ids = [int(event.id) for event in watcher.seen]
    assert ids == sorted(ids)
    assert ids[0] == 0


async def test_events_have_the_form_that_clients_were_promised(
    http: httpx.AsyncClient, world: World
) -> None:
    run_id = world.ingesting_run("ada", "1")
    world.flush(run_id, {"1": "skipped"})
    world.end(run_id)
    answer = await http.get(f"/progress/{run_id}")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
    assert "content-encoding" not in answer.headers
    retry, all_jobs, status, rest = answer.text.split("\n\n")
    assert 1000 <= int(retry.removeprefix("retry: ")) <= 3000
    event_id = all_jobs.splitlines()[0]
    assert int(event_id.removeprefix("id: ")) > 0
    assert all_jobs.splitlines()[1] == "event: all_jobs"
    (job,) = (await http.get(f"/runs/{run_id}/jobs")).json()["items"]
    assert json.loads(all_jobs.splitlines()[2].removeprefix("data: ")) == {
        "acme": [{name: job[name] for name in ("job_id", "external_id", "title", "status")}]
    }
    last_id = int(event_id.removeprefix("id: ")) + 1
    assert status == f"id: {last_id}\nevent: status\ndata: finished"
    assert rest == ""


async def test_an_ended_run_is_told_from_its_own_outcomes_after_the_next_run_adopts_the_jobs(
    http: httpx.AsyncClient, world: World
) -> None:
    first = world.ingesting_run("ada", "1")
    world.flush(first, {"1": "ready"})
    world.end(first)
    world.ingesting_run("ada", "1")
    async with watching(http, first) as watcher:
        await watcher.to_end()
    assert watcher.names == ["all_jobs", "status"]
    assert watcher.statuses == {"acme": {"1": "ready"}}


async def test_a_reconnection_gets_only_what_changed_since(
    http: httpx.AsyncClient, world: World
) -> None:
    run_id = world.ingesting_run("ada", "1", "2", "3")
    async with watching(http, run_id) as watcher:
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
    world.flush(run_id, {"2": "crawling"}, titles={"2": "Baker"})
    async with watching(http, run_id, last_id=watcher.last_id, state=watcher.state) as resumed:
        await resumed.until(lambda run: run.jobs["acme"]["2"].status == "crawling")
    updates = {
        event.event: json.loads(event.data)
        for event in resumed.seen
        if event.event not in ("status", "progress")
    }
    assert updates == {"titles": {"acme": {"2": "Baker"}}, "update": {"acme": {"2": "crawling"}}}
    assert resumed.statuses == world.states(run_id)


async def test_last_event_id_may_come_in_the_query(http: httpx.AsyncClient, world: World) -> None:
    run_id = world.ingesting_run("ada", "1")
    async with watching(http, run_id) as watcher:
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
    url = f"/progress/{run_id}?last_event_id={watcher.last_id}"
    async with http.stream("GET", url) as answer:
        lines = answer.aiter_lines()
        async with asyncio.timeout(30):
            while (line := await anext(lines)) != "event: status":
                assert line != "event: all_jobs"


async def test_an_id_that_this_run_never_had_gets_the_full_state(
    http: httpx.AsyncClient, world: World
) -> None:
    run_id = world.ingesting_run("ada", "1")
    for foreign in ("999999", "0", "-1", "x", "9" * 40):
        async with watching(http, run_id, last_id=foreign) as watcher:
            assert (await watcher.next()).event == "all_jobs"


async def test_a_client_that_was_cut_before_the_run_ingested_gets_the_full_state(
    http: httpx.AsyncClient, world: World
) -> None:
    run_id = world.run()
    world.initialize(run_id)
    world.list_jobs(run_id, "1")
    async with watching(http, run_id) as watcher:
        await watcher.next()
    world.ingest(run_id)
    async with watching(http, run_id, last_id=watcher.last_id) as resumed:
        assert (await resumed.next()).event == "all_jobs"


async def test_a_change_is_told_within_a_second(http: httpx.AsyncClient, world: World) -> None:
    run_id = world.ingesting_run("ada", "1")
    async with watching(http, run_id) as watcher:
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
        await asyncio.sleep(0.3)
        world.flush(run_id, {"1": "crawling"})
        async with asyncio.timeout(1):
            assert (await watcher.next()).event == "update"


async def test_a_title_is_sent_as_soon_as_it_is_read(http: httpx.AsyncClient, world: World) -> None:
    run_id = world.ingesting_run("ada", "1", "2")
    async with watching(http, run_id) as watcher:
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
        world.flush(run_id, {"1": "ready", "2": "ready"}, titles={"2": "Baker"})
        titles, update = await watcher.next(), await watcher.next()
        assert (titles.event, json.loads(titles.data)) == ("titles", {"acme": {"2": "Baker"}})
        assert (update.event, titles.id) == ("update", update.id)
        world.flush(run_id, {"1": "ready"}, titles={"1": "Cook"})
        titles = await watcher.next()
        assert (titles.event, json.loads(titles.data)) == ("titles", {"acme": {"1": "Cook"}})
        assert titles.id > update.id
    assert {job.title for job in watcher.state.jobs["acme"].values()} == {"Baker", "Cook"}


async def test_a_lost_notification_costs_three_seconds_and_nothing_else(
    http: httpx.AsyncClient, world: World
) -> None:
    run_id = world.ingesting_run("ada", "1")
    async with watching(http, run_id) as watcher:
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
        world.flush(run_id, {"1": "crawling"}, quietly=True)
        async with asyncio.timeout(4):
            assert (await watcher.next()).event == "update"


async def test_notifications_flow_again_after_their_connection_is_killed(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "1")
    kill = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'jobhunt-listen'"
    )
    listening = text(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'jobhunt-listen'"
        " AND query LIKE 'LISTEN%'"
    )
    async with watching(http, run_id) as watcher:
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
        with engine.begin() as connection:
            assert list(connection.scalars(kill)) == [True]
        async with asyncio.timeout(30):
            while True:
                with engine.connect() as connection:
                    if connection.scalar(listening):
                        break
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        world.flush(run_id, {"1": "crawling"})
        async with asyncio.timeout(1):
            assert (await watcher.next()).event == "update"


async def test_a_commit_that_is_late_in_order_is_told_and_nothing_twice(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    """Delay a commit that has an early transaction id.

    Until it commits, the watermark cannot pass that id.
    """
    run_id = world.ingesting_run("ada", "1", "2")
    change_first = text(
        "UPDATE jobs SET status = 'extracting', changed_xid = pg_current_xact_id()"
        " WHERE external_id = '1'"
    )
    with engine.connect() as early, early.begin() as transaction:
        early.execute(text("SELECT pg_current_xact_id()"))
        async with watching(http, run_id) as watcher:
            await watcher.until(lambda run: run.status is RunStatus.INGESTING)
            world.flush(run_id, {"1": "crawling"})
            await watcher.until(lambda run: run.jobs["acme"]["1"].status == "crawling")
            world.flush(run_id, {"2": "crawling"})
            await watcher.until(lambda run: run.jobs["acme"]["2"].status == "crawling")
            early.execute(change_first)
            transaction.commit()
            await watcher.until(lambda run: run.jobs["acme"]["1"].status == "extracting")
    updates = [json.loads(event.data) for event in watcher.seen if event.event == "update"]
    assert updates == [
        {"acme": {"1": "crawling"}},
        {"acme": {"2": "crawling"}},
        {"acme": {"1": "extracting"}},
    ]


async def test_a_run_that_awaits_another_sweep_s_check_is_resumed_across_both(
    http: httpx.AsyncClient, world: World
) -> None:
    of_bob = world.run("bob", "globex")
    world.initialize(of_bob)
    world.list_jobs(of_bob, "g1", "g2", company="globex")
    world.ingest(of_bob)
    run_id = world.run("ada", "acme", "globex")
    world.initialize(run_id)
    world.list_jobs(run_id, "a1", "a2")
    world.ingest(run_id)
    async with watching(http, run_id) as watcher:
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
    assert watcher.statuses == world.states(run_id)
    world.flush(of_bob, {"g1": "ready", "g2": "skipped"})
    world.end(of_bob)
    world.flush(run_id, {"a1": "crawling"})
    async with watching(http, run_id, last_id=watcher.last_id, state=watcher.state) as resumed:
        await resumed.until(lambda run: run.jobs["acme"]["a1"].status == "crawling")
        assert resumed.statuses == world.states(run_id)
    updates = [json.loads(event.data) for event in resumed.seen if event.event == "update"]
    assert updates == [{"acme": {"a1": "crawling"}, "globex": {"g1": "ready", "g2": "skipped"}}]
    assert "all_jobs" not in resumed.names


def test_a_flush_notifies_once_and_names_nothing(engine: Engine, postgres_url: str) -> None:
    made_up = MadeUpRuns(engine=engine)
    sweep = made_up.ingesting(50)
    check_of = made_up.check_of()
    outcomes = Outcomes(engine, sweep, check_of)
    for job_id in check_of:
        outcomes.add(Started(job_id=job_id))
    conninfo = postgres_url.replace("+psycopg", "")
    with psycopg.connect(conninfo, autocommit=True) as listener:
        listener.execute("LISTEN run_progress")
        outcomes.write(*outcomes.take())
        listener.execute("NOTIFY run_progress, 'the last'")
        payloads = list[str]()
        for notification in listener.notifies(timeout=20):
            payloads.append(notification.payload)
            if notification.payload == "the last":
                break
    assert payloads == ["", "the last"]
