"""Tests of the database functions that show active and ended runs.

The API has its tests in tests/api.
"""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, insert, select, text, update

from include.core.models import CompanyStatus
from include.core.runs.run_state import JobStatus, RunStatus
from include.db.catalogue.jobs import expire_missing
from include.db.run.progress import list_run_jobs, list_runs, read_head, read_run
from include.db.tables import hosts, jobs
from tests.api.world import World

pytestmark = pytest.mark.integration


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


def test_what_a_run_shows_follows_each_flush(world: World, engine: Engine) -> None:
    """Check the progress after each flush. The streams that send it are tested in tests/api."""
    run_id = world.ingesting_run("ada", "1", "2")
    world.flush(run_id, {"1": "crawling"})
    assert world.states(run_id) == {"acme": {"1": "crawling", "2": "pending"}}
    world.flush(run_id, {"2": "crawling", "1": "extracting"})
    assert world.states(run_id) == {"acme": {"1": "extracting", "2": "crawling"}}
    with engine.connect() as connection:
        head = read_head(connection, run_id)
        assert head is not None
        assert (head.user_id, head.status) == ("ada", RunStatus.INGESTING)
        assert read_head(connection, run_id + 1) is None


def test_the_outcomes_of_an_ended_run_are_not_changed_by_the_next_run(
    world: World, engine: Engine
) -> None:
    first = world.ingesting_run("ada", "1", "2")
    world.flush(first, {"1": "ready", "2": "skipped"})
    world.end(first)
    world.ingesting_run("ada", "1")
    assert world.states(first) == {"acme": {"1": "ready", "2": "skipped"}}
    with engine.connect() as connection:
        head = read_head(connection, first)
        assert head is not None
        of_one = list_run_jobs(connection, head, status=JobStatus.READY, limit=10)
        assert [job.external_id for job in of_one] == ["1"]
        assert list_run_jobs(connection, head, company="other", limit=10) == []


def test_a_company_that_could_not_be_listed_says_why(world: World, engine: Engine) -> None:
    run_id = world.run()
    world.initialize(run_id)
    world.list_jobs(run_id, "1", "2", "3", status=CompanyStatus.PARTIAL, reason="cut off")
    with engine.begin() as connection:
        report = read_run(connection, run_id)
    assert report is not None
    (company,) = report.companies
    assert (company.status, company.listed) == (CompanyStatus.PARTIAL, 3)
    assert company.error is not None
    assert (company.error.code, company.error.message) == ("partial", "cut off")


def test_a_run_tells_which_of_its_checks_it_adopted(world: World, engine: Engine) -> None:
    first = world.ingesting_run("ada", "1", "2")
    world.flush(first, {"1": "ready", "2": "ready"})
    world.end(first)
    adopter = world.run("bob", max_age=timedelta(minutes=10))
    with engine.connect() as connection:
        reports = [read_run(connection, run_id) for run_id in (first, adopter)]
    assert [report is not None and report.status for report in reports] == ["finished"] * 2
    companies = [company for report in reports if report for company in report.companies]
    assert [company.adopted for company in companies] == [False, True]
    assert companies[0].checked_at == companies[1].checked_at
    assert [company.counts.added for company in companies] == [2, 2]
    assert world.states(first) == world.states(adopter)


def test_times_are_utc_whatever_the_session_thinks(world: World, engine: Engine) -> None:
    run_id = world.ingesting_run("ada", "1")
    with engine.connect() as connection:
        connection.execute(text("SET TIME ZONE 'Asia/Kathmandu'"))
        report = read_run(connection, run_id)
        head = read_head(connection, run_id)
        assert report is not None
        assert head is not None
        (job,) = list_run_jobs(connection, head, limit=1)
    for moment in (report.created_at, report.started_at, job.first_seen_at):
        assert moment is not None
        assert moment.tzname() == "UTC"


def test_time_stops_when_the_run_ends(world: World, engine: Engine) -> None:
    run_id = world.ingesting_run("ada")
    world.end(run_id)
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE ingestion_runs SET started_at = now() - interval '90 seconds',"
                " finished_at = now() - interval '30 seconds'"
            )
        )
        report = read_run(connection, run_id)
    assert report is not None
    assert report.elapsed_seconds == 60


def test_a_job_that_fails_no_more_has_no_error(world: World, engine: Engine) -> None:
    run_id = world.ingesting_run("ada", "1")
    with engine.begin() as connection:
        connection.execute(update(jobs).values(error_code="timeout", status="crawling"))
        head = read_head(connection, run_id)
        assert head is not None
        (job,) = list_run_jobs(connection, head, limit=1)
        assert job.error is None
        assert connection.scalar(select(jobs.c.error_code)) == "timeout"


FAILED = {"1": "timeout", "2": "http_5xx", "3": "timeout"}


