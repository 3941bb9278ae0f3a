"""Runs, workers, flushes, recoveries, aborts and ends in any order, against a pure model."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
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
from sqlalchemy import Engine

from include.core.fingerprint import fingerprint
from include.core.outcomes import Changed, Extracted, Failed, Gone, Outcome, Started, Unchanged
from include.core.run_state import (
    ACTIVE_JOBS,
    ACTIVE_RUNS,
    JOB_TRANSITIONS,
    JobStatus,
    RunStatus,
)
from include.core.staleness import Remedy
from include.db.runs import Run, end_run
from include.errors import ActiveRunError, RunSuperseded
from include.pipeline.finish_run import finish_run
from include.pipeline.flush import Outcomes
from include.pipeline.open_run import open_run
from include.pipeline.plan_batches import plan_batches
from include.pipeline.upsert_jobs import upsert_jobs
from tests.made_up_runs import MadeUpRuns

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
MAX_RECOVERIES = 2
JOBS = 3
_users = count(1)

OUTCOMES: dict[JobStatus, type[Outcome]] = {
    JobStatus.CRAWLING: Started,
    JobStatus.EXTRACTING: Changed,
    JobStatus.SKIPPED: Unchanged,
    JobStatus.EXPIRED: Gone,
    JobStatus.FAILED: Failed,
    JobStatus.READY: Extracted,
}
"""In the order in which a flush writes them."""


def outcome(status: JobStatus, job_id: int) -> Outcome:
    match status:
        case JobStatus.CRAWLING:
            return Started(job_id=job_id)
        case JobStatus.EXTRACTING:
            found = fingerprint({}, "some words")
            return Changed(job_id=job_id, raw_key="k", content_sha256="s", fingerprint=found)
        case JobStatus.SKIPPED:
            return Unchanged(job_id=job_id)
        case JobStatus.EXPIRED:
            return Gone(job_id=job_id, message="m")
        case JobStatus.FAILED:
            return Failed(job_id=job_id, code="dns", message="m")
        case _:
            return Extracted(job_id=job_id, location=None, posting={"title": "T"}, changes={})


@dataclass
class Model:
    """One run as it ought to be."""

    run_id: int
    status: RunStatus = RunStatus.PENDING
    attempt: int = 1
    recoveries: int = 0
    silent: bool = False
    dispatched: bool = False
    jobs: dict[str, JobStatus] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        return self.status in ACTIVE_RUNS

    @property
    def unfinished(self) -> bool:
        return any(status in ACTIVE_JOBS for status in self.jobs.values())

    def takes(self, worker: Run, during: set[RunStatus]) -> bool:
        same = (worker.run_id, worker.attempt) == (self.run_id, self.attempt)
        return same and self.status in during

    def end(self, status: RunStatus) -> None:
        self.status = status
        self.jobs = {
            job: JobStatus.FAILED if was in ACTIVE_JOBS else was for job, was in self.jobs.items()
        }

    def end_if_done(self) -> bool:
        done = self.status is RunStatus.INGESTING and not self.unfinished
        if done:
            self.end(RunStatus.FINISHED)
        return done


class Machine(RuleBasedStateMachine):
    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.runs = MadeUpRuns(engine=engine, max_recoveries=MAX_RECOVERIES)
        self.user = f"user-{next(_users)}"
        self.ended: list[Model] = []
        self.workers: list[Run] = []
        self.steps = 0

    def nth(self) -> int:
        """Steps taken: an ended run is only now and then tried again."""
        self.steps += 1
        return self.steps

    @initialize()
    def first_run(self) -> None:
        self.runs.follow("acme", user_id=self.user)
        self._begin(ahead=True)

    @precondition(lambda self: not self.model.active)
    @rule(ahead=st.booleans())
    def start(self, ahead: bool) -> None:
        self.ended.append(self.model)
        self._begin(ahead=ahead)

    def _begin(self, *, ahead: bool) -> None:
        """``ahead``: with the first steps done, as most of what can go wrong comes later."""
        self.model = Model(run_id=self.runs.start(self.user))
        if ahead:
            self.dispatch()
            self.open(0)
            worker = self.workers[-1]
            self.runs.list_jobs(worker, "acme", range(JOBS))
            upsert_jobs(self.runs.engine, worker)
            plan_batches(self.runs.engine, worker, batch_size=2)
            self.model.jobs = {str(i): JobStatus.PENDING for i in range(JOBS)}
            self.model.status = RunStatus.INGESTING

    @precondition(lambda self: self.model.active)
    @rule()
    def start_while_active(self) -> None:
        with pytest.raises(ActiveRunError):
            self.runs.start(self.user)

    @rule()
    def dispatch(self) -> None:
        self.runs.dispatch()
        self.model.dispatched = True

    @rule(earlier=st.integers(0, 2))
    def open(self, earlier: int) -> None:
        """By the present DAG run, or by one of an earlier attempt."""
        attempt = max(1, self.model.attempt - earlier)
        model = self.model
        with self._refused(not (attempt == model.attempt and model.active)):
            open_run(
                self.runs.engine,
                dag_run_id=f"ingest__{model.run_id}__{attempt}",
                user_id=self.user,
                run_id=model.run_id,
            )
            if model.status is RunStatus.PENDING:
                model.status = RunStatus.INITIALIZING
            model.silent = False
            self.workers.append(self.runs.present(model.run_id))

    @precondition(lambda self: self.workers and (self.model.active or self.nth() % 8 == 0))
    @rule(data=st.data(), listed=st.integers(1, JOBS))
    def plan(self, data: st.DataObject, listed: int) -> None:
        """What lists, upserts and plans; a worker as of when it read its run."""
        worker = data.draw(st.sampled_from(self.workers))
        model = self.model
        planning = {RunStatus.INITIALIZING, RunStatus.INGESTING}
        if worker.status is RunStatus.INITIALIZING:
            taken = model.takes(worker, {RunStatus.INITIALIZING})
            with self._refused(not taken):
                if taken:
                    self.runs.list_jobs(worker, "acme", range(listed))
                upsert_jobs(self.runs.engine, worker)
                model.jobs |= {
                    str(i): model.jobs.get(str(i), JobStatus.PENDING) for i in range(listed)
                }
        with self._refused(not model.takes(worker, planning)):
            plan_batches(self.runs.engine, worker, batch_size=2)
            model.status = RunStatus.INGESTING
            model.silent = False

    @precondition(lambda self: self.workers and (self.model.active or self.nth() % 8 == 0))
    @rule(
        data=st.data(),
        found=st.dictionaries(
            st.integers(0, JOBS - 1),
            # mostly small steps: what is in flight is what can be lost
            st.sampled_from([{JobStatus.CRAWLING}] * 4 + [{status} for status in OUTCOMES])
            | st.sets(st.sampled_from(list(OUTCOMES)), min_size=2, max_size=3),
            max_size=2,
        ),
        last=st.integers(0, 4).map(lambda n: n == 0),
    )
    def flush(self, data: st.DataObject, found: dict[int, set[JobStatus]], last: bool) -> None:
        worker = data.draw(st.sampled_from(self.workers[-2:]))
        model = self.model
        ids = self._job_ids(worker.run_id)
        outcomes = Outcomes(self.runs.engine, worker)
        expected = dict(model.jobs)
        for status in OUTCOMES:
            for job, statuses in found.items():
                if status not in statuses or str(job) not in ids:
                    continue
                outcomes.add(outcome(status, ids[str(job)]))
                if status in JOB_TRANSITIONS[expected.get(str(job), JobStatus.READY)]:
                    expected[str(job)] = status
        with self._refused(not model.takes(worker, {RunStatus.INGESTING})):
            (outcomes.finish if last else outcomes.flush)()
            model.jobs = expected
            model.silent = False
            if last:
                model.end_if_done()

    @rule()
    def silence(self) -> None:
        self.runs.silence(self.model.run_id)
        self.model.silent = True

    @rule(earlier=st.sampled_from([0, 0, 1]), ready=st.booleans())
    def recover(self, earlier: int, ready: bool) -> None:
        """``ready``: with all that makes a run stale."""
        model = self.model
        if ready:
            self.dispatch()
            self.silence()
        attempt = max(1, model.attempt - earlier)
        done = self.runs.recover(model.run_id, attempt)
        if not (model.active and model.silent and model.dispatched and attempt == model.attempt):
            assert done is None
            return
        if model.status is RunStatus.INGESTING and not model.unfinished:
            assert done is Remedy.FINISH
            model.end(RunStatus.FINISHED)
        elif model.recoveries < MAX_RECOVERIES:
            assert done is Remedy.RESUME
            model.attempt += 1
            model.recoveries += 1
            model.silent = model.dispatched = False
            model.jobs = {
                job: JobStatus.PENDING if was is JobStatus.CRAWLING else was
                for job, was in model.jobs.items()
            }
        else:
            assert done is Remedy.GIVE_UP
            model.end(RunStatus.ERROR)

    @rule(seldom=st.integers(0, 4))
    def abort(self, seldom: int) -> None:
        if seldom:
            return
        with self.runs.engine.begin() as connection:
            ended = end_run(connection, self.model.run_id, RunStatus.ABORTED)
        assert ended is self.model.active
        if ended:
            self.model.end(RunStatus.ABORTED)

    @rule(earlier=st.integers(0, 1), seldom=st.integers(0, 4))
    def last_task(self, earlier: int, seldom: int) -> None:
        if seldom:
            return
        model = self.model
        attempt = max(1, model.attempt - earlier)
        with self._refused(attempt != model.attempt):
            status = finish_run(self.runs.engine, f"ingest__{model.run_id}__{attempt}")
            if model.active and not model.end_if_done():
                model.end(RunStatus.ERROR)
            assert status is model.status

    @invariant()
    def database_is_as_the_model(self) -> None:
        if not hasattr(self, "model"):
            return
        model = self.model
        row = self.runs.run(model.run_id)
        assert (row.status, row.attempt, row.recoveries) == (
            model.status,
            model.attempt,
            model.recoveries,
        )
        assert row.dag_run_id == f"ingest__{model.run_id}__{model.attempt}"
        assert self.runs.jobs(model.run_id) == model.jobs
        assert (row.finished_at is None) is model.active
        for run in [*self.ended, model]:
            kept = self.runs.rows(
                "SELECT external_id, status FROM run_jobs WHERE run_id = :r", r=run.run_id
            )
            assert dict(map(tuple, kept)) == ({} if run.active else run.jobs)

    @contextmanager
    def _refused(self, refused: bool) -> Iterator[None]:
        """What follows must raise RunSuperseded, and the model must not change, or neither."""
        if not refused:
            yield
            return
        before = replace(self.model, jobs=dict(self.model.jobs))
        with pytest.raises(RunSuperseded):
            yield
        assert self.model == before

    def _job_ids(self, run_id: int) -> dict[str, int]:
        query = "SELECT external_id, job_id FROM jobs WHERE run_id = :r"
        return {row.external_id: row.job_id for row in self.runs.rows(query, r=run_id)}


def test_run_is_in_the_state_that_the_model_says_whatever_happens(engine: Engine) -> None:
    run_state_machine_as_test(
        lambda: Machine(engine),
        settings=settings(
            max_examples=100,
            stateful_step_count=40,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
