"""What a worker finds out while a flush is at work."""

import asyncio
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from include.core.fingerprint import fingerprint
from include.core.outcomes import Changed, Extracted, Failed, Gone, Outcome, Started, Unchanged
from include.core.run_state import RunStatus
from include.db.runs import Run, end_run
from include.errors import RunSuperseded
from include.pipeline.flush import Outcomes, flush_while
from tests.made_up_runs import MadeUpRuns

pytestmark = pytest.mark.integration
_WITHIN = 30
"""Seconds, after which a test that hangs goes on and fails."""


class _Waiting(list[Outcome]):
    """Whoever comes first to add to it has found it, and not yet added."""

    def __init__(self, race: "_Race"):
        super().__init__()
        self._race = race

    def append(self, outcome: Outcome) -> None:
        if self._race.on.is_set() and not self._race.adding.is_set():
            self._race.adding.set()
            assert self._race.written.wait(_WITHIN)
        super().append(outcome)


class _Race(Outcomes):
    """The first flush waits until an outcome is about to be added, which waits until that flush is
    written: unlikely, and how it may happen."""

    def __init__(self, engine: Engine, run: Run):
        super().__init__(engine, run)
        self._adder = threading.get_ident()
        self.on, self.adding, self.written = (threading.Event() for _ in range(3))
        self._waiting = _Waiting(self)

    def take(self) -> list[Outcome]:
        self.on.set()
        if threading.get_ident() != self._adder:
            assert self.adding.wait(_WITHIN)
        waiting = super().take()
        self._waiting = _Waiting(self)
        return waiting

    def write(self, waiting: Sequence[Outcome], *, is_last: bool = False) -> None:
        if self.on.is_set():
            assert self.adding.wait(_WITHIN)
        super().write(waiting, is_last=is_last)
        self.written.set()


def test_what_is_added_while_a_flush_is_written_is_not_lost(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    run = runs.ingesting(jobs=1)
    (row,) = runs.rows("SELECT job_id FROM jobs")

    async def crawl() -> None:
        outcomes = _Race(engine, run)

        async def find_out() -> None:
            outcomes.add(Started(job_id=row.job_id))
            await asyncio.to_thread(outcomes.on.wait, _WITHIN)
            outcomes.add(Unchanged(job_id=row.job_id))

        await flush_while(outcomes, find_out())

    asyncio.run(crawl())
    assert runs.jobs(run.run_id) == {"0": "skipped"}
    assert runs.run(run.run_id).status == "finished"


def test_who_has_written_all_may_find_the_run_finished_by_another(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    run = runs.ingesting(jobs=1)
    (row,) = runs.rows("SELECT job_id FROM jobs")
    faster, slower = Outcomes(engine, run), Outcomes(engine, run)
    slower.add(Started(job_id=row.job_id))
    slower.add(Unchanged(job_id=row.job_id))
    slower.flush()
    faster.finish()
    assert runs.run(run.run_id).status == "finished"
    slower.finish()

    slower.add(Started(job_id=row.job_id))
    with pytest.raises(RunSuperseded):
        slower.finish()


def test_what_a_job_has_come_to_stands_whatever_is_found_after_it(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    run = runs.ingesting(jobs=1)
    (row,) = runs.rows("SELECT job_id FROM jobs")
    outcomes = Outcomes(engine, run)
    outcomes.add(Started(job_id=row.job_id))
    outcomes.add(Unchanged(job_id=row.job_id))
    outcomes.add(Failed(job_id=row.job_id, code="parse", message="on the way out"))
    outcomes.flush()
    assert runs.jobs(run.run_id) == {"0": "skipped"}


def test_who_has_nothing_to_write_stops_at_an_abort(engine: Engine) -> None:
    run = MadeUpRuns(engine=engine).ingesting(jobs=1)
    with engine.begin() as connection:
        assert end_run(connection, run.run_id, RunStatus.ABORTED)
    with pytest.raises(RunSuperseded):
        Outcomes(engine, run).finish()


def test_a_job_is_counted_once_by_what_came_of_it_last(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    run = runs.ingesting(jobs=5)
    gone, slow, slower, read, unread = (
        row.job_id for row in runs.rows("SELECT job_id FROM jobs ORDER BY 1")
    )
    changed = {
        "raw_key": "raw/1/1.html",
        "content_sha256": "",
        "fingerprint": fingerprint({}, "words"),
    }
    outcomes = Outcomes(engine, run)
    assert outcomes.tally == {}
    for job_id in (gone, slow, slower, read, unread):
        outcomes.add(Started(job_id=job_id))
    outcomes.add(Gone(job_id=gone, message="filled"))
    outcomes.add(Failed(job_id=slow, code="timeout", message="silent"))
    outcomes.add(Failed(job_id=slower, code="timeout", message="silent"))
    outcomes.add(Changed(job_id=read, **changed))
    outcomes.flush()
    outcomes.add(Failed(job_id=read, code="parse", message="no title"))
    assert outcomes.tally == {"timeout": 2, "gone": 1, "parse": 1, "crawling": 1}
    assert next(iter(outcomes.tally)) == "timeout"


def test_searched_text_is_made_before_the_run_is_held_and_not_kept_by_a_late_worker(
    engine: Engine,
) -> None:
    """The text takes the longest, and all who flush for a run wait for each other."""
    runs = MadeUpRuns(engine=engine)
    run = runs.ingesting(jobs=1)
    (row,) = runs.rows("SELECT job_id FROM jobs")
    late = Outcomes(engine, run)
    posting = {"title": "Baker", "company": "Heron", "description_text": "bread at dawn"}
    late.add(Extracted(job_id=row.job_id, posting=posting, location="Lyon"))
    searched = "SELECT search::text FROM job_texts"
    before = runs.rows(searched)
    making = """
        SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE relation = 'job_texts'::regclass AND granted AND mode = 'RowExclusiveLock'
            AND wait_event_type = 'Lock' AND wait_event = 'transactionid'
    """
    with ThreadPoolExecutor(1) as another, engine.connect() as holder:
        assert end_run(holder, run.run_id, RunStatus.ABORTED)
        flush = another.submit(late.flush)
        until = time.monotonic() + _WITHIN
        while not runs.rows(making):
            assert time.monotonic() < until
        holder.commit()
        with pytest.raises(RunSuperseded):
            flush.result(_WITHIN)
    assert runs.rows(searched) == before


def test_posting_is_found_by_all_its_words(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    run = runs.ingesting(jobs=1)
    (row,) = runs.rows("SELECT job_id, company FROM jobs")
    outcomes = Outcomes(engine, run)
    outcomes.add(Started(job_id=row.job_id))
    outcomes.add(
        Changed(
            job_id=row.job_id,
            raw_key="raw/1/1.html",
            content_sha256="",
            fingerprint=fingerprint({}, "words"),
        )
    )
    posting = {"title": "Baker", "company": "Heron", "description_text": "bread at dawn"}
    outcomes.add(Extracted(job_id=row.job_id, posting=posting, location="Lyon"))
    outcomes.flush()
    by_trigger = """
        SELECT t.search = job_search(j.title, j.company, 'Heron', 'Lyon', 'bread at dawn') AS same
        FROM job_texts t JOIN jobs j USING (job_id)
    """
    assert [found.same for found in runs.rows(by_trigger)] == [True]
    with engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET title = 'Confectioner'"))
    assert [found.same for found in runs.rows(by_trigger)] == [True], "by the trigger, again"
