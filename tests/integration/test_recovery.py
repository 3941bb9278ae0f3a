"""Runs whose workers went silent, on a real Postgres and by its clock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine

from include.core.outcomes import Started, Unchanged
from include.core.run_state import RunStatus
from include.core.staleness import Remedy
from include.db import outbox
from include.db.recovery import find_stale
from include.db.runs import end_run
from include.errors import RunSuperseded
from include.pipeline.finish_run import finish_run
from include.pipeline.flush import Outcomes
from include.pipeline.mark_expired import mark_expired
from include.pipeline.open_run import open_run, run_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.upsert_jobs import upsert_jobs
from tests.made_up_runs import STALE_AFTER, USER, MadeUpRuns

pytestmark = pytest.mark.integration


@pytest.fixture
def runs(engine: Engine) -> MadeUpRuns:
    return MadeUpRuns(engine=engine)


def stale(runs: MadeUpRuns, limit: timedelta = STALE_AFTER) -> list[int]:
    with runs.engine.connect() as connection:
        return [run.run_id for run in find_stale(connection, limit)]


def job_ids(runs: MadeUpRuns) -> list[int]:
    return [row.job_id for row in runs.rows("SELECT job_id FROM jobs ORDER BY job_id")]


@pytest.mark.parametrize(("seconds", "found"), [(14 * 60 + 59, False), (15 * 60 + 1, True)])
def test_silence_of_just_more_than_the_limit_makes_a_run_stale(
    runs: MadeUpRuns, seconds: int, found: bool
) -> None:
    run = runs.ingesting()
    runs.silence(run.run_id, seconds)
    assert stale(runs) == ([run.run_id] if found else [])
    assert runs.recover(run.run_id) is (Remedy.RESUME if found else None)
    assert runs.run(run.run_id).attempt == (2 if found else 1)


@pytest.mark.parametrize("status", list(RunStatus))
def test_only_active_runs_are_stale(runs: MadeUpRuns, status: RunStatus) -> None:
    run = runs.ingesting()
    runs.execute("UPDATE ingestion_runs SET status = :s", s=status)
    runs.silence(run.run_id)
    active = status in (RunStatus.PENDING, RunStatus.INITIALIZING, RunStatus.INGESTING)
    assert stale(runs) == ([run.run_id] if active else [])


def test_recovered_run_goes_on_with_what_is_left_and_lists_nothing_again(
    runs: MadeUpRuns,
) -> None:
    run = runs.ingesting(jobs=4)
    ids = job_ids(runs)
    outcomes = Outcomes(runs.engine, run)
    for job_id in ids[:2]:
        outcomes.add(Started(job_id=job_id))
    outcomes.add(Unchanged(job_id=ids[0]))
    outcomes.flush()
    runs.execute("UPDATE jobs SET status = 'extracting' WHERE job_id = :j", j=ids[3])
    runs.silence(run.run_id)
    assert runs.recover(run.run_id) is Remedy.RESUME
    row = runs.run(run.run_id)
    assert (row.status, row.attempt, row.recoveries) == ("ingesting", 2, 1)
    assert row.dag_run_id == f"ingest__{run.run_id}__2"
    assert runs.jobs(run.run_id) == {
        "0": "skipped",
        "1": "pending",
        "2": "pending",
        "3": "extracting",
    }
    runs.dispatch()
    assert runs.open(run.run_id) == []
    again = runs.present(run.run_id)
    assert upsert_jobs(runs.engine, again) == 0
    assert mark_expired(runs.engine, again, hold_ratio=0.5, hold_min=10) == {}
    assert plan_batches(runs.engine, again, batch_size=2) == [0, 1]
    planned = runs.rows("SELECT external_id FROM jobs WHERE status <> 'skipped' AND batch < 2")
    assert len(planned) == 3


def test_run_recovered_while_it_listed_lists_again(runs: MadeUpRuns) -> None:
    runs.follow("acme", "beta")
    run_id = runs.start()
    runs.dispatch()
    assert runs.open(run_id) == [["acme"], ["beta"]]
    runs.list_jobs(runs.present(run_id), "acme", range(3))
    runs.silence(run_id)
    assert runs.recover(run_id) is Remedy.RESUME
    assert runs.run(run_id).status == "initializing"
    assert runs.open(run_id) == [["acme"], ["beta"]]


def test_recovered_jobs_are_shown_to_those_who_watch(runs: MadeUpRuns) -> None:
    run = runs.ingesting()
    outcomes = Outcomes(runs.engine, run)
    outcomes.add(Started(job_id=job_ids(runs)[0]))
    outcomes.flush()
    before = runs.run(run.run_id).version
    runs.silence(run.run_id)
    runs.recover(run.run_id)
    after = runs.run(run.run_id).version
    assert after > before
    changed = runs.rows("SELECT external_id, version FROM jobs WHERE version > :v", v=before)
    assert [tuple(row) for row in changed] == [("0", after)]


def test_new_attempt_is_an_intent_that_names_the_lost_dag_run(runs: MadeUpRuns) -> None:
    run = runs.ingesting()
    runs.silence(run.run_id)
    runs.recover(run.run_id)
    with runs.engine.connect() as connection:
        (intent,) = outbox.due_intents(connection, 10)
    assert intent.dag_run_id == f"ingest__{run.run_id}__2"
    assert intent.wanted
    assert intent.recovers == f"ingest__{run.run_id}__1"
    assert intent.conf["run_id"] == run.run_id
    assert intent.conf["user_id"] == USER


def test_run_that_airflow_started_itself_is_recovered_under_an_id_of_ours(
    runs: MadeUpRuns,
) -> None:
    runs.follow("acme")
    open_run(runs.engine, dag_run_id="manual__2026", user_id=USER)
    run = run_of(runs.engine, "manual__2026")
    runs.silence(run.run_id)
    assert runs.recover(run.run_id) is Remedy.RESUME
    runs.dispatch()
    assert runs.open(run.run_id) == [["acme"]]
    with pytest.raises(RunSuperseded):
        run_of(runs.engine, "manual__2026")
    with pytest.raises(RunSuperseded):
        open_run(runs.engine, dag_run_id="manual__2026", user_id=USER)


def test_lost_attempt_that_wakes_up_writes_nothing(runs: MadeUpRuns) -> None:
    run = runs.ingesting()
    lost = run.dag_run_id or ""
    runs.silence(run.run_id)
    runs.recover(run.run_id)
    tables = "SELECT ingestion_runs::text FROM ingestion_runs", "SELECT jobs::text FROM jobs"
    before = [runs.rows(table) for table in tables]
    outcomes = Outcomes(runs.engine, run)
    outcomes.add(Started(job_id=job_ids(runs)[0]))
    for late in (
        outcomes.flush,
        outcomes.finish,
        lambda: run_of(runs.engine, lost),
        lambda: finish_run(runs.engine, lost),
        lambda: plan_batches(runs.engine, run, batch_size=10),
        lambda: open_run(runs.engine, dag_run_id=lost, user_id=USER, run_id=run.run_id),
    ):
        with pytest.raises(RunSuperseded):
            late()
    assert [runs.rows(table) for table in tables] == before


def test_three_recoveries_resume_and_the_fourth_time_ends_the_run(runs: MadeUpRuns) -> None:
    run = runs.ingesting(jobs=3)
    for attempt in (2, 3, 4):
        runs.silence(run.run_id)
        assert runs.recover(run.run_id) is Remedy.RESUME
        assert runs.run(run.run_id).attempt == attempt
        runs.dispatch()
        assert runs.open(run.run_id) == []
    runs.silence(run.run_id)
    assert runs.recover(run.run_id) is Remedy.GIVE_UP
    row = runs.run(run.run_id)
    assert (row.status, row.recoveries, row.error_code) == ("error", 3, "stale")
    assert "recovered 3 times: 3 jobs were left" in row.error_message
    failed = runs.rows("SELECT status, error_code FROM run_jobs")
    assert [tuple(job) for job in failed] == [("failed", "unfinished")] * 3
    assert stale(runs) == []


def test_run_that_goes_silent_twice_and_then_works_finishes(runs: MadeUpRuns) -> None:
    run = runs.ingesting(jobs=2)
    for _ in range(2):
        runs.silence(run.run_id)
        assert runs.recover(run.run_id) is Remedy.RESUME
        runs.dispatch()
        runs.open(run.run_id)
    outcomes = Outcomes(runs.engine, runs.present(run.run_id))
    for job_id in job_ids(runs):
        outcomes.add(Started(job_id=job_id))
        outcomes.add(Unchanged(job_id=job_id))
    outcomes.finish()
    row = runs.run(run.run_id)
    assert (row.status, row.attempt, row.recoveries) == ("finished", 3, 2)


def test_stale_run_whose_jobs_are_all_done_is_finished(runs: MadeUpRuns) -> None:
    run = runs.ingesting()
    runs.execute("UPDATE jobs SET status = 'ready'")
    runs.silence(run.run_id)
    assert runs.recover(run.run_id) is Remedy.FINISH
    row = runs.run(run.run_id)
    assert (row.status, row.attempt, row.recoveries) == ("finished", 1, 0)


def test_without_recoveries_the_first_silence_ends_the_run(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine, max_recoveries=0)
    run = runs.ingesting()
    runs.silence(run.run_id)
    assert runs.recover(run.run_id) is Remedy.GIVE_UP


def test_two_detectors_at_once_count_once(runs: MadeUpRuns) -> None:
    run = runs.ingesting()
    for attempt in range(1, 4):
        runs.silence(run.run_id)
        barrier = Barrier(4)

        def detect(_: int, attempt: int = attempt, barrier: Barrier = barrier) -> object:
            barrier.wait()
            return runs.recover(run.run_id, attempt)

        with ThreadPoolExecutor(4) as threads:
            done = list(threads.map(detect, range(4)))
        assert sorted(map(str, done)) == ["None", "None", "None", "resume"]
        runs.dispatch()
    row = runs.run(run.run_id)
    assert (row.attempt, row.recoveries) == (4, 3)


def test_run_whose_start_waits_for_airflow_burns_no_recovery(runs: MadeUpRuns) -> None:
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


def test_run_that_waits_its_turn_behind_working_ones_is_not_stale(runs: MadeUpRuns) -> None:
    first = runs.ingesting(user_id="bob")
    runs.follow("acme")
    waiting = runs.start()
    runs.dispatch()
    runs.silence(waiting)
    assert stale(runs) == []
    with runs.engine.begin() as connection:
        end_run(connection, first.run_id, RunStatus.ABORTED)
    assert stale(runs) == [waiting]


def test_run_that_was_overtaken_in_airflows_queue_is_stale(runs: MadeUpRuns) -> None:
    runs.follow("acme")
    lost = runs.start()
    runs.dispatch()
    runs.ingesting(user_id="bob")
    runs.silence(lost)
    assert stale(runs) == [lost]


@pytest.mark.parametrize("recover_first", [True, False])
def test_abort_beats_recovery(runs: MadeUpRuns, recover_first: bool) -> None:
    run = runs.ingesting()
    runs.silence(run.run_id)
    if recover_first:
        assert runs.recover(run.run_id) is Remedy.RESUME
    with runs.engine.begin() as connection:
        assert end_run(connection, run.run_id, RunStatus.ABORTED)
    assert runs.recover(run.run_id) is None
    assert runs.run(run.run_id).status == "aborted"
    with runs.engine.connect() as connection:
        assert not any(intent.wanted for intent in outbox.due_intents(connection, 10))


def test_heartbeat_between_detection_and_recovery_saves_the_attempt(runs: MadeUpRuns) -> None:
    run = runs.ingesting()
    runs.silence(run.run_id)
    assert stale(runs) == [run.run_id]
    Outcomes(runs.engine, run).flush()
    assert runs.recover(run.run_id) is None
    assert runs.run(run.run_id).attempt == 1
