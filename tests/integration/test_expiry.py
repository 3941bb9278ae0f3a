"""Tests on a real Postgres that no job expires without proof."""

from collections.abc import Collection, Iterable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from include.core.models import CompanyStatus
from include.core.runs.run_state import SweepStatus
from include.db.catalogue.jobs import expire_missing
from include.db.work.sweeps import Sweep
from include.pipeline.finish_run import finish_run
from include.pipeline.mark_expired import mark_expired
from include.pipeline.plan_batches import plan_batches
from include.pipeline.runs.abort_run import abort_run
from tests.made_up_runs import FRESH_FOR, USER, MadeUpRuns

pytestmark = pytest.mark.integration
CONFIRM_AFTER = timedelta(hours=6)
DAY = timedelta(days=1)


class Listings:
    """Checks of boards. Tests make up the listings, and set the time between two checks."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.runs = MadeUpRuns(engine=engine)

    def day(
        self,
        slug: str,
        ids: Iterable[int],
        *,
        status: CompanyStatus = CompanyStatus.COMPLETE,
        unwanted: Collection[int] = (),
        user: str = USER,
        later: timedelta = DAY,
    ) -> int:
        """Let the time ``later`` pass, carry out a check of the board, and return its run's id."""
        self.pass_time(later)
        sweep = self.open(slug, user=user)
        self.runs.list_jobs(sweep, slug, ids, status=status, unwanted=unwanted)
        self.settle(sweep)
        return sweep.sweep_id

    def open(self, *slugs: str, user: str = USER) -> Sweep:
        run_id = self.runs.start(user, companies=slugs)
        self.runs.dispatch()
        self.runs.open(run_id)
        return self.runs.current_sweep(run_id)

    def settle(self, sweep: Sweep) -> None:
        """Upsert and expire the jobs of the sweep, and read all that are to be read."""
        self.runs.upsert(sweep)
        self.expire(sweep)
        self.read(sweep)

    def expire(self, sweep: Sweep, *, confirm_after: timedelta = CONFIRM_AFTER) -> dict[int, int]:
        return mark_expired(
            self.engine, sweep, hold_ratio=0.5, hold_min=10, confirm_after=confirm_after
        )

    def read(self, sweep: Sweep) -> None:
        plan_batches(self.engine, sweep, batch_size=1000)
        self.runs.execute(
            "UPDATE jobs SET status = 'ready', posting_current = true, crawled_at = now(),"
            " content_version = 1 WHERE status = 'pending'"
        )
        assert finish_run(self.engine, sweep.dag_run_id) is SweepStatus.DONE

    def pass_time(self, time: timedelta) -> None:
        """Let ``time`` pass by moving all recorded times into the past."""
        self.runs.execute(
            "UPDATE checks SET started_at = started_at - :t, finished_at = finished_at - :t",
            t=time,
        )
        self.runs.execute(
            "UPDATE jobs SET missed_since = missed_since - :t, first_seen_at = first_seen_at - :t,"
            " last_seen_at = last_seen_at - :t, crawled_at = crawled_at - :t",
            t=time,
        )

    def expired(self, slug: str) -> set[int]:
        return self._of(slug, "status = 'expired'")

    def unwanted(self, slug: str) -> set[int]:
        return self._of(slug, "NOT wanted")

    def status(self, run_id: int, slug: str) -> tuple[str, str | None]:
        query = "SELECT status, error FROM run_companies WHERE run_id = :run AND company = :slug"
        (row,) = self.runs.rows(query, run=run_id, slug=slug)
        return row.status, row.error

    def dump(self, table: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.runs.rows(f"SELECT * FROM {table} ORDER BY 1")]

    def _of(self, slug: str, condition: str) -> set[int]:
        query = (
            "SELECT external_id FROM jobs JOIN boards USING (board_id)"
            f" WHERE config ->> 'url' = :url AND {condition}"
        )
        rows = self.runs.rows(query, url=f"http://{slug}.example/sitemap.xml")
        return {int(row.external_id) for row in rows}


@pytest.fixture
def listings(engine: Engine) -> Listings:
    listings = Listings(engine)
    listings.runs.follow("acme")
    return listings


def test_job_that_left_a_complete_listing_expires(listings: Listings) -> None:
    listings.day("acme", range(5))
    run = listings.day("acme", range(4))
    assert listings.expired("acme") == {4}
    assert listings.status(run, "acme") == ("complete", None)
    assert listings.runs.jobs(run)["4"] == "expired"


