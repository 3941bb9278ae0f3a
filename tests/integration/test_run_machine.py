"""Runs, workers, flushes, recoveries, aborts and ends in any order, and what late old workers and
each guarded statement by itself say of them, against a pure model."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, Engine

from include.core.fingerprint import fingerprint
from include.core.outcomes import Changed, Extracted, Failed, Gone, Outcome, Started, Unchanged
from include.core.run_state import ACTIVE_RUNS, ENDED_RUNS, JOB_TRANSITIONS, JobStatus, RunStatus
from include.db.job_outcomes import write
from include.db.jobs import expire_missing, upsert_listed
from include.db.recovery import claim
from include.db.runs import Run, end_run, set_status, touch
from include.errors import ActiveRunError, RunSuperseded
from include.pipeline.finish_run import finish_run
from include.pipeline.flush import Outcomes
from include.pipeline.mark_expired import mark_expired
from include.pipeline.open_run import open_run
from include.pipeline.plan_batches import plan_batches
from include.pipeline.upsert_jobs import upsert_jobs
from tests.integration.run_model import RunModel, UserModel
from tests.made_up_runs import MadeUpRuns

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
MAX_RECOVERIES = 2
JOBS = [str(number) for number in range(3)]
_users = count(1)

OUTCOMES: dict[JobStatus, Callable[[int], Outcome]] = {
    JobStatus.CRAWLING: lambda job_id: Started(job_id=job_id),
    JobStatus.EXTRACTING: lambda job_id: Changed(
        job_id=job_id, raw_key="k", content_sha256="s", fingerprint=fingerprint({}, "some words")
    ),
    JobStatus.SKIPPED: lambda job_id: Unchanged(job_id=job_id),
    JobStatus.EXPIRED: lambda job_id: Gone(job_id=job_id, message="m"),
    JobStatus.FAILED: lambda job_id: Failed(job_id=job_id, code="dns", message="m"),
    JobStatus.READY: lambda job_id: Extracted(job_id=job_id, location=None, posting={"title": "T"}),
}
"""In the order in which a job comes to them."""

_TWO = [(first, then) for first in OUTCOMES for then in JOB_TRANSITIONS[first]]
_THREE = [(*two, last) for two in _TWO for last in JOB_TRANSITIONS[two[-1]]]
FOUND = st.dictionaries(
    st.sampled_from(JOBS),
    # mostly small steps: what is in flight is what can be lost
    st.sampled_from([{JobStatus.CRAWLING}] * 4 + [{status} for status in OUTCOMES])
    | st.sampled_from(_TWO + _THREE).map(set),
    max_size=2,
)

REFUSED: dict[str, Callable[[Connection, int, int], object]] = {
    "claim": claim,
    "finish": lambda c, run, n: end_run(c, run, RunStatus.FINISHED, attempt=n) or None,
    "give up": lambda c, run, n: end_run(c, run, RunStatus.ERROR, attempt=n) or None,
    "heartbeat": lambda c, run, n: touch(c, run, n, during=ACTIVE_RUNS),
    "move on": lambda c, run, n: set_status(c, run, n, RunStatus.INGESTING),
}
"""What an attempt that is over, or a run that is, may not do, statement by statement: the steps
look first, so each guard would go unseen behind another."""


class Machine(RuleBasedStateMachine):
    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.runs = MadeUpRuns(engine=engine, max_recoveries=MAX_RECOVERIES)
        self.user = f"user-{next(_users)}"
        self.model = UserModel(max_recoveries=MAX_RECOVERIES)
        self.workers: list[Run] = []
        self.steps = 0

    @property
    def run(self) -> RunModel:
        return self.model.run

    def works_or_seldom(self) -> bool:
        """An ended run is only now and then tried again."""
        self.steps += 1
        return bool(self.workers) and (self.run.active or self.steps % 8 == 0)

    @initialize(second=st.booleans())
    def first_run(self, second: bool) -> None:
        self.runs.follow("acme", user_id=self.user)
        self._begin(JOBS)
        if second:
            self._abort()
            self._begin(JOBS)

    @precondition(lambda self: not self.run.active)
    @rule(ahead=st.none() | st.lists(st.sampled_from(JOBS), min_size=1, unique=True))
    def start(self, ahead: list[str] | None) -> None:
        self._begin(ahead)

    def _begin(self, ahead: list[str] | None) -> None:
        """``ahead``: so listed and planned, as most of what can go wrong comes later."""
        self.model.runs.append(RunModel(self.runs.start(self.user)))
        if ahead:
            self.dispatch()
            self.open(0)
            self._list(self.workers[-1], ahead)
            self._expire(self.workers[-1])
            self._plan(self.workers[-1])

    @precondition(lambda self: self.run.active)
    @rule()
    def start_while_active(self) -> None:
        with pytest.raises(ActiveRunError):
            self.runs.start(self.user)

    @rule()
    def dispatch(self) -> None:
        self.runs.dispatch()
        self.run.dispatched = True

    @rule(earlier=st.integers(0, 2))
    def open(self, earlier: int) -> None:
        """By the present DAG run, or by one of an earlier attempt."""
        run = self.run
        attempt = max(1, run.attempt - earlier)
        with self._refused(not (attempt == run.attempt and run.active)):
            open_run(
                self.engine,
                dag_run_id=f"ingest__{run.run_id}__{attempt}",
                user_id=self.user,
                run_id=run.run_id,
            )
            if run.status is RunStatus.PENDING:
                run.status = RunStatus.INITIALIZING
            run.silent = False
            self.workers.append(self.runs.present(run.run_id))

    @precondition(works_or_seldom)
    @rule(data=st.data(), listed=st.lists(st.sampled_from(JOBS), min_size=1, unique=True))
    def list_and_upsert(self, data: st.DataObject, listed: list[str]) -> None:
        self._list(data.draw(st.sampled_from(self.workers)), listed)

    def _list(self, worker: Run, listed: list[str]) -> None:
        """A worker goes by the state in which it read its run."""
        if worker.status is not RunStatus.INITIALIZING:
            assert upsert_jobs(self.engine, worker) == 0
            return
        taken = self.run.takes(worker, RunStatus.INITIALIZING)
        with self._refused(not taken):
            if taken:
                self.runs.list_jobs(worker, "acme", map(int, listed))
                self.model.list(listed)
            upsert_jobs(self.engine, worker)
            self.model.upsert()
            self.run.silent = False

    @precondition(works_or_seldom)
    @rule(data=st.data())
    def expire(self, data: st.DataObject) -> None:
        self._expire(data.draw(st.sampled_from(self.workers)))

    def _expire(self, worker: Run) -> None:
        if worker.status is not RunStatus.INITIALIZING:
            assert mark_expired(self.engine, worker, hold_ratio=1, hold_min=99) == {}
            return
        with self._refused(not self.run.takes(worker, RunStatus.INITIALIZING)):
            mark_expired(self.engine, worker, hold_ratio=1, hold_min=99)
            self.model.expire()
            self.run.silent = False

    @precondition(works_or_seldom)
    @rule(data=st.data())
    def plan(self, data: st.DataObject) -> None:
        self._plan(data.draw(st.sampled_from(self.workers)))

    def _plan(self, worker: Run) -> None:
        planning = RunStatus.INITIALIZING, RunStatus.INGESTING
        with self._refused(not self.run.takes(worker, *planning)):
            plan_batches(self.engine, worker, batch_size=2)
            self.run.status = RunStatus.INGESTING
            self.run.silent = False

    @precondition(works_or_seldom)
    @rule(data=st.data(), found=FOUND, last=st.integers(0, 4).map(lambda n: n == 0))
    def flush(self, data: st.DataObject, found: dict[str, set[JobStatus]], last: bool) -> None:
        worker = data.draw(st.sampled_from(self.workers[-3:]))
        query = "SELECT external_id, job_id FROM jobs WHERE run_id = :r"
        ids = {row.external_id: row.job_id for row in self.runs.rows(query, r=worker.run_id)}
        found = {name: statuses for name, statuses in found.items() if name in ids}
        outcomes = Outcomes(self.engine, worker)
        for status, outcome in OUTCOMES.items():
            for name, statuses in found.items():
                if status in statuses:
                    outcomes.add(outcome(ids[name]))
        flush = outcomes.finish if last else outcomes.flush
        if not outcomes.tally and self.run.takes(worker, RunStatus.FINISHED):
            flush()  # another worker has finished the run, which takes nothing from this one
            return
        with self._refused(not self.run.takes(worker, RunStatus.INGESTING)):
            flush()
            self.model.write(found, OUTCOMES)
            self.run.silent = False
            if last:
                self.model.end_if_done()

    @rule()
    def silence(self) -> None:
        self.runs.silence(self.run.run_id)
        self.run.silent = True

    @rule(earlier=st.sampled_from([0, 0, 1]), ready=st.sampled_from([True, True, False]))
    def recover(self, earlier: int, ready: bool) -> None:
        """``ready``: with all that makes a run stale."""
        if ready:
            self.dispatch()
            self.silence()
        attempt = max(1, self.run.attempt - earlier)
        done = self.runs.recover(self.run.run_id, attempt)
        assert done is self.model.recover(attempt)

    @rule(seldom=st.integers(0, 4))
    def abort(self, seldom: int) -> None:
        if not seldom:
            self._abort()

    def _abort(self) -> None:
        with self.engine.begin() as connection:
            ended = end_run(connection, self.run.run_id, RunStatus.ABORTED)
        assert ended is self.run.active
        if ended:
            self.model.end(RunStatus.ABORTED)

    @rule(earlier=st.integers(0, 1), seldom=st.integers(0, 4))
    def last_task(self, earlier: int, seldom: int) -> None:
        if seldom:
            return
        attempt = max(1, self.run.attempt - earlier)
        with self._refused(attempt != self.run.attempt):
            status = finish_run(self.engine, f"ingest__{self.run.run_id}__{attempt}")
            if self.run.active and not self.model.end_if_done():
                self.model.end(RunStatus.ERROR)
            assert status is self.run.status

    @rule(data=st.data(), statement=st.sampled_from(list(REFUSED)))
    def late_statement(self, data: st.DataObject, statement: str) -> None:
        run = data.draw(st.sampled_from(self.model.runs[-3:]))
        others = [run.attempt - 1, run.attempt + 1]
        attempt = data.draw(st.sampled_from(others if run.active else [*others, run.attempt]))
        with self.engine.begin() as connection:
            try:
                assert REFUSED[statement](connection, run.run_id, attempt) is None
            except RunSuperseded:
                return

    @precondition(lambda self: len(self.model.runs) > 1)
    @rule(data=st.data())
    def late_writes(self, data: st.DataObject) -> None:
        """Of an ended run, as if it had passed the fence before a newer one began."""
        run = data.draw(st.sampled_from(self.model.runs[:-1]))
        others = "SELECT job_id FROM jobs WHERE user_id = :user AND run_id <> :r"
        not_its_own = [row.job_id for row in self.runs.rows(others, user=self.user, r=run.run_id)]
        kept = "SELECT external_id FROM listed_jobs WHERE run_id = :r"
        listed = frozenset(row.external_id for row in self.runs.rows(kept, r=run.run_id))
        with self.engine.begin() as connection:
            started = [Started(job_id=job_id) for job_id in not_its_own]
            write(connection, run.run_id, 1, started)
            assert upsert_listed(connection, run.run_id, self.user, 1) == 0
            expire_missing(connection, run.run_id, self.user, 1, {"acme": 1})
        self.model.expire_for(run.run_id, listed)

    @invariant()
    def database_is_as_the_model(self) -> None:
        if not self.model.runs:
            return
        of_user = "FROM ingestion_runs WHERE user_id = :user ORDER BY run_id"
        found = self.runs.rows(f"SELECT * {of_user}", user=self.user)
        for row, run in zip(found, self.model.runs, strict=True):
            expected = (run.status, run.attempt, run.recoveries)
            assert (row.status, row.attempt, row.recoveries) == expected
            assert row.dag_run_id == f"ingest__{run.run_id}__{run.attempt}"
            assert (row.finished_at is None) is run.active
            assert (row.counts is None) is run.active
        jobs = "SELECT external_id, run_id, status FROM jobs WHERE user_id = :user"
        assert {tuple(row) for row in self.runs.rows(jobs, user=self.user)} == {
            (name, job.owner, job.status) for name, job in self.model.jobs.items()
        }
        self._each_attempt_has_one_intent()
        self._outcomes_are_kept()

    def _each_attempt_has_one_intent(self) -> None:
        query = "SELECT attempt FROM outbox WHERE run_id = :r ORDER BY 1"
        intents = [row.attempt for row in self.runs.rows(query, r=self.run.run_id)]
        assert intents == list(range(1, self.run.attempt + 1))

    def _outcomes_are_kept(self) -> None:
        query = "SELECT external_id, status FROM run_jobs WHERE run_id = :r"
        for run in self.model.runs[-3:]:
            kept = dict(map(tuple, self.runs.rows(query, r=run.run_id)))
            assert kept == (run.outcomes or {})
            assert (run.outcomes is None) is (run.status not in ENDED_RUNS)

    @contextmanager
    def _refused(self, refused: bool) -> Iterator[None]:
        """What follows must raise RunSuperseded, and the model must not change, or neither."""
        if not refused:
            yield
            return
        before = deepcopy(self.model)
        with pytest.raises(RunSuperseded):
            yield
        assert self.model == before


def test_runs_are_in_the_state_that_the_model_says_whatever_happens(engine: Engine) -> None:
    run_state_machine_as_test(
        lambda: Machine(engine),
        settings=settings(
            max_examples=80,
            stateful_step_count=40,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
