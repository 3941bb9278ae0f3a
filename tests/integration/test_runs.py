"""The fence, the flush and the one end of a run, on a real Postgres."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from sqlalchemy import Engine, text

from include.core.fingerprint import fingerprint
from include.core.models import Company, CompanyStatus, ListedJob, RunTrigger
from include.core.outcomes import Changed, Extracted, Failed, Gone, Outcome, Started, Unchanged
from include.core.run_state import (
    ACTIVE_RUNS,
    ENDED_RUNS,
    JOB_TRANSITIONS,
    RUN_TRANSITIONS,
    JobStatus,
    RunStatus,
)
from include.db import job_outcomes
from include.db.companies import put_company
from include.db.listed_jobs import replace_listing
from include.db.run_companies import set_company
from include.db.runs import Run, end_run, find_run, get_run, insert_run, set_status, touch
from include.db.users import ensure_user
from include.errors import ActiveRunError, RunSuperseded
from include.pipeline.finish_run import finish_run
from include.pipeline.flush import Outcomes
from include.pipeline.open_run import open_run, run_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.upsert_jobs import upsert_jobs

pytestmark = pytest.mark.integration
USER = "ada"


@pytest.fixture
def opened(engine: Engine) -> Run:
    """A run that is ingesting three jobs, in one batch."""
    with engine.begin() as connection:
        ensure_user(connection, USER)
        put_company(connection, USER, Company(slug="acme", source="sitemap", config={}))
    open_run(engine, dag_run_id="test", user_id=USER)
    run = run_of(engine, "test")
    jobs = [(ListedJob(external_id=f"{i}", title="Job", url="http://x/"), True) for i in range(3)]
    with engine.begin() as connection:
        replace_listing(connection, run.run_id, "acme", jobs)
        set_company(connection, run.run_id, "acme", CompanyStatus.COMPLETE, listed=3)
    upsert_jobs(engine, run)
    assert plan_batches(engine, run, batch_size=200) == [0]
    return run_of(engine, "test")


def job_ids(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT job_id FROM jobs ORDER BY job_id")))


def dump(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        runs = connection.execute(text("SELECT * FROM ingestion_runs ORDER BY run_id")).all()
        jobs = connection.execute(text("SELECT * FROM jobs ORDER BY job_id")).all()
    return [*runs, *jobs]


def set_job_status(engine: Engine, status: JobStatus) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET status = :status"), {"status": status})


def end_all_jobs(engine: Engine) -> None:
    set_job_status(engine, JobStatus.READY)


def statuses(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(text("SELECT status FROM jobs")))


def test_flush_of_an_older_attempt_writes_nothing(engine: Engine, opened: Run) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE ingestion_runs SET attempt = 2"))
    before = dump(engine)
    outcomes = Outcomes(engine, opened)
    outcomes.add(Started(job_id=job_ids(engine)[0]))
    with pytest.raises(RunSuperseded):
        outcomes.flush()
    assert dump(engine) == before


def test_older_attempt_can_neither_heartbeat_nor_finish(engine: Engine, opened: Run) -> None:
    end_all_jobs(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE ingestion_runs SET attempt = 2"))
    before = dump(engine)
    with engine.begin() as connection:
        assert not end_run(connection, opened.run_id, RunStatus.FINISHED, attempt=1)
    with pytest.raises(RunSuperseded), engine.begin() as connection:
        touch(connection, opened.run_id, 1, during=ACTIVE_RUNS)
    assert dump(engine) == before


def test_flush_stamps_its_version_on_exactly_what_it_wrote(engine: Engine, opened: Run) -> None:
    first, second, third = job_ids(engine)
    outcomes = Outcomes(engine, opened)
    outcomes.add(Started(job_id=first))
    outcomes.add(Unchanged(job_id=first))
    outcomes.add(Started(job_id=second))
    outcomes.flush()
    with engine.connect() as connection:
        version = connection.scalar(text("SELECT version FROM ingestion_runs"))
        rows = connection.execute(text("SELECT job_id, status, version FROM jobs ORDER BY 1")).all()
    assert [row.status for row in rows] == ["skipped", "crawling", "pending"]
    assert [row.version == version for row in rows] == [True, True, False]
    assert third == rows[2].job_id


def test_flush_notifies_once_whatever_it_holds(engine: Engine, opened: Run) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as listener:
        listener.execute(text("LISTEN run_progress"))
        outcomes = Outcomes(engine, opened)
        for job_id in job_ids(engine):
            outcomes.add(Started(job_id=job_id))
            outcomes.add(Failed(job_id=job_id, code="timeout", message="slow"))
        outcomes.flush()
        driver = listener.connection.driver_connection
        assert driver is not None
        heard = [notify.payload for notify in driver.notifies(timeout=5, stop_after=1)]
        heard += [notify.payload for notify in driver.notifies(timeout=0)]
    assert heard == [str(opened.run_id)]


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


@pytest.mark.parametrize("before", list(JobStatus))
@pytest.mark.parametrize("after", list(OUTCOMES))
def test_job_changes_state_only_along_the_table(
    engine: Engine, opened: Run, before: JobStatus, after: JobStatus
) -> None:
    set_job_status(engine, before)
    job_id = job_ids(engine)[0]
    with engine.begin() as connection:
        job_outcomes.write(connection, opened.run_id, 99, [OUTCOMES[after](job_id)])
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT status, version FROM jobs WHERE job_id = :id"), {"id": job_id}
        ).one()
    legal = after in JOB_TRANSITIONS[before]
    assert (row.status, row.version == 99) == (after if legal else before, legal)


@pytest.mark.parametrize("before", list(RunStatus))
@pytest.mark.parametrize("after", list(RunStatus))
def test_run_changes_state_only_along_the_table(
    engine: Engine, opened: Run, before: RunStatus, after: RunStatus
) -> None:
    end_all_jobs(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE ingestion_runs SET status = :s"), {"s": before})
    legal = after in RUN_TRANSITIONS[before]
    with engine.begin() as connection:
        if after in ENDED_RUNS:
            assert end_run(connection, opened.run_id, after) is legal
        elif legal or after is before:
            set_status(connection, opened.run_id, 1, after)
        else:
            with pytest.raises(RunSuperseded):
                set_status(connection, opened.run_id, 1, after)
    run = find_run_of(engine, opened.run_id)
    assert run.status == (after if legal else before)


def find_run_of(engine: Engine, run_id: int) -> Run:
    with engine.connect() as connection:
        run = get_run(connection, run_id)
    assert run is not None
    return run


def test_run_with_a_job_left_does_not_finish(engine: Engine, opened: Run) -> None:
    with engine.begin() as connection:
        assert not end_run(connection, opened.run_id, RunStatus.FINISHED, attempt=1)
    assert find_run_of(engine, opened.run_id).status is RunStatus.INGESTING


def test_worker_that_ends_the_last_job_ends_the_run(engine: Engine, opened: Run) -> None:
    outcomes = Outcomes(engine, opened)
    for job_id in job_ids(engine):
        outcomes.add(Started(job_id=job_id))
        outcomes.add(Unchanged(job_id=job_id))
    outcomes.finish()
    assert find_run_of(engine, opened.run_id).status is RunStatus.FINISHED
    assert finish_run(engine, "test") is RunStatus.FINISHED


def test_abort_stops_the_next_flush_and_fails_what_was_left(engine: Engine, opened: Run) -> None:
    outcomes = Outcomes(engine, opened)
    with engine.begin() as connection:
        assert end_run(connection, opened.run_id, RunStatus.ABORTED)
        assert not end_run(connection, opened.run_id, RunStatus.ABORTED)
    outcomes.add(Started(job_id=job_ids(engine)[0]))
    with pytest.raises(RunSuperseded):
        outcomes.flush()
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT status, error_code FROM run_jobs")).all()
    assert [tuple(row) for row in rows] == [("failed", "aborted")] * 3


def test_run_whose_tasks_ended_too_early_ends_in_error(engine: Engine, opened: Run) -> None:
    assert finish_run(engine, "test") is RunStatus.ERROR
    with engine.connect() as connection:
        row = connection.execute(text("SELECT error_code, error_message FROM ingestion_runs")).one()
    assert row.error_code == "unfinished"
    assert row.error_message.startswith("3 jobs were left")


def test_outcomes_of_an_ended_run_outlive_the_next_one(engine: Engine, opened: Run) -> None:
    end_all_jobs(engine)
    finish_run(engine, "test")
    with engine.connect() as connection:
        before = connection.execute(text("SELECT * FROM run_jobs ORDER BY job_id")).all()
    open_run(engine, dag_run_id="next", user_id=USER)
    run = run_of(engine, "next")
    jobs = [(ListedJob(external_id="0", title="New title", url="http://x/"), True)]
    with engine.begin() as connection:
        replace_listing(connection, run.run_id, "acme", jobs)
    upsert_jobs(engine, run)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM run_jobs ORDER BY job_id")).all() == before
        counts = connection.scalar(text("SELECT counts FROM ingestion_runs WHERE run_id = 1"))
    assert (counts["total"], counts["ready"], counts["added"]) == (3, 3, 3)


def test_user_has_one_active_run_however_airflow_is_asked(engine: Engine, opened: Run) -> None:
    with pytest.raises(ActiveRunError, match=f"run {opened.run_id}"):
        open_run(engine, dag_run_id="another", user_id=USER)


def test_opening_twice_is_opening_once(engine: Engine, opened: Run) -> None:
    end_all_jobs(engine)
    finish_run(engine, "test")
    assert open_run(engine, dag_run_id="next", user_id=USER) == [["acme"]]
    assert open_run(engine, dag_run_id="next", user_id=USER) == [["acme"]]
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM ingestion_runs")) == 2
        run = find_run(connection, "next")
    assert run is not None
    assert run.status is RunStatus.INITIALIZING


def test_inserting_many_runs_at_once_makes_one(engine: Engine) -> None:
    with engine.begin() as connection:
        ensure_user(connection, USER)
    starts = count()

    def start(_: int) -> int | None:
        with engine.begin() as connection:
            return insert_run(
                connection, user_id=USER, trigger=RunTrigger.API, dag_run_id=f"d{next(starts)}"
            )

    with ThreadPoolExecutor(4) as threads:
        assert sum(run_id is not None for run_id in threads.map(start, range(40))) == 1
