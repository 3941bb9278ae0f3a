"""A retry does the failed jobs of a run again, those alone, and expires nothing."""

from dataclasses import dataclass

import pytest
from sqlalchemy import text

from include.core.models import RunTrigger
from include.core.run_state import RunStatus
from include.db.runs import end_run
from include.errors import ActiveRunError, RunNotRetryable
from include.pipeline.extract_jobs import extract_jobs
from include.pipeline.finish_run import finish_run
from include.pipeline.open_run import open_run, run_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.retry_failed import retry_failed
from include.pipeline.upsert_jobs import upsert_jobs
from tests.ingestion import USER, Ingestion

pytestmark = pytest.mark.integration


@dataclass(frozen=True, kw_only=True)
class FailedRun:
    run_id: int
    failed: set[tuple[str, str]]


@pytest.fixture
def failed_run(ingestion: Ingestion) -> FailedRun:
    """Ended, with three failed jobs of each company: one with inline content, one with pages."""
    ingestion.follow(["heronworks", "fernhollow"])
    run = ingestion.open()
    with ingestion.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE jobs SET status = 'failed', error_code = 'timeout' WHERE job_id IN"
                " (SELECT min(job_id) + n FROM jobs, generate_series(0, 2) n GROUP BY company, n)"
            )
        )
    for batch in ingestion.batches(run):
        ingestion.crawl(run, batch)
        extract_jobs(ingestion.engine, run, batch, ingestion.raw_pages)
    assert finish_run(ingestion.engine, run.dag_run_id or "") is RunStatus.FINISHED
    failed = ingestion.outcomes(run.run_id, "failed")
    assert len(failed) >= 6
    return FailedRun(run_id=run.run_id, failed=failed)


def retry(ingestion: Ingestion, run_id: int) -> int:
    with ingestion.engine.begin() as connection:
        return retry_failed(connection, run_id, trigger=RunTrigger.API)


def carry_out(ingestion: Ingestion, run_id: int) -> None:
    """A retry's run, as the DAG does it."""
    dag_run_id = f"ingest__{run_id}__1"
    assert open_run(ingestion.engine, dag_run_id=dag_run_id, user_id=USER, run_id=run_id) == []
    run = run_of(ingestion.engine, dag_run_id)
    upsert_jobs(ingestion.engine, run)
    ingestion.expire(run)
    for batch in plan_batches(ingestion.engine, run, batch_size=200):
        ingestion.crawl(run, batch)
        extract_jobs(ingestion.engine, run, batch, ingestion.raw_pages)
    assert finish_run(ingestion.engine, dag_run_id) is RunStatus.FINISHED


def test_a_retry_does_the_failed_jobs_alone_and_expires_nothing(
    ingestion: Ingestion, failed_run: FailedRun
) -> None:
    others = ingestion.rows(
        "SELECT job_id, status, run_id, updated_at FROM jobs WHERE status <> 'failed' ORDER BY 1"
    )
    ingestion.sites.world.requests.clear()
    retried = retry(ingestion, failed_run.run_id)
    carry_out(ingestion, retried)
    done = ingestion.outcomes(retried, "ready")
    assert done <= failed_run.failed
    assert len(done) >= 6
    owned = ingestion.rows("SELECT company, external_id FROM run_jobs WHERE run_id = :r", r=retried)
    assert {tuple(row) for row in owned} == failed_run.failed
    (run,) = ingestion.rows(
        "SELECT retry_of, counts FROM ingestion_runs WHERE run_id = :r", r=retried
    )
    assert run.retry_of == failed_run.run_id
    assert (run.counts["total"], run.counts["added"]) == (len(failed_run.failed), 0)
    assert run.counts["expired"] == 0
    asked = set(ingestion.sites.world.requests)
    assert not any("sitemap" in path or path.startswith("/v1/boards") for path in asked)
    assert others == ingestion.rows(
        "SELECT job_id, status, run_id, updated_at FROM jobs WHERE run_id = :r ORDER BY 1",
        r=failed_run.run_id,
    )


def test_a_listing_is_kept_for_failed_jobs_only_and_no_longer_than_they_are(
    ingestion: Ingestion, failed_run: FailedRun
) -> None:
    kept = ingestion.rows("SELECT company, external_id FROM listed_jobs")
    assert {tuple(row) for row in kept} == failed_run.failed
    carry_out(ingestion, retry(ingestion, failed_run.run_id))
    left = ingestion.rows("SELECT company, external_id FROM listed_jobs")
    failed = ingestion.rows("SELECT company, external_id FROM jobs WHERE status = 'failed'")
    assert sorted(left) == sorted(failed)


def test_a_retry_and_its_intent_are_there_together_or_not_at_all(
    ingestion: Ingestion, failed_run: FailedRun
) -> None:
    with ingestion.engine.connect() as connection:
        given_up = retry_failed(connection, failed_run.run_id, trigger=RunTrigger.API)
        connection.rollback()
    for table in ("ingestion_runs", "run_companies", "listed_jobs", "outbox"):
        assert ingestion.rows(f"SELECT 1 FROM {table} WHERE run_id = :r", r=given_up) == [], table
    retried = retry(ingestion, failed_run.run_id)
    (intent,) = ingestion.rows("SELECT attempt, conf FROM outbox WHERE run_id = :r", r=retried)
    assert (intent.attempt, intent.conf["run_id"]) == (1, retried)
    assert intent.conf["companies"] == ["fernhollow", "heronworks"]


def test_what_can_not_be_retried_is_refused(ingestion: Ingestion, failed_run: FailedRun) -> None:
    retried = retry(ingestion, failed_run.run_id)
    with pytest.raises(RunNotRetryable) as goes_on:
        retry(ingestion, retried)
    assert goes_on.value.code == "run_not_ended"
    with pytest.raises(ActiveRunError):
        retry(ingestion, failed_run.run_id)
    carry_out(ingestion, retried)
    with pytest.raises(RunNotRetryable) as nothing:
        retry(ingestion, failed_run.run_id)
    assert nothing.value.code == "nothing_to_retry"


def test_an_aborted_run_is_gone_on_with(ingestion: Ingestion) -> None:
    ingestion.follow(["heronworks"])
    run = ingestion.open()
    with ingestion.engine.begin() as connection:
        assert end_run(connection, run.run_id, RunStatus.ABORTED)
    aborted = ingestion.outcomes(run.run_id, "failed")
    retried = retry(ingestion, run.run_id)
    carry_out(ingestion, retried)
    assert ingestion.outcomes(retried, "ready") == aborted
