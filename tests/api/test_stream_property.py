"""Whatever happens to streams, notifications, connections and the API itself while workers flush
and runs end, what a client has folded is what the database has.

One example is a run's life: hypothesis chooses what happens and in which order, and three
clients, one of which begins late, keep what they know and their last id across every cut, as
browsers do.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import httpx
import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given, strategies
from sqlalchemy import Connection, Engine, event, select, text

from include.core.fingerprint import Fingerprint
from include.core.outcomes import Changed, Extracted, Failed, Gone, Outcome, Started, Unchanged
from include.core.progress import WatchedRun, fold
from include.core.run_state import RunStatus
from include.db.engine import make_engine
from include.db.progress import read_changes, read_head, read_outcomes
from include.db.runs import Run, end_run, find_active_run, get_run
from include.db.tables import jobs
from include.pipeline.flush import Outcomes
from include.settings import Settings
from tests.api.conftest import RunningApi, run_api
from tests.api.sse import Refused, watching
from tests.api.world import World

pytestmark = pytest.mark.integration

Step = Literal[
    "flush",
    "unheard flush",
    "flush of both workers",
    "cut all",
    "cut one",
    "rotate",
    "restart the API",
    "kill the LISTEN backend",
    "look",
]
_JOBS = 12
_FINGERPRINT = Fingerprint(
    fields_sha256="f", text_sha256="t", simhash=1, tokens=1, feature_version=1
)


@dataclass
class Worker:
    """Moves its jobs on through the pipeline's own flush."""

    run: Run
    waiting: deque[Outcome]

    def flush(self, engine: Engine, count: int) -> None:
        outcomes = Outcomes(engine, self.run)
        for _ in range(min(count, len(self.waiting))):
            outcomes.add(self.waiting.popleft())
        outcomes.flush()


def work_of(job_id: int, end: str) -> list[Outcome]:
    """What happens to one job, in order."""
    started = Started(job_id=job_id)
    changed = Changed(job_id=job_id, raw_key="k", content_sha256="c", fingerprint=_FINGERPRINT)
    match end:
        case "ready":
            posting = {"title": f"Title of job {job_id}"}
            read = Extracted(job_id=job_id, location=None, posting=posting)
            return [started, changed, read]
        case "skipped":
            return [started, Unchanged(job_id=job_id)]
        case "expired":
            return [started, Gone(job_id=job_id, message="gone")]
        case _:
            return [started, Failed(job_id=job_id, code="http", message="500")]


class Api:
    """May be restarted."""

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
    """Reconnects for ever, until it has seen the end."""

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
                # 429 while the server has not yet seen that this user's cut streams are gone
                later = isinstance(error, Refused) and error.status in {429, 503}
                if not (later or isinstance(error, httpx.TransportError)):
                    raise error

    async def _watch_once(self, api: RunningApi) -> None:
        async with (
            api.client() as http,
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
    def belief(self) -> tuple[RunStatus | None, dict[tuple[str, str], str]]:
        return self.state.status, {
            (company, external_id): job.status.value
            for company, of_company in self.state.jobs.items()
            for external_id, job in of_company.items()
        }


@dataclass(frozen=True)
class Scene:
    engine: Engine
    unheard: Engine
    """Whose notifications nobody gets."""
    run_id: int
    workers: tuple[Worker, Worker]
    clients: Sequence[Client]
    api: Api

    async def take(self, step: Step, count: int) -> None:
        one, other = self.workers
        match step:
            case "flush":
                await asyncio.to_thread(one.flush, self.engine, count)
            case "unheard flush":
                await asyncio.to_thread(other.flush, self.unheard, count)
            case "flush of both workers":
                await asyncio.gather(
                    asyncio.to_thread(one.flush, self.engine, count),
                    asyncio.to_thread(other.flush, self.engine, count),
                )
            case "cut all":
                for client in self.clients:
                    client.cut()
            case "cut one":
                self.clients[count % len(self.clients)].cut()
            case "rotate":
                assert self.api.running is not None
                self.api.running.time_streams(lifetime=0.05 * count)
            case "restart the API":
                await self.api.stop()
                await self.api.start()
            case "kill the LISTEN backend":
                with self.engine.begin() as connection:
                    connection.execute(_KILL)
            case "look":
                await self.all_agree()

    def database(self) -> tuple[RunStatus, dict[tuple[str, str], str]]:
        with self.engine.execution_options(
            isolation_level="REPEATABLE READ"
        ).connect() as connection:
            head = read_head(connection, self.run_id)
            assert head is not None
            if head.ended:
                jobs = read_outcomes(connection, head)
            else:
                jobs = read_changes(connection, self.run_id, -1)
        return head.status, {(job.company, job.external_id): job.status for job in jobs}

    async def all_agree(self) -> None:
        """Within what a lost notification and a reconnection may cost; the clients are tasks of
        their own with nothing to await but the end."""
        truth = self.database()
        try:
            async with asyncio.timeout(8):
                while any(client.belief != truth for client in self.clients):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            assert [client.belief for client in self.clients] == [truth] * len(self.clients)


_KILL = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE application_name = 'jobhunt-listen'"
)


