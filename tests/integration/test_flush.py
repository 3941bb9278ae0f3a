"""Tests of how workers write their results."""

import asyncio
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from include.core.checking.fingerprint import fingerprint
from include.core.checking.outcomes import (
    Changed,
    Extracted,
    Failed,
    Gone,
    Outcome,
    Started,
    Unchanged,
)
from include.db.work.sweeps import Sweep, lock_sweep
from include.errors import SweepSuperseded
from include.pipeline.finish_run import finish_run
from include.pipeline.pages.flush import Outcomes, flush_while
from include.pipeline.plan_batches import plan_batches
from include.pipeline.runs.abort_run import abort_run, close_idle_sweeps
from tests.local.waiting import eventually
from tests.made_up_runs import MadeUpRuns

pytestmark = pytest.mark.integration
_WITHIN = 30
"""The time in seconds after which a test is taken to hang, and fails."""


class _Waiting(list[Outcome]):
    """A list that makes one thread wait.

    This thread is the first that appends an outcome after the flush has begun.
    """

    def __init__(self, race: "_Race"):
        super().__init__()
        self._race = race

    def append(self, outcome: Outcome) -> None:
        if self._race.on.is_set() and not self._race.adding.is_set():
            self._race.adding.set()
            assert self._race.written.wait(_WITHIN)
        super().append(outcome)


class _Race(Outcomes):
    """A race between a flush and another thread that adds an outcome.

    The first flush waits until the other thread is about to add an outcome. The other thread waits
    until the flush is written. This order is unlikely, but possible.
    """

    def __init__(self, engine: Engine, sweep: Sweep, check_of: Mapping[int, int]):
        super().__init__(engine, sweep, check_of)
        self._adder = threading.get_ident()
        self.on, self.adding, self.written = (threading.Event() for _ in range(3))
        self._unwritten = _Waiting(self)

    def take(self) -> tuple[list[Outcome], set[int]]:
        self.on.set()
        if threading.get_ident() != self._adder:
            assert self.adding.wait(_WITHIN)
        taken = super().take()
        self._unwritten = _Waiting(self)
        return taken

    def write(self, waiting: Sequence[Outcome], read: Collection[int] = ()) -> None:
        if self.on.is_set():
            assert self.adding.wait(_WITHIN)
        super().write(waiting, read)
        self.written.set()


