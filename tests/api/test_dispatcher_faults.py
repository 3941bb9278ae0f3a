"""Tests that a run gets exactly one DAG run when Airflow is stopped, killed or slow.

A proxy makes real connections fail, for example between the request for a DAG run and its response.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from sqlalchemy import Engine, extract, func, select, text, update

from api.airflow import AirflowClient
from api.dispatcher import Dispatcher
from include.core.models import RunTrigger
from include.core.runs.run_state import RunStatus
from include.core.runs.staleness import Remedy
from include.db.engine import make_unpooled_async_engine
from include.db.run.progress import read_head, read_run
from include.db.tables import outbox
from include.pipeline.runs.start_run import start_run
from local.ports import free_port
from tests.api.fake_airflow import FakeAirflow
from tests.api.fault_proxy import Fault, FaultProxy, fault_proxy
from tests.api.processes import ApiProcess, api_process
from tests.api.world import World
from tests.made_up_runs import MadeUpRuns

pytestmark = pytest.mark.integration


@dataclass(frozen=True, kw_only=True)
class AirflowBehindProxy:
    """A fake Airflow behind the proxy, and functions that look at the intents in the outbox."""

    airflow: FakeAirflow
    proxy: FaultProxy
    engine: Engine

    def start(self, user: str = "ada") -> int:
        with self.engine.begin() as connection:
            return start_run(connection, user_id=user, trigger=RunTrigger.API, max_age=timedelta(0))

    def left(self) -> int:
        with self.engine.connect() as connection:
            unsent = select(func.count()).select_from(outbox).where(outbox.c.done_at.is_(None))
            return connection.scalar(unsent) or 0

    async def wait_for_tries(self, times: int) -> None:
        async with asyncio.timeout(20):
            while True:
                with self.engine.connect() as connection:
                    if (connection.scalar(select(outbox.c.tries)) or 0) >= times:
                        return
                await asyncio.sleep(0.01)

    def skip_pause(self) -> float:
        """End the pause before the next try, and return how many seconds of it were left."""
        seconds_left = extract("epoch", outbox.c.next_try_at - func.now())
        with self.engine.begin() as connection:
            pause = connection.scalar(select(seconds_left))
            connection.execute(update(outbox).values(next_try_at=func.now()))
        return max(0.0, float(pause or 0))

    async def wait_until_dispatched(self, seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while self.left():  # noqa: ASYNC110 - another process changes this
                await asyncio.sleep(0.02)


@pytest_asyncio.fixture
async def airflow_proxy(engine: Engine, world: World) -> AsyncIterator[AirflowBehindProxy]:
    world.follow()
    airflow = FakeAirflow()
    async with (
        airflow.server() as server,
        fault_proxy(server.port or 0, free_port()) as proxy,
    ):
        yield AirflowBehindProxy(airflow=airflow, proxy=proxy, engine=engine)


@asynccontextmanager
async def dispatching(
    airflow_proxy: AirflowBehindProxy, postgres_url: str, *, max_wait: float
) -> AsyncIterator[Dispatcher]:
    """Run a dispatcher that waits at most ``max_wait`` seconds for a response of Airflow."""
    async with AsyncExitStack() as stack:
        client = AirflowClient(
            f"http://127.0.0.1:{airflow_proxy.proxy.port}", "admin", "secret", timeout=max_wait
        )
        stack.push_async_callback(client.aclose)
        engine = make_unpooled_async_engine(postgres_url)
        stack.push_async_callback(engine.dispose)
        dispatcher = Dispatcher(engine, client)
        working = asyncio.create_task(dispatcher.run())
        yield dispatcher
        working.cancel()
        await asyncio.wait([working])


@pytest_asyncio.fixture
async def dispatcher(
    airflow_proxy: AirflowBehindProxy, postgres_url: str
) -> AsyncIterator[Dispatcher]:
    async with dispatching(airflow_proxy, postgres_url, max_wait=0.5) as dispatcher:
        yield dispatcher


FAULTS: list[tuple[Fault, ...]] = [
    ("reset before the request",),
    ("request swallowed",),
    ("answer lost",),
    ("answer swallowed",),
    ("answer dripping",),
    ("answer late",),
    ("answer lost", "answer swallowed", "reset before the request"),
    ("request swallowed", "answer dripping", "answer late"),
]


@pytest.mark.usefixtures("dispatcher")
@pytest.mark.parametrize("faults", FAULTS, ids=", ".join)
async def test_a_network_fault_neither_loses_nor_doubles_the_dag_run(
    faults: tuple[Fault, ...], airflow_proxy: AirflowBehindProxy
) -> None:
    airflow_proxy.proxy.faults.extend(faults)
    run_id = airflow_proxy.start()
    await airflow_proxy.wait_until_dispatched()
    assert list(airflow_proxy.airflow.dag_runs) == [f"ingest__{run_id}__1"]
    assert not airflow_proxy.proxy.faults
    with airflow_proxy.engine.connect() as connection:
        head = read_head(connection, run_id)
    assert head is not None
    assert head.status is RunStatus.PENDING


@pytest.mark.usefixtures("dispatcher")
async def test_airflow_stopped_before_the_start_gets_the_run_when_it_is_back(
    airflow_proxy: AirflowBehindProxy,
) -> None:
    await airflow_proxy.proxy.down()
    run_id = airflow_proxy.start()
    tries = select(outbox.c.tries)
    async with asyncio.timeout(10):
        while True:
            with airflow_proxy.engine.connect() as connection:
                if (connection.scalar(tries) or 0) >= 2:
                    break
            await asyncio.sleep(0.02)
    assert airflow_proxy.airflow.posts == []
    await airflow_proxy.proxy.up()
    await airflow_proxy.wait_until_dispatched()
    assert list(airflow_proxy.airflow.dag_runs) == [f"ingest__{run_id}__1"]


async def test_ten_minutes_without_airflow_lose_nothing_and_the_run_says_what_it_waits_for(
    airflow_proxy: AirflowBehindProxy, dispatcher: Dispatcher
) -> None:
    """Move each next try in the database back, so that ten minutes pass without waiting."""
    await airflow_proxy.proxy.down()
    run_id = airflow_proxy.start()
    gone = 0.0
    tries = 0
    async with asyncio.timeout(60):
        while gone < 600:
            tries += 1
            await airflow_proxy.wait_for_tries(tries)
            pause = airflow_proxy.skip_pause()
            assert pause <= 30
            gone += pause
            dispatcher.wake()
    with airflow_proxy.engine.connect() as connection:
        report = read_run(connection, run_id)
    assert report is not None
    assert report.status is RunStatus.PENDING
    assert "can't be reached" in (report.waiting_for or "")
    await airflow_proxy.proxy.up()
    await airflow_proxy.wait_until_dispatched()
    assert list(airflow_proxy.airflow.dag_runs) == [f"ingest__{run_id}__1"]
    assert tries >= 20


@pytest.mark.parametrize("lost_is_known", [True, False])
async def test_a_recovered_run_has_its_lost_dag_run_failed_before_the_new_one_is_triggered(
    airflow_proxy: AirflowBehindProxy, postgres_url: str, world: World, lost_is_known: bool
) -> None:
    run_id = world.run()
    lost = f"ingest__{run_id}__1"
    if lost_is_known:
        airflow_proxy.airflow.dag_runs[lost] = {"run_id": run_id}
    with airflow_proxy.engine.begin() as connection:
        connection.execute(update(outbox).values(done_at=func.now()))
    runs = MadeUpRuns(engine=airflow_proxy.engine)
    runs.silence(run_id)
    assert runs.recover(run_id) is Remedy.RESUME
    async with dispatching(airflow_proxy, postgres_url, max_wait=20):
        await airflow_proxy.wait_until_dispatched()
    expected = [("failed", lost)] if lost_is_known else []
    assert airflow_proxy.airflow.happened == [*expected, ("triggered", f"ingest__{run_id}__2")]


async def test_a_sweep_that_is_given_up_has_its_dag_run_failed_and_gets_no_other(
    airflow_proxy: AirflowBehindProxy, postgres_url: str, world: World
) -> None:
    """Tasks of the DAG run that hang would otherwise occupy their worker slots forever."""
    run_id = world.run()
    lost = f"ingest__{run_id}__1"
    airflow_proxy.airflow.dag_runs[lost] = {"run_id": run_id}
    with airflow_proxy.engine.begin() as connection:
        connection.execute(update(outbox).values(done_at=func.now()))
    runs = MadeUpRuns(engine=airflow_proxy.engine, max_recoveries=0)
    runs.silence(run_id)
    assert runs.recover(run_id) is Remedy.GIVE_UP
    async with dispatching(airflow_proxy, postgres_url, max_wait=20):
        await airflow_proxy.wait_until_dispatched()
    assert airflow_proxy.airflow.happened == [("failed", lost)]


@pytest.mark.usefixtures("dispatcher")
async def test_one_slow_answer_does_not_hold_back_other_users_for_long(
    airflow_proxy: AirflowBehindProxy, world: World
) -> None:
    users = [f"user{number}" for number in range(6)]
    for user in users:
        world.follow(user, user)
    airflow_proxy.proxy.faults.append("answer dripping")
    for user in users:
        airflow_proxy.start(user)
    await airflow_proxy.wait_until_dispatched(5)
    assert len(airflow_proxy.airflow.dag_runs) == 6


def holder_of_the_lock(engine: Engine) -> int | None:
    """Return the process whose database connection holds the dispatcher's lock."""
    with engine.connect() as connection:
        port = connection.scalar(
            text(
                "SELECT client_port FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE locktype = 'advisory' AND granted"
            )
        )
    # The system may also list an earlier connection that used this port. No process owns that one,
    # so the condition on ``pid`` excludes it.
    ends = (port, engine.url.port)
    for found in psutil.net_connections("tcp"):
        if found.pid and found.raddr and (found.laddr.port, found.raddr.port) == ends:
            return found.pid
    return None