@pytest.fixture
def unheard(postgres_url: str) -> Iterator[Engine]:
    engine = make_engine(postgres_url)

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def drop(  # noqa: PLR0913, RUF100 - as SQLAlchemy calls it
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


steps: strategies.SearchStrategy[list[tuple[Step, int]]] = strategies.lists(
    strategies.tuples(strategies.sampled_from(get_args(Step)), strategies.integers(1, 6)),
    min_size=6,
    max_size=24,
)


@hypothesis.settings(
    max_examples=15,
    deadline=None,
    # an example takes seconds: what shrinking would save the reader, it costs the build
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=steps,
    ends=strategies.lists(
        strategies.sampled_from(["ready", "skipped", "expired", "failed"]),
        min_size=_JOBS,
        max_size=_JOBS,
    ),
    end=strategies.sampled_from([RunStatus.FINISHED, RunStatus.ERROR, RunStatus.ABORTED]),
    end_is_heard=strategies.booleans(),
)
def test_what_a_client_has_folded_is_what_the_database_has(
    engine: Engine,
    unheard: Engine,
    world: World,
    settings: Settings,
    steps: list[tuple[Step, int]],
    ends: list[str],
    end: RunStatus,
    end_is_heard: bool,
) -> None:
    with engine.begin() as connection:
        end_active_run(connection)
    asyncio.run(
        live(engine, unheard, world, settings, steps, ends, (end, end_is_heard)),
    )


async def live(
    engine: Engine,
    unheard: Engine,
    world: World,
    settings: Settings,
    steps: list[tuple[Step, int]],
    ends: list[str],
    end: tuple[RunStatus, bool],
) -> None:
    run_id = world.run()
    clients = [Client(run_id) for _ in range(3)]
    api = Api(settings)
    await api.start()
    early = [asyncio.create_task(client.watch(api)) for client in clients[:2]]
    try:
        world.initialize(run_id)
        world.list_jobs(run_id, *(str(number) for number in range(_JOBS)))
        world.ingest(run_id)
        early.append(asyncio.create_task(clients[2].watch(api)))
        scene = Scene(engine, unheard, run_id, workers_of(engine, run_id, ends), clients, api)
        for step, count in steps:
            await scene.take(step, count)
        await finish(scene, *end)
        await scene.all_agree()
        await asyncio.wait_for(asyncio.gather(*early), 8)
    finally:
        for client in clients:
            client.cut()
        for task in early:
            task.cancel()
        await asyncio.gather(*early, return_exceptions=True)
        await api.stop()


async def finish(scene: Scene, status: RunStatus, heard: bool) -> None:
    if status is RunStatus.FINISHED:
        for worker in scene.workers:
            await asyncio.to_thread(worker.flush, scene.engine, len(worker.waiting))
    with (scene.engine if heard else scene.unheard).begin() as connection:
        assert end_run(connection, scene.run_id, status)


def workers_of(engine: Engine, run_id: int, ends: list[str]) -> tuple[Worker, Worker]:
    with engine.connect() as connection:
        run = get_run(connection, run_id)
        ids = list(connection.scalars(select(jobs.c.job_id).where(jobs.c.run_id == run_id)))
    assert run is not None
    work = [work_of(job_id, end) for job_id, end in zip(sorted(ids), ends, strict=True)]
    half = len(work) // 2
    return worker_of(run, work[:half]), worker_of(run, work[half:])


def worker_of(run: Run, work: list[list[Outcome]]) -> Worker:
    """Its jobs side by side: the first step of each, then the second, and so on."""
    rounds = itertools.zip_longest(*work)
    return Worker(run, deque(outcome for row in rounds for outcome in row if outcome))


def end_active_run(connection: Connection) -> None:
    """Which an example that failed may have left."""
    run = find_active_run(connection, "ada")
    if run is not None:
        end_run(connection, run.run_id, RunStatus.ABORTED)
