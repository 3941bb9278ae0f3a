"""Tests of filters in whole runs.

A check of a board reads the jobs that any enabled follower wants. The run of each follower shows
and counts only the jobs that this follower wants. Jobs that the filters leave out are neither read
nor expired.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from include.core.models import Workplace
from include.db.catalogue.postings import read_found
from include.db.catalogue.search import search
from include.db.catalogue.search_query import Search, Sort
from include.db.user.companies import get_company
from include.errors import SettingError
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.extract_jobs import extract_jobs
from include.pipeline.finish_run import finish_run
from tests.fetch.fault_server import FaultServer
from tests.ingestion import USER, Ingestion
from tests.integration.feeds import Feed

pytestmark = pytest.mark.integration
SLUG = "heronworks"
FRESH = timedelta(minutes=10)
NEVER = timedelta(days=10_000)
COOKS, NURSES = ("cook",), ("nurse",)


def refilter(ingestion: Ingestion, **filters: tuple[str, ...]) -> None:
    with ingestion.engine.begin() as connection:
        company = get_company(connection, USER, SLUG)
        assert company is not None
        follow_company(connection, USER, replace(company, **filters))


def found(
    ingestion: Ingestion, *, user: str = USER, filtered: bool = False
) -> set[tuple[str, str]]:
    """Return (external id, status) of the postings that a search of the user finds."""
    asked = Search(filtered=filtered, is_open=None)
    with ingestion.engine.begin() as connection:
        page = search(connection, user, asked, Sort.NEWEST, limit=1000)
        postings = read_found(connection, user, [each.job_id for each in page.positions])
    return {(each.external_id, each.status.value) for each in postings}


@pytest.fixture
def feed() -> Iterator[Feed]:
    """Yield a feed of three postings: two cooks and a nurse. Each has a page."""
    with FaultServer() as server:
        feed = Feed(server=server)
        for number, title in (("1", "Cook"), ("2", "Head cook"), ("3", "Nurse")):
            feed.post(number, title=title)
        yield feed


@pytest.fixture
def kitchen(ingestion: Ingestion, feed: Feed) -> Ingestion:
    """Let Ada follow the feed with a filter for cooks. No page falls due for another reading."""
    return replace(feed.followed(ingestion, include_titles=COOKS), reread_after=NEVER)


def test_filters_by_place_and_workplace_leave_out_what_the_listing_tells(
    ingestion: Ingestion,
) -> None:
    ingestion.follow([SLUG])
    refilter(ingestion, workplaces=(Workplace.REMOTE,))
    run = ingestion.run()
    kinds = ingestion.rows(
        "SELECT DISTINCT posting ->> 'workplace' AS kind FROM jobs JOIN user_jobs USING (job_id)"
    )
    assert {row.kind for row in kinds} <= {"remote", None}
    ((listed,),) = ingestion.rows("SELECT listed FROM run_companies WHERE run_id = :run", run=run)
    assert 0 < len(found(ingestion)) == len(ingestion.shown(run)) < listed


def test_a_filter_that_changes_sets_jobs_aside_and_back_without_expiring_any(
    ingestion: Ingestion,
) -> None:
    ingestion.follow([SLUG])
    ingestion.run()
    before = {job for job, _ in found(ingestion)}
    refilter(ingestion, exclude_locations=("/./",))
    narrowed = ingestion.run()
    assert ingestion.shown(narrowed) == {}
    assert found(ingestion) == set()
    assert {job for job, _ in found(ingestion, filtered=True)} == before
    refilter(ingestion, exclude_locations=())
    widened = ingestion.run()
    assert {job for job, _ in found(ingestion)} == before
    assert len(ingestion.outcomes(widened, "skipped")) == len(before)


def test_check_reads_what_any_follower_wants_and_each_run_shows_its_own(
    kitchen: Ingestion, feed: Feed
) -> None:
    feed.followed(kitchen, user="bob", include_titles=NURSES)
    of_ada = kitchen.run()
    assert feed.asked() == ["1", "2", "3"], "bob follows the board, though he has not started a run"
    of_bob = kitchen.start(user="bob", max_age=FRESH)
    assert kitchen.dispatch() == []
    assert feed.asked() == []
    assert kitchen.shown(of_ada) == {"1": "ready", "2": "ready"}
    assert kitchen.shown(of_bob) == {"3": "ready"}
    for run_id, jobs in ((of_ada, 2), (of_bob, 1)):
        counts = kitchen.report(run_id).counts
        assert (counts.total, counts.ready, counts.added, counts.skipped) == (jobs, jobs, jobs, 0)
        (company,) = kitchen.report(run_id).companies
        assert company.counts == counts
    assert found(kitchen) == {("1", "ready"), ("2", "ready")}
    assert found(kitchen, user="bob") == {("3", "ready")}


def test_run_shows_and_counts_its_own_also_while_its_check_goes_on(
    kitchen: Ingestion, feed: Feed
) -> None:
    feed.followed(kitchen, user="bob", include_titles=NURSES)
    sweep = kitchen.open()
    of_bob = kitchen.start(user="bob")
    assert kitchen.shown(sweep.sweep_id) == {"1": "pending", "2": "pending"}
    assert kitchen.shown(of_bob) == {"3": "pending"}
    assert kitchen.report(of_bob).counts.total == 1


def test_posting_that_nobody_wants_is_listed_but_neither_read_nor_shown(
    kitchen: Ingestion, feed: Feed
) -> None:
    run_id = kitchen.run()
    assert feed.asked() == ["1", "2"]
    assert kitchen.shown(run_id) == {"1": "ready", "2": "ready"}
    assert kitchen.report(run_id).companies[0].listed == 3
    (unread,) = kitchen.rows("SELECT status, wanted, posting FROM jobs WHERE external_id = '3'")
    assert tuple(unread) == ("skipped", False, None)
    feed.withdraw("3")
    assert kitchen.shown(kitchen.run()) == {"1": "skipped", "2": "skipped"}
    (gone,) = kitchen.rows("SELECT status FROM jobs WHERE external_id = '3'")
    assert gone.status == "expired"


def test_company_that_is_not_enabled_wants_nothing(kitchen: Ingestion, feed: Feed) -> None:
    feed.followed(kitchen, user="bob", enabled=False)
    kitchen.run()
    assert feed.asked() == ["1", "2"]


def test_follower_who_comes_right_after_a_check_has_the_rest_be_read(
    kitchen: Ingestion, feed: Feed
) -> None:
    kitchen.run()
    feed.asked()
    feed.followed(kitchen, user="bob", include_titles=NURSES)
    of_bob = kitchen.start(user="bob", max_age=FRESH)
    kitchen.carry_out_all()
    assert feed.asked() == ["3"]
    assert kitchen.shown(of_bob) == {"3": "ready"}


def test_follower_whose_filters_leave_out_the_rest_adopts_the_check(
    kitchen: Ingestion, feed: Feed
) -> None:
    kitchen.run()
    feed.followed(kitchen, user="bob", exclude_titles=NURSES)
    of_bob = kitchen.start(user="bob", max_age=FRESH)
    assert kitchen.dispatch() == []
    assert kitchen.shown(of_bob) == {"1": "ready", "2": "ready"}


def test_follower_who_widens_filters_has_the_rest_be_read(kitchen: Ingestion, feed: Feed) -> None:
    kitchen.run()
    feed.asked()
    feed.followed(kitchen)
    widened = kitchen.start(max_age=FRESH)
    kitchen.carry_out_all()
    assert feed.asked() == ["3"]
    assert kitchen.shown(widened) == {"1": "skipped", "2": "skipped", "3": "ready"}


@pytest.mark.parametrize("start_first", [True, False])
def test_follower_who_comes_during_a_check_has_the_rest_be_read_after_it(
    start_first: bool, kitchen: Ingestion, feed: Feed
) -> None:
    """Check that the jobs that a check left unread for a new follower are read after the check.

    The same holds if the follower's filters are widened after the run has begun to await the check.
    """
    if start_first:
        feed.followed(kitchen, user="bob", include_titles=COOKS)
    sweep = kitchen.open()
    if not start_first:
        feed.followed(kitchen, user="bob")
    of_bob = kitchen.start(user="bob", max_age=FRESH)
    feed.followed(kitchen, user="bob")
    assert kitchen.dispatch() == [], "it waits for the check that goes on"
    for batch in kitchen.batches(sweep):
        kitchen.crawl(sweep, batch)
        extract_jobs(kitchen.engine, sweep, batch, kitchen.raw_pages)
    finish_run(kitchen.engine, sweep.dag_run_id)
    assert kitchen.report(sweep.sweep_id).status == "finished", "ada does not wait for bob"
    assert kitchen.report(of_bob).status == "ingesting"
    assert feed.asked() == ["1", "2"]
    kitchen.carry_out_all()
    assert feed.asked() == ["3"]
    assert kitchen.report(of_bob).status == "finished"
    assert kitchen.shown(of_bob) == {"1": "ready", "2": "ready", "3": "ready"}


def test_follower_who_disables_the_company_meanwhile_has_nothing_checked_again(
    kitchen: Ingestion, feed: Feed
) -> None:
    """Check that no other check follows, because each would leave the same jobs unread again."""
    sweep = kitchen.open()
    feed.followed(kitchen, user="bob")
    of_bob = kitchen.start(user="bob")
    feed.followed(kitchen, user="bob", enabled=False)
    for batch in kitchen.batches(sweep):
        kitchen.crawl(sweep, batch)
    finish_run(kitchen.engine, sweep.dag_run_id)
    assert kitchen.dispatch() == []
    assert kitchen.report(of_bob).status == "finished"


def test_what_the_listing_said_anew_while_nobody_wanted_it_is_read_once_somebody_does(
    kitchen: Ingestion, feed: Feed
) -> None:
    feed.followed(kitchen)
    kitchen.run()
    feed.followed(kitchen, include_titles=COOKS)
    feed.post("3", title="Night nurse", text="We watch over our patients. ")
    kitchen.run()
    feed.asked()
    feed.followed(kitchen)
    widened = kitchen.start(max_age=FRESH)
    kitchen.carry_out_all()
    assert feed.asked() == ["3"]
    assert kitchen.shown(widened) == {"1": "skipped", "2": "skipped", "3": "ready"}


def test_two_filters_of_one_user_on_one_board_are_two_companies(
    kitchen: Ingestion, feed: Feed
) -> None:
    feed.followed(kitchen, slug="ward", include_titles=NURSES)
    run_id = kitchen.run()
    assert kitchen.outcomes(run_id, "ready") == {("acme", "1"), ("acme", "2"), ("ward", "3")}
    assert Counter(feed.server.paths())["/feed.json"] == 1


@pytest.mark.parametrize(
    ("field", "pattern"),
    [("include_titles", "/(/"), ("exclude_locations", " "), ("exclude_titles", "/(?=x)/")],
)
def test_filter_that_can_not_be_read_is_not_stored(
    field: str, pattern: str, kitchen: Ingestion, feed: Feed
) -> None:
    """Refuse an unusable filter early, because it would fail the check for every follower."""
    with pytest.raises(SettingError) as refused:
        feed.followed(kitchen, user="bob", **{field: (pattern,)})
    assert refused.value.field == field
    assert kitchen.rows("SELECT user_id FROM companies") == [(USER,)]
    assert kitchen.shown(kitchen.run()) == {"1": "ready", "2": "ready"}