@pytest.mark.parametrize("status", [CompanyStatus.PARTIAL, CompanyStatus.ERROR])
def test_listing_that_is_not_proved_whole_expires_nothing(
    listings: Listings, status: CompanyStatus
) -> None:
    listings.day("acme", range(5))
    listings.day("acme", [0], status=status)
    assert listings.expired("acme") == set()


def test_only_the_board_that_was_listed_whole_expires_jobs(listings: Listings) -> None:
    listings.runs.follow("beta", "gamma")
    sweep = listings.open("acme", "beta", "gamma")
    for slug in ("acme", "beta", "gamma"):
        listings.runs.list_jobs(sweep, slug, range(4))
    listings.settle(sweep)
    sweep = listings.open("acme", "beta", "gamma")
    listings.runs.list_jobs(sweep, "acme", range(3))
    listings.runs.list_jobs(sweep, "beta", range(3), status=CompanyStatus.PARTIAL)
    listings.settle(sweep)
    assert listings.expired("acme") == {3}
    assert listings.expired("beta") == listings.expired("gamma") == set()
    assert listings.status(sweep.sweep_id, "gamma")[0] == "error"


def test_empty_listing_is_held_until_a_second_one_confirms_it(listings: Listings) -> None:
    listings.day("acme", range(3))
    first = listings.day("acme", [])
    assert listings.expired("acme") == set()
    status, reason = listings.status(first, "acme")
    assert status == "held"
    assert "3 of 3 known postings are missing" in (reason or "")
    assert "3 stay open" in (reason or "")
    second = listings.day("acme", [])
    assert listings.expired("acme") == {0, 1, 2}
    assert listings.status(second, "acme")[0] == "complete"


def test_shrink_by_more_than_half_is_held_and_the_confirming_check_releases_it(
    listings: Listings,
) -> None:
    listings.day("acme", range(100))
    listings.day("acme", range(5))
    assert listings.expired("acme") == set()
    listings.day("acme", range(5))
    assert listings.expired("acme") == set(range(5, 100))


def test_two_users_checks_ten_minutes_apart_confirm_nothing(listings: Listings) -> None:
    listings.runs.follow("acme", user_id="bob")
    listings.day("acme", range(3))
    listings.day("acme", range(3), user="bob")
    first = listings.day("acme", [])
    second = listings.day("acme", [], user="bob", later=timedelta(minutes=10))
    assert listings.expired("acme") == set()
    assert listings.status(first, "acme") == listings.status(second, "acme")
    assert listings.status(second, "acme")[0] == "held"
    third = listings.day("acme", [], later=CONFIRM_AFTER - timedelta(minutes=11))
    assert listings.expired("acme") == set(), "a minute before six hours have passed"
    assert listings.status(third, "acme")[0] == "held"
    fourth = listings.day("acme", [], user="bob", later=timedelta(minutes=1))
    assert listings.expired("acme") == {0, 1, 2}
    assert set(listings.runs.jobs(fourth).values()) == {"expired"}


def test_every_follower_is_told_once_that_a_job_expired(listings: Listings) -> None:
    listings.runs.follow("acme", user_id="bob")
    listings.day("acme", range(3))
    listings.day("acme", range(3), user="bob")
    of_ada = listings.day("acme", range(2))
    of_bob = listings.runs.start("bob", max_age=FRESH_FOR)  # bob's run adopts ada's check
    assert listings.runs.jobs(of_ada)["2"] == listings.runs.jobs(of_bob)["2"] == "expired"
    assert "2" not in listings.runs.jobs(listings.day("acme", range(2)))
    assert "2" not in listings.runs.jobs(listings.day("acme", range(2), user="bob"))


def test_held_jobs_that_come_back_were_never_gone(listings: Listings) -> None:
    listings.day("acme", range(40))
    listings.day("acme", range(5))
    listings.day("acme", range(40))
    listings.day("acme", range(5))
    assert listings.expired("acme") == set()


def test_confirming_check_expires_only_what_both_listings_missed(listings: Listings) -> None:
    listings.day("acme", range(100))
    listings.day("acme", range(40))
    listings.day("acme", [])
    assert listings.expired("acme") == set(range(40, 100))


def test_partial_listing_between_two_whole_ones_confirms_nothing(listings: Listings) -> None:
    listings.day("acme", range(100))
    listings.day("acme", range(5))
    listings.day("acme", range(5), status=CompanyStatus.PARTIAL)
    assert listings.expired("acme") == set()


def test_job_that_a_partial_listing_names_was_not_missed(listings: Listings) -> None:
    listings.day("acme", range(100))
    listings.day("acme", range(5))
    listings.day("acme", range(50), status=CompanyStatus.PARTIAL)
    listings.day("acme", range(5))
    assert listings.expired("acme") == set(range(50, 100))


