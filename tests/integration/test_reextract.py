"""Stored pages read again: nothing is fetched, and what reads them now says what was known, or
something else."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from include.core.models import JobPosting, Page, RunTrigger
from include.core.records import EXTRACTOR_VERSION
from include.core.run_state import RunStatus
from include.db.run_changes import count_changed_fields, count_changes
from include.db.runs import end_run, get_run
from include.errors import ActiveRunError, PageGone, ParseError, RunSuperseded
from include.pipeline import extract_jobs as step
from include.pipeline.finish_run import finish_run
from include.pipeline.open_run import open_run, run_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.start_run import start_run
from include.pipeline.upsert_jobs import upsert_jobs
from tests.ingestion import USER, Ingestion

pytestmark = pytest.mark.integration
SLUGS = ("heronworks", "fernhollow")


@pytest.fixture
def ingested(ingestion: Ingestion) -> Ingestion:
    """After a run of one company with inline content and one with pages."""
    ingestion.follow(SLUGS)
    ingestion.run()
    return ingestion


def start(ingestion: Ingestion, *companies: str) -> int:
    with ingestion.engine.begin() as connection:
        return start_run(
            connection,
            user_id=USER,
            trigger=RunTrigger.API,
            companies=companies or None,
            reextract=True,
        )


def plan(ingestion: Ingestion, run_id: int) -> list[int]:
    dag_run_id = f"ingest__{run_id}__1"
    assert open_run(ingestion.engine, dag_run_id=dag_run_id, user_id=USER, run_id=run_id) == []
    run = run_of(ingestion.engine, dag_run_id)
    upsert_jobs(ingestion.engine, run)
    assert ingestion.expire(run) == {}
    return plan_batches(ingestion.engine, run, batch_size=ingestion.batch_size)


def reextract(ingestion: Ingestion, *companies: str) -> int:
    """The whole run, as the DAG does it; its id."""
    run_id = start(ingestion, *companies)
    batches = plan(ingestion, run_id)
    dag_run_id = f"ingest__{run_id}__1"
    run = run_of(ingestion.engine, dag_run_id)
    for batch in batches:
        ingestion.crawl(run, batch)
        step.extract_jobs(ingestion.engine, run, batch, ingestion.raw_pages)
    assert finish_run(ingestion.engine, dag_run_id) is RunStatus.FINISHED
    return run_id


def dump(ingestion: Ingestion) -> list[tuple[object, ...]]:
    query = "SELECT job_id, posting, title, location, updated_at, raw_key FROM jobs ORDER BY job_id"
    return [tuple(row) for row in ingestion.rows(query)]


def readable(ingestion: Ingestion) -> int:
    """How many jobs were read before; one page of the sample sites can't be."""
    return len([row for row in dump(ingestion) if row[1] is not None])


def statuses(ingestion: Ingestion, run_id: int) -> dict[str, int]:
    query = "SELECT status, count(*) AS n FROM run_jobs WHERE run_id = :run GROUP BY 1"
    return {row.status: row.n for row in ingestion.rows(query, run=run_id)}


def changes(ingestion: Ingestion, run_id: int) -> tuple[int, dict[str, int]]:
    with ingestion.engine.connect() as connection:
        return count_changes(connection, run_id), count_changed_fields(connection, run_id)


def reading(monkeypatch: pytest.MonkeyPatch, change: Callable[[JobPosting], JobPosting]) -> None:
    """From now on, pages are read by an extractor that differs by ``change``."""
    read_page = step.read_page

    def newer(source: str, page: Page) -> JobPosting:
        return change(read_page(source, page))

    monkeypatch.setattr(step, "read_page", newer)


def test_the_same_extractor_changes_nothing_and_asks_nobody(ingested: Ingestion) -> None:
    before = dump(ingested)
    ingested.sites.world.requests.clear()

    for _ in range(2):
        run_id = reextract(ingested)
        assert statuses(ingested, run_id) == {"skipped": readable(ingested)}
        assert changes(ingested, run_id) == (0, {})

    assert dump(ingested) == before
    assert ingested.sites.world.requests == {}


