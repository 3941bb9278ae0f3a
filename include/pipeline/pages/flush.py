"""Write the outcomes of a worker's jobs in groups.

A worker collects outcomes in memory, and flushes them after a quarter of a second, and later about
once a second. A flush writes all collected outcomes in one transaction. The transaction begins with
the sweep's fence, which refuses the writes if the sweep was recovered or closed.

Workers of a sweep do not block each other, because they take the fence's lock in shared mode and
each worker has its own jobs. Only workers that end the same check at the same time wait for each
other.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Engine

from include.core.checking.outcomes import STATUS_OF_OUTCOME, Extracted, Failed, Outcome, count_name
from include.core.runs.run_state import ENDED_JOBS
from include.db.catalogue import job_outcomes
from include.db.catalogue.posting_index import index_postings
from include.db.data_errors import is_data_error, write_in_parts
from include.db.run.runs import notify
from include.db.work.checks import lock_checks, still_reading
from include.db.work.sweeps import Sweep, fence, write_heartbeat
from include.pipeline.pages.page_outcomes import unstorable
from include.pipeline.runs.settle_checks import end_if_read
from include.pipeline.runs.start_run import assign_checks_to_waiting_runs

_FIRST_FLUSH_SECONDS = 0.25
"""The time to the first flush. Each interval is twice as long as the one before, up to
``_MAX_INTERVAL_SECONDS``.

The first flush is early, so that users soon see the first postings of a run.
"""
_MAX_INTERVAL_SECONDS = 1.0


class Outcomes:
    """The outcomes of one worker that are not written yet."""

    def __init__(self, engine: Engine, sweep: Sweep, check_of_job: Mapping[int, int]) -> None:
        """Create an empty collection of outcomes.

        Args:
            check_of_job: the id of the check of each of the worker's jobs, by job id.
        """
        self._engine = engine
        self._sweep = sweep
        self._check_of_job = check_of_job
        self._unread_counts = Counter(check_of_job.values())
        self._unwritten: list[Outcome] = []
        self._latest_count_name: dict[int, str] = {}
        self._read_checks: set[int] = set()

    def add(self, outcome: Outcome) -> None:
        """Keep an outcome until the next flush."""
        self._unwritten.append(outcome)
        self._latest_count_name[outcome.job_id] = count_name(outcome)
        if STATUS_OF_OUTCOME[type(outcome)] in ENDED_JOBS:
            check_id = self._check_of_job[outcome.job_id]
            self._unread_counts[check_id] -= 1
            if not self._unread_counts[check_id]:
                self._read_checks.add(check_id)

    @property
    def tally(self) -> dict[str, int]:
        """The number of jobs by outcome, the most frequent outcome first.

        Outcomes that are not written yet are included.
        """
        return dict(Counter(self._latest_count_name.values()).most_common())

    def take(self) -> tuple[list[Outcome], set[int]]:
        """Remove and return the outcomes to write.

        Also return the checks for which this worker has no job left to read. Call this only in the
        thread that calls ``add``. Otherwise ``add`` could add an outcome to a list that was already
        written, and the outcome would be lost.
        """
        outcomes, self._unwritten = self._unwritten, []
        read_checks, self._read_checks = self._read_checks, set()
        return outcomes, read_checks

    def write(self, outcomes: Sequence[Outcome], read_checks: Collection[int] = ()) -> None:
        """Write the heartbeat and the outcomes, and end the checks whose jobs are all read.

        If Postgres refuses the data of a job, that job fails, and the outcomes of all other jobs
        are written.

        Args:
            outcomes: the outcomes to write.
            read_checks: the ids of the checks that may have no job left to read.

        Raises:
            SweepSuperseded: the sweep was recovered or closed; the outcomes were not written.
        """
        ended_checks: list[int] = []
        with self._engine.begin() as connection:
            write_heartbeat(connection, self._sweep)
        if outcomes or read_checks:
            try:
                ended_checks = self._store(outcomes, read_checks)
            except Exception as error:
                if not is_data_error(error):
                    raise
                ended_checks = self._store(self._store_by_job(outcomes), read_checks)
        if extracted := [each.job_id for each in outcomes if isinstance(each, Extracted)]:
            with self._engine.begin() as connection:
                index_postings(connection, extracted)
        if ended_checks:
            with self._engine.begin() as connection:
                assign_checks_to_waiting_runs(connection)

    def _store(self, outcomes: Sequence[Outcome], read_checks: Collection[int] = ()) -> list[int]:
        """Write outcomes in one transaction, and end checks that have no job left to read.

        Return the ids of those of ``read_checks`` that this call ended.

        To avoid deadlocks, the checks are locked before the jobs, as in an abort.
        """
        with self._engine.begin() as connection:
            fence(connection, self._sweep)
            lock_checks(connection, read_checks)
            job_outcomes.write(connection, self._sweep.sweep_id, self._check_of_job, outcomes)
            notify(connection)
            return end_if_read(connection, read_checks)

    def _store_by_job(self, outcomes: Sequence[Outcome]) -> list[Failed]:
        """Write the outcomes of all jobs, except the jobs whose data Postgres refuses.

        Returns:
            A failure for each refused job.
        """
        by_job = defaultdict[int, list[Outcome]](list)
        for outcome in outcomes:
            by_job[outcome.job_id].append(outcome)

        def store(outcomes_of_jobs: Sequence[list[Outcome]]) -> None:
            self._store(list(chain.from_iterable(outcomes_of_jobs)))

        refused = write_in_parts(store, list(by_job.values()))
        failures = [unstorable(of_job[0].job_id, error) for of_job, error in refused]
        self._latest_count_name |= {failure.job_id: count_name(failure) for failure in failures}
        return failures

    def cancelled(self) -> set[int]:
        """Return the worker's checks whose status is no longer ``reading``."""
        check_ids = set(self._check_of_job.values())
        with self._engine.connect() as connection:
            return check_ids - still_reading(connection, list(check_ids))

    def finish(self) -> None:
        """Write the remaining outcomes, and end the worker's checks that have no job left to read.

        Raise the same errors as ``write``.
        """
        outcomes, _ = self.take()
        self.write(outcomes, set(self._check_of_job.values()))


async def flush_while(
    outcomes: Outcomes,
    work: Coroutine[Any, Any, None],
    *,
    stop: Callable[[Collection[int]], None] = lambda check_ids: None,
) -> dict[str, int]:
    """Run ``work``, which adds to ``outcomes``, and flush the outcomes about once a second.

    Args:
        stop: called after each flush with the checks whose jobs must not be read any more.

    Returns:
        The tally of the outcomes.

    Raises:
        SweepSuperseded: a flush was refused, because the sweep was recovered or closed. The work
            has been cancelled.
    """
    task = asyncio.create_task(work)
    interval = _FIRST_FLUSH_SECONDS
    try:
        await asyncio.wait([task], timeout=interval)
        while not task.done():
            await asyncio.to_thread(outcomes.write, *outcomes.take())
            stop(await asyncio.to_thread(outcomes.cancelled))
            interval = min(2 * interval, _MAX_INTERVAL_SECONDS)
            await asyncio.wait([task], timeout=interval)
        if task.exception():  # keep the outcomes so far before ``await task`` raises the error
            await asyncio.to_thread(outcomes.write, *outcomes.take())
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await asyncio.to_thread(outcomes.finish)
    return outcomes.tally
