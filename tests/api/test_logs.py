"""Tests of the log of a run, which the API merges from the logs of the run's tasks."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import Engine, text

from include.settings import Settings
from local.ports import free_port
from tests.api.conftest import RunningApi, run_api
from tests.api.fake_task_logs import FakeTaskLogs, with_airflow
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration


@pytest.fixture
def airflow() -> FakeTaskLogs:
    return FakeTaskLogs()


@pytest_asyncio.fixture
async def logging_api(
    engine: Engine, settings: Settings, airflow: FakeTaskLogs
) -> AsyncIterator[RunningApi]:
    async with airflow.server() as server, run_api(with_airflow(settings, server)) as api:
        yield api


def at(second: int) -> str:
    return f"2026-03-01T12:00:{second:02}Z"


async def messages(api: RunningApi, run_id: int, *, limit: int = 200) -> list[list[str]]:
    """Return the messages of the log, as one list for each page of the response."""
    pages: list[list[str]] = []
    cursor: str | None = None
    async with api.client() as http:
        while True:
            query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
            answer = await http.get(f"/runs/{run_id}/logs", params=query)
            assert answer.status_code == 200, answer.text
            pages.append([item["message"] for item in answer.json()["items"]])
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                return pages


async def test_logs_of_all_tasks_are_merged_by_time(
    logging_api: RunningApi, airflow: FakeTaskLogs, world: World
) -> None:
    run_id = world.run()
    dag_run = f"ingest__{run_id}__1"
    airflow.log(dag_run, "open_run", (at(0), "a"), (at(1), "b"))
    airflow.log(dag_run, "ingest_batch.crawl_pages", (at(2), "c"), (at(5), "f"), map_index=0)
    airflow.log(dag_run, "ingest_batch.crawl_pages", (at(3), "d"), (at(4), "e"), map_index=1)
    assert await messages(logging_api, run_id) == [list("abcdef")]
    assert await messages(logging_api, run_id, limit=2) == [["a", "b"], ["c", "d"], ["e", "f"]]
    async with logging_api.client() as http:
        items = (await http.get(f"/runs/{run_id}/logs")).json()["items"]
    assert items[3] == {
        "at": at(3),
        "level": "info",
        "task": "crawl_pages[1]",
        "attempt": 1,
        "message": "d",
    }


async def test_the_newest_attempt_comes_first_and_every_try_is_in_it(
    logging_api: RunningApi, airflow: FakeTaskLogs, world: World, engine: Engine
) -> None:
    run_id = world.run()
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE sweeps SET attempt = 2, dag_run_id = :id"),
            {"id": f"ingest__{run_id}__2"},
        )
    airflow.log(f"ingest__{run_id}__1", "open_run", (at(0), "old"), (at(1), "older"))
    airflow.log(f"ingest__{run_id}__2", "open_run", (at(10), "first try"))
    airflow.log(f"ingest__{run_id}__2", "open_run", (at(12), "second try"), try_number=2)
    expected = ["first try", "second try", "old", "older"]
    assert await messages(logging_api, run_id) == [expected]
    assert await messages(logging_api, run_id, limit=1) == [[message] for message in expected]


async def test_only_logs_that_may_hold_the_next_lines_are_read(
    logging_api: RunningApi, airflow: FakeTaskLogs, world: World
) -> None:
    run_id = world.run()
    for index in range(30):
        began, ended = (f"2026-03-01T12:{index:02}:{second:02}Z" for second in (0, 30))
        line = (began, f"line {index}")
        airflow.log(f"ingest__{run_id}__1", "crawl", line, map_index=index, end_date=ended)
    async with logging_api.client() as http:
        await http.get(f"/runs/{run_id}/logs", params={"limit": 3})
    assert len(airflow.read) == 8
    airflow.read.clear()
    pages = await messages(logging_api, run_id, limit=10)
    assert [message for page in pages for message in page] == [
        f"line {index}" for index in range(30)
    ]
    assert len(airflow.read) < 60


async def test_the_paths_of_airflows_log_files_are_not_shown(
    logging_api: RunningApi, airflow: FakeTaskLogs, world: World
) -> None:
    run_id = world.run()
    dag_run = f"ingest__{run_id}__1"
    header = (
        "::group::Log message source details",
        "/opt/airflow/logs/attempt=1.log",
        "::endgroup::",
        "::group::Pre task execution logs",
    )
    airflow.log(dag_run, "open_run", *((at(0), event) for event in header))
    (one,) = airflow.tries[dag_run]
    failure = {"timestamp": at(1), "event": "Task failed", "level": "error"}
    one["log"].append(failure | {"error_detail": [{"exc_type": "KeyError", "exc_value": "'a'"}]})
    assert await messages(logging_api, run_id) == [["Task failed\nKeyError: 'a'"]]


async def test_a_run_that_airflow_does_not_know_yet_has_no_logs(
    logging_api: RunningApi, world: World
) -> None:
    assert await messages(logging_api, world.run()) == [[]]


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "W10", "é", "=" * 9])
async def test_a_cursor_that_is_none_is_refused(
    logging_api: RunningApi, world: World, cursor: str
) -> None:
    async with logging_api.client() as http:
        answer = await http.get(f"/runs/{world.run()}/logs", params={"cursor": cursor})
    assert problem(answer) == (422, "invalid_request")


async def test_an_unreachable_airflow_is_reported(
    engine: Engine, settings: Settings, world: World
) -> None:
    run_id = world.run()
    away = settings.model_copy(update={"airflow_url": f"http://127.0.0.1:{free_port()}"})
    for told in (away, settings):
        async with run_api(told) as api, api.client() as http:
            answer = await http.get(f"/runs/{run_id}/logs")
            assert problem(answer) == (503, "airflow_unavailable")


async def test_logs_of_a_sweep_are_those_of_the_one_run_that_asked_for_it(
    logging_api: RunningApi, airflow: FakeTaskLogs, world: World
) -> None:
    """Check that a user who awaits another user's check does not see the logs of the sweep."""
    hers = world.run("ada", "acme", "bolt")
    airflow.log(f"ingest__{hers}__1", "source_urls", (at(0), "listed bolt"))
    waiting = world.run("bob", "acme")
    mixed = world.run("eve", "acme", "cobalt")
    airflow.log(f"ingest__{mixed}__1", "source_urls", (at(0), "listed cobalt"))

    async def told(user: str, run_id: int) -> list[str]:
        async with logging_api.client(user) as http:
            answer = await http.get(f"/runs/{run_id}/logs")
        assert answer.status_code == 200, answer.text
        return [item["message"] for item in answer.json()["items"]]

    assert await told("ada", hers) == ["listed bolt"]
    assert await told("bob", waiting) == []
    assert await told("eve", mixed) == ["listed cobalt"]
    world.initialize(hers)
    for company, external_id in (("acme", "1"), ("bolt", "2")):
        world.list_jobs(hers, external_id, company=company)
    world.ingest(hers)
    world.flush_all(hers, "ready")
    world.end(hers)
    assert await told("bob", waiting) == []
    async with logging_api.client("bob") as bob:
        adopting = (await bob.post("/start")).json()["run_id"]
    assert await told("bob", adopting) == []