def test_a_newer_extractor_s_changes_are_counted_by_field_and_kept_as_versions(
    ingested: Ingestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def newer(posting: JobPosting) -> JobPosting:
        department = "Kitchen" if "Engineer" in posting.title else posting.department
        return replace(posting, department=department, language="xx")

    expected = readable(ingested)
    reading(monkeypatch, newer)
    run_id = reextract(ingested)

    assert statuses(ingested, run_id) == {"ready": expected}
    postings, fields = changes(ingested, run_id)
    assert (postings, fields["language"]) == (expected, expected)
    assert 0 < fields["department"] < expected
    assert list(fields) == ["language", "department"]
    versions = ingested.rows("SELECT changes FROM job_versions WHERE run_id = :run", run=run_id)
    assert all(row.changes["language"][1] == "xx" for row in versions)
    assert changes(ingested, reextract(ingested)) == (0, {})


def test_what_differs_in_no_content_is_kept_without_counting_as_a_change(
    ingested: Ingestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    updated = ingested.rows("SELECT updated_at FROM jobs ORDER BY job_id")
    reading(monkeypatch, lambda posting: replace(posting, provenance={"title": "a new way"}))
    run_id = reextract(ingested)

    assert changes(ingested, run_id) == (0, {})
    kept = ingested.rows(
        "SELECT DISTINCT posting -> 'provenance' AS provenance FROM jobs WHERE posting IS NOT NULL"
    )
    assert [row.provenance for row in kept] == [{"title": "a new way"}]
    assert ingested.rows("SELECT updated_at FROM jobs ORDER BY job_id") == updated


def test_the_extractor_s_version_is_kept_with_each_posting(ingested: Ingestion) -> None:
    with ingested.engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET extractor_version = 0"))
    reextract(ingested, "heronworks")

    query = "SELECT DISTINCT company, extractor_version AS version FROM jobs"
    found = {row.company: row.version for row in ingested.rows(query)}
    assert found == {"heronworks": EXTRACTOR_VERSION, "fernhollow": 0}


def test_only_the_named_companies_are_read_again(ingested: Ingestion) -> None:
    run_id = reextract(ingested, "heronworks")

    query = "SELECT DISTINCT company FROM run_jobs WHERE run_id = :run"
    assert [row.company for row in ingested.rows(query, run=run_id)] == ["heronworks"]


def test_jobs_whose_page_is_no_longer_kept_stay_as_they_were_and_are_counted(
    ingested: Ingestion,
) -> None:
    with ingested.engine.begin() as connection:
        connection.execute(text("UPDATE ingestion_runs SET created_at = now() - interval '8 days'"))
        connection.execute(text("UPDATE jobs SET status = 'failed' WHERE job_id = 1"))
    before = ingested.rows("SELECT job_id, status, run_id FROM jobs ORDER BY job_id")
    run_id = reextract(ingested)

    assert statuses(ingested, run_id) == {}
    assert ingested.rows("SELECT job_id, status, run_id FROM jobs ORDER BY job_id") == before
    companies = ingested.rows(
        "SELECT status, listed, error FROM run_companies WHERE run_id = :run", run=run_id
    )
    assert {(row.status, row.listed) for row in companies} == {("partial", 0)}
    assert all("others are not kept" in row.error for row in companies)


def test_a_page_that_left_the_store_meanwhile_leaves_its_job_as_it_was(
    ingested: Ingestion,
) -> None:
    with ingested.engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET raw_key = 'raw/1/999999.html' WHERE job_id = 1"))
    before = dump(ingested)
    run_id = reextract(ingested)

    assert statuses(ingested, run_id) == {"skipped": readable(ingested)}
    assert dump(ingested) == before


def test_a_job_whose_reading_failed_is_read_again_and_one_whose_fetch_failed_is_not(
    ingested: Ingestion,
) -> None:
    with ingested.engine.begin() as connection:
        failed = "UPDATE jobs SET status = 'failed', posting_current = {} WHERE job_id = {}"
        connection.execute(text(failed.format("false", 1)))
        connection.execute(text(failed.format("true", 2)))
    reextract(ingested)

    rows = ingested.rows("SELECT job_id, status FROM jobs WHERE job_id <= 2")
    found = {row.job_id: row.status for row in rows}
    assert found == {1: "skipped", 2: "failed"}


def test_a_page_that_is_now_known_to_say_so_expires_its_job_and_no_other(
    ingested: Ingestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, *_) = ingested.rows("SELECT external_id, title FROM jobs ORDER BY job_id")

    def strict(posting: JobPosting) -> JobPosting:
        if posting.title == first.title:
            raise PageGone("the position has been filled")
        return posting

    reading(monkeypatch, strict)
    run_id = reextract(ingested)

    assert first.external_id in {job for _, job in ingested.outcomes(run_id, "expired")}
    assert statuses(ingested, run_id)["expired"] < 5


def test_a_page_that_can_not_be_read_any_more_fails_alone(
    ingested: Ingestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, *_) = ingested.rows("SELECT external_id, title FROM jobs ORDER BY job_id")

    def broken(posting: JobPosting) -> JobPosting:
        if posting.title == first.title:
            raise ParseError("no title")
        return posting

    reading(monkeypatch, broken)
    run_id = reextract(ingested)

    assert first.external_id in {job for _, job in ingested.outcomes(run_id, "failed")}
    assert statuses(ingested, run_id)["failed"] < 5


def test_it_is_refused_while_a_run_is_active_and_refuses_others(ingested: Ingestion) -> None:
    active = start(ingested)
    with pytest.raises(ActiveRunError) as refused:
        start(ingested)
    assert refused.value.run_id == active
    with ingested.engine.begin() as connection, pytest.raises(ActiveRunError):
        start_run(connection, user_id=USER, trigger=RunTrigger.API)


def test_once_aborted_it_writes_nothing_more(
    ingested: Ingestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = start(ingested)
    plan(ingested, run_id)
    run = run_of(ingested.engine, f"ingest__{run_id}__1")
    postings = ingested.rows("SELECT posting FROM jobs ORDER BY job_id")

    def aborting(posting: JobPosting) -> JobPosting:
        with ingested.engine.begin() as connection:
            end_run(connection, run_id, RunStatus.ABORTED)
        return replace(posting, language="xx")

    reading(monkeypatch, aborting)
    with pytest.raises(RunSuperseded):
        step.extract_jobs(ingested.engine, run, 0, ingested.raw_pages)

    assert ingested.rows("SELECT posting FROM jobs ORDER BY job_id") == postings


def test_the_next_ordinary_run_finds_everything_as_it_was(ingested: Ingestion) -> None:
    before = readable(ingested)
    reextract(ingested)
    run_id = ingested.run()

    assert statuses(ingested, run_id)["skipped"] >= before - 3
    assert ingested.outcomes(run_id, "expired") == ingested.outcomes(1, "expired")
    with ingested.engine.connect() as connection:
        assert not get_run(connection, run_id).reextract
