"""Tests of a retry. It reads only the jobs that failed in a run, and expires nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from include.core.models import RunTrigger
from include.core.runs.run_state import SweepStatus
from include.db.work.sweeps import Sweep
from include.errors import ActiveRunError, RunNotRetryable
from include.pipeline.extract_jobs import extract_jobs
from include.pipeline.finish_run import finish_run
from include.pipeline.runs.abort_run import abort_run
from include.pipeline.runs.retry_failed import retry_failed
from tests.fetch.fault_server import FaultServer, reply
from tests.ingestion import Ingestion
from tests.integration.feeds import Feed

pytestmark = pytest.mark.integration
SLUGS = ("heronworks", "fernhollow")
FRESH = timedelta(minutes=10)
BROKEN = reply(b"%PDF-1.7 \x00\x01", content_type="text/html")


@dataclass(frozen=True, kw_only=True)
class FailedRun:
    run_id: int
    failed: set[tuple[str, str]]


def read(ingestion: Ingestion, sweep: Sweep) -> None:
    """Carry out the tasks that follow the planning, and close the sweep."""
    for batch in ingestion.batches(sweep):
        ingestion.crawl(sweep, batch)
        extract_jobs(ingestion.engine, sweep, batch, ingestion.raw_pages)
    assert finish_run(ingestion.engine, sweep.dag_run_id) is SweepStatus.DONE


@pytest.fixture
def failed_run(ingestion: Ingestion) -> FailedRun:
    """Return an ended run of two companies, each of which has three failed jobs.

    One company has inline content, and the other has pages.
    """
    ingestion.follow(SLUGS)
    sweep = ingestion.open()
    with ingestion.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE jobs SET status = 'failed', error_code = 'timeout' WHERE job_id IN"
                " (SELECT min(job_id) + n FROM jobs, generate_series(0, 2) n GROUP BY board_id, n)"
            )
        )
    read(ingestion, sweep)
    failed = ingestion.outcomes(sweep.sweep_id, "failed")
    assert len(failed) >= 6
    return FailedRun(run_id=sweep.sweep_id, failed=failed)


def retry(ingestion: Ingestion, run_id: int) -> int:
    with ingestion.engine.begin() as connection:
        return retry_failed(connection, run_id, trigger=RunTrigger.API)


def jobs_by_board(ingestion: Ingestion, table: str) -> set[tuple[str, str]]:
    """Return (company, external id) of each row of ``table``, which has the column ``board_id``."""
    query = f"SELECT k.slug, t.external_id FROM {table} AS t JOIN companies AS k USING (board_id)"
    return {(row.slug, row.external_id) for row in ingestion.rows(query)}


def test_a_retry_does_the_failed_jobs_alone_and_expires_nothing(
    ingestion: Ingestion, failed_run: FailedRun
) -> None:
    unfailed = "SELECT job_id, status, check_id, updated_at FROM jobs WHERE {} ORDER BY 1"
    others = ingestion.rows(unfailed.format("status <> 'failed'"))
    first = ingestion.rows("SELECT max(check_id) AS check FROM checks")[0].check
    ingestion.sites.world.requests.clear()
    retried = retry(ingestion, failed_run.run_id)
    ingestion.carry_out_all()
    done = ingestion.outcomes(retried, "ready")
    assert done <= failed_run.failed
    assert len(done) >= 6
    assert {(job.company, job.external_id) for job in listed(ingestion, retried)} == (
        failed_run.failed
    )
    (run,) = ingestion.rows(
        "SELECT retry_of, counts FROM ingestion_runs WHERE run_id = :r", r=retried
    )
    assert run.retry_of == failed_run.run_id
    assert (run.counts["total"], run.counts["added"]) == (len(failed_run.failed), 0)
    assert run.counts["expired"] == 0
    requested_paths = set(ingestion.sites.world.requests)
    assert not any("sitemap" in path or path.startswith("/v1/boards") for path in requested_paths)
    assert others == ingestion.rows(unfailed.format(f"check_id <= {first}"))


def listed(ingestion: Ingestion, run_id: int) -> list:
    query = (
        "SELECT f.company, j.external_id FROM ingestion_runs AS r"
        " CROSS JOIN unnest(r.companies, r.check_ids) AS f(company, check_id)"
        " JOIN checks AS c USING (check_id) JOIN jobs AS j ON j.job_id = ANY(c.job_ids)"
        " WHERE r.run_id = :r"
    )
    return list(ingestion.rows(query, r=run_id))


def test_a_listing_is_kept_for_failed_jobs_only_and_no_longer_than_they_are(
    ingestion: Ingestion, failed_run: FailedRun
) -> None:
    assert jobs_by_board(ingestion, "listed_jobs") == failed_run.failed
    retry(ingestion, failed_run.run_id)
    ingestion.carry_out_all()
    listed = jobs_by_board(ingestion, "listed_jobs")
    assert listed == jobs_by_board(ingestion, "(SELECT * FROM jobs WHERE status = 'failed')")
    assert listed < failed_run.failed


def test_a_retry_and_its_intent_are_there_together_or_not_at_all(
    ingestion: Ingestion, failed_run: FailedRun
) -> None:
    with ingestion.engine.connect() as connection:
        given_up = retry_failed(connection, failed_run.run_id, trigger=RunTrigger.API)
        connection.rollback()
    for table, column in (
        ("ingestion_runs", "run_id"),
        ("sweeps", "sweep_id"),
        ("checks", "sweep_id"),
        ("outbox", "sweep_id"),
    ):
        query = f"SELECT 1 FROM {table} WHERE {column} = :r"
        assert ingestion.rows(query, r=given_up) == [], table
    retried = retry(ingestion, failed_run.run_id)
    (intent,) = ingestion.rows("SELECT attempt, conf FROM outbox WHERE sweep_id = :r", r=retried)
    assert (intent.attempt, intent.conf["run_id"]) == (1, retried)
    assert intent.conf["companies"] == sorted(SLUGS)


def test_a_retry_is_refused_if_the_run_is_active_unknown_or_has_no_failed_jobs(
    ingestion: Ingestion, failed_run: FailedRun
) -> None:
    retried = retry(ingestion, failed_run.run_id)
    with pytest.raises(RunNotRetryable) as goes_on:
        retry(ingestion, retried)
    assert goes_on.value.code == "run_not_ended"
    with pytest.raises(ActiveRunError):
        retry(ingestion, failed_run.run_id)
    with pytest.raises(LookupError):
        retry(ingestion, 4711)
    ingestion.carry_out_all()
    with pytest.raises(RunNotRetryable) as nothing:
        retry(ingestion, failed_run.run_id)
    assert nothing.value.code == "nothing_to_retry"


def test_a_retry_of_an_aborted_run_reads_its_unread_jobs(ingestion: Ingestion) -> None:
    ingestion.follow(["heronworks"])
    sweep = ingestion.open()
    with ingestion.engine.begin() as connection:
        assert abort_run(connection, sweep.sweep_id)
    aborted = ingestion.outcomes(sweep.sweep_id, "failed")
    assert aborted
    retried = retry(ingestion, sweep.sweep_id)
    ingestion.carry_out_all()
    assert ingestion.outcomes(retried, "ready") == aborted


def test_an_aborted_run_has_nothing_to_retry_once_another_users_check_has_read_its_jobs(
    ingestion: Ingestion,
) -> None:
    ingestion.follow(["heronworks"])
    ingestion.follow(["heronworks"], user="bob")
    sweep = ingestion.open()
    of_bob = ingestion.start(user="bob")
    with ingestion.engine.begin() as connection:
        assert abort_run(connection, sweep.sweep_id) == [], "bob rests on the check, too"
    read(ingestion, sweep)
    assert ingestion.outcomes(of_bob, "ready")
    with pytest.raises(RunNotRetryable) as nothing:
        retry(ingestion, sweep.sweep_id)
    assert nothing.value.code == "nothing_to_retry"


@pytest.fixture
def feed() -> Iterator[Feed]:
    """Yield a board of two postings. The page of the second one cannot be read at first."""
    with FaultServer() as server:
        feed = Feed(server=server)
        feed.post("1", "2")
        server.at("/2", BROKEN)
        yield feed


@pytest.fixture
def bakery(ingestion: Ingestion, feed: Feed) -> Ingestion:
    """Let Ada and Bob follow the feed. No page falls due for another reading."""
    feed.followed(ingestion, user="bob")
    return replace(feed.followed(ingestion), reread_after=timedelta(days=10_000))


def test_failed_jobs_of_an_adopted_check_are_retried_for_whoever_asks(
    bakery: Ingestion, feed: Feed
) -> None:
    of_ada = bakery.run()
    adopting = bakery.start(user="bob", max_age=FRESH)
    assert bakery.shown(adopting) == {"1": "ready", "2": "failed"}
    feed.page("2", "We bake bread. ")
    feed.asked()
    retried = retry(bakery, adopting)
    bakery.carry_out_all()
    assert bakery.shown(retried) == {"2": "ready"}
    assert feed.server.paths() == ["/2"], "nothing is listed, and no other page is read"
    assert bakery.shown(of_ada) == {"1": "ready", "2": "failed"}, "history stays as it was"
    with pytest.raises(RunNotRetryable):
        retry(bakery, of_ada)
    seen = bakery.start(max_age=FRESH)
    bakery.carry_out_all()
    assert bakery.shown(seen) == {"1": "skipped", "2": "ready"}, "ada is shown it, too"


@pytest.mark.parametrize("healed", [True, False])
def test_a_retry_waits_for_the_check_that_goes_on_and_then_does_what_is_left(
    healed: bool, bakery: Ingestion, feed: Feed
) -> None:
    failed = bakery.run(user="bob")
    going_on = bakery.open()
    retried = retry(bakery, failed)
    assert bakery.dispatch() == [], "the board is being checked"
    assert bakery.report(retried).status == "pending"
    if healed:
        feed.page("2", "We bake bread. ")
    read(bakery, going_on)
    assert bakery.report(going_on.sweep_id).status == "finished"
    feed.page("2", "We bake bread. ")
    feed.asked()
    bakery.carry_out_all()
    report = bakery.report(retried)
    assert report.status == "finished"
    assert bakery.shown(retried) == ({} if healed else {"2": "ready"})
    assert feed.asked() == ([] if healed else ["2"])
    assert report.counts.expired == 0


def test_a_retry_that_waits_can_be_aborted_and_disturbs_nobody(
    bakery: Ingestion, feed: Feed
) -> None:
    failed = bakery.run(user="bob")
    going_on = bakery.open()
    retried = retry(bakery, failed)
    with bakery.engine.begin() as connection:
        assert abort_run(connection, retried) == []
    read(bakery, going_on)
    assert bakery.dispatch() == []
    assert bakery.report(retried).status == "aborted"
    assert bakery.shown(going_on.sweep_id) == {"1": "ready", "2": "failed"}


def test_a_run_waits_for_the_retry_that_goes_on_and_then_lists_the_board(
    bakery: Ingestion, feed: Feed
) -> None:
    failed = bakery.run(user="bob")
    retried = retry(bakery, failed)
    bakery.dispatch()
    sweep = bakery.plan(retried)
    feed.post("3")
    of_ada = bakery.start(max_age=FRESH)
    assert bakery.dispatch() == []
    read(bakery, sweep)
    bakery.carry_out_all()
    assert bakery.shown(of_ada) == {"1": "ready", "2": "failed", "3": "ready"}
