"""Tests of crawls of hosts that misbehave, on a real Postgres and a real S3 server."""

import asyncio
import threading
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import pytest
from aiohttp import web

from include.core.fields.template import Template
from include.core.models import ListedJob, Page
from include.db.work.sweeps import Sweep
from include.errors import SweepSuperseded
from include.pipeline import crawl_pages
from include.pipeline.pages import page_results
from include.pipeline.pages.reader_pool import Budget, ReaderPool
from include.pipeline.plan_batches import plan_batches
from include.pipeline.runs.abort_run import abort_run, close_idle_sweeps
from tests.ingestion import Ingestion
from tests.local.waiting import eventually
from tests.made_up_runs import MadeUpRuns
from tests.sites import serving

pytestmark = pytest.mark.integration
PAGE = "<h1>Baker</h1><main><p>" + "We bake bread every morning. " * 20 + "</p></main>"


@dataclass
class Host:
    """A host that answers requests for pages under ``/slow/`` only when a test allows it."""

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


def plan(
    ingestion: Ingestion, urls: list[str], *, batch_size: int = 200, **others: list[str]
) -> Sweep:
    """Return a sweep that reads a job for each URL, by default in one batch.

    Args:
        urls: the URLs of the board ``acme``.
        others: the URLs of the run's other boards, by slug.
    """
    runs = MadeUpRuns(engine=ingestion.engine)
    boards = {"acme": urls, **others}
    runs.follow(*boards)
    run_id = runs.start()
    runs.dispatch()
    runs.open(run_id)
    sweep = runs.current_sweep(run_id)
    for slug, own in boards.items():
        jobs = [ListedJob(external_id=str(n), title="Job", url=url) for n, url in enumerate(own)]
        runs.list_jobs(sweep, slug, jobs)
    runs.upsert(sweep)
    batches = plan_batches(ingestion.engine, sweep, batch_size=batch_size)
    assert batches == ingestion.batches(sweep), "each has something to do"
    return sweep


@contextmanager
def crawl_of(ingestion: Ingestion, sweep: Sweep, *hosts: Host) -> Generator[Future[dict[str, int]]]:
    """Crawl the first batch of the sweep in a thread, and yield its future result."""
    allowed = tuple(host.url.removeprefix("http://") for host in hosts)
    crawling = replace(ingestion, private_hosts=allowed)
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(crawling.crawl, sweep, 0)


def statuses(ingestion: Ingestion, url: str) -> set[str]:
    query = "SELECT DISTINCT status FROM jobs WHERE url LIKE :url"
    return {row.status for row in ingestion.rows(query, url=f"{url}%")}


def test_slow_host_does_not_starve_the_others(ingestion: Ingestion) -> None:
    with running_host() as slow, running_host() as fast:
        slow_urls = [f"{slow.url}/slow/{i}" for i in range(60)]
        sweep = plan(ingestion, slow_urls + [f"{fast.url}/{i}" for i in range(20)])
        with crawl_of(ingestion, sweep, slow, fast) as crawl:
            eventually(lambda: statuses(ingestion, fast.url) == {"ready"})
            assert not crawl.done()
            slow.released.set()
            crawl.result()
    assert statuses(ingestion, slow.url) == {"ready"}


def test_abort_stops_a_crawl_in_the_middle_of_a_download(ingestion: Ingestion) -> None:
    with running_host() as slow:
        sweep = plan(ingestion, [f"{slow.url}/slow/{i}" for i in range(3)])
        with crawl_of(ingestion, sweep, slow) as crawl:
            eventually(lambda: slow.asked)
            with ingestion.engine.begin() as connection:
                cancelled = abort_run(connection, sweep.sweep_id)
            assert cancelled
            with ingestion.engine.begin() as connection:
                assert close_idle_sweeps(connection, cancelled) == [sweep.dag_run_id]
            with pytest.raises(SweepSuperseded):
                crawl.result(timeout=60)
            assert not slow.released.is_set()
    assert statuses(ingestion, slow.url) == {"failed"}


def test_abort_stops_the_pages_that_nobody_else_waits_for_and_no_others(
    ingestion: Ingestion,
) -> None:
    """Abort a run of two boards while another user's run rests on the check of the second board."""
    runs = MadeUpRuns(engine=ingestion.engine)
    runs.follow("beta", user_id="bob")
    with running_host() as alone, running_host() as shared:
        sweep = plan(
            ingestion,
            [f"{alone.url}/slow/{i}" for i in range(3)],
            beta=[f"{shared.url}/slow/{i}" for i in range(3)],
        )
        of_bob = runs.start("bob")
        with crawl_of(ingestion, sweep, alone, shared) as crawl:
            eventually(lambda: alone.asked and shared.asked)
            with ingestion.engine.begin() as connection:
                cancelled = abort_run(connection, sweep.sweep_id)
            assert len(cancelled or ()) == 1
            eventually(lambda: statuses(ingestion, alone.url) == {"failed"})
            assert statuses(ingestion, shared.url) <= {"pending", "crawling"}
            shared.released.set()
            assert crawl.result(timeout=60)["ready"] == 3
            assert not alone.released.is_set()
    assert set(runs.jobs(of_bob).values()) == {"ready"}
    assert (runs.run(of_bob).status, runs.run(sweep.sweep_id).status) == ("finished", "aborted")