def test_what_is_added_while_a_flush_is_written_is_not_lost(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    sweep = runs.ingesting(jobs=1)
    (row,) = runs.rows("SELECT job_id FROM jobs")

    async def crawl() -> None:
        outcomes = _Race(engine, sweep, runs.check_of())

        async def find_out() -> None:
            outcomes.add(Started(job_id=row.job_id))
            await asyncio.to_thread(outcomes.on.wait, _WITHIN)
            outcomes.add(Unchanged(job_id=row.job_id))

        await flush_while(outcomes, find_out())

    asyncio.run(crawl())
    assert runs.jobs(sweep.sweep_id) == {"0": "skipped"}
    assert runs.run(sweep.sweep_id).status == "finished"


def test_a_worker_can_finish_after_another_worker_has_ended_the_check(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    sweep = runs.ingesting(jobs=1)
    (row,) = runs.rows("SELECT job_id FROM jobs")
    faster, slower = (Outcomes(engine, sweep, runs.check_of()) for _ in range(2))
    slower.write([Started(job_id=row.job_id), Unchanged(job_id=row.job_id)])
    faster.finish()
    assert runs.run(sweep.sweep_id).status == "finished"
    slower.finish()
    finish_run(engine, sweep.dag_run_id)
    slower.add(Started(job_id=row.job_id))
    with pytest.raises(SweepSuperseded):
        slower.finish()


def test_a_final_job_is_not_changed_by_later_outcomes(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    sweep = runs.ingesting(jobs=1)
    (row,) = runs.rows("SELECT job_id FROM jobs")
    outcomes = Outcomes(engine, sweep, runs.check_of())
    outcomes.add(Started(job_id=row.job_id))
    outcomes.add(Unchanged(job_id=row.job_id))
    outcomes.add(Failed(job_id=row.job_id, code="parse", message="on the way out"))
    outcomes.write(*outcomes.take())
    assert runs.jobs(sweep.sweep_id) == {"0": "skipped"}


def test_a_worker_with_nothing_to_write_stops_at_an_abort(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    sweep = runs.ingesting(jobs=1)
    with engine.begin() as connection:
        cancelled = abort_run(connection, sweep.sweep_id)
    assert cancelled
    with engine.begin() as connection:
        close_idle_sweeps(connection, cancelled)
    with pytest.raises(SweepSuperseded):
        Outcomes(engine, sweep, runs.check_of()).finish()


def test_an_abort_waits_for_the_last_flush_of_its_check_and_neither_deadlocks(
    engine: Engine,
) -> None:
    """Lock one of two jobs, so that the flush waits between its statements during the abort."""
    runs = MadeUpRuns(engine=engine)
    sweep = runs.ingesting(jobs=2)
    first, second = (row.job_id for row in runs.rows("SELECT job_id FROM jobs ORDER BY 1"))
    outcomes = Outcomes(engine, sweep, runs.check_of())
    for outcome in (
        Started(job_id=first), Unchanged(job_id=first),
        Started(job_id=second), Failed(job_id=second, code="parse", message="unreadable"),
    ):  # fmt: skip
        outcomes.add(outcome)
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")

    def abort() -> list[int] | None:
        with engine.begin() as connection:
            return abort_run(connection, sweep.sweep_id)

    with ThreadPoolExecutor() as threads, engine.connect() as holder, engine.connect() as observer:
        observer.execution_options(isolation_level="AUTOCOMMIT")
        holder.execute(text("SELECT FROM jobs WHERE job_id = :id FOR UPDATE"), {"id": second})
        flush = threads.submit(outcomes.finish)
        eventually(lambda: observer.scalar(waiting) == 1, within=_WITHIN)
        aborted = threads.submit(abort)
        eventually(lambda: observer.scalar(waiting) == 2, within=_WITHIN)
        holder.rollback()
        flush.result(_WITHIN)
        assert aborted.result(_WITHIN) is None
    assert runs.run(sweep.sweep_id).status == "finished"
    assert runs.jobs(sweep.sweep_id) == {"0": "skipped", "1": "failed"}


def test_a_worker_hears_which_of_its_checks_were_cancelled(engine: Engine) -> None:
    """Abort one of two runs.

    Its sweep continues with the board for which the other user still waits.
    """
    runs = MadeUpRuns(engine=engine)
    runs.follow("acme", "bolt")
    sweep_id = runs.start()
    runs.follow("bolt", user_id="bob")
    other = runs.start("bob")
    runs.dispatch()
    runs.open(sweep_id)
    sweep = runs.current_sweep(sweep_id)
    for slug in ("acme", "bolt"):
        runs.list_jobs(sweep, slug, range(2))
    runs.upsert(sweep)
    plan_batches(engine, sweep, batch_size=10)
    check_of = {slug: runs.check_of(slug) for slug in ("acme", "bolt")}
    outcomes = Outcomes(engine, sweep, check_of["acme"] | check_of["bolt"])
    assert outcomes.cancelled() == set()
    with engine.begin() as connection:
        abort_run(connection, sweep_id)
    assert outcomes.cancelled() == set(check_of["acme"].values())
    for job_id in (*check_of["acme"], *check_of["bolt"]):
        outcomes.add(Started(job_id=job_id))
        outcomes.add(Failed(job_id=job_id, code="dns", message="no such host"))
    outcomes.finish()
    assert runs.run(other).status == "finished"
    assert set(runs.jobs(other).values()) == {"failed"}
    codes = {row.error_code for row in runs.rows("SELECT error_code FROM run_jobs")}
    assert codes == {"aborted", "dns"}, "what was aborted stays so"


def test_a_job_is_counted_once_by_its_latest_outcome(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    sweep = runs.ingesting(jobs=5)
    gone, slow, slower, read, unread = (
        row.job_id for row in runs.rows("SELECT job_id FROM jobs ORDER BY 1")
    )
    changed = {
        "raw_key": "raw/1/1.html",
        "content_sha256": "",
        "fingerprint": fingerprint({}, "words"),
    }
    outcomes = Outcomes(engine, sweep, runs.check_of())
    assert outcomes.tally == {}
    for job_id in (gone, slow, slower, read, unread):
        outcomes.add(Started(job_id=job_id))
    outcomes.add(Gone(job_id=gone, message="filled"))
    outcomes.add(Failed(job_id=slow, code="timeout", message="silent"))
    outcomes.add(Failed(job_id=slower, code="timeout", message="silent"))
    outcomes.add(Changed(job_id=read, **changed))
    outcomes.write(*outcomes.take())
    outcomes.add(Failed(job_id=read, code="parse", message="no title"))
    assert outcomes.tally == {"timeout": 2, "gone": 1, "parse": 1, "crawling": 1}
    assert next(iter(outcomes.tally)) == "timeout"


def _extracted(job_id: int) -> list[Outcome]:
    changed = Changed(
        job_id=job_id,
        raw_key="raw/1/1.html",
        content_sha256="",
        fingerprint=fingerprint({}, "words"),
    )
    posting = {"title": "Baker", "company": "Heron", "description_text": "bread at dawn"}
    read = Extracted(job_id=job_id, posting=posting, location="Lyon")
    return [Started(job_id=job_id), changed, read]


def test_searched_text_is_made_outside_of_the_fence_and_not_by_a_late_worker(
    engine: Engine,
) -> None:
    """Check that no worker holds the fence while it makes the searched text.

    Making the text takes the longest time, and a recovery would wait for a worker that holds the
    fence.
    """
    runs = MadeUpRuns(engine=engine)
    sweep = runs.ingesting(jobs=1)
    (row,) = runs.rows("SELECT job_id FROM jobs")
    outcomes = Outcomes(engine, sweep, runs.check_of())
    for outcome in _extracted(row.job_id):
        outcomes.add(outcome)
    waiting = """
        SELECT 1 FROM pg_locks WHERE relation = 'postings'::regclass AND NOT granted
    """
    with ThreadPoolExecutor(1) as another, engine.connect() as holder:
        holder.execute(text("LOCK TABLE postings IN EXCLUSIVE MODE"))
        flush = another.submit(outcomes.write, *outcomes.take())
        until = time.monotonic() + _WITHIN
        while not runs.rows(waiting):
            assert time.monotonic() < until
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
            # This succeeds only if no worker holds the fence.
            lock_sweep(connection, sweep.sweep_id)
        assert runs.jobs(sweep.sweep_id) == {"0": "ready"}
        holder.rollback()
        flush.result(_WITHIN)
    assert len(runs.rows("SELECT 1 FROM postings WHERE version = 1")) == 1
    runs.execute("DELETE FROM postings")
    runs.execute("UPDATE sweeps SET attempt = 2")
    late = Outcomes(engine, sweep, runs.check_of())
    for outcome in _extracted(row.job_id):
        late.add(outcome)
    with pytest.raises(SweepSuperseded):
        late.write(*late.take())
    assert runs.rows("SELECT 1 FROM postings") == []


def test_a_posting_is_found_by_all_its_words_and_by_those_of_its_latest_reading(
    engine: Engine,
) -> None:
    runs = MadeUpRuns(engine=engine)
    sweep = runs.ingesting(jobs=1)
    (row,) = runs.rows("SELECT job_id FROM jobs")
    outcomes = Outcomes(engine, sweep, runs.check_of())
    for outcome in _extracted(row.job_id):
        outcomes.add(outcome)
    outcomes.write(*outcomes.take())
    is_indexed = """
        SELECT t.search = job_search(j.title, 'Heron', 'Lyon', 'bread at dawn') AS same
        FROM postings t JOIN jobs j USING (job_id)
    """
    assert [found.same for found in runs.rows(is_indexed)] == [True]


def test_postings_that_a_killed_worker_did_not_index_are_indexed_when_the_sweep_ends(
    engine: Engine,
) -> None:
    runs = MadeUpRuns(engine=engine)
    sweep = runs.ingesting(jobs=1)
    (row,) = runs.rows("SELECT job_id FROM jobs")
    outcomes = Outcomes(engine, sweep, runs.check_of())
    for outcome in _extracted(row.job_id):
        outcomes.add(outcome)
    outcomes.write(*outcomes.take())
    runs.execute("DELETE FROM postings")
    finish_run(engine, sweep.dag_run_id)
    assert len(runs.rows("SELECT 1 FROM postings WHERE version = 1")) == 1
