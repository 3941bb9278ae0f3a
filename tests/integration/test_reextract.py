"""Tests of reading stored pages again, which may change postings but fetches nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from include.core.fields.records import EXTRACTOR_VERSION
from include.core.models import CheckKind, JobPosting, Page
from include.core.runs.run_state import SweepStatus
from include.db.run.run_changes import count_changed_fields, count_changes
from include.db.work.sweeps import Sweep
from include.errors import ActiveRunError, PageGone, ParseError, SweepSuperseded
from include.pipeline import extract_jobs as step
from include.pipeline.finish_run import finish_run
from include.pipeline.pages.read_page import PageReader
from include.pipeline.runs.abort_run import abort_run, close_idle_sweeps
from tests.ingestion import Ingestion

pytestmark = pytest.mark.integration
SLUGS = ("heronworks", "fernhollow")
FRESH = timedelta(minutes=10)


@pytest.fixture
def ingested(ingestion: Ingestion) -> Ingestion:
    """Carry out a run of two companies: one that has inline content, and one that has pages."""
    ingestion.follow(SLUGS)
    ingestion.run()
    return ingestion


def plan(ingestion: Ingestion, *companies: str) -> Sweep:
    """Start a re-extraction and plan its sweep. It lists nothing, and nothing expires."""
    run_id = ingestion.start(kind=CheckKind.REEXTRACT, companies=companies or None)
    ingestion.dispatch()
    sweep = ingestion.plan(run_id)
    assert ingestion.expire(sweep) == {}
    return sweep


def reextract(ingestion: Ingestion, *companies: str) -> int:
    """Carry out a whole re-extraction as the DAG does, and return the id of its run."""
    sweep = plan(ingestion, *companies)
    read(ingestion, sweep)
    return sweep.sweep_id


def read(ingestion: Ingestion, sweep: Sweep) -> None:
    for batch in ingestion.batches(sweep):
        ingestion.crawl(sweep, batch)
        step.extract_jobs(ingestion.engine, sweep, batch, ingestion.raw_pages)
    assert finish_run(ingestion.engine, sweep.dag_run_id) is SweepStatus.DONE


def dump(ingestion: Ingestion) -> list[tuple[object, ...]]:
    query = (
        "SELECT job_id, posting, title, location, updated_at, raw_key, content_version"
        " FROM jobs ORDER BY job_id"
    )
    return [tuple(row) for row in ingestion.rows(query)]


def readable(ingestion: Ingestion) -> int:
    """Return the number of jobs that have a posting. One page of the sample sites is unreadable."""
    return len([row for row in dump(ingestion) if row[1] is not None])


def statuses(ingestion: Ingestion, run_id: int) -> dict[str, int]:
    """Return the numbers of ready, skipped and failed jobs of the run.

    A number that is 0 is left out.
    """
    counts = ingestion.report(run_id).counts
    found = {status: getattr(counts, status) for status in ("ready", "skipped", "failed")}
    return {status: number for status, number in found.items() if number}


def changes(ingestion: Ingestion, run_id: int) -> tuple[int, dict[str, int]]:
    with ingestion.engine.connect() as connection:
        return count_changes(connection, run_id), count_changed_fields(connection, run_id)


def reading(monkeypatch: pytest.MonkeyPatch, change: Callable[[JobPosting], JobPosting]) -> None:
    """Replace the extractor by one that applies ``change`` to each posting that it reads."""
    read = PageReader.posting

    def newer(reader: PageReader) -> JobPosting:
        return change(read(reader))

    monkeypatch.setattr(PageReader, "posting", newer)


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
    versions = ingested.rows("SELECT changes FROM job_versions WHERE sweep_id = :run", run=run_id)
    assert len(versions) == expected
    assert all(row.changes["language"][1] == "xx" for row in versions)
    assert changes(ingested, reextract(ingested)) == (0, {})


def test_every_follower_is_shown_what_a_newer_extractor_found(
    ingested: Ingestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingested.follow(SLUGS, user="bob")
    ingested.start(user="bob", max_age=FRESH)
    expected = readable(ingested)
    reading(monkeypatch, lambda posting: replace(posting, language="xx"))
    reextract(ingested)

    of_bob = ingested.start(user="bob", max_age=FRESH)
    ingested.carry_out_all()
    assert statuses(ingested, of_bob)["ready"] == expected
    assert changes(ingested, of_bob) == (expected, {"language": expected})


def test_a_new_provenance_is_stored_and_not_counted_as_a_change(
    ingested: Ingestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    updated = ingested.rows("SELECT updated_at, content_version FROM jobs ORDER BY job_id")
    reading(monkeypatch, lambda posting: replace(posting, provenance={"title": "a new way"}))
    run_id = reextract(ingested)

    assert changes(ingested, run_id) == (0, {})
    kept = ingested.rows(
        "SELECT DISTINCT posting -> 'provenance' AS provenance FROM jobs WHERE posting IS NOT NULL"
    )
    assert [row.provenance for row in kept] == [{"title": "a new way"}]
    unchanged = ingested.rows("SELECT updated_at, content_version FROM jobs ORDER BY job_id")
    assert unchanged == updated


def test_the_extractor_s_version_is_kept_with_each_posting(ingested: Ingestion) -> None:
    with ingested.engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET extractor_version = 0"))
    reextract(ingested, "heronworks")

    query = (
        "SELECT DISTINCT slug, extractor_version AS version FROM jobs JOIN companies USING"
        " (board_id) WHERE posting IS NOT NULL"
    )
    found = {row.slug: row.version for row in ingested.rows(query)}
    assert found == {"heronworks": EXTRACTOR_VERSION, "fernhollow": 0}


def test_only_the_named_companies_are_read_again(ingested: Ingestion) -> None:
    run_id = reextract(ingested, "heronworks")
    (company,) = ingested.report(run_id).companies
    assert company.error is not None
    assert company.error.message == (
        f"nothing was listed: {company.listed} stored pages are read again"
    )

    assert {company for company, _ in ingested.outcomes(run_id, "skipped")} == {"heronworks"}
    assert company.company == "heronworks"


def test_jobs_whose_page_is_no_longer_kept_stay_as_they_were_and_are_counted(
    ingested: Ingestion,
) -> None:
    states = "SELECT job_id, status, check_id FROM jobs ORDER BY job_id"
    with ingested.engine.begin() as connection:
        connection.execute(text("UPDATE sweeps SET created_at = now() - interval '8 days'"))
        connection.execute(text("UPDATE jobs SET status = 'failed' WHERE job_id = 1"))
    before = ingested.rows(states)
    run_id = reextract(ingested)

    assert statuses(ingested, run_id) == {}
    assert ingested.rows(states) == before
    companies = ingested.report(run_id).companies
    assert {(each.status, each.listed) for each in companies} == {("partial", 0)}
    uncounted = " other postings have no usable stored page"
    assert all(uncounted in each.error.message for each in companies if each.error)
    assert all(each.error for each in companies)


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
    assert ingested.report(run_id).counts.expired < 5


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
    active = ingested.start(kind=CheckKind.REEXTRACT)
    with pytest.raises(ActiveRunError) as refused:
        ingested.start(kind=CheckKind.REEXTRACT)
    assert refused.value.run_id == active
    with pytest.raises(ActiveRunError):
        ingested.start()


def test_it_waits_for_another_users_check_and_a_listing_waits_for_it(ingested: Ingestion) -> None:
    ingested.follow(SLUGS, user="bob")
    of_bob = ingested.start(user="bob")
    again = ingested.start(kind=CheckKind.REEXTRACT)
    assert ingested.dispatch() == [of_bob]
    assert ingested.carry_out(of_bob) is SweepStatus.DONE
    assert ingested.report(again).status == "pending"
    # Boards whose checks ended in different flushes are in different sweeps.
    sweeps = [ingested.plan(sweep_id) for sweep_id in ingested.dispatch()]

    listing = ingested.start(user="bob", max_age=FRESH)
    assert ingested.dispatch() == []
    for sweep in sweeps:
        read(ingested, sweep)
    assert ingested.report(again).status == "finished"
    assert statuses(ingested, again) == {"skipped": readable(ingested)}
    ingested.carry_out_all()
    assert ingested.report(listing).status == "finished"
    assert {each.status for each in ingested.report(listing).companies} == {"complete"}


def test_an_aborted_re_extraction_writes_nothing_more(
    ingested: Ingestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = plan(ingested)
    postings = ingested.rows("SELECT posting FROM jobs ORDER BY job_id")

    async def aborting(key: str, *, url: str) -> Page:
        with ingested.engine.begin() as connection:
            cancelled = abort_run(connection, sweep.sweep_id)
        with ingested.engine.begin() as connection:
            close_idle_sweeps(connection, cancelled or ())
        return await get(key, url=url)

    get = ingested.raw_pages.get
    reading(monkeypatch, lambda posting: replace(posting, language="xx"))
    monkeypatch.setattr(ingested.raw_pages, "get", aborting)
    with pytest.raises(SweepSuperseded):
        step.extract_jobs(ingested.engine, sweep, 0, ingested.raw_pages)

    assert ingested.rows("SELECT posting FROM jobs ORDER BY job_id") == postings


def test_the_next_ordinary_run_finds_no_change(ingested: Ingestion) -> None:
    before = readable(ingested)
    expired = "SELECT external_id FROM jobs WHERE status = 'expired' ORDER BY 1"
    gone = ingested.rows(expired)
    reextract(ingested)
    run_id = ingested.run()

    assert statuses(ingested, run_id)["skipped"] >= before - 3
    assert ingested.rows(expired) == gone
    assert ingested.outcomes(run_id, "expired") == set(), "it was told before"
    (kind,) = ingested.rows("SELECT kind FROM ingestion_runs WHERE run_id = :r", r=run_id)
    assert kind.kind == "list"