async def test_of_two_api_processes_one_dispatches_and_when_it_is_killed_the_other_does(
    airflow_proxy: AirflowBehindProxy, postgres_url: str, world: World, tmp_path: Path
) -> None:
    settings = {
        "JOBHUNT_AIRFLOW_URL": f"http://127.0.0.1:{airflow_proxy.proxy.port}",
        "JOBHUNT_AIRFLOW_USER": "admin",
        "JOBHUNT_AIRFLOW_PASSWORD": "secret",
    }
    async with (
        api_process(postgres_url, tmp_path / "one.log", settings) as one,
        api_process(postgres_url, tmp_path / "two.log", settings) as two,
    ):
        await start_through_each((one, two), world, "before")
        await airflow_proxy.wait_until_dispatched()
        assert airflow_proxy.airflow.logins == 1
        assert len(airflow_proxy.airflow.posts) == len(airflow_proxy.airflow.dag_runs) == 6
        holder = holder_of_the_lock(airflow_proxy.engine)
        dispatching, other = (one, two) if one.process.pid == holder else (two, one)
        assert dispatching.process.pid == holder
        airflow_proxy.proxy.faults.append("answer swallowed")
        await start_through_each((dispatching,), world, "during")
        async with asyncio.timeout(5):
            while airflow_proxy.proxy.faults:  # noqa: ASYNC110 - another process changes this
                await asyncio.sleep(0.01)
        dispatching.process.kill()
        await dispatching.process.wait()
        await start_through_each((other,), world, "after")
        await airflow_proxy.wait_until_dispatched()
    assert len(airflow_proxy.airflow.dag_runs) == 12
    # Only a request whose response was lost is sent again, so there are few more requests than
    # runs.
    assert len(airflow_proxy.airflow.posts) <= 12 + 3


async def start_through_each(processes: tuple[ApiProcess, ...], world: World, when: str) -> None:
    for process in processes:
        for number in range(3):
            user = f"{when}-{process.port}-{number}"
            world.follow(user, user)
            async with process.client(user) as http:
                answer = await http.post("/start")
            assert answer.status_code == 202, answer.text
