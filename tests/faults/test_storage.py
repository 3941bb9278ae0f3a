"""Tests of a crawl while the store answers 500, late or not at all.

A put is repeated first, and then the task is tried again. No job may be lost.
"""

import asyncio
import gzip
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from include.core.models import Page
from include.core.runs.run_state import SweepStatus
from include.db.work.sweeps import Sweep
from include.errors import StorageError
from include.pipeline.finish_run import finish_run
from include.raw_pages import RawPages, S3Location
from tests.faults.table import HTML, page
from tests.fetch.fault_server import Answer, FaultServer, reply, then_silence
from tests.ingestion import Ingestion
from tests.integration.test_crawl import plan

pytestmark = pytest.mark.integration
JOBS = 3
SHORT_TIMEOUT = timedelta(seconds=0.5)
STORED = reply(etag='"1"')
READ = reply(
    gzip.compress(HTML),
    content_type="text/html",
    content_encoding="gzip",
    etag='"1"',
    last_modified="Mon, 30 Nov 2026 08:00:00 GMT",
)
REFUSED = reply(status=500)
SILENT = then_silence(b"")


def late(answer: Answer, seconds: float) -> Answer:
    async def answered(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await answer(writer)

    return answered


@dataclass(frozen=True, kw_only=True)
class Crawl:
    """A crawl of some jobs in one batch. Tests set the responses of its store."""

    site: FaultServer
    store: FaultServer
    ingestion: Ingestion
    sweep: Sweep

    def put(self, number: int, *answers: Answer) -> None:
        """Set the store's responses to puts of the page of this job."""
        self.store.at(self._path(number), *answers, method="PUT")

    def get(self, number: int, *answers: Answer) -> None:
        """Set the store's responses to gets of the page of this job."""
        self.store.at(self._path(number), *answers, method="GET")

    def again(self, *, last_try: bool) -> Mapping[str, int]:
        return self.ingestion.crawl(self.sweep, 0, last_try=last_try)

    def puts(self, number: int) -> int:
        path = self._path(number)
        return sum((asked.method, asked.path) == ("PUT", path) for asked in self.store.asked)

    def gets(self, number: int) -> int:
        return self.site.paths().count(f"/{number}")

    def jobs(self) -> list[tuple[str, str | None]]:
        rows = self.ingestion.rows("SELECT status, error_code FROM jobs ORDER BY job_id")
        return [(row.status, row.error_code) for row in rows]

    def with_short_timeout(self) -> "Crawl":
        """Return the same crawl, but with a short time limit for the store's responses."""
        hasty = replace(self.ingestion, raw_pages=pages_in(self.store, answer_within=SHORT_TIMEOUT))
        return replace(self, ingestion=hasty)

    def _path(self, number: int) -> str:
        rows = self.ingestion.rows("SELECT job_id FROM jobs ORDER BY job_id")
        return f"/bucket/raw/{self.sweep.sweep_id}/{rows[number].job_id}.html"


@pytest.fixture
def crawl(ingestion: Ingestion) -> Iterator[Crawl]:
    """Yield a crawl whose store accepts every page."""
    with ExitStack() as stack:
        site, store = (stack.enter_context(FaultServer()) for _ in range(2))
        urls = [site.at(f"/{number}", page()) for number in range(JOBS)]
        sweep = plan(ingestion, urls)
        crawl = Crawl(
            site=site,
            store=store,
            ingestion=replace(ingestion, raw_pages=pages_in(store), private_hosts=(site.host,)),
            sweep=sweep,
        )
        for number in range(JOBS):
            crawl.put(number, STORED)
            crawl.get(number, READ)
        yield crawl


def pages_in(store: FaultServer, *, answer_within: timedelta = timedelta(seconds=10)) -> RawPages:
    location = S3Location(
        bucket="bucket", endpoint=f"http://{store.host}", access_key="key", secret_key="secret"
    )
    return RawPages(location, answer_within=answer_within, retry_for=2 * SHORT_TIMEOUT)


@pytest.mark.parametrize("fault", [REFUSED, SILENT], ids=["500", "silence"])
async def test_a_put_that_goes_wrong_is_made_again_and_then_an_error(fault: Answer) -> None:
    with FaultServer() as store:
        store.at("/bucket/raw/1/2.html", fault)
        pages = pages_in(store, answer_within=SHORT_TIMEOUT)
        with pytest.raises(StorageError) as raised:
            await pages.put(1, 2, Page(url="https://a.example/", body=b"<h1>Baker</h1>"))
    assert (raised.value.code, raised.value.retryable) == ("storage", True)
    assert len(store.asked) > 1
    assert {asked.body for asked in store.asked} == {store.asked[0].body}


@pytest.mark.parametrize("fault", [REFUSED, SILENT], ids=["500", "silence"])
def test_a_store_that_fails_once_costs_no_job_and_no_second_request_for_its_page(
    crawl: Crawl, fault: Answer
) -> None:
    crawl.put(1, fault, STORED)
    assert crawl.with_short_timeout().again(last_try=False) == {"ready": JOBS}
    assert crawl.puts(1) > 1
    assert [crawl.gets(number) for number in range(JOBS)] == [1, 1, 1]


def test_a_slow_store_is_waited_for(crawl: Crawl) -> None:
    for number in range(JOBS):
        crawl.put(number, late(STORED, seconds=0.3))
    assert crawl.again(last_try=False) == {"ready": JOBS}
    assert [crawl.puts(number) for number in range(JOBS)] == [1, 1, 1]
    assert crawl.store.most_at_once > 1, "each waited for the one before"


@pytest.mark.parametrize("fault", [REFUSED, SILENT], ids=["500", "silence"])
def test_a_store_that_is_away_fails_the_task_and_its_next_try_does_what_was_left(
    crawl: Crawl, fault: Answer
) -> None:
    for number in range(JOBS):
        crawl.put(number, fault)
    with pytest.raises(ExceptionGroup) as raised:
        crawl.with_short_timeout().again(last_try=False)
    assert raised.group_contains(StorageError)
    assert {status for status, _ in crawl.jobs()} <= {"pending", "crawling"}, "none is lost"
    for number in range(JOBS):
        crawl.put(number, STORED)
    assert crawl.again(last_try=False) == {"ready": JOBS}
    assert crawl.jobs() == [("ready", None)] * JOBS
    assert finish_run(crawl.ingestion.engine, crawl.sweep.dag_run_id) is SweepStatus.DONE


def test_on_the_last_try_the_page_that_is_refused_fails_alone_and_the_run_ends(
    crawl: Crawl,
) -> None:
    crawl.put(1, REFUSED)
    assert crawl.again(last_try=True) == {"ready": JOBS - 1, "storage": 1}
    assert crawl.jobs() == [("ready", None), ("failed", "storage"), ("ready", None)]
    assert finish_run(crawl.ingestion.engine, crawl.sweep.dag_run_id) is SweepStatus.DONE
