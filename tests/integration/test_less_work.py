"""What need not be asked for again is not, and hosts see no more of two runs than of one."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from include.core.models import Company, CompanyStatus, ListedJob
from include.db.companies import put_company
from include.db.engine import make_engine
from include.db.listed_jobs import replace_listing
from include.db.run_companies import set_company
from include.db.runs import Run
from include.db.users import ensure_user
from include.fetch.guard import AddressGuard
from include.fetch.pages import PageFetcher
from include.fetch.politeness import Manners
from include.pipeline.crawl_pages import CrawlTools, crawl_pages
from include.pipeline.extract_jobs import extract_jobs
from include.pipeline.open_run import open_run, run_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.upsert_jobs import upsert_jobs
from include.raw_pages import RawPages
from tests.fetch.fault_server import FaultServer, reply

pytestmark = pytest.mark.integration
PAGES = 40
LATE = 0.25
"""Seconds that a request may have been under way longer than the next."""


@dataclass(frozen=True, kw_only=True)
class Crawls:
    engine: Engine
    raw_pages: RawPages
    server: FaultServer
    rate: float = 10_000
    at_once: int = 4

    def plan(self, user: str, urls: list[str], *, modified: str | None = None) -> Run:
        name = f"{user}__{threading.get_ident()}__{len(self.rows('SELECT 1 FROM ingestion_runs'))}"
        company = Company(slug="acme", source="sitemap", config={"url": "http://a.example/"})
        with self.engine.begin() as connection:
            ensure_user(connection, user)
            put_company(connection, user, company)
        open_run(self.engine, dag_run_id=name, user_id=user)
        run = run_of(self.engine, name)
        jobs = [
            (ListedJob(external_id=url, title="Job", url=url, modified=modified), True)
            for url in urls
        ]
        with self.engine.begin() as connection:
            replace_listing(connection, run.run_id, "acme", jobs)
            set_company(connection, run.run_id, "acme", CompanyStatus.COMPLETE, listed=len(jobs))
        upsert_jobs(self.engine, run)
        plan_batches(self.engine, run, batch_size=1_000)
        return run_of(self.engine, name)

    def crawl(self, run: Run) -> dict[str, int]:
        """How many jobs ended how."""
        tools = CrawlTools(
            fetcher=PageFetcher(
                AddressGuard([self.server.host]),
                user_agent="Tester/1.0",
                deadline=20,
                max_bytes=1_000_000,
            ),
            raw_pages=self.raw_pages,
            manners=Manners(rate_of=lambda host: self.rate, concurrency=self.at_once),
            simhash_threshold=3,
            lastmod_trust=timedelta(days=3),
        )
        crawl_pages(self.engine, run, 0, tools)
        extract_jobs(self.engine, run, 0, self.raw_pages)
        query = "SELECT status, count(*) FROM run_jobs WHERE run_id = :run GROUP BY status"
        return {row.status: row.count for row in self.rows(query, run=run.run_id)}

    def rows(self, query: str, **parameters: object) -> list:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), parameters))

    def asked(self) -> list[str]:
        return [path for path in self.server.paths() if path != "/robots.txt"]


@pytest.fixture
def crawls(engine: Engine, raw_pages: RawPages) -> Iterator[Crawls]:
    with FaultServer() as server:
        yield Crawls(engine=engine, raw_pages=raw_pages, server=server)


def publish(server: FaultServer, count: int, text: str = "We bake bread. ") -> list[str]:
    return [
        server.at(
            f"/{number}",
            reply(
                f"<h1>Baker {number}</h1><main>{text * 30}</main>".encode(),
                content_type="text/html",
            ),
        )
        for number in range(count)
    ]


def test_page_of_two_users_is_asked_for_once_while_fresh(crawls: Crawls) -> None:
    urls = publish(crawls.server, 5)
    assert crawls.crawl(crawls.plan("ada", urls)) == {"ready": 5}
    assert crawls.crawl(crawls.plan("bob", urls)) == {"ready": 5}
    assert len(crawls.asked()) == 5
    keys = crawls.rows("SELECT DISTINCT raw_key FROM jobs")
    assert len(keys) == 10, "each job has a stored page of its own"
    assert crawls.server.paths().count("/robots.txt") == 1

    with crawls.engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET crawled_at = now() - interval '11 minutes'"))
    assert crawls.crawl(crawls.plan("cyd", urls)) == {"ready": 5}
    assert len(crawls.asked()) == 10


@pytest.mark.parametrize(
    ("modified", "again", "asked"),
    [
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z", 5),
        ("2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z", 10),
        ("2999-03-01", "2999-03-01", 10),
        ("soon", "soon", 10),
        (None, None, 10),
    ],
)
def test_page_that_its_sitemap_calls_unchanged_is_not_asked_for(
    modified: str | None, again: str | None, asked: int, crawls: Crawls
) -> None:
    urls = publish(crawls.server, 5)
    assert crawls.crawl(crawls.plan("ada", urls, modified=modified)) == {"ready": 5}
    assert crawls.crawl(crawls.plan("ada", urls, modified=again)) == {"skipped": 5}
    assert len(crawls.asked()) == asked


def test_a_sitemap_is_believed_for_some_days_only(crawls: Crawls) -> None:
    urls = publish(crawls.server, 2)
    crawls.crawl(crawls.plan("ada", urls, modified="2026-01-01"))
    with crawls.engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET crawled_at = now() - interval '4 days'"))
    crawls.crawl(crawls.plan("ada", urls, modified="2026-01-01"))
    assert len(crawls.asked()) == 4


def test_short_pages_that_differ_in_a_word_are_never_skipped(crawls: Crawls) -> None:
    urls = publish(crawls.server, 3, text="Bread. ")
    assert crawls.crawl(crawls.plan("ada", urls)) == {"ready": 3}
    publish(crawls.server, 3, text="Cakes. ")
    assert crawls.crawl(crawls.plan("ada", urls)) == {"ready": 3}


def test_two_users_runs_at_once_are_together_no_more_than_the_hosts_limit(
    crawls: Crawls, postgres_url: str
) -> None:
    """Each run has a worker of its own, and pages of its own."""
    urls = publish(crawls.server, PAGES)
    limited = replace(crawls, rate=40, at_once=2)
    runs = {"ada": urls[: PAGES // 2], "bob": urls[PAGES // 2 :]}
    planned = {user: limited.plan(user, own) for user, own in runs.items()}

    def work(user: str) -> dict[str, int]:
        engine = make_engine(postgres_url)
        ended = replace(limited, engine=engine).crawl(planned[user])
        engine.dispose()
        return ended

    with ThreadPoolExecutor(2) as workers:
        assert list(workers.map(work, runs)) == [{"ready": PAGES // 2}] * 2
    assert sorted(crawls.asked()) == sorted(f"/{number}" for number in range(PAGES))
    assert crawls.server.paths().count("/robots.txt") == 1
    assert crawls.server.most_at_once <= 2
    times = [asked.at for asked in crawls.server.asked]
    for first, earlier in enumerate(times):
        for apart, later in enumerate(times[first:]):
            assert later - earlier >= apart / 40 - LATE


def test_crawl_delay_is_the_hosts_pace(crawls: Crawls) -> None:
    crawls.server.at("/robots.txt", reply(b"User-agent: *\nCrawl-delay: 0.3"))
    urls = publish(crawls.server, 6)
    assert crawls.crawl(crawls.plan("ada", urls)) == {"ready": 6}
    times = [asked.at for asked in crawls.server.asked if asked.path != "/robots.txt"]
    assert times[-1] - times[0] >= 5 * 0.3 - LATE
