"""What a crawl does with hosts that misbehave, with a real Postgres and S3 behind it."""

import asyncio
import threading
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web

from include.core.models import Company, CompanyStatus, ListedJob
from include.core.run_state import RunStatus
from include.db.companies import put_company
from include.db.listed_jobs import replace_listing
from include.db.run_companies import set_company
from include.db.runs import Run, end_run
from include.db.users import ensure_user
from include.errors import RunSuperseded
from include.pipeline.open_run import open_run, run_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.upsert_jobs import upsert_jobs
from tests.ingestion import USER, Ingestion
from tests.local.waiting import eventually
from tests.sites import serving

pytestmark = pytest.mark.integration
PAGE = "<h1>Baker</h1><main><p>" + "We bake bread every morning. " * 20 + "</p></main>"


@dataclass
class Host:
    """One that answers pages under ``/slow/`` only once released."""

    url: str = ""
    asked: int = 0
    released: threading.Event = field(default_factory=threading.Event)

    async def answer(self, request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            raise web.HTTPNotFound
        self.asked += 1
        if request.path.startswith("/broken/"):
            return web.Response(body=b"%PDF-1.7 \x00\x01", content_type="text/html")
        if request.path.startswith("/untitled/"):
            return web.Response(text=f"<p>{'Bread. ' * 200}</p>", content_type="text/html")
        if request.path.startswith("/slow/"):
            await asyncio.to_thread(self.released.wait)
        return web.Response(text=PAGE, content_type="text/html")


@contextmanager
def running_host() -> Generator[Host]:
    host = Host()
    app = web.Application()
    app.router.add_get("/{path:.*}", host.answer)
    with serving(app) as host.url:
        try:
            yield host
        finally:
            host.released.set()


def plan(ingestion: Ingestion, urls: list[str], *, batch_size: int = 200) -> Run:
    """A run that is ingesting a job for each URL, by default in one batch."""
    with ingestion.engine.begin() as connection:
        ensure_user(connection, USER)
        put_company(connection, USER, Company(slug="acme", source="sitemap", config={}))
    open_run(ingestion.engine, dag_run_id="crawl", user_id=USER)
    run = run_of(ingestion.engine, "crawl")
    listed = [ListedJob(external_id=str(n), title="Job", url=url) for n, url in enumerate(urls)]
    jobs = [(job, True) for job in listed]
    with ingestion.engine.begin() as connection:
        replace_listing(connection, run.run_id, "acme", jobs)
        set_company(connection, run.run_id, "acme", CompanyStatus.COMPLETE, listed=len(jobs))
    upsert_jobs(ingestion.engine, run)
    batches = plan_batches(ingestion.engine, run, batch_size=batch_size)
    assert batches == ingestion.batches(run), "each has something to do"
    return run_of(ingestion.engine, "crawl")


@contextmanager
def crawl_of(ingestion: Ingestion, run: Run, *hosts: Host) -> Generator[Future[dict[str, int]]]:
    """The crawl of the run's batch, in a thread."""
    allowed = tuple(host.url.removeprefix("http://") for host in hosts)
    crawling = replace(ingestion, private_hosts=allowed)
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(crawling.crawl, run, 0)


def statuses(ingestion: Ingestion, url: str) -> set[str]:
    query = "SELECT DISTINCT status FROM jobs WHERE url LIKE :url"
    return {row.status for row in ingestion.rows(query, url=f"{url}%")}


def test_slow_host_does_not_starve_the_others(ingestion: Ingestion) -> None:
    with running_host() as slow, running_host() as fast:
        slow_urls = [f"{slow.url}/slow/{i}" for i in range(60)]
        run = plan(ingestion, slow_urls + [f"{fast.url}/{i}" for i in range(20)])
        with crawl_of(ingestion, run, slow, fast) as crawl:
            eventually(lambda: statuses(ingestion, fast.url) == {"ready"})
            assert not crawl.done()
            slow.released.set()
            crawl.result()
    assert statuses(ingestion, slow.url) == {"ready"}


def test_abort_stops_a_crawl_in_the_middle_of_a_download(ingestion: Ingestion) -> None:
    with running_host() as slow:
        run = plan(ingestion, [f"{slow.url}/slow/{i}" for i in range(3)])
        with crawl_of(ingestion, run, slow) as crawl:
            eventually(lambda: slow.asked)
            with ingestion.engine.begin() as connection:
                assert end_run(connection, run.run_id, RunStatus.ABORTED)
            with pytest.raises(RunSuperseded):
                crawl.result(timeout=10)
            assert not slow.released.is_set()


def test_page_that_cannot_be_read_fails_alone_with_its_reason(ingestion: Ingestion) -> None:
    with running_host() as host:
        urls = [f"{host.url}/broken/1", f"{host.url}/fine", "ftp://nowhere/1", "http://127.0.0.9/"]
        run = plan(ingestion, urls)
        with crawl_of(ingestion, run, host) as crawl:
            tally = crawl.result()
    assert tally == {"blocked_address": 2, "not_html": 1, "ready": 1}
    rows = ingestion.rows("SELECT url, status, error_code FROM jobs ORDER BY job_id")
    found = {row.url: (row.status, row.error_code) for row in rows}
    assert found == {
        urls[0]: ("failed", "not_html"),
        urls[1]: ("ready", None),
        urls[2]: ("failed", "blocked_address"),
        urls[3]: ("failed", "blocked_address"),
    }


def test_retried_crawl_does_only_what_is_left(ingestion: Ingestion) -> None:
    with running_host() as host:
        run = plan(ingestion, [f"{host.url}/{i}" for i in range(5)])
        with ingestion.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE jobs SET status = 'extracting' WHERE job_id < 4")
            connection.exec_driver_sql("UPDATE jobs SET status = 'crawling' WHERE job_id = 4")
        with crawl_of(ingestion, run, host) as crawl:
            crawl.result()
        assert host.asked == 2
    found = [row.status for row in ingestion.rows("SELECT status FROM jobs ORDER BY job_id")]
    assert found == ["extracting"] * 3 + ["ready"] * 2


def test_crawl_reads_what_it_has_fetched_and_ends_the_run(ingestion: Ingestion) -> None:
    with running_host() as host:
        run = plan(ingestion, [f"{host.url}/{i}" for i in range(3)])
        with crawl_of(ingestion, run, host) as crawl:
            crawl.result()
    assert ingestion.outcomes(run.run_id, "ready") == {("acme", str(number)) for number in range(3)}
    rows = ingestion.rows("SELECT posting->>'title' AS title, posting_current, raw_key FROM jobs")
    assert {(row.title, row.posting_current) for row in rows} == {("Baker", True)}
    assert len({row.raw_key for row in rows}) == 3, "each page is stored all the same"


def test_stored_page_that_no_posting_can_be_made_of_fails_with_its_page_kept(
    ingestion: Ingestion,
) -> None:
    with running_host() as host:
        run = plan(ingestion, [f"{host.url}/untitled/1"])
        with crawl_of(ingestion, run, host) as crawl:
            crawl.result()
    (row,) = ingestion.rows("SELECT status, error_code, raw_key, posting_current FROM jobs")
    assert (row.status, row.error_code, row.posting_current) == ("failed", "parse", False)
    assert row.raw_key


def test_jobs_that_share_a_page_make_no_empty_batches(ingestion: Ingestion) -> None:
    pages = [f"http://acme.example/{number}" for number in range(3)]
    run = plan(ingestion, pages * 10, batch_size=2)
    rows = ingestion.rows("SELECT batch, count(DISTINCT page_url) AS pages FROM jobs GROUP BY 1")
    assert sorted(row.pages for row in rows) == [1, 2]
    assert ingestion.batches(run) == [0, 1]
