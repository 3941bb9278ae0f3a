"""Tests of sweeps without heartbeats. They use a real Postgres and its clock."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine

from include.core.checking.outcomes import Started, Unchanged
from include.core.runs.run_state import SweepStatus
from include.core.runs.staleness import Remedy
from include.db.work import outbox
from include.db.work.recovery import find_stale
from include.db.work.sweeps import Sweep
from include.errors import SweepSuperseded
from include.pipeline.finish_run import finish_run
from include.pipeline.mark_expired import mark_expired
from include.pipeline.open_run import RunForm, open_run, sweep_of
from include.pipeline.pages.flush import Outcomes
from include.pipeline.plan_batches import plan_batches
from include.pipeline.runs.abort_run import abort_run, close_idle_sweeps
from include.pipeline.start_daily_runs import start_daily_runs
from tests.made_up_runs import FRESH_FOR, STALE_AFTER, USER, MadeUpRuns

pytestmark = pytest.mark.integration


@pytest.fixture
def runs(engine: Engine) -> MadeUpRuns:
    return MadeUpRuns(engine=engine)


def stale(runs: MadeUpRuns, limit: timedelta = STALE_AFTER) -> list[int]:
    with runs.engine.connect() as connection:
        return [sweep.sweep_id for sweep in find_stale(connection, limit)]


def job_ids(runs: MadeUpRuns) -> list[int]:
    return [row.job_id for row in runs.rows("SELECT job_id FROM jobs ORDER BY job_id")]


def abort(runs: MadeUpRuns, run_id: int) -> None:
    """Abort a run in the same way as the API."""
    with runs.engine.begin() as connection:
        cancelled = abort_run(connection, run_id)
    assert cancelled is not None
    with runs.engine.begin() as connection:
        close_idle_sweeps(connection, cancelled)


@pytest.mark.parametrize(("seconds", "found"), [(14 * 60 + 30, False), (15 * 60 + 1, True)])
def test_silence_of_just_more_than_the_limit_makes_a_sweep_stale(
    runs: MadeUpRuns, seconds: int, found: bool
) -> None:
    sweep = runs.ingesting()
    runs.silence(sweep.sweep_id, seconds)
    assert stale(runs) == ([sweep.sweep_id] if found else [])
    assert runs.recover(sweep.sweep_id) is (Remedy.RESUME if found else None)
    assert runs.sweep(sweep.sweep_id).attempt == (2 if found else 1)


@pytest.mark.parametrize("status", list(SweepStatus))
def test_only_active_sweeps_are_stale(runs: MadeUpRuns, status: SweepStatus) -> None:
    sweep = runs.ingesting()
    runs.execute("UPDATE sweeps SET status = :s", s=status)
    runs.silence(sweep.sweep_id)
    assert stale(runs) == ([sweep.sweep_id] if status is SweepStatus.ACTIVE else [])


def test_a_recovered_sweep_goes_on_with_what_is_left_and_lists_nothing_again(
    runs: MadeUpRuns,
) -> None:
    sweep = runs.ingesting(jobs=4)
    ids = job_ids(runs)
    outcomes = Outcomes(runs.engine, sweep, runs.check_of())
    for job_id in ids[:2]:
        outcomes.add(Started(job_id=job_id))
    outcomes.add(Unchanged(job_id=ids[0]))
    outcomes.write(*outcomes.take())
    runs.execute("UPDATE jobs SET status = 'extracting' WHERE job_id = :j", j=ids[3])
    runs.silence(sweep.sweep_id)
    assert runs.recover(sweep.sweep_id) is Remedy.RESUME
    row = runs.sweep(sweep.sweep_id)
    assert (row.status, row.attempt, row.recoveries) == ("active", 2, 1)
    assert row.dag_run_id == f"ingest__{sweep.sweep_id}__2"
    assert runs.run(sweep.sweep_id).status == "ingesting"
    assert runs.jobs(sweep.sweep_id) == {
        "0": "skipped",
        "1": "pending",
        "2": "pending",
        "3": "extracting",
    }
    runs.dispatch()
    assert runs.open(sweep.sweep_id) == []
    again = runs.current_sweep(sweep.sweep_id)
    owners = runs.check_of()
    runs.upsert(again)
    assert expire(runs, again) == {}
    assert runs.check_of() == owners
    runs.execute("UPDATE jobs SET host = external_id || '.example'")
    assert plan_batches(runs.engine, again, batch_size=2) == [0, 1]
    planned = runs.rows("SELECT external_id FROM jobs WHERE status <> 'skipped' AND batch < 2")
    assert len(planned) == 3


def expire(runs: MadeUpRuns, sweep: Sweep) -> dict[int, int]:
    return mark_expired(runs.engine, sweep, hold_ratio=0.5, hold_min=10, confirm_after=timedelta(0))


def test_a_sweep_recovered_while_it_listed_lists_only_what_is_left(runs: MadeUpRuns) -> None:
    runs.follow("acme", "beta")
    sweep_id = runs.start()
    runs.dispatch()
    check_of = {
        row.slug: row.check_id
        for row in runs.rows(
            "SELECT c.check_id, k.slug FROM checks c JOIN companies k USING (board_id)"
        )
    }
    assert runs.open(sweep_id) == [[check_of["acme"], check_of["beta"]]]
    runs.list_jobs(runs.current_sweep(sweep_id), "acme", range(3))
    runs.silence(sweep_id)
    assert runs.recover(sweep_id) is Remedy.RESUME
    assert runs.run(sweep_id).status == "initializing"
    assert runs.open(sweep_id) == [[check_of["beta"]]]


def test_recovered_jobs_are_shown_to_those_who_watch(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting()
    outcomes = Outcomes(runs.engine, sweep, runs.check_of())
    outcomes.add(Started(job_id=job_ids(runs)[0]))
    outcomes.write(*outcomes.take())
    stamp = "SELECT external_id, changed_xid::text::bigint AS xid FROM jobs"
    before = {row.external_id: row.xid for row in runs.rows(stamp)}
    runs.silence(sweep.sweep_id)
    runs.recover(sweep.sweep_id)
    after = {row.external_id: row.xid for row in runs.rows(stamp)}
    assert {job for job in after if after[job] > before[job]} == {"0"}
    assert runs.jobs(sweep.sweep_id)["0"] == "pending"


def test_a_new_attempt_is_an_intent_that_names_the_lost_dag_run(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting()
    runs.silence(sweep.sweep_id)
    runs.recover(sweep.sweep_id)
    with runs.engine.connect() as connection:
        (intent,) = outbox.due_intents(connection, 10)
    assert intent.dag_run_id == f"ingest__{sweep.sweep_id}__2"
    assert intent.is_wanted
    assert intent.recovers == f"ingest__{sweep.sweep_id}__1"
    assert intent.conf["run_id"] == sweep.sweep_id
    assert intent.conf["user_id"] == USER


@pytest.mark.parametrize("remedy", [Remedy.GIVE_UP, Remedy.FINISH])
def test_the_dag_run_of_a_sweep_that_recovery_ends_is_to_be_failed(
    engine: Engine, remedy: Remedy
) -> None:
    runs = MadeUpRuns(engine=engine, max_recoveries=0)
    sweep = runs.ingesting()
    if remedy is Remedy.FINISH:
        runs.execute("UPDATE jobs SET status = 'ready'")
    runs.silence(sweep.sweep_id)
    assert runs.recover(sweep.sweep_id) is remedy
    with engine.connect() as connection:
        (intent,) = outbox.due_intents(connection, 10)
    assert (intent.recovers, intent.is_wanted) == (sweep.dag_run_id, False)


def test_a_sweep_that_airflow_started_itself_is_recovered_under_an_id_of_ours(
    runs: MadeUpRuns,
) -> None:
    runs.follow("acme")
    form = RunForm(user_id=USER)
    own = "manual__2026"
    groups = open_run(runs.engine, dag_run_id=own, form=form, fresh_for=FRESH_FOR)
    sweep = sweep_of(runs.engine, own)
    runs.silence(sweep.sweep_id)
    assert runs.recover(sweep.sweep_id) is Remedy.RESUME
    runs.dispatch()
    assert runs.open(sweep.sweep_id) == groups
    with pytest.raises(SweepSuperseded):
        sweep_of(runs.engine, own)
    with pytest.raises(SweepSuperseded):
        open_run(runs.engine, dag_run_id=own, form=form, fresh_for=FRESH_FOR)


def test_a_lost_attempt_that_wakes_up_writes_nothing(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting()
    lost = sweep.dag_run_id
    runs.silence(sweep.sweep_id)
    runs.recover(sweep.sweep_id)
    tables = ("ingestion_runs", "sweeps", "checks", "jobs", "user_jobs", "run_jobs")
    dumps = [f"SELECT t::text FROM {table} t ORDER BY 1" for table in tables]
    before = [runs.rows(dump) for dump in dumps]
    outcomes = Outcomes(runs.engine, sweep, runs.check_of())
    outcomes.add(Started(job_id=job_ids(runs)[0]))
    for late in (
        lambda: outcomes.write(*outcomes.take()),
        outcomes.finish,
        lambda: sweep_of(runs.engine, lost),
        lambda: finish_run(runs.engine, lost),
        lambda: runs.upsert(sweep),
        lambda: expire(runs, sweep),
        lambda: plan_batches(runs.engine, sweep, batch_size=10),
        lambda: open_run(
            runs.engine, dag_run_id=lost, sweep_id=sweep.sweep_id, fresh_for=FRESH_FOR
        ),
    ):
        with pytest.raises(SweepSuperseded):
            late()
    assert [runs.rows(dump) for dump in dumps] == before


def test_three_recoveries_resume_and_the_fourth_time_ends_what_rests_on_the_sweep(
    runs: MadeUpRuns,
) -> None:
    sweep = runs.ingesting(jobs=3)
    for attempt in (2, 3, 4):
        runs.silence(sweep.sweep_id)
        assert runs.recover(sweep.sweep_id) is Remedy.RESUME
        assert runs.sweep(sweep.sweep_id).attempt == attempt
        runs.dispatch()
        assert runs.open(sweep.sweep_id) == []
    runs.silence(sweep.sweep_id)
    assert runs.recover(sweep.sweep_id) is Remedy.GIVE_UP
    row = runs.sweep(sweep.sweep_id)
    assert (row.status, row.recoveries) == ("failed", 3)
    run = runs.run(sweep.sweep_id)
    assert (run.status, run.error_code) == ("error", "stale")
    assert run.error_message.startswith("could not check acme: ")
    assert "recovered 3 times: 3 postings were still unread" in run.error_message
    failed = runs.rows("SELECT status, error_code FROM run_jobs")
    assert [tuple(job) for job in failed] == [("failed", "stale")] * 3
    assert stale(runs) == []


def test_a_sweep_that_is_given_up_ends_every_run_that_rests_on_it_and_no_other(
    runs: MadeUpRuns,
) -> None:
    """Check that a run's error names those of its own companies that could not be checked."""
    runs = replace(runs, max_recoveries=0)
    runs.follow("acme", "bolt")
    runs.follow("bolt", "coal", user_id="bob")
    runs.follow("dawn", user_id="eve")
    lost = runs.start()
    shared = runs.start("bob")
    other = runs.start("eve")
    runs.dispatch()
    runs.open(lost)
    runs.silence(lost)
    assert runs.recover(lost) is Remedy.GIVE_UP
    run = runs.run(lost)
    assert (run.status, run.error_code) == ("error", "stale")
    assert run.error_message.startswith("could not check acme, bolt: ")
    assert runs.run(shared).status == "ingesting", "coal is in a sweep that works"
    assert runs.run(other).status == "pending"
    runs.open(shared)
    sweep = runs.current_sweep(shared)
    runs.list_jobs(sweep, "coal", [])
    runs.upsert(sweep)
    plan_batches(runs.engine, sweep, batch_size=10)
    run = runs.run(shared)
    assert run.status == "error"
    assert run.error_message.startswith("could not check bolt: ")


