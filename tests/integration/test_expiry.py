"""Nothing expires without proof: the promises about listings, on a real Postgres."""

from collections.abc import Iterable
from itertools import count

import pytest
from sqlalchemy import Engine, text

from include.core.models import Company, CompanyStatus, ListedJob
from include.core.run_state import RunStatus
from include.db.companies import put_company
from include.db.listed_jobs import replace_listing
from include.db.run_companies import set_company
from include.db.runs import Run, end_run
from include.db.users import ensure_user
from include.pipeline.mark_expired import mark_expired
from include.pipeline.open_run import open_run, run_of
from include.pipeline.upsert_jobs import upsert_jobs

pytestmark = pytest.mark.integration
USER = "ada"


class Listings:
    """Runs whose listings a test makes up."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._numbers = count(1)

    def follow(self, *slugs: str, source: str = "greenhouse") -> None:
        with self.engine.begin() as connection:
            ensure_user(connection, USER)
            for slug in slugs:
                put_company(connection, USER, Company(slug=slug, source=source, config={}))

    def open(self) -> Run:
        dag_run_id = f"test__{next(self._numbers)}"
        open_run(self.engine, dag_run_id=dag_run_id, user_id=USER)
        return run_of(self.engine, dag_run_id)

    def list_(
        self,
        run: Run,
        slug: str,
        ids: Iterable[int],
        status: CompanyStatus = CompanyStatus.COMPLETE,
        unwanted: Iterable[int] = (),
    ) -> None:
        jobs = [
            (
                ListedJob(external_id=str(i), title=f"Job {i}", url=f"http://x/{i}"),
                i not in unwanted,
            )
            for i in ids
        ]
        with self.engine.begin() as connection:
            replace_listing(connection, run.run_id, slug, jobs)
            set_company(connection, run.run_id, slug, status, listed=len(jobs))

    def settle(self, run: Run) -> None:
        """Upserts and expires, and leaves the run."""
        upsert_jobs(self.engine, run)
        mark_expired(self.engine, run, hold_ratio=0.5, hold_min=10)
        self.leave(run)

    def leave(self, run: Run) -> None:
        with self.engine.begin() as connection:
            assert end_run(connection, run.run_id, RunStatus.ABORTED)

    def day(self, slug: str, ids: Iterable[int], **listing: object) -> Run:
        run = self.open()
        self.list_(run, slug, ids, **listing)
        self.settle(run)
        return run

    def expired(self, slug: str) -> set[int]:
        query = "SELECT external_id FROM jobs WHERE company = :slug AND status = 'expired'"
        with self.engine.connect() as connection:
            return {int(row[0]) for row in connection.execute(text(query), {"slug": slug})}

    def unwanted(self, slug: str) -> set[int]:
        query = "SELECT external_id FROM jobs WHERE company = :slug AND NOT wanted"
        with self.engine.connect() as connection:
            return {int(row[0]) for row in connection.execute(text(query), {"slug": slug})}

    def status(self, run: Run, slug: str) -> tuple[str, str | None]:
        query = "SELECT status, error FROM run_companies WHERE run_id = :run AND company = :slug"
        with self.engine.connect() as connection:
            row = connection.execute(text(query), {"run": run.run_id, "slug": slug}).one()
        return row.status, row.error


@pytest.fixture
def listings(engine: Engine) -> Listings:
    listings = Listings(engine)
    listings.follow("acme")
    return listings


def test_job_that_left_a_complete_listing_expires(listings: Listings) -> None:
    listings.day("acme", range(5))
    run = listings.day("acme", range(4))
    assert listings.expired("acme") == {4}
    assert listings.status(run, "acme") == ("complete", None)


@pytest.mark.parametrize("status", [CompanyStatus.PARTIAL, CompanyStatus.ERROR])
def test_listing_that_is_not_proved_whole_expires_nothing(
    listings: Listings, status: CompanyStatus
) -> None:
    listings.day("acme", range(5))
    listings.day("acme", [0], status=status)
    assert listings.expired("acme") == set()


def test_only_the_company_that_was_listed_whole_expires_jobs(listings: Listings) -> None:
    listings.follow("beta", "gamma")
    run = listings.open()
    for slug in ("acme", "beta", "gamma"):
        listings.list_(run, slug, range(4))
    listings.settle(run)
    run = listings.open()
    listings.list_(run, "acme", range(3))
    listings.list_(run, "beta", range(3), status=CompanyStatus.PARTIAL)
    listings.settle(run)
    assert listings.expired("acme") == {3}
    assert listings.expired("beta") == listings.expired("gamma") == set()


def test_empty_listing_is_held_until_a_second_one_confirms_it(listings: Listings) -> None:
    listings.day("acme", range(3))
    first = listings.day("acme", [])
    assert listings.expired("acme") == set()
    status, reason = listings.status(first, "acme")
    assert status == "held"
    assert "3 of 3 known missing: 3 kept" in (reason or "")
    second = listings.day("acme", [])
    assert listings.expired("acme") == {0, 1, 2}
    assert listings.status(second, "acme")[0] == "complete"


def test_shrink_by_more_than_half_is_held_and_the_confirming_run_releases_it(
    listings: Listings,
) -> None:
    listings.day("acme", range(100))
    listings.day("acme", range(5))
    assert listings.expired("acme") == set()
    listings.day("acme", range(5))
    assert listings.expired("acme") == set(range(5, 100))


def test_held_jobs_that_come_back_were_never_gone(listings: Listings) -> None:
    listings.day("acme", range(40))
    listings.day("acme", range(5))
    listings.day("acme", range(40))
    listings.day("acme", range(5))
    assert listings.expired("acme") == set()


def test_confirming_run_expires_only_what_both_listings_missed(listings: Listings) -> None:
    listings.day("acme", range(100))
    listings.day("acme", range(40))
    listings.day("acme", [])
    assert listings.expired("acme") == set(range(40, 100))


def test_partial_listing_between_two_whole_ones_confirms_nothing(listings: Listings) -> None:
    listings.day("acme", range(100))
    listings.day("acme", range(5))
    listings.day("acme", range(5), status=CompanyStatus.PARTIAL)
    assert listings.expired("acme") == set()


def test_shrink_by_half_exactly_is_not_held(listings: Listings) -> None:
    listings.day("acme", range(20))
    listings.day("acme", range(10))
    assert listings.expired("acme") == set(range(10, 20))


def test_scraped_listing_needs_two_misses_however_small_the_shrink(engine: Engine) -> None:
    listings = Listings(engine)
    listings.follow("acme", source="html")
    listings.day("acme", range(5))
    listings.day("acme", range(4))
    assert listings.expired("acme") == set()
    listings.day("acme", range(4))
    assert listings.expired("acme") == {4}


def test_job_that_a_changed_filter_leaves_out_is_set_aside_and_not_expired(
    listings: Listings,
) -> None:
    listings.day("acme", range(5))
    listings.day("acme", range(5), unwanted=[3])
    assert listings.expired("acme") == set()
    assert listings.unwanted("acme") == {3}
    listings.day("acme", range(5))
    assert listings.unwanted("acme") == set()


def test_job_that_the_filters_leave_out_expires_when_it_leaves_the_listing(
    listings: Listings,
) -> None:
    listings.day("acme", range(5))
    listings.day("acme", range(5), unwanted=[3])
    listings.day("acme", [0, 1, 2, 4])
    assert listings.expired("acme") == {3}


def test_job_that_was_listed_but_left_out_was_not_missed(listings: Listings) -> None:
    """Missed once while held, then listed, though unwanted: the next miss is the first again."""
    listings.day("acme", range(40))
    listings.day("acme", [])
    listings.day("acme", range(40), unwanted=range(40))
    listings.day("acme", [])
    assert listings.expired("acme") == set()


def test_expired_job_that_comes_back_unwanted_stays_expired_until_it_is_wanted(
    listings: Listings,
) -> None:
    listings.day("acme", range(5))
    listings.day("acme", range(4))
    listings.day("acme", range(5), unwanted=[4])
    assert listings.expired("acme") == {4}
    listings.day("acme", range(5))
    assert listings.expired("acme") == set()


def test_judging_twice_counts_a_miss_once(listings: Listings) -> None:
    listings.day("acme", range(3))
    run = listings.open()
    listings.list_(run, "acme", [])
    upsert_jobs(listings.engine, run)
    for _ in range(3):
        assert mark_expired(listings.engine, run, hold_ratio=0.5, hold_min=10) == {"acme": 3}
    assert listings.expired("acme") == set()


def test_upserting_twice_equals_once(listings: Listings) -> None:
    run = listings.open()
    listings.list_(run, "acme", range(20))
    assert upsert_jobs(listings.engine, run) == 20
    with listings.engine.connect() as connection:
        before = connection.execute(text("SELECT * FROM jobs ORDER BY job_id")).all()
    assert upsert_jobs(listings.engine, run) == 0
    with listings.engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM jobs ORDER BY job_id")).all() == before


def test_unchanged_row_keeps_updated_at_from_run_to_run(listings: Listings) -> None:
    def updated_at() -> list[object]:
        with listings.engine.connect() as connection:
            return list(connection.scalars(text("SELECT updated_at FROM jobs ORDER BY job_id")))

    listings.day("acme", range(5))
    before = updated_at()
    listings.day("acme", range(5))
    assert updated_at() == before


def test_what_a_newer_run_has_seen_does_not_expire(listings: Listings) -> None:
    listings.day("acme", range(5))
    stalled = listings.open()
    listings.list_(stalled, "acme", range(4))
    upsert_jobs(listings.engine, stalled)
    with listings.engine.begin() as connection:
        # as if the stalled run's expiry came after a newer run's upsert
        connection.execute(text("UPDATE jobs SET run_id = run_id + 10"))
    mark_expired(listings.engine, stalled, hold_ratio=0.5, hold_min=10)
    assert listings.expired("acme") == set()