def test_shrink_by_half_exactly_is_not_held(listings: Listings) -> None:
    listings.day("acme", range(20))
    listings.day("acme", range(10))
    assert listings.expired("acme") == set(range(10, 20))


@pytest.mark.parametrize(("later", "expired"), [(DAY, {4}), (timedelta(hours=5), set())])
def test_scraped_listing_needs_two_misses_some_hours_apart_however_small_the_shrink(
    engine: Engine, later: timedelta, expired: set[int]
) -> None:
    listings = Listings(engine)
    listings.runs.follow("acme", source="html", further={"link_selector": "a"})
    listings.day("acme", range(5))
    held = listings.day("acme", range(4))
    assert listings.expired("acme") == set()
    assert listings.status(held, "acme")[0] == "held"
    listings.day("acme", range(4), later=later)
    assert listings.expired("acme") == expired


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
    """Let a job be missed and held, and then be listed although it is unwanted.

    Because it was listed again, the next miss counts as the first one.
    """
    listings.day("acme", range(40))
    listings.day("acme", [])
    listings.day("acme", range(40), unwanted=range(40))
    listings.day("acme", [])
    assert listings.expired("acme") == set()


def test_expired_job_that_comes_back_unwanted_is_open_but_not_read_until_it_is_wanted(
    listings: Listings,
) -> None:
    def status() -> str:
        (row,) = listings.runs.rows("SELECT status FROM jobs WHERE external_id = '4'")
        return row.status

    listings.day("acme", range(5))
    listings.day("acme", range(4))
    listings.runs.follow("acme", exclude_titles=("Job 4",))
    listings.day("acme", range(5), unwanted=[4])
    assert (listings.expired("acme"), status()) == (set(), "skipped")
    listings.runs.follow("acme")
    listings.day("acme", range(5))
    assert status() == "ready", "its page is asked for again, as that of any relisted job"


def test_a_repeated_decision_counts_a_miss_once(listings: Listings) -> None:
    listings.day("acme", range(3))
    sweep = listings.open("acme")
    listings.runs.list_jobs(sweep, "acme", [])
    listings.runs.upsert(sweep)
    (check_id,) = listings.runs.run(sweep.sweep_id).check_ids
    for _ in range(3):
        assert listings.expire(sweep, confirm_after=timedelta(0)) == {check_id: 3}
    assert listings.expired("acme") == set()


def test_upserting_twice_equals_once(listings: Listings) -> None:
    sweep = listings.open("acme")
    listings.runs.list_jobs(sweep, "acme", range(20))
    listings.runs.upsert(sweep)
    before = {table: listings.dump(table) for table in ("jobs", "checks", "listed_jobs")}
    assert len(before["jobs"]) == 20
    listings.runs.upsert(sweep)
    assert {table: listings.dump(table) for table in before} == before


def test_unchanged_row_keeps_updated_at_from_check_to_check(listings: Listings) -> None:
    def updated_at() -> list[object]:
        return [row[0] for row in listings.runs.rows("SELECT updated_at FROM jobs ORDER BY job_id")]

    listings.day("acme", range(5))
    before = updated_at()
    listings.day("acme", range(5))
    assert updated_at() == before


def test_what_a_newer_check_has_seen_does_not_expire(listings: Listings) -> None:
    """Continue a sweep one of whose two checks was cancelled.

    A newer check of that board exists.
    """
    listings.runs.follow("beta")
    listings.runs.follow("beta", user_id="bob")
    listings.day("acme", range(5))
    older = listings.open("acme", "beta")
    (of_acme, of_beta) = listings.runs.run(older.sweep_id).check_ids
    awaiting = listings.runs.start("bob")
    assert listings.runs.run(awaiting).check_ids == [of_beta]
    listings.runs.list_jobs(older, "acme", range(4))
    with listings.engine.begin() as connection:
        assert abort_run(connection, older.sweep_id) == [of_acme]

    newer = listings.open("acme")
    listings.runs.list_jobs(newer, "acme", range(5))
    listings.runs.upsert(newer)
    listings.runs.list_jobs(older, "beta", [])
    listings.settle(older)
    assert listings.expired("acme") == set()
    # The job must not expire even if the cancelled check's listing were evaluated.
    with listings.engine.begin() as connection:
        assert expire_missing(connection, {of_acme: 1}, timedelta(0)) == {}
    assert listings.expired("acme") == set()
    assert len(listings.runs.check_of("acme")) == 5