def test_a_sweep_that_goes_silent_twice_and_then_works_finishes(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting(jobs=2)
    for _ in range(2):
        runs.silence(sweep.sweep_id)
        assert runs.recover(sweep.sweep_id) is Remedy.RESUME
        runs.dispatch()
        runs.open(sweep.sweep_id)
    present = runs.current_sweep(sweep.sweep_id)
    outcomes = Outcomes(runs.engine, present, runs.check_of())
    for job_id in job_ids(runs):
        outcomes.add(Started(job_id=job_id))
        outcomes.add(Unchanged(job_id=job_id))
    outcomes.finish()
    assert runs.run(sweep.sweep_id).status == "finished"
    assert finish_run(runs.engine, present.dag_run_id) is SweepStatus.DONE
    row = runs.sweep(sweep.sweep_id)
    assert (row.attempt, row.recoveries) == (3, 2)


def test_a_stale_sweep_whose_jobs_are_all_done_is_closed(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting()
    runs.execute("UPDATE jobs SET status = 'ready'")
    runs.silence(sweep.sweep_id)
    assert runs.recover(sweep.sweep_id) is Remedy.FINISH
    row = runs.sweep(sweep.sweep_id)
    assert (row.status, row.attempt, row.recoveries) == ("done", 1, 0)
    assert runs.run(sweep.sweep_id).status == "finished"


def test_a_stale_sweep_whose_checks_were_all_moved_away_is_closed(runs: MadeUpRuns) -> None:
    runs.follow("acme")
    start_daily_runs(runs.engine, fresh_for=FRESH_FOR, sweep_boards=10)
    (sweep_id,) = runs.dispatch()
    runs.follow("acme", user_id="bob")
    moved_to = runs.start("bob")
    runs.silence(sweep_id)
    assert runs.recover(sweep_id) is Remedy.FINISH
    assert runs.sweep(sweep_id).status == "done"
    assert runs.sweep(moved_to).status == "active"


def test_without_recoveries_the_first_silence_ends_the_run(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine, max_recoveries=0)
    sweep = runs.ingesting()
    runs.silence(sweep.sweep_id)
    assert runs.recover(sweep.sweep_id) is Remedy.GIVE_UP


def test_two_detectors_at_once_count_once(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting()
    for attempt in range(1, 4):
        runs.silence(sweep.sweep_id)
        barrier = Barrier(4)

        def detect(_: int, attempt: int = attempt, barrier: Barrier = barrier) -> object:
            barrier.wait()
            return runs.recover(sweep.sweep_id, attempt)

        with ThreadPoolExecutor(4) as threads:
            done = list(threads.map(detect, range(4)))
        assert sorted(map(str, done)) == ["None", "None", "None", "resume"]
        runs.dispatch()
    row = runs.sweep(sweep.sweep_id)
    assert (row.attempt, row.recoveries) == (4, 3)


def test_a_sweep_whose_start_waits_for_airflow_burns_no_recovery(runs: MadeUpRuns) -> None:
    runs.follow("acme")
    run_id = runs.start()
    runs.silence(run_id, 3600)
    assert stale(runs) == []
    assert runs.recover(run_id) is None
    runs.dispatch()
    assert stale(runs) == [run_id]
    assert runs.recover(run_id) is Remedy.RESUME
    runs.silence(run_id, 3600)
    assert stale(runs) == [], "its new attempt waits for Airflow, too"


def test_a_sweep_that_waits_its_turn_behind_working_ones_is_not_stale(runs: MadeUpRuns) -> None:
    first = runs.ingesting(user_id="bob", slug="bolt")
    runs.follow("acme")
    waiting = runs.start()
    runs.dispatch()
    runs.silence(waiting)
    assert stale(runs) == []
    abort(runs, first.sweep_id)
    assert stale(runs) == [waiting]


def test_a_sweep_that_was_overtaken_in_airflows_queue_is_stale(runs: MadeUpRuns) -> None:
    runs.follow("acme")
    lost = runs.start()
    runs.dispatch()
    runs.ingesting(user_id="bob", slug="bolt")
    runs.silence(lost)
    assert stale(runs) == [lost]


@pytest.mark.parametrize("recover_first", [True, False])
def test_abort_beats_recovery(runs: MadeUpRuns, recover_first: bool) -> None:
    sweep = runs.ingesting()
    runs.silence(sweep.sweep_id)
    if recover_first:
        assert runs.recover(sweep.sweep_id) is Remedy.RESUME
    abort(runs, sweep.sweep_id)
    assert runs.recover(sweep.sweep_id) is None
    assert runs.run(sweep.sweep_id).status == "aborted"
    with runs.engine.connect() as connection:
        assert not any(intent.is_wanted for intent in outbox.due_intents(connection, 10))


def test_a_heartbeat_between_detection_and_recovery_saves_the_attempt(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting()
    runs.silence(sweep.sweep_id)
    assert stale(runs) == [sweep.sweep_id]
    Outcomes(runs.engine, sweep, runs.check_of()).write([])
    assert runs.recover(sweep.sweep_id) is None
    assert runs.sweep(sweep.sweep_id).attempt == 1
