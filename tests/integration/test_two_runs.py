"""Two runs of one user, of which the older stalled: every order in which their steps may fall."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import combinations
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, text

from include.core.outcomes import Failed, Started
from include.core.run_state import RunStatus
from include.db.jobs import expire_missing, upsert_listed
from include.db.runs import Run, end_run
from include.errors import RunSuperseded
from include.pipeline.flush import Outcomes
from include.pipeline.mark_expired import mark_expired
from include.pipeline.upsert_jobs import upsert_jobs
from tests.made_up_runs import USER, MadeUpRuns

pytestmark = pytest.mark.integration

OLD = ("list", "upsert", "expire")
NEW = ("abort the old", "open", "list", "upsert", "expire")
ROUNDS = 1000


def interleavings() -> Iterator[tuple[tuple[str, str], ...]]:
    """Each of the two keeps its own order."""
    length = len(OLD) + len(NEW)
    for places in combinations(range(length), len(OLD)):
        old, new = iter(OLD), iter(NEW)
        yield tuple(
            ("old", next(old)) if place in places else ("new", next(new)) for place in range(length)
        )


class TwoRuns:
    """The first day named jobs 0 to 5. The old run's listing lacks 5, the new one's lacks 4."""

    def __init__(self, runs: MadeUpRuns, user_id: str, *, fenced: bool) -> None:
        self.runs = runs
        self.user_id = user_id
        self.fenced = fenced
        self.open_at: dict[str, Run] = {}

    def begin(self) -> None:
        self.runs.follow("acme", user_id=self.user_id)
        first = self._open()
        self._step(first, "list", range(6))
        self._step(first, "upsert")
        self._end(first)
        self.open_at["old"] = self._open()

    def step(self, run: str, name: str) -> None:
        match name:
            case "abort the old":
                self._end(self.open_at["old"])
            case "open":
                self.open_at["new"] = self._open()
            case _:
                listed = {"old": (0, 1, 2, 3, 4), "new": (0, 1, 2, 3, 5)}[run]
                with suppress(RunSuperseded):
                    self._step(self.open_at[run], name, listed)

    def expired(self) -> set[str]:
        query = "SELECT external_id FROM jobs WHERE status = 'expired' AND user_id = :user"
        return {row.external_id for row in self.runs.rows(query, user=self.user_id)}

    def _open(self) -> Run:
        run_id = self.runs.start(self.user_id)
        self.runs.dispatch()
        self.runs.open(run_id)
        return self.runs.present(run_id)

    def _end(self, run: Run) -> None:
        with self.runs.engine.begin() as connection:
            end_run(connection, run.run_id, RunStatus.ABORTED)

    def _step(self, run: Run, name: str, listed: tuple[int, ...] | range = ()) -> None:
        engine = self.runs.engine
        steps: dict[str, Callable[[], object]] = {
            "list": lambda: self.runs.list_jobs(run, "acme", listed),
            "upsert": lambda: upsert_jobs(engine, run),
            "expire": lambda: mark_expired(engine, run, hold_ratio=0.5, hold_min=10),
        }
        if self.fenced or name == "list":
            steps[name]()
            return
        with engine.begin() as connection:
            if name == "upsert":
                upsert_listed(connection, run.run_id, self.user_id, 1)
            else:
                expire_missing(connection, run.run_id, self.user_id, 1, {"acme": 1})


@pytest.mark.parametrize("fenced", [True, False])
def test_nothing_that_the_newer_run_has_seen_expires_in_any_order(
    engine: Engine, fenced: bool
) -> None:
    """Also where the steps of the old run had passed the fence before it ended."""
    orders = list(interleavings())
    assert len(orders) == 56
    for number, order in enumerate(orders):
        two = TwoRuns(MadeUpRuns(engine=engine), f"user-{number}", fenced=fenced)
        two.begin()
        seen_by_new: set[str] = set()
        for run, name in order:
            two.step(run, name)
            if (run, name) == ("new", "upsert"):
                seen_by_new = {"0", "1", "2", "3", "5"}
            assert not two.expired() & seen_by_new, order
        assert two.expired() == {"4"}, order


def test_upserts_of_the_same_jobs_listed_in_opposite_orders_never_deadlock(
    engine: Engine,
) -> None:
    runs = MadeUpRuns(engine=engine)
    runs.follow("acme")
    ids = range(40)
    made = []
    for listed in (ids, reversed(ids)):
        run_id = runs.start()
        runs.dispatch()
        runs.open(run_id)
        run = runs.present(run_id)
        runs.list_jobs(run, "acme", listed)
        made.append(run.run_id)
        # only one run of a user is active: the first goes on behind the state's back
        runs.execute("UPDATE ingestion_runs SET status = 'finished'")
    barrier = Barrier(len(made))
    errors: list[BaseException] = []

    def upsert_over_and_over(run_id: int) -> None:
        try:
            with engine.connect() as connection:
                for number in range(ROUNDS):
                    barrier.wait(30)
                    if run_id == made[0]:
                        connection.execute(text("UPDATE jobs SET run_id = 0"))
                        connection.commit()
                    barrier.wait(30)
                    upsert_listed(connection, run_id, USER, number)
                    connection.commit()
        except BaseException as error:
            errors.append(error)
            barrier.abort()

    threads = [Thread(target=upsert_over_and_over, args=(run_id,)) for run_id in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    assert runs.rows(deadlocks)[0].deadlocks == 0
    assert len(runs.rows("SELECT 1 FROM jobs")) == len(ids)


def test_a_flush_leaves_alone_jobs_of_another_run(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    mine, other = runs.ingesting(), runs.ingesting(user_id="grace")
    outcomes = Outcomes(engine, mine)
    for (job_id,) in runs.rows("SELECT job_id FROM jobs"):
        outcomes.add(Started(job_id=job_id))
        outcomes.add(Failed(job_id=job_id, code="http", message="500"))
    outcomes.flush()
    assert set(runs.jobs(mine.run_id).values()) == {"failed"}
    assert set(runs.jobs(other.run_id).values()) == {"pending"}
