"""Tests on a real Postgres of the fence, of the flush, and of ending a check and its runs once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from itertools import product

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
from include.core.models import CheckKind, RunTrigger
from include.core.runs.run_state import (
    CHECK_TRANSITIONS,
    JOB_TRANSITIONS,
    RUN_TRANSITIONS,
    CheckStatus,
    JobStatus,
    RunStatus,
    SweepStatus,
)
from include.db.catalogue import job_outcomes
from include.db.run.runs import advance, end_aborted, end_settled, find_run_of_dag, insert_run
from include.db.user.users import ensure_user
from include.db.work.checks import begin_listing, begin_reading, end_checks, end_read
from include.db.work.sweeps import Sweep, close_sweep, fence, write_heartbeat
from include.errors import ActiveRunError, SweepSuperseded
from include.pipeline.finish_run import finish_run
from include.pipeline.mark_expired import mark_expired
from include.pipeline.open_run import RunForm, open_run
from include.pipeline.pages.flush import Outcomes
from include.pipeline.plan_batches import plan_batches
from include.pipeline.runs.abort_run import abort_run, close_idle_sweeps
from include.pipeline.runs.settle_checks import end_if_read
from include.pipeline.start_daily_runs import start_daily_runs
from tests.made_up_runs import FRESH_FOR, USER, MadeUpRuns

pytestmark = pytest.mark.integration


@pytest.fixture
def runs(engine: Engine) -> MadeUpRuns:
    return MadeUpRuns(engine=engine)


@pytest.fixture
def opened(runs: MadeUpRuns) -> Sweep:
    """Return a sweep that is reading three jobs of one board in one batch."""
    return runs.ingesting(jobs=3)


def job_ids(runs: MadeUpRuns) -> list[int]:
    return [row.job_id for row in runs.rows("SELECT job_id FROM jobs ORDER BY job_id")]


def gather(runs: MadeUpRuns, sweep: Sweep) -> Outcomes:
    """Return the still empty outcomes of a worker that is to read all jobs of the sweep."""
    return Outcomes(runs.engine, sweep, runs.check_of())


def dump(runs: MadeUpRuns) -> dict[str, list[dict[str, object]]]:
    tables = ("ingestion_runs", "sweeps", "checks", "jobs", "user_jobs", "run_jobs")
    return {
        table: [
            row.row for row in runs.rows(f"SELECT to_jsonb(t) AS row FROM {table} t ORDER BY t")
        ]
        for table in tables
    }


def without_heartbeats(dumped: dict[str, list[dict[str, object]]]) -> object:
    """Return the rows without the columns that a repeated task may change.

    They are ``last_heartbeat`` and ``changed_xid``.
    """
    left_out = ("last_heartbeat", "changed_xid")
    return {
        table: [{name: row[name] for name in row if name not in left_out} for row in rows]
        for table, rows in dumped.items()
    }


def set_job_status(runs: MadeUpRuns, status: JobStatus) -> None:
    runs.execute("UPDATE jobs SET status = :status", status=status)


def end_all_jobs(runs: MadeUpRuns) -> None:
    set_job_status(runs, JobStatus.READY)


def read_all(runs: MadeUpRuns, sweep: Sweep) -> None:
    """Let a worker of the sweep record that every page is unchanged."""
    outcomes = gather(runs, sweep)
    for job_id in job_ids(runs):
        outcomes.add(Started(job_id=job_id))
        outcomes.add(Unchanged(job_id=job_id))
    outcomes.finish()


def test_a_flush_of_an_older_attempt_writes_nothing(runs: MadeUpRuns, opened: Sweep) -> None:
    runs.execute("UPDATE sweeps SET attempt = 2")
    before = dump(runs)
    outcomes = gather(runs, opened)
    outcomes.add(Started(job_id=job_ids(runs)[0]))
    with pytest.raises(SweepSuperseded):
        outcomes.write(*outcomes.take())
    assert dump(runs) == before


def test_an_older_attempt_can_neither_leave_a_heartbeat_nor_pass_the_fence(
    runs: MadeUpRuns, opened: Sweep
) -> None:
    end_all_jobs(runs)
    runs.execute("UPDATE sweeps SET attempt = 2")
    before = dump(runs)
    for refused in (write_heartbeat, fence):
        with pytest.raises(SweepSuperseded), runs.engine.begin() as connection:
            refused(connection, opened)
    with pytest.raises(SweepSuperseded):
        gather(runs, opened).finish()
    assert dump(runs) == before


@pytest.mark.parametrize("status", [each for each in SweepStatus if each != SweepStatus.ACTIVE])
def test_nobody_passes_the_fence_of_a_sweep_that_has_ended(
    runs: MadeUpRuns, opened: Sweep, status: SweepStatus
) -> None:
    runs.execute("UPDATE sweeps SET status = :s", s=status)
    for refused in (write_heartbeat, fence):
        with pytest.raises(SweepSuperseded), runs.engine.begin() as connection:
            refused(connection, opened)


def test_a_flush_stamps_its_transaction_on_exactly_what_it_wrote(
    runs: MadeUpRuns, opened: Sweep
) -> None:
    first, second, third = job_ids(runs)
    stamps = "SELECT job_id, status, changed_xid::text AS xid FROM jobs ORDER BY 1"
    before = {row.job_id: row.xid for row in runs.rows(stamps)}
    outcomes = gather(runs, opened)
    outcomes.add(Started(job_id=first))
    outcomes.add(Unchanged(job_id=first))
    outcomes.add(Started(job_id=second))
    outcomes.write(*outcomes.take())
    rows = {row.job_id: row for row in runs.rows(stamps)}
    assert [rows[each].status for each in (first, second, third)] == [
        *("skipped", "crawling", "pending")
    ]
    assert rows[first].xid == rows[second].xid
    assert int(rows[first].xid) > int(before[first])
    assert rows[third].xid == before[third]


def test_a_flush_notifies_once_whatever_it_holds(runs: MadeUpRuns, opened: Sweep) -> None:
    with runs.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as listener:
        listener.execute(text("LISTEN run_progress"))
        outcomes = gather(runs, opened)
        for job_id in job_ids(runs):
            outcomes.add(Started(job_id=job_id))
            outcomes.add(Failed(job_id=job_id, code="timeout", message="slow"))
        outcomes.write(*outcomes.take())
        driver = listener.connection.driver_connection
        assert driver is not None
        heard = [notify.payload for notify in driver.notifies(timeout=60, stop_after=1)]
        heard += [notify.payload for notify in driver.notifies(timeout=0)]
    assert heard == [""]


def _changed(job_id: int) -> Changed:
    words = fingerprint({}, "some words")
    return Changed(job_id=job_id, raw_key="k", content_sha256="s", fingerprint=words)


def _extracted(job_id: int) -> Extracted:
    return Extracted(job_id=job_id, location=None, posting={"title": "T"})


OUTCOMES: dict[JobStatus, Callable[[int], Outcome]] = {
    JobStatus.CRAWLING: lambda job: Started(job_id=job),
    JobStatus.EXTRACTING: _changed,
    JobStatus.SKIPPED: lambda job: Unchanged(job_id=job),
    JobStatus.FAILED: lambda job: Failed(job_id=job, code="dns", message="m"),
    JobStatus.EXPIRED: lambda job: Gone(job_id=job, message="m"),
    JobStatus.READY: _extracted,
}


def test_a_job_changes_state_only_along_the_table(runs: MadeUpRuns, opened: Sweep) -> None:
    job_id = job_ids(runs)[0]
    stamp = "SELECT status, changed_xid::text AS xid FROM jobs WHERE job_id = :id"
    for before, (after, outcome) in product(JobStatus, OUTCOMES.items()):
        set_job_status(runs, before)
        (was,) = runs.rows(stamp, id=job_id)
        with runs.engine.begin() as connection:
            job_outcomes.write(connection, opened.sweep_id, runs.check_of(), [outcome(job_id)])
        (row,) = runs.rows(stamp, id=job_id)
        legal = after in JOB_TRANSITIONS[before]
        expected = (after if legal else before, legal)
        assert (row.status, row.xid != was.xid) == expected, (before, after)


@pytest.mark.parametrize("before", list(CheckStatus))
@pytest.mark.parametrize("after", [each for each in CheckStatus if each is not CheckStatus.WAITING])
def test_a_check_changes_state_only_along_the_table(
    runs: MadeUpRuns, opened: Sweep, before: CheckStatus, after: CheckStatus
) -> None:
    end_all_jobs(runs)
    begun = after is CheckStatus.LISTING
    runs.execute(
        "UPDATE checks SET status = :s, listing = :l", s=before, l=None if begun else "complete"
    )
    (check,) = runs.rows("SELECT check_id FROM checks")
    ids = [check.check_id]
    legal = after in CHECK_TRANSITIONS[before]
    with runs.engine.begin() as connection:
        match after:
            case CheckStatus.LISTING:
                done = begin_listing(connection, opened.sweep_id, ids) == set(ids)
                assert done is (legal or before is after)
            case CheckStatus.READING:
                done = begin_reading(connection, opened.sweep_id) == ids
                assert done is (legal or before is after)
            case CheckStatus.DONE:
                assert end_read(connection, ids) == (ids if legal else [])
            case _:
                ended = end_checks(connection, ids, after, error_code="stale")
                assert ended == (ids if legal else [])
    (row,) = runs.rows("SELECT status FROM checks")
    assert row.status == (after if legal else before)


@pytest.mark.parametrize("before", list(RunStatus))
@pytest.mark.parametrize("after", list(RunStatus))
def test_a_run_changes_state_only_along_the_table(
    runs: MadeUpRuns, opened: Sweep, before: RunStatus, after: RunStatus
) -> None:
    """Move a run from one state to another.

    A run that is not ingesting yet first becomes ``ingesting``, in the transaction that settles it.
    """
    is_lost = after is RunStatus.ERROR
    runs.execute(
        "UPDATE checks SET status = :s, error_code = :e, reason = 'r'",
        s=CheckStatus.FAILED if is_lost else CheckStatus.DONE,
        e="stale" if is_lost else None,
    )
    runs.execute("UPDATE ingestion_runs SET status = :s", s=before)
    run_id = opened.sweep_id
    with runs.engine.begin() as connection:
        match after:
            case RunStatus.FINISHED | RunStatus.ERROR:
                if is_lost:
                    advance(connection, [run_id], RunStatus.INGESTING)
                legal = after in RUN_TRANSITIONS[before]
                assert end_settled(connection, [run_id]) == ([run_id] if legal else [])
            case RunStatus.ABORTED:
                end_aborted(connection, run_id)
            case _:
                advance(connection, [run_id], after)
    legal = after in RUN_TRANSITIONS[before]
    assert runs.run(run_id).status == (after if legal else before)


def test_a_check_with_a_job_left_does_not_end(runs: MadeUpRuns, opened: Sweep) -> None:
    with runs.engine.begin() as connection:
        assert end_if_read(connection, runs.check_of().values()) == []
    assert runs.run(opened.sweep_id).status == RunStatus.INGESTING


def test_the_worker_that_ends_the_last_job_ends_the_check_and_the_run(
    runs: MadeUpRuns, opened: Sweep
) -> None:
    read_all(runs, opened)
    assert runs.run(opened.sweep_id).status == RunStatus.FINISHED
    assert finish_run(runs.engine, opened.dag_run_id) is SweepStatus.DONE


def test_an_abort_stops_the_next_flush_and_fails_what_was_left(
    runs: MadeUpRuns, opened: Sweep
) -> None:
    outcomes = gather(runs, opened)
    with runs.engine.begin() as connection:
        cancelled = abort_run(connection, opened.sweep_id)
        assert cancelled is not None
        assert abort_run(connection, opened.sweep_id) is None
    with runs.engine.begin() as connection:
        assert close_idle_sweeps(connection, cancelled) == [opened.dag_run_id]
        assert close_idle_sweeps(connection, cancelled) == []
    outcomes.add(Started(job_id=job_ids(runs)[0]))
    with pytest.raises(SweepSuperseded):
        outcomes.write(*outcomes.take())
    rows = runs.rows("SELECT status, error_code FROM run_jobs")
    assert [tuple(row) for row in rows] == [("failed", "aborted")] * 3


def test_an_abort_leaves_the_checks_that_another_run_rests_on(
    runs: MadeUpRuns, opened: Sweep
) -> None:
    runs.follow("acme", user_id="bob")
    other = runs.start("bob")
    with runs.engine.begin() as connection:
        assert abort_run(connection, opened.sweep_id) == []
    assert runs.run(opened.sweep_id).status == RunStatus.ABORTED
    assert set(runs.jobs(opened.sweep_id).values()) == {"failed"}
    assert set(runs.jobs(other).values()) == {"pending"}
    read_all(runs, opened)
    assert runs.run(other).status == RunStatus.FINISHED
    assert set(runs.jobs(opened.sweep_id).values()) == {"failed"}, "history stays as it was"


def test_a_run_whose_tasks_ended_too_early_ends_in_error(runs: MadeUpRuns, opened: Sweep) -> None:
    assert finish_run(runs.engine, opened.dag_run_id) is SweepStatus.FAILED
    run = runs.run(opened.sweep_id)
    assert (run.status, run.error_code) == (RunStatus.ERROR, "unfinished")
    assert run.error_message.startswith("could not check acme: 3 postings were still unread")


def test_the_outcomes_of_an_ended_run_are_not_changed_by_the_next_run(
    runs: MadeUpRuns, opened: Sweep
) -> None:
    end_all_jobs(runs)
    finish_run(runs.engine, opened.dag_run_id)
    query = "SELECT * FROM run_jobs WHERE run_id = :r ORDER BY job_id"
    before = runs.rows(query, r=opened.sweep_id)
    next_run = runs.start()
    runs.dispatch()
    runs.open(next_run)
    sweep = runs.current_sweep(next_run)
    runs.list_jobs(sweep, "acme", [0])
    runs.upsert(sweep)
    assert runs.rows(query, r=opened.sweep_id) == before
    assert set(runs.jobs(opened.sweep_id)) == {"0", "1", "2"}
    counts = runs.run(opened.sweep_id).counts
    assert (counts["total"], counts["ready"], counts["added"]) == (3, 3, 3)


def asked_of_airflow(runs: MadeUpRuns, dag_run_id: str) -> list[list[int]]:
    form = RunForm(user_id=USER)
    return open_run(runs.engine, dag_run_id=dag_run_id, form=form, fresh_for=FRESH_FOR)


def test_a_user_has_one_active_run_however_airflow_is_asked(
    runs: MadeUpRuns, opened: Sweep
) -> None:
    with pytest.raises(ActiveRunError, match=f"run {opened.sweep_id}"):
        asked_of_airflow(runs, "another")


def test_a_repeated_open_run_starts_no_second_run(runs: MadeUpRuns, opened: Sweep) -> None:
    finish_run(runs.engine, opened.dag_run_id)
    groups = asked_of_airflow(runs, "next")
    assert len(groups) == 1
    assert asked_of_airflow(runs, "next") == groups
    assert len(runs.rows("SELECT 1 FROM ingestion_runs")) == 2
    with runs.engine.connect() as connection:
        run = find_run_of_dag(connection, "next")
    assert run is not None
    assert run.status is RunStatus.INITIALIZING


def test_inserting_many_runs_at_once_makes_one(engine: Engine) -> None:
    with engine.begin() as connection:
        ensure_user(connection, USER)

    def insert(_: int) -> int | None:
        with engine.begin() as connection:
            return insert_run(connection, user_id=USER, trigger=RunTrigger.API, companies=["acme"])

    with ThreadPoolExecutor(4) as threads:
        assert sum(run_id is not None for run_id in threads.map(insert, range(40))) == 1


def test_a_sweep_with_an_active_check_is_not_closed(runs: MadeUpRuns, opened: Sweep) -> None:
    with runs.engine.begin() as connection:
        assert not close_sweep(connection, opened.sweep_id, SweepStatus.DONE)
    read_all(runs, opened)
    with runs.engine.begin() as connection:
        assert close_sweep(connection, opened.sweep_id, SweepStatus.DONE)
        assert not close_sweep(connection, opened.sweep_id, SweepStatus.FAILED)


def expire(runs: MadeUpRuns, sweep: Sweep) -> None:
    mark_expired(runs.engine, sweep, hold_ratio=0.5, hold_min=10, confirm_after=timedelta(0))


def test_repeating_a_whole_sweep_changes_nothing(runs: MadeUpRuns) -> None:
    """Repeat each task, because Airflow may retry a task whose success it did not hear of."""
    read_all(runs, runs.ingesting(jobs=3))
    sweep_id = runs.start()
    runs.dispatch()
    runs.open(sweep_id)
    sweep = runs.current_sweep(sweep_id)
    runs.list_jobs(sweep, "acme", range(1, 5))
    stages = (
        lambda: runs.upsert(sweep),
        lambda: expire(runs, sweep),
        lambda: plan_batches(runs.engine, sweep, batch_size=200),
        lambda: read_all(runs, sweep),
        lambda: finish_run(runs.engine, sweep.dag_run_id),
    )
    for stage in stages:
        stage()
        before = dump(runs)
        with suppress(SweepSuperseded):
            stage()
        assert without_heartbeats(dump(runs)) == without_heartbeats(before)
    assert runs.run(sweep_id).status == RunStatus.FINISHED
    assert sorted(runs.jobs(sweep_id)) == ["0", "1", "2", "3", "4"]
    assert runs.jobs(sweep_id)["0"] == JobStatus.EXPIRED


def test_an_abort_lets_a_run_go_on_that_waited_for_the_board(runs: MadeUpRuns) -> None:
    """Let two users want different work at one board, which are a retry and a check.

    The check waits for the retry.
    """
    read_all(runs, runs.ingesting(jobs=1))
    set_job_status(runs, JobStatus.FAILED)
    retrying = runs.start(kind=CheckKind.RETRY)
    runs.follow("acme", user_id="bob")
    waiting = runs.start("bob")
    assert runs.run(waiting).check_ids == [None]
    with runs.engine.begin() as connection:
        cancelled = abort_run(connection, retrying)
    assert cancelled
    with runs.engine.begin() as connection:
        close_idle_sweeps(connection, cancelled)
    assert runs.run(waiting).check_ids != [None]


def test_the_schedule_leaves_waiting_checks_where_they_are(runs: MadeUpRuns) -> None:
    """Check that a new schedule leaves waiting checks in their sweep.

    Otherwise, each day's schedule would move the waiting checks of the previous day to the end of
    the queue.
    """
    runs.follow("acme")
    start_daily_runs(runs.engine, fresh_for=FRESH_FOR, sweep_boards=10)
    (check,) = runs.rows("SELECT check_id, sweep_id FROM checks")
    runs.follow("acme", user_id="bob")
    opened = start_daily_runs(runs.engine, fresh_for=FRESH_FOR, sweep_boards=10)
    assert opened == {"runs": 1, "sweeps": 0}
    runs.follow("acme", user_id="eve")
    run_id = runs.start("eve")
    (moved,) = runs.rows("SELECT check_id, sweep_id FROM checks")
    assert (moved.check_id, moved.sweep_id) == (check.check_id, run_id), "a person does not wait"
