"""Tests that a run gets exactly one DAG run, whatever fails between our API and Airflow."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import Engine, func, select

from api.airflow import AirflowClient
from api.dispatcher import Dispatcher
from include.core.runs.run_state import CheckStatus, RunStatus, SweepStatus
from include.db.engine import make_unpooled_async_engine
from include.db.run.progress import read_run
from include.db.tables import outbox
from include.db.work.checks import active_checks
from include.db.work.outbox import due_intents, seconds_to_next_try
from include.db.work.sweeps import close_sweep
from include.pipeline.runs.settle_checks import end_early
from include.pipeline.start_daily_runs import start_daily_runs
from include.settings import Settings
from local.ports import free_port
from tests.api.conftest import RunningApi, run_api
from tests.api.fake_airflow import FakeAirflow, Fault
from tests.api.sse import watching
from tests.api.world import World

pytestmark = pytest.mark.integration


@pytest.fixture
def airflow() -> FakeAirflow:
    return FakeAirflow()


def with_airflow(settings: Settings, port: int) -> Settings:
    login = {"airflow_user": "admin", "airflow_password": SecretStr("secret")}
    return settings.model_copy(update={"airflow_url": f"http://127.0.0.1:{port}", **login})


@pytest_asyncio.fixture
async def dispatching(
    engine: Engine, settings: Settings, airflow: FakeAirflow
) -> AsyncIterator[RunningApi]:
    async with (
        airflow.server() as server,
        run_api(with_airflow(settings, server.port or 0)) as api,
    ):
        yield api


async def start(api: RunningApi) -> int:
    async with api.client() as http:
        answer = await http.post("/start", headers={"X-Request-ID": "request-1"})
    assert answer.status_code == 202, answer.text
    return answer.json()["run_id"]


async def eventually(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Poll until the condition is true.

    It depends on the clock of another process, so the test cannot await it.
    """
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - see the docstring
            await asyncio.sleep(0.02)


def is_done(engine: Engine, run_id: int) -> bool:
    with engine.connect() as connection:
        query = select(outbox.c.done_at).where(outbox.c.sweep_id == run_id)
        return connection.scalar(query) is not None


def is_anything_left(engine: Engine) -> bool:
    with engine.connect() as connection:
        unsent = select(func.count()).select_from(outbox).where(outbox.c.done_at.is_(None))
        return bool(connection.scalar(unsent))


async def test_a_started_run_is_dispatched_at_once(
    dispatching: RunningApi, world: World, airflow: FakeAirflow, engine: Engine
) -> None:
    world.follow()
    run_id = await start(dispatching)
    async with asyncio.timeout(2):
        await airflow.triggered.wait()
    assert airflow.dag_runs == {
        f"ingest__{run_id}__1": {
            "run_id": run_id,
            "user_id": "ada",
            "companies": None,
            "force": False,
            "reextract": False,
            "request_id": "request-1",
        }
    }
    await eventually(lambda: is_done(engine, run_id))


FAULTS: list[tuple[Fault, ...]] = [
    ("503", "503"),
    ("lost answer",),
    ("lost request",),
    ("503", "lost answer", "503"),
    ("401",),
    ("404", "404"),
]


@pytest.mark.parametrize("faults", FAULTS, ids=", ".join)
async def test_a_fault_of_airflow_neither_loses_nor_doubles_the_dag_run(
    faults: tuple[Fault, ...],
    dispatching: RunningApi,
    world: World,
    airflow: FakeAirflow,
    engine: Engine,
) -> None:
    world.follow()
    airflow.faults.extend(faults)
    run_id = await start(dispatching)
    await eventually(lambda: is_done(engine, run_id))
    assert list(airflow.dag_runs) == [f"ingest__{run_id}__1"]
    assert not airflow.faults
    with engine.connect() as connection:
        report = read_run(connection, run_id)
    assert report is not None
    assert report.status is RunStatus.PENDING


async def test_a_refusal_ends_the_run_and_says_why(
    dispatching: RunningApi, world: World, airflow: FakeAirflow, engine: Engine
) -> None:
    world.follow()
    airflow.faults.append("400")
    run_id = await start(dispatching)
    await eventually(lambda: is_done(engine, run_id))
    with engine.connect() as connection:
        report = read_run(connection, run_id)
    assert report is not None
    assert report.status is RunStatus.ERROR
    assert report.error is not None
    assert report.error.code == "airflow_refused"
    assert report.error.message == (
        "could not check acme: Airflow refuses: as asked for (400 Bad Request)"
    )
    assert len(airflow.posts) == 1


async def test_a_dag_that_airflow_has_not_parsed_yet_is_waited_for_and_the_run_says_so(
    dispatching: RunningApi, world: World, airflow: FakeAirflow, engine: Engine
) -> None:
    world.follow()
    airflow.faults.extend(["404"] * 1000)
    run_id = await start(dispatching)
    waiting_for = "Airflow does not know the DAG ingest_jobs yet"
    async with dispatching.client() as http:
        async with watching(http, run_id) as watcher, asyncio.timeout(60):
            while not (watcher.state.progress or {}).get("waiting_for"):
                await watcher.next_of_any_name()
        assert watcher.state.progress is not None
        assert watcher.state.progress["waiting_for"] == waiting_for
        run = (await http.get(f"/runs/{run_id}")).json()
        assert (run["status"], run["waiting_for"]) == ("pending", waiting_for)
        airflow.faults.clear()
        await eventually(lambda: is_done(engine, run_id))
        run = (await http.get(f"/runs/{run_id}")).json()
        assert (run["status"], run["waiting_for"]) == ("pending", None)
    assert len(airflow.dag_runs) == 1


