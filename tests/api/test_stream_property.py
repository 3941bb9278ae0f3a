"""Tests that the state that each client has built from its events equals the state in the database.

Hypothesis chooses the events of a test and their order. Streams and connections are cut,
notifications are lost, and the API is restarted. At the same time, sweeps continue and runs end.
Two clients watch each run. Like browsers, they keep their state and their last event id when a
connection is cut.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import httpx
import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given, strategies
from sqlalchemy import Connection, Engine, event, text

from include.core.runs.progress import WatchedRun, fold
from include.core.runs.run_state import RunStatus
from include.db.engine import make_engine
from include.db.run.progress import list_run_jobs, read_head
from include.settings import Settings
from tests.api.conftest import RunningApi, run_api
from tests.api.sse import Refused, watching
from tests.api.watched_world import USERS, Step, WatchedWorld
from tests.databases import empty_tables

pytestmark = pytest.mark.integration

Happening = (
    Step
    | Literal[
        "unheard flush",
        "cut all",
        "cut one",
        "rotate",
        "restart the API",
        "kill the LISTEN backend",
        "look",
    ]
)


class Api:
    """A server of the API that tests can stop and start again."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._stop = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None
        self.running: RunningApi | None = None

    async def start(self) -> None:
        self._stop.clear()
        up = asyncio.Event()
        self._serving = asyncio.create_task(self._serve(up))
        await up.wait()

    async def _serve(self, up: asyncio.Event) -> None:
        async with run_api(self._settings) as self.running:
            up.set()
            await self._stop.wait()
            self.running = None

    async def stop(self) -> None:
        self._stop.set()
        assert self._serving is not None
        await self._serving


@dataclass
class Client:
    """A client that reconnects until it has seen the end of the run."""

    user: str
    run_id: int
    state: WatchedRun = field(default_factory=WatchedRun)
    last_id: str | None = None
    connection: asyncio.Task[None] | None = None

    async def watch(self, api: Api) -> None:
        while not self.state.ended:
            running = api.running
            if running is None:
                await asyncio.sleep(0.01)
                continue
            self.connection = asyncio.create_task(self._watch_once(running))
            await asyncio.wait([self.connection])
            if not self.connection.cancelled() and (error := self.connection.exception()):
                # The server answers 429 until it notices that this user's cut streams have ended.
                # 503 is temporary, too. Such a client tries again.
                later = isinstance(error, Refused) and error.status in {429, 503}
                if not (later or isinstance(error, httpx.TransportError)):
                    raise error

    async def _watch_once(self, api: RunningApi) -> None:
        async with (
            api.client(self.user) as http,
            watching(http, self.run_id, last_id=self.last_id, state=self.state) as watcher,
        ):
            while True:
                try:
                    event = await watcher.next_of_any_name()
                except StopAsyncIteration:
                    return
                self.state = fold(self.state, event.event, event.data)
                self.last_id = event.id

    def cut(self) -> None:
        if self.connection is not None:
            self.connection.cancel()

    @property
    def shown_state(self) -> tuple[RunStatus | None, dict[tuple[str, str], str]]:
        return self.state.status, {
            (company, external_id): job.status.value
            for company, of_company in self.state.jobs.items()
            for external_id, job in of_company.items()
        }