def of_failures(engine: Engine, run_id: int) -> dict[str, list[tuple[str, int]]]:
    """Return the failure codes and their counts, by company.

    The key "all" has those of the whole run.
    """
    with engine.connect() as connection:
        report = read_run(connection, run_id)
    assert report is not None
    assert report.counts.failed == sum(report.failures.values())
    return {"all": list(report.failures.items())} | {
        company.company: list(company.failures.items()) for company in report.companies
    }


def test_a_run_and_its_companies_tell_why_jobs_failed_live_and_after_the_next_run(
    world: World, engine: Engine
) -> None:
    world.follow("ada", "acme", "bolt")
    run_id = world.run("ada", "acme", "bolt")
    world.initialize(run_id)
    world.list_jobs(run_id, *FAILED, "4", "5")
    world.list_jobs(run_id, "6", "7", company="bolt")
    world.ingest(run_id)
    with engine.begin() as connection:
        for external_id, code in {**FAILED, "6": "http_5xx"}.items():
            one = update(jobs).where(jobs.c.external_id == external_id)
            connection.execute(one.values(status="failed", error_code=code))
        # Job 4 must not count: its failure code is from an earlier run, and it has not been read
        # again yet.
        connection.execute(
            update(jobs).where(jobs.c.external_id == "4").values(error_code="robots")
        )
    live = {
        "all": [("http_5xx", 2), ("timeout", 2)],
        "acme": [("timeout", 2), ("http_5xx", 1)],
        "bolt": [("http_5xx", 1)],
    }
    assert of_failures(engine, run_id) == live
    world.flush(run_id, {"4": "ready", "5": "ready", "7": "skipped"})
    world.end(run_id)
    world.ingesting_run("ada", *FAILED)
    assert of_failures(engine, run_id) == live


def test_jobs_that_an_abort_gave_up_failed_for_that(world: World, engine: Engine) -> None:
    run_id = world.ingesting_run("ada", "1", "2")
    world.flush(run_id, {"1": "ready"})
    world.end(run_id, RunStatus.ABORTED)
    assert of_failures(engine, run_id)["all"] == [("aborted", 1)]


@pytest.mark.parametrize("ended", [False, True], ids=["live", "ended"])
def test_jobs_gone_by_their_page_are_told_from_those_that_left_their_listing(
    world: World, engine: Engine, ended: bool
) -> None:
    first = world.ingesting_run("ada", "1", "2", "3")
    world.flush_all(first, "ready")
    world.end(first)
    run_id = world.ingesting_run("ada", "2", "3")
    (check_id,) = world.checks(run_id).values()
    with engine.begin() as connection:
        expire_missing(connection, {check_id: 1}, timedelta(0))
    world.flush(run_id, {"2": "expired", "3": "expired"})
    if ended:
        world.end(run_id)
    with engine.connect() as connection:
        report = read_run(connection, run_id)
    assert report is not None
    assert (report.counts.expired, report.counts.total) == (3, 2)
    assert (report.gone, [company.gone for company in report.companies]) == (2, [2])


def test_history_is_the_users_own_newest_first(world: World, engine: Engine) -> None:
    runs = [world.run("ada"), world.run("bob")]
    world.end(runs[0], RunStatus.ABORTED)
    runs.append(world.run("ada"))
    with engine.connect() as connection:
        listed = list_runs(connection, "ada", before=None, limit=10)
        assert [run.run_id for run in listed] == [runs[2], runs[0]]
        older = list_runs(connection, "ada", before=runs[2], limit=10)
        assert [run.run_id for run in older] == [runs[0]]


@pytest.mark.parametrize(
    ("code", "wait"),
    [
        ("timeout", "the whole response did not arrive in time"),
        (None, "the host asked for a pause"),
    ],
)
def test_an_ingesting_run_names_the_host_that_holds_it_up(
    world: World, engine: Engine, code: str | None, wait: str
) -> None:
    run_id = world.ingesting_run("ada", "1", "2", "3")
    world.flush(run_id, {"1": "ready", "2": "crawling"})
    with engine.begin() as connection:
        (host,) = connection.scalars(select(jobs.c.host).distinct())
        later = text("now() + interval '1 minute'")
        connection.execute(insert(hosts).values(host="elsewhere.example", not_before=later))
        assert waiting_for(connection, run_id) is None
        blocked = {"host": host, "failure_code": code, "not_before": later}
        connection.execute(insert(hosts).values(**blocked))
        assert waiting_for(connection, run_id) == f"2 postings wait for {host}: {wait}"
    world.flush(run_id, {"2": "ready", "3": "ready"})
    with engine.connect() as connection:
        assert waiting_for(connection, run_id) is None


def waiting_for(connection: Connection, run_id: int) -> str | None:
    report = read_run(connection, run_id)
    assert report is not None
    return report.waiting_for