async def test_a_dag_run_of_that_id_that_is_not_ours_ends_the_run(
    dispatching: RunningApi, world: World, airflow: FakeAirflow, engine: Engine
) -> None:
    world.follow()
    airflow.dag_runs["ingest__1__1"] = {"run_id": 77}
    run_id = await start(dispatching)
    assert run_id == 1
    await eventually(lambda: is_done(engine, run_id))
    with engine.connect() as connection:
        report = read_run(connection, run_id)
    assert report is not None
    assert report.error is not None
    assert report.error.code == "dag_run_taken"


async def test_start_answers_while_airflow_is_down_and_the_run_is_dispatched_later(
    engine: Engine, settings: Settings, world: World, airflow: FakeAirflow
) -> None:
    world.follow()
    port = free_port()
    async with run_api(with_airflow(settings, port)) as api:
        began = time.monotonic()
        run_id = await start(api)
        assert time.monotonic() - began < 2
        tries = select(outbox.c.tries, outbox.c.last_error).where(outbox.c.sweep_id == run_id)

        def was_tried() -> bool:
            with engine.connect() as connection:
                row = connection.execute(tries).one()
            return row.tries > 0 and "can't be reached" in row.last_error

        await eventually(was_tried)
        async with airflow.server(port):
            await eventually(lambda: is_done(engine, run_id))
            assert list(airflow.dag_runs) == [f"ingest__{run_id}__1"]


async def test_an_aborted_run_is_not_dispatched(
    engine: Engine, settings: Settings, world: World, airflow: FakeAirflow
) -> None:
    world.follow()
    async with run_api(settings) as api:
        run_id = await start(api)
        async with api.client() as http:
            assert (await http.post(f"/runs/{run_id}/abort")).status_code == 202
    async with (
        airflow.server() as server,
        run_api(with_airflow(settings, server.port or 0)),
    ):
        await eventually(lambda: is_done(engine, run_id))
    assert airflow.posts == []


async def test_one_of_two_dispatchers_works_and_the_other_takes_over(
    engine: Engine,
    settings: Settings,
    postgres_url: str,
    world: World,
    airflow: FakeAirflow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.dispatcher._POLL_SECONDS", 0.1)
    async with airflow.server() as server, AsyncExitStack() as stack:
        client = AirflowClient(str(server.make_url("/")), "admin", "secret")
        stack.push_async_callback(client.aclose)
        works: list[asyncio.Task[None]] = []
        for _ in range(2):
            one = make_unpooled_async_engine(postgres_url)
            stack.push_async_callback(one.dispose)
            works.append(asyncio.create_task(Dispatcher(one, client).run()))
        for user in ("ada", "bob"):
            for n in range(3):
                world.run(f"{user}{n}", f"{user}{n}")
            await eventually(lambda: not is_anything_left(engine))
            first = works.pop(0)
            first.cancel()
            await asyncio.wait([first])
        assert len(airflow.posts) == len(airflow.dag_runs) == 6
        assert airflow.logins == 1


async def test_abort_marks_the_dag_run_failed(
    dispatching: RunningApi, world: World, airflow: FakeAirflow, engine: Engine
) -> None:
    world.follow()
    run_id = await start(dispatching)
    await eventually(lambda: is_done(engine, run_id))
    async with dispatching.client() as http:
        assert (await http.post(f"/runs/{run_id}/abort")).status_code == 202
    await eventually(lambda: airflow.failed == [f"ingest__{run_id}__1"])


async def test_airflow_refusing_the_login_keeps_the_run_waiting(
    engine: Engine, settings: Settings, world: World, airflow: FakeAirflow
) -> None:
    world.follow()
    async with airflow.server() as server:
        wrong = with_airflow(settings, server.port or 0).model_copy(
            update={"airflow_password": SecretStr("wrong")}
        )
        async with run_api(wrong) as api:
            run_id = await start(api)
            tries = select(outbox.c.tries).where(outbox.c.sweep_id == run_id)

            def was_tried() -> bool:
                with engine.connect() as connection:
                    return (connection.scalar(tries) or 0) > 0

            await eventually(was_tried)
            async with api.client() as http:
                answer = await http.get(f"/runs/{run_id}")
    assert answer.json()["status"] == "pending"


async def test_scheduled_sweeps_are_handed_over_a_few_at_a_time_and_behind_people(
    dispatching: RunningApi, world: World, airflow: FakeAirflow, engine: Engine
) -> None:
    slugs = [f"board{number}" for number in range(6)]
    world.follow("ada", *slugs)
    start_daily_runs(engine, fresh_for=timedelta(0), sweep_boards=1)

    def handed_over() -> int:
        with engine.connect() as connection:
            done = select(func.count()).select_from(outbox).where(outbox.c.done_at.is_not(None))
            return connection.scalar(done) or 0

    await eventually(lambda: handed_over() == len(airflow.dag_runs) == 4)
    with engine.connect() as connection:
        assert due_intents(connection, 100) == []
        # None means that no intent has a known due time, so the dispatcher does not poll for one.
        assert seconds_to_next_try(connection) is None
    world.follow("bob", "bolt")
    async with dispatching.client("bob") as bob:
        run_id = (await bob.post("/start")).json()["run_id"]
    await eventually(lambda: is_done(engine, run_id))
    assert len(airflow.dag_runs) == 5
    assert f"ingest__{run_id}__1" in airflow.dag_runs
    with engine.begin() as connection:
        (first, *_) = airflow.dag_runs.values()
        sweep_id = first["run_id"]
        end_early(
            connection,
            list(active_checks(connection, sweep_id)),
            CheckStatus.CANCELLED,
            error_code="aborted",
        )
        assert close_sweep(connection, sweep_id, SweepStatus.CANCELLED)
    await eventually(lambda: len(airflow.dag_runs) == 6)