def test_page_that_cannot_be_read_fails_alone_with_its_reason(ingestion: Ingestion) -> None:
    with running_host() as host:
        urls = [f"{host.url}/broken/1", f"{host.url}/fine", "ftp://nowhere/1", "http://127.0.0.9/"]
        sweep = plan(ingestion, urls)
        with crawl_of(ingestion, sweep, host) as crawl:
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


def test_page_over_budget_fails_alone(
    ingestion: Ingestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    class SlowReader(page_results.PageReader):
        def __init__(self, source: str, page: Page, template: Template | None = None) -> None:
            while "/hostile/" in page.url:
                pass
            super().__init__(source, page, template)

    budget = Budget(seconds=0.5, memory=256 << 20)
    monkeypatch.setattr(page_results, "PageReader", SlowReader)
    monkeypatch.setattr(page_results, "MAX_SIZE_IN_WORKER", 0)
    monkeypatch.setattr(crawl_pages, "ReaderPool", partial(ReaderPool, budget=budget))
    with running_host() as host:
        urls = [f"{host.url}/hostile/{i}" for i in range(2)]
        sweep = plan(ingestion, urls + [f"{host.url}/{i}" for i in range(20)])
        with crawl_of(ingestion, sweep, host) as crawl:
            tally = crawl.result()
    assert tally == {"over_budget": 2, "ready": 20}


def test_retried_crawl_does_only_what_is_left(ingestion: Ingestion) -> None:
    with running_host() as host:
        sweep = plan(ingestion, [f"{host.url}/{i}" for i in range(5)])
        with ingestion.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE jobs SET status = 'extracting' WHERE job_id < 4")
            connection.exec_driver_sql("UPDATE jobs SET status = 'crawling' WHERE job_id = 4")
        with crawl_of(ingestion, sweep, host) as crawl:
            crawl.result()
        assert host.asked == 2
    found = [row.status for row in ingestion.rows("SELECT status FROM jobs ORDER BY job_id")]
    assert found == ["extracting"] * 3 + ["ready"] * 2


def test_crawl_reads_what_it_has_fetched_and_ends_the_check(ingestion: Ingestion) -> None:
    with running_host() as host:
        sweep = plan(ingestion, [f"{host.url}/{i}" for i in range(3)])
        with crawl_of(ingestion, sweep, host) as crawl:
            crawl.result()
    assert ingestion.outcomes(sweep.sweep_id, "ready") == {
        ("acme", str(number)) for number in range(3)
    }
    rows = ingestion.rows("SELECT posting->>'title' AS title, posting_current, raw_key FROM jobs")
    assert {(row.title, row.posting_current) for row in rows} == {("Baker", True)}
    assert {row.raw_key.rpartition("/")[0] for row in rows} == {f"raw/{sweep.sweep_id}"}
    assert len({row.raw_key for row in rows}) == 3, "each page is stored all the same"
    ended = "SELECT c.status AS check, r.status AS run FROM checks AS c, ingestion_runs AS r"
    assert [tuple(row) for row in ingestion.rows(ended)] == [("done", "finished")]


def test_stored_page_that_no_posting_can_be_made_of_fails_with_its_page_kept(
    ingestion: Ingestion,
) -> None:
    with running_host() as host:
        sweep = plan(ingestion, [f"{host.url}/untitled/1"])
        with crawl_of(ingestion, sweep, host) as crawl:
            crawl.result()
    (row,) = ingestion.rows("SELECT status, error_code, raw_key, posting_current FROM jobs")
    assert (row.status, row.error_code, row.posting_current) == ("failed", "parse", False)
    assert row.raw_key


def test_jobs_that_share_a_page_make_no_empty_batches(ingestion: Ingestion) -> None:
    pages = [f"http://{number}.acme.example/" for number in range(3)]
    sweep = plan(ingestion, pages * 10, batch_size=2)
    rows = ingestion.rows("SELECT batch, count(DISTINCT page_url) AS pages FROM jobs GROUP BY 1")
    assert sorted(row.pages for row in rows) == [1, 2]
    assert ingestion.batches(sweep) == [0, 1]
