"""Tests of two checks of a board whose steps are taken in every order.

The older check has stalled.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import combinations
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, text

from include.core.checking.outcomes import Failed, Started
from include.db.catalogue.jobs import expire_missing, upsert_listed
from include.db.work.sweeps import Sweep
from include.errors import SweepSuperseded
from include.pipeline.mark_expired import mark_expired
from include.pipeline.pages.flush import Outcomes
from include.pipeline.runs.abort_run import abort_run, close_idle_sweeps
from tests.made_up_runs import NEVER, MadeUpRuns

pytestmark = pytest.mark.integration

OLD = ("list", "upsert", "expire")
NEW = ("abort the old", "open", "list", "upsert", "expire")
ROUNDS = 1000 if os.environ.get("JOBHUNT_CHAOS") == "long" else 200
"""The number of times that two checks upsert the same jobs at once."""


def interleavings() -> Iterator[tuple[tuple[str, str], ...]]:
    """Yield all orders of the steps of two checks.

    In each, the steps of one check keep their own order.
    """
    length = len(OLD) + len(NEW)
    for places in combinations(range(length), len(OLD)):
        old, new = iter(OLD), iter(NEW)
        yield tuple(
            ("old", next(old)) if place in places else ("new", next(new)) for place in range(length)
        )


class TwoChecks:
    """Two checks of a board that had listed the jobs 0 to 5 before.

    The listing of the old check lacks job 5, and that of the new check lacks job 4.
    """

    def __init__(self, runs: MadeUpRuns, slug: str, *, fenced: bool) -> None:
        self.runs = runs
        self.slug = slug
        self.fenced = fenced
        self.open_at: dict[str, Sweep] = {}

    def begin(self) -> None:
        self.runs.follow(self.slug, user_id=self.slug)
        first = self._open()
        self._step(first, "list", range(6))
        self._step(first, "upsert")
        self._end(first)
        self.open_at["old"] = self._open()

    def step(self, check: str, name: str) -> None:
        match name:
            case "abort the old":
                self._end(self.open_at["old"])
            case "open":
                self.open_at["new"] = self._open()
            case _:
                listed = {"old": (0, 1, 2, 3, 4), "new": (0, 1, 2, 3, 5)}[check]
                with suppress(SweepSuperseded):
                    self._step(self.open_at[check], name, listed)

    def expired(self) -> set[str]:
        query = """
            SELECT external_id FROM jobs JOIN companies USING (board_id)
            WHERE status = 'expired' AND slug = :slug
        """
        return {row.external_id for row in self.runs.rows(query, slug=self.slug)}

    def _open(self) -> Sweep:
        sweep_id = self.runs.start(self.slug)
        self.runs.dispatch()
        self.runs.open(sweep_id)
        return self.runs.current_sweep(sweep_id)

    def _end(self, sweep: Sweep) -> None:
        with self.runs.engine.begin() as connection:
            cancelled = abort_run(connection, sweep.sweep_id)
        assert cancelled
        with self.runs.engine.begin() as connection:
            close_idle_sweeps(connection, cancelled)

    def _step(self, sweep: Sweep, name: str, listed: tuple[int, ...] | range = ()) -> None:
        engine = self.runs.engine
        steps: dict[str, Callable[[], object]] = {
            "list": lambda: self.runs.list_jobs(sweep, self.slug, listed),
            "upsert": lambda: self.runs.upsert(sweep),
            "expire": lambda: mark_expired(
                engine, sweep, hold_ratio=0.5, hold_min=10, confirm_after=timedelta(0)
            ),
        }
        if self.fenced or name == "list":
            steps[name]()
            return
        with engine.begin() as connection:
            if name == "upsert":
                upsert_listed(connection, sweep.sweep_id, NEVER, ended_by_deadline=())
            else:
                query = "SELECT check_id FROM checks WHERE sweep_id = :s"
                (check,) = self.runs.rows(query, s=sweep.sweep_id)
                expire_missing(connection, {check.check_id: 1}, timedelta(0))


@pytest.mark.parametrize("fenced", [True, False])
def test_nothing_that_the_newer_check_has_seen_expires_in_any_order(
    engine: Engine, fenced: bool
) -> None:
    """Test an old check whose steps meet the fence, and one whose steps have already passed it."""
    orders = list(interleavings())
    assert len(orders) == 56
    for number, order in enumerate(orders):
        two = TwoChecks(MadeUpRuns(engine=engine), f"board-{number}", fenced=fenced)
        two.begin()
        seen_by_new: set[str] = set()
        for check, name in order:
            two.step(check, name)
            if (check, name) == ("new", "upsert"):
                seen_by_new = {"0", "1", "2", "3", "5"}
            assert not two.expired() & seen_by_new, order
        assert two.expired() == {"4"}, order


def deadlocks(runs: MadeUpRuns) -> int:
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return runs.rows(query)[0].deadlocks


def test_upserts_of_the_same_jobs_listed_in_opposite_orders_never_deadlock(
    engine: Engine,
) -> None:
    """Make two active checks of one board. The test changes the database to allow this."""
    runs = MadeUpRuns(engine=engine)
    before = deadlocks(runs)
    ids = range(40)
    made = []
    for slug, listed in (("acme", ids), ("bolt", reversed(ids))):
        runs.follow(slug, user_id=slug)
        sweep_id = runs.start(slug)
        runs.dispatch()
        runs.open(sweep_id)
        runs.list_jobs(runs.current_sweep(sweep_id), slug, listed)
        made.append(sweep_id)
    runs.execute("DROP INDEX checks_one_active_per_board")
    runs.execute("UPDATE checks SET board_id = (SELECT min(board_id) FROM boards)")
    barrier = Barrier(len(made))
    errors: list[BaseException] = []

    def upsert_over_and_over(sweep_id: int) -> None:
        try:
            with engine.connect() as connection:
                for _ in range(ROUNDS):
                    barrier.wait(30)
                    if sweep_id == made[0]:
                        connection.execute(text("UPDATE jobs SET check_id = 0"))
                        connection.execute(text("UPDATE checks SET jobs_xid = NULL"))
                        connection.commit()
                    barrier.wait(30)
                    upsert_listed(connection, sweep_id, NEVER, ended_by_deadline=())
                    connection.commit()
        except BaseException as error:
            errors.append(error)
            barrier.abort()

    work_at_once([lambda made=each: upsert_over_and_over(made) for each in made])
    runs.execute("UPDATE checks SET status = 'done'")
    runs.execute(ONE_ACTIVE)
    assert errors == []
    assert deadlocks(runs) == before
    assert len(runs.rows("SELECT 1 FROM jobs")) == len(ids)


ONE_ACTIVE = """
    CREATE UNIQUE INDEX checks_one_active_per_board ON checks (board_id)
    WHERE status IN ('listing', 'reading', 'waiting')
"""


def work_at_once(work: Sequence[Callable[[], None]]) -> None:
    threads = [Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_flush_leaves_alone_jobs_of_another_check(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    mine, other = runs.ingesting(), runs.ingesting(user_id="grace", slug="bolt")
    (check_id,) = set(runs.check_of("acme").values())
    every_job = [row.job_id for row in runs.rows("SELECT job_id FROM jobs")]
    outcomes = Outcomes(engine, mine, dict.fromkeys(every_job, check_id))
    for job_id in every_job:
        outcomes.add(Started(job_id=job_id))
        outcomes.add(Failed(job_id=job_id, code="http", message="500"))
    outcomes.write(*outcomes.take())
    assert set(runs.jobs(mine.sweep_id).values()) == {"failed"}
    assert set(runs.jobs(other.sweep_id).values()) == {"pending"}
