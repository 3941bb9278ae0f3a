"""A worker that waits for its turn at a busy host is alive, and its run not stale."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from sqlalchemy import Engine, text

from include.core.models import Company
from include.core.pace import WantedSlots
from include.core.run_state import RunStatus
from include.db.companies import put_company
from include.db.runs import Run, end_run
from include.db.users import ensure_user
from include.errors import RunSuperseded
from include.fetch.guard import AddressGuard
from include.fetch.listings import ListingClient
from include.fetch.pages import PageFetcher
from include.fetch.politeness import Manners
from include.pipeline.crawl_pages import CrawlTools, crawl_pages
from include.pipeline.open_run import open_run, run_of
from include.pipeline.pace import shared_pace
from include.pipeline.source_urls import source_urls
from include.raw_pages import RawPages
from local.career_sites import companies
from tests.ingestion import USER, Ingestion
from tests.local.waiting import eventually
from tests.sites import Sites

pytestmark = pytest.mark.integration
COMPANY = "fernhollow"
"""Its listing carries no page: each is asked for, in its turn."""
MANNERS = Manners(rate_of=lambda host: 1000.0, concurrency=1)
FETCH = {"user_agent": "jobhunt-tests", "deadline": 20.0, "max_bytes": 5_000_000}


@contextmanager
def busy(engine: Engine, sites: Sites) -> Iterator[None]:
    """Somebody else holds the only slot that the host has."""
    with shared_pace(engine) as pace:
        one = WantedSlots(count=1, slots=range(MANNERS.concurrency))
        slots = pace.try_slots({sites.host: one})
        assert slots[sites.host]
        yield
        pace.give_back(slots)


def heartbeats(engine: Engine, run: Run) -> Iterator[object]:
    query = text("SELECT last_heartbeat FROM ingestion_runs WHERE run_id = :r")
    while True:
        with engine.connect() as connection:
            yield connection.scalar(query, {"r": run.run_id})


@contextmanager
def at_work_while_busy(step: Thread, engine: Engine, sites: Sites) -> Iterator[None]:
    """The host is busy before the step begins, and free again for it to end."""
    with busy(engine, sites):
        step.start()
        yield
        assert step.is_alive(), "it did not wait"
    step.join(30)
    assert not step.is_alive()


def assert_lives(engine: Engine, run: Run) -> None:
    seen: set[object] = set()
    beats = heartbeats(engine, run)
    eventually(lambda: seen.add(next(beats)) or len(seen) >= 4, within=30, every=0.1)


@pytest.fixture
def listing_run(engine: Engine, sites: Sites) -> Run:
    with engine.begin() as connection:
        ensure_user(connection, USER)
        for company in companies(sites.url):
            if company["slug"] == COMPANY:
                put_company(connection, USER, Company(**company))
    open_run(engine, dag_run_id="test", user_id=USER)
    return run_of(engine, "test")


def list_company(engine: Engine, sites: Sites, run: Run, ended: list[type]) -> None:
    def client() -> ListingClient:
        return ListingClient(AddressGuard([sites.host]), **FETCH)

    try:
        source_urls(engine, run, [COMPANY], client=client, manners=MANNERS)
    except RunSuperseded as error:
        ended.append(type(error))


def test_worker_that_waits_to_list_has_a_heartbeat(
    engine: Engine, sites: Sites, listing_run: Run
) -> None:
    step = Thread(target=list_company, args=(engine, sites, listing_run, []))
    with at_work_while_busy(step, engine, sites):
        assert_lives(engine, listing_run)
    with engine.connect() as connection:
        status = connection.scalar(text("SELECT status FROM run_companies"))
    assert status == "complete"


def test_worker_that_waits_to_list_hears_of_an_abort(
    engine: Engine, sites: Sites, listing_run: Run
) -> None:
    ended: list[type] = []
    step = Thread(target=list_company, args=(engine, sites, listing_run, ended))
    with busy(engine, sites):
        step.start()
        with engine.begin() as connection:
            assert end_run(connection, listing_run.run_id, RunStatus.ABORTED)
        step.join(30)
        assert not step.is_alive(), "the host is still busy"
    assert ended == [RunSuperseded]


def test_worker_that_waits_to_crawl_has_a_heartbeat(
    engine: Engine, sites: Sites, ingestion: Ingestion, raw_pages: RawPages
) -> None:
    ingestion.follow([COMPANY])
    run = ingestion.open()
    fetcher = PageFetcher(AddressGuard([sites.host]), **FETCH)
    tools = CrawlTools(fetcher=fetcher, raw_pages=raw_pages, manners=MANNERS, simhash_threshold=3)
    step = Thread(target=crawl_pages, args=(engine, run, 0, tools))
    with at_work_while_busy(step, engine, sites):
        assert_lives(engine, run)
    statuses = {row.status for row in ingestion.rows("SELECT status FROM jobs")}
    assert statuses == {"ready", "expired"}, "one sample page answers 404"