@dataclass(frozen=True)
class Scenario:
    engine: Engine
    world: WatchedWorld
    unheard: WatchedWorld
    """The same users and runs as ``world``, but changes made here send no notifications."""
    clients: Sequence[Client]
    api: Api

    async def take(self, happening: Happening, number: int) -> None:
        match happening:
            case "unheard flush":
                await asyncio.to_thread(self.unheard.take, "flush", number)
            case "cut all":
                for client in self.clients:
                    client.cut()
            case "cut one":
                self.clients[number % len(self.clients)].cut()
            case "rotate":
                assert self.api.running is not None
                self.api.running.time_streams(lifetime=0.05 * (1 + number % 6))
            case "restart the API":
                await self.api.stop()
                await self.api.start()
            case "kill the LISTEN backend":
                with self.engine.begin() as connection:
                    connection.execute(_KILL)
            case "look":
                await self.all_agree()
            case _:
                await asyncio.to_thread(self.world.take, happening, number)

    def database(self) -> list[tuple[RunStatus, dict[tuple[str, str], str]]]:
        """Return the state that each client should have.

        Until its run ingests or ends, it has no jobs.
        """
        snapshots = self.engine.execution_options(isolation_level="REPEATABLE READ")
        found: list[tuple[RunStatus, dict[tuple[str, str], str]]] = []
        with snapshots.connect() as connection:
            for client in self.clients:
                head = read_head(connection, client.run_id)
                assert head is not None
                run_jobs = list_run_jobs(connection, head, limit=1000)
                jobs = {(job.company, job.external_id): job.status.value for job in run_jobs}
                is_told = head.ended or head.status is RunStatus.INGESTING
                found.append((head.status, jobs if is_told else {}))
        return found

    async def all_agree(self) -> None:
        """Wait until the state of every client equals that in the database.

        The time limit allows for a lost notification and a reconnection. The function polls: the
        clients' tasks end only when their runs end, so it cannot await them.
        """
        truth = self.database()
        try:
            async with asyncio.timeout(60):
                while [client.shown_state for client in self.clients] != truth:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            assert [client.shown_state for client in self.clients] == truth


_KILL = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE application_name = 'jobhunt-listen'"
)


@pytest.fixture
def unheard(postgres_url: str) -> Iterator[Engine]:
    """Return an engine that does not send the notifications of its transactions."""
    engine = make_engine(postgres_url)

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def drop(  # noqa: PLR0913, RUF100 - SQLAlchemy passes these arguments
        connection: Connection,
        cursor: object,
        statement: str,
        parameters: object,
        context: object,
        many: bool,
    ) -> tuple[str, object]:
        if "pg_notify" in statement:
            return "SELECT 1", {}
        return statement, parameters

    yield engine
    engine.dispose()


happenings: strategies.SearchStrategy[list[tuple[Happening, int]]] = strategies.lists(
    strategies.tuples(
        strategies.one_of(
            strategies.sampled_from(["advance", "flush", "flush", "unheard flush"]),
            strategies.sampled_from(
                [
                    *("advance", "finish", "abort", "cut all", "cut one", "rotate"),
                    *("restart the API", "kill the LISTEN backend", "look", "look"),
                ]
            ),
        ),
        strategies.integers(0, 127),
    ),
    min_size=20,
    max_size=50,
)


@hypothesis.settings(
    max_examples=8,
    deadline=None,
    # The phase that shrinks failed examples is left out, because each example takes seconds.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(happenings=happenings)
def test_what_a_client_has_folded_is_what_the_database_has(
    engine: Engine,
    unheard: Engine,
    settings: Settings,
    happenings: list[tuple[Happening, int]],
) -> None:
    asyncio.run(live(engine, unheard, settings, happenings))


async def live(
    engine: Engine, unheard: Engine, settings: Settings, happenings: list[tuple[Happening, int]]
) -> None:
    with engine.begin() as connection:
        empty_tables(connection)
    world = WatchedWorld(engine)
    for number in range(len(USERS)):
        world.take("start", number)
    clients = [
        Client(user, run_id) for user, run_id in zip(USERS, world.runs, strict=True) for _ in "ab"
    ]
    api = Api(settings)
    await api.start()
    watching_all = [asyncio.create_task(client.watch(api)) for client in clients]
    scene = Scenario(engine, world, WatchedWorld(unheard), clients, api)
    try:
        for happening, number in happenings:
            await scene.take(happening, number)
        for number in range(len(USERS)):
            await scene.take("abort", number)
        await scene.all_agree()
        await asyncio.wait_for(asyncio.gather(*watching_all), 60)
    finally:
        for client in clients:
            client.cut()
        for task in watching_all:
            task.cancel()
        await asyncio.gather(*watching_all, return_exceptions=True)
        await api.stop()
