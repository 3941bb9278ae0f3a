"""Tests that no page is requested without a reason, and tests of hosts that two sweeps share."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine, text

from include.db.engine import make_engine
from include.db.work.sweeps import Sweep
from include.fetch.clients import Clients
from include.fetch.guard import AddressGuard
from include.fetch.limits.policy import PolitenessPolicy
from include.pipeline.crawl_pages import CrawlTools, crawl_pages
from include.raw_pages import RawPages
from tests.fetch.fault_server import FaultServer, reply
from tests.ingestion import Ingestion
from tests.integration.feeds import Feed
from tests.made_up_runs import MadeUpRuns

pytestmark = pytest.mark.integration
REREAD_AFTER = timedelta(days=3)
PAGES = 40
DATED = """<script type="application/ld+json">{"@type": "JobPosting", "title": "Baker",
    "description": "We bake bread.", "validThrough": "2020-01-31"}</script><h1>Baker</h1>"""
PASSED = """
    UPDATE jobs SET posting = jsonb_set(posting, '{valid_through}',
        to_jsonb(to_char(now() - interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM')))
    WHERE external_id = '2'
"""
LATE = 0.25
"""The maximum difference in seconds between the transit times of two requests."""


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture
def feed(server: FaultServer) -> Feed:
    return Feed(server=server)


@pytest.fixture
def reasoned(ingestion: Ingestion, feed: Feed) -> Ingestion:
    """Let a user follow the feed. The time between readings is so long that no page falls due."""
    return replace(feed.followed(ingestion), reread_after=timedelta(days=10_000))


def set_back(engine: Engine, ago: timedelta) -> None:
    """Move the time of each page's last crawl into the past by ``ago``."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET crawled_at = crawled_at - :ago"), {"ago": ago})


def test_new_pages_are_read_and_unchanged_ones_not_asked_for(
    reasoned: Ingestion, feed: Feed
) -> None:
    feed.post("1", "2")
    assert reasoned.shown(reasoned.run()) == {"1": "ready", "2": "ready"}
    assert feed.asked() == ["1", "2"]
    feed.post("3")
    assert reasoned.shown(reasoned.run()) == {"1": "skipped", "2": "skipped", "3": "ready"}
    assert feed.asked() == ["3"]


def test_page_is_asked_for_when_its_row_of_the_listing_says_something_else(
    reasoned: Ingestion, feed: Feed
) -> None:
    feed.post("1", "2", "3")
    reasoned.run()
    feed.asked()
    feed.post("1", title="Master baker")
    # The department is read from the page, but the row states it, too, so the page may have
    # changed.
    feed.post("2", department="Rolls")
    feed.page("3", "The page alone has changed. ")
    assert reasoned.shown(reasoned.run()) == {"1": "skipped", "2": "skipped", "3": "skipped"}
    assert feed.asked() == ["1", "2"]


def day(later: int) -> str:
    return (datetime.now(UTC) + timedelta(days=later)).date().isoformat()


@pytest.mark.parametrize(
    ("modified", "again", "asked"),
    [
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z", []),
        ("2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z", ["1", "2"]),
        (day(-3), day(-3), []),
        (day(0), day(0), ["1", "2"]),  # the page may have changed again later on that day
        (day(2), day(2), ["1", "2"]),
        ("soon", "soon", []),
    ],
)
def test_page_is_asked_for_while_its_modified_date_may_hide_a_change(
    modified: str, again: str, asked: list[str], reasoned: Ingestion, feed: Feed
) -> None:
    feed.post("1", "2", updated=modified)
    reasoned.run()
    feed.asked()
    feed.post("1", "2", updated=again)
    assert reasoned.shown(reasoned.run()) == {"1": "skipped", "2": "skipped"}
    assert feed.asked() == asked


def test_page_whose_last_reading_failed_is_asked_for_until_it_is_read(
    reasoned: Ingestion, feed: Feed
) -> None:
    feed.post("1", "2")
    broken = reply(b"%PDF-1.7 \x00\x01", content_type="text/html")
    feed.server.at("/1", broken)
    assert reasoned.shown(reasoned.run()) == {"1": "failed", "2": "ready"}
    feed.asked()
    assert reasoned.shown(reasoned.run()) == {"1": "failed", "2": "skipped"}
    assert feed.asked() == ["1"]
    feed.page("1", "We bake bread. ")
    assert reasoned.shown(reasoned.run()) == {"1": "ready", "2": "skipped"}
    assert feed.asked() == ["1"]
    reasoned.run()
    assert feed.asked() == []


def test_page_that_was_read_before_and_then_failed_is_asked_for_again(
    reasoned: Ingestion, feed: Feed
) -> None:
    feed.post("1")
    reasoned.run()
    feed.post("1", title="Master baker")
    feed.server.at("/1", reply(b"%PDF-1.7 \x00\x01", content_type="text/html"))
    assert reasoned.shown(reasoned.run()) == {"1": "failed"}
    feed.page("1", "We bake cakes. ")
    feed.asked()
    assert reasoned.shown(reasoned.run()) == {"1": "ready"}
    assert feed.asked() == ["1"]


def test_forced_check_reads_every_page(reasoned: Ingestion, feed: Feed) -> None:
    feed.post("1", "2")
    reasoned.run()
    feed.asked()
    assert reasoned.shown(reasoned.run(force=True)) == {"1": "ready", "2": "ready"}
    assert feed.asked() == ["1", "2"]


def test_posting_that_is_listed_again_is_read_again(reasoned: Ingestion, feed: Feed) -> None:
    feed.post("1", "2")
    reasoned.run()
    feed.withdraw("2")
    assert reasoned.shown(reasoned.run()) == {"1": "skipped", "2": "expired"}
    feed.asked()
    feed.post("2")
    assert reasoned.shown(reasoned.run())["1"] == "skipped"
    assert feed.asked() == ["2"]
    (job,) = reasoned.rows("SELECT expired_at, missed_since FROM jobs WHERE external_id = '2'")
    assert (job.expired_at, job.missed_since) == (None, None)


def test_posting_whose_page_is_gone_stays_so_until_there_is_a_reason_to_look(
    reasoned: Ingestion, feed: Feed
) -> None:
    feed.post("1", "2")
    feed.server.at("/2", reply(b"", status=410))
    assert reasoned.shown(reasoned.run()) == {"1": "ready", "2": "expired"}
    feed.asked()
    again = reasoned.run()
    assert feed.asked() == []
    assert reasoned.report(again).counts.expired == 0, "it was told once"
    states = "SELECT status, expire_reason FROM jobs WHERE external_id = '2'"
    assert [tuple(row) for row in reasoned.rows(states)] == [("expired", "gone")]
    feed.post("2", title="Baker once more")
    assert reasoned.shown(reasoned.run()) == {"1": "skipped", "2": "ready"}
    assert feed.asked() == ["2"]
    assert [tuple(row) for row in reasoned.rows(states)] == [("ready", None)]


def test_posting_ends_at_its_deadline_when_its_page_is_read(
    reasoned: Ingestion, feed: Feed
) -> None:
    feed.post("1", "2")
    feed.server.at("/2", reply(DATED.encode(), content_type="text/html"))
    assert reasoned.shown(reasoned.run()) == {"1": "ready", "2": "expired"}
    states = "SELECT status, expire_reason FROM jobs WHERE external_id = '2'"
    assert [tuple(row) for row in reasoned.rows(states)] == [("expired", "deadline")]
    feed.asked()
    assert reasoned.report(reasoned.run()).counts.expired == 0, "it was told once"
    assert feed.asked() == []


def test_posting_ends_at_its_deadline_without_a_request(
    reasoned: Ingestion, feed: Feed, engine: Engine
) -> None:
    feed.post("1", "2")
    reasoned.run()
    feed.asked()
    with engine.begin() as connection:
        connection.execute(text(PASSED))
    assert reasoned.shown(reasoned.run()) == {"1": "skipped", "2": "expired"}
    assert feed.asked() == []
    states = "SELECT status, expire_reason FROM jobs WHERE external_id = '2'"
    assert [tuple(row) for row in reasoned.rows(states)] == [("expired", "deadline")]
    assert reasoned.report(reasoned.run()).counts.expired == 0, "it was told once"


def test_posting_ends_at_its_deadline_when_its_page_is_not_modified(
    reasoned: Ingestion, feed: Feed, engine: Engine
) -> None:
    feed.post("2")
    feed.page("2", "We bake bread. ", etag='"1"')
    reasoned.run()
    feed.post("2", title="Master baker")
    feed.server.at("/2", reply(b"", status=304))
    with engine.begin() as connection:
        connection.execute(text(PASSED))
    assert reasoned.shown(reasoned.run()) == {"2": "expired"}
    states = "SELECT status, expire_reason FROM jobs"
    assert [tuple(row) for row in reasoned.rows(states)] == [("expired", "deadline")]


def test_gone_page_is_requested_again_when_it_is_due(reasoned: Ingestion, feed: Feed) -> None:
    feed.post("1")
    feed.server.at("/1", reply(b"", status=410))
    reasoned.run()
    set_back(reasoned.engine, timedelta(days=3))
    feed.asked()
    replace(reasoned, reread_after=REREAD_AFTER).run()
    assert feed.asked() == ["1"]


def test_posting_that_its_listing_carries_is_never_asked_for(
    ingestion: Ingestion, server: FaultServer
) -> None:
    feed = Feed(server=server, inline=True)
    ingestion = replace(feed.followed(ingestion), reread_after=REREAD_AFTER)
    feed.post("1", "2")
    assert ingestion.shown(ingestion.run()) == {"1": "ready", "2": "ready"}
    set_back(ingestion.engine, timedelta(days=30))
    unchanged = ingestion.open()
    assert ingestion.batches(unchanged) == [], "there is nothing to read"
    assert ingestion.shown(unchanged.sweep_id) == {"1": "skipped", "2": "skipped"}
    feed.post("1", text="We bake cakes. ")
    assert ingestion.shown(ingestion.run()) == {"1": "ready", "2": "skipped"}
    assert feed.asked() == []


def test_page_that_the_listing_no_longer_carries_is_asked_for(
    reasoned: Ingestion, feed: Feed, server: FaultServer
) -> None:
    """Set the job's row to say that the listing contains the posting, which is no longer true."""
    feed.post("1")
    reasoned.run()
    with reasoned.engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET inline = true"))
    feed.asked()
    reasoned.run()
    assert feed.asked() == ["1"]


def test_zero_reads_every_page_every_time_and_asks_only_for_what_changed(
    ingestion: Ingestion, feed: Feed
) -> None:
    ingestion = replace(feed.followed(ingestion), reread_after=timedelta(0))
    feed.post("1", "2")
    feed.page("1", "We bake bread. ", etag='"same"')
    ingestion.run()
    (first, *_) = (asked for asked in feed.server.asked if asked.path == "/1")
    assert "if-none-match" not in first.headers
    feed.asked()
    assert ingestion.shown(ingestion.run()) == {"1": "skipped", "2": "skipped"}
    (again, *_) = (asked for asked in feed.server.asked if asked.path == "/1")
    assert again.headers["if-none-match"] == '"same"'
    assert feed.asked() == ["1", "2"]


def test_page_falls_due_once_in_three_days_and_a_third_of_them_each_day(engine: Engine) -> None:
    """Let all pages be crawled zero, one, two and three days ago.

    In each case, find the pages that are then due.
    """
    runs = MadeUpRuns(engine=engine, reread_after=REREAD_AFTER)
    jobs = 600
    sweep = runs.ingesting(jobs)
    due: list[set[str]] = []
    for days in range(4):
        runs.execute(
            "UPDATE jobs SET status = 'ready', posting_current = true, batch = NULL,"
            " crawled_at = now() - make_interval(days => :d)",
            d=days,
        )
        runs.execute("UPDATE checks SET status = 'done' WHERE status = 'reading'")
        runs.execute("UPDATE ingestion_runs SET status = 'finished'")
        run_id = runs.start()
        runs.dispatch()
        runs.open(run_id)
        sweep = runs.current_sweep(run_id)
        runs.list_jobs(sweep, "acme", range(jobs))
        runs.upsert(sweep)
        pending = runs.rows("SELECT external_id FROM jobs WHERE status = 'pending'")
        due.append({row.external_id for row in pending})
        runs.execute("UPDATE checks SET status = 'reading' WHERE status = 'listing'")
    assert due[0] <= due[1] <= due[2] <= due[3]
    assert (len(due[0]), len(due[3])) == (0, jobs)
    for yesterday, today in pairwise(due):
        assert jobs / 4 < len(today - yesterday) < jobs / 2.4


def test_due_page_is_asked_for_once_and_then_not_again(ingestion: Ingestion, feed: Feed) -> None:
    ingestion = replace(feed.followed(ingestion), reread_after=REREAD_AFTER)
    ids = [str(number) for number in range(12)]
    feed.post(*ids)
    ingestion.run()
    set_back(ingestion.engine, timedelta(days=2))
    feed.asked()
    ingestion.run()
    some = feed.asked()
    assert len(some) == len(set(some)) < len(ids)
    ingestion.run()
    assert feed.asked() == []
    set_back(ingestion.engine, timedelta(days=1))
    ingestion.run()
    assert set(ids) - set(some) <= set(feed.asked()), "three days have passed since"


def test_short_pages_that_differ_in_a_word_are_never_skipped(
    ingestion: Ingestion, feed: Feed
) -> None:
    ingestion = feed.followed(ingestion)
    for number in range(3):
        feed.post(str(number))
        feed.page(str(number), "Bread. ")
    ingestion.run()
    for number in range(3):
        feed.page(str(number), "Cakes. ")
    assert set(ingestion.shown(ingestion.run()).values()) == {"ready"}


def test_board_of_two_users_is_asked_once_while_its_check_is_fresh(
    reasoned: Ingestion, feed: Feed
) -> None:
    feed.post("1", "2")
    reasoned.run()
    feed.asked()
    feed.followed(reasoned, user="bob", slug="bakery")
    adopting = reasoned.start(user="bob", max_age=timedelta(minutes=10))
    assert reasoned.dispatch() == []
    assert feed.server.asked == []
    assert reasoned.shown(adopting) == {"1": "ready", "2": "ready"}
    assert reasoned.report(adopting).companies[0].adopted
    keys = [row.raw_key for row in reasoned.rows("SELECT raw_key FROM jobs")]
    assert len(set(keys)) == len(keys) == 2, "nothing is copied for those who adopt"

    with reasoned.engine.begin() as connection:
        connection.execute(text("UPDATE checks SET finished_at = now() - interval '11 minutes'"))
    later = reasoned.start(user="bob", max_age=timedelta(minutes=10))
    reasoned.carry_out_all()
    assert feed.server.paths() == ["/feed.json"], "listed anew, but nothing to read"
    assert reasoned.shown(later) == {"1": "skipped", "2": "skipped"}


def test_one_address_in_two_boards_is_asked_for_by_each(
    reasoned: Ingestion, feed: Feed, server: FaultServer
) -> None:
    """Check that pages are not shared between boards."""
    other = Feed(server=server, path="/other.json")
    other.followed(reasoned, user="bob")
    for board in (feed, other):
        board.post("1", "2")
    reasoned.run()
    reasoned.run(user="bob")
    paths = Counter(server.paths())
    assert (paths["/1"], paths["/2"], paths["/robots.txt"]) == (2, 2, 1)
    keys = reasoned.rows("SELECT DISTINCT raw_key FROM jobs")
    assert len(keys) == 4, "each board's job has a page of its own"


@dataclass(frozen=True, kw_only=True)
class Crawls:
    """Sweeps that read made-up pages of one server.

    All workers together send at most ``rate`` requests a second to it.
    """

    engine: Engine
    raw_pages: RawPages
    server: FaultServer
    rate: float = 10_000
    at_once: int = 4

    def plan(self, ingestion: Ingestion, user: str, ids: list[str]) -> Sweep:
        feed = Feed(server=self.server, path=f"/{user}.json")
        ingestion = feed.followed(ingestion, user=user)
        feed.post(*ids)
        run_id = ingestion.start(user=user)
        ingestion.dispatch()
        return ingestion.plan(run_id)

    def crawl(self, sweep: Sweep) -> dict[str, int]:
        tools = CrawlTools(
            clients=Clients(
                politeness=PolitenessPolicy(
                    rate_of=lambda host: self.rate, concurrency=self.at_once
                ),
                guard=AddressGuard([self.server.host]),
                user_agent="Tester/1.0",
                deadline=20,
                max_bytes=1_000_000,
            ),
            raw_pages=self.raw_pages,
            simhash_threshold=3,
        )
        return crawl_pages(self.engine, sweep, 0, tools)


def test_two_sweeps_at_once_are_together_no_more_than_the_hosts_limit(
    ingestion: Ingestion, server: FaultServer, postgres_url: str
) -> None:
    """Let two sweeps read different pages of one host, each with its own worker."""
    crawls = Crawls(
        engine=ingestion.engine, raw_pages=ingestion.raw_pages, server=server, rate=40, at_once=2
    )
    ids = [str(number) for number in range(PAGES)]
    planned = [
        crawls.plan(ingestion, "ada", ids[: PAGES // 2]),
        crawls.plan(ingestion, "bob", ids[PAGES // 2 :]),
    ]
    server.asked.clear()
    server.most_at_once = 0

    def work(sweep: Sweep) -> dict[str, int]:
        engine = make_engine(postgres_url)
        ended = replace(crawls, engine=engine).crawl(sweep)
        engine.dispose()
        return ended

    with ThreadPoolExecutor(2) as workers:
        assert list(workers.map(work, planned)) == [{"ready": PAGES // 2}] * 2
    paths = Counter(server.paths())
    assert paths == Counter(["/robots.txt", *(f"/{number}" for number in ids)])
    assert server.most_at_once <= 2
    times = [asked.at for asked in server.asked]
    for first, earlier in enumerate(times):
        for apart, later in enumerate(times[first:]):
            assert later - earlier >= apart / 40 - LATE


def test_crawl_delay_is_the_hosts_pace(ingestion: Ingestion, server: FaultServer) -> None:
    server.at("/robots.txt", reply(b"User-agent: *\nCrawl-delay: 0.3"))
    crawls = Crawls(engine=ingestion.engine, raw_pages=ingestion.raw_pages, server=server)
    sweep = crawls.plan(ingestion, "ada", [str(number) for number in range(6)])
    assert crawls.crawl(sweep) == {"ready": 6}
    times = [asked.at for asked in server.asked if asked.path not in ("/robots.txt", "/ada.json")]
    assert times[-1] - times[0] >= 5 * 0.3 - LATE
