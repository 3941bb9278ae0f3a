"""Tests of a worker that waits for a busy host.

It must count as alive, and its sweep must not count as stale.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import Engine, text

from include.db.hosts.host_leases import host_leases
from include.db.work.sweeps import Sweep
from include.errors import SweepSuperseded
from include.fetch.clients import Clients
from include.fetch.guard import AddressGuard
from include.fetch.limits.policy import PolitenessPolicy
from include.pipeline.crawl_pages import CrawlTools, crawl_pages
from include.pipeline.open_run import open_run, sweep_of
from include.pipeline.runs.abort_run import abort_run
from include.pipeline.source_urls import source_urls
from include.raw_pages import RawPages
from tests.fetch.answers import HEAD
from tests.fetch.fault_server import FaultServer, drip
from tests.ingestion import Ingestion
from tests.local.waiting import eventually
from tests.sites import Sites

pytestmark = pytest.mark.integration
COMPANY = "fernhollow"
"""A company whose listing does not contain the postings, so that each page is requested."""
POLITENESS = PolitenessPolicy(rate_of=lambda host: 1000.0, concurrency=1)
FETCH = {"user_agent": "jobhunt-tests", "deadline": 20.0, "max_bytes": 5_000_000}


@contextmanager
def busy(engine: Engine, sites: Sites) -> Iterator[None]:
    """Hold the lease of the sample sites' host during the block."""
    with host_leases(engine) as leases:
        states = leases.take([sites.host])
        assert sites.host in states
        yield
        leases.release(states)


def heartbeats(engine: Engine, sweep: Sweep) -> Iterator[object]:
    query = text("SELECT last_heartbeat FROM sweeps WHERE sweep_id = :s")
    while True:
        with engine.connect() as connection:
            yield connection.scalar(query, {"s": sweep.sweep_id})


@contextmanager
def at_work_while_busy(step: Thread, engine: Engine, sites: Sites) -> Iterator[None]:
    """Start the step while its host is busy.

    The host stays busy until the block ends, and then the step must end.
    """
    with busy(engine, sites):
        step.start()
        yield
        assert step.is_alive(), "it did not wait"
    step.join(30)
    assert not step.is_alive()


def assert_lives(engine: Engine, sweep: Sweep) -> None:
    seen: set[object] = set()
    beats = heartbeats(engine, sweep)
    eventually(lambda: seen.add(next(beats)) or len(seen) >= 4, within=30, every=0.1)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A sweep that has begun to list, and the one check that it is to list."""

    ingestion: Ingestion
    sweep: Sweep
    check_ids: list[int]
    host: str = ""
    """The host of the board. If empty, the board is a sample site."""
    deadline: timedelta = timedelta(minutes=5)

    def list_board(self) -> None:
        guard = AddressGuard([self.host or self.ingestion.sites.host])
        source_urls(
            self.ingestion.engine,
            self.sweep,
            self.check_ids,
            clients=Clients(guard=guard, politeness=POLITENESS, **FETCH),
            deadline=self.deadline,
        )

    def abort(self) -> None:
        """Abort the run as the API does, but do not close its sweep."""
        with self.ingestion.engine.begin() as connection:
            assert abort_run(connection, self.sweep.sweep_id) == self.check_ids


@pytest.fixture
def listing(ingestion: Ingestion) -> Listing:
    ingestion.follow([COMPANY])
    sweep_id = ingestion.start()
    ingestion.dispatch()
    dag_run_id = f"ingest__{sweep_id}__1"
    (check_ids,) = open_run(
        ingestion.engine, dag_run_id=dag_run_id, sweep_id=sweep_id, fresh_for=timedelta(0)
    )
    sweep = sweep_of(ingestion.engine, dag_run_id)
    return Listing(ingestion=ingestion, sweep=sweep, check_ids=check_ids)


def test_a_worker_that_waits_to_list_has_a_heartbeat(
    engine: Engine, sites: Sites, listing: Listing
) -> None:
    step = Thread(target=listing.list_board)
    with at_work_while_busy(step, engine, sites):
        assert_lives(engine, listing.sweep)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT status FROM run_companies")) == "complete"


@contextmanager
def silent_board(engine: Engine) -> Iterator[FaultServer]:
    """Let a server send the listing of the only board byte by byte, without end.

    Yield the server.
    """
    with FaultServer() as server:
        url = server.at("/sitemap.xml", drip(HEAD + b"\r\n", then=b" ", every=0.05))
        with engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE boards SET source = 'sitemap',"
                    " config = jsonb_build_object('url', CAST(:u AS text))"
                ),
                {"u": url},
            )
        yield server


def test_a_worker_has_a_heartbeat_during_one_response_without_end(
    engine: Engine, listing: Listing
) -> None:
    with silent_board(engine) as server:
        step = Thread(target=replace(listing, host=server.host).list_board)
        step.start()
        eventually(lambda: bool(server.asked), within=30, every=0.1)
        assert_lives(engine, listing.sweep)
        assert step.is_alive()
        listing.abort()
        step.join(10)
        assert not step.is_alive(), "the request under way goes on"
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT status FROM checks")) == "cancelled"


def test_a_listing_ends_at_its_deadline_in_the_middle_of_a_response(
    engine: Engine, listing: Listing
) -> None:
    with silent_board(engine) as server:
        replace(listing, host=server.host, deadline=timedelta(seconds=1)).list_board()
    with engine.connect() as connection:
        status, error = connection.execute(text("SELECT status, error FROM run_companies")).one()
    assert status == "error"
    assert "in time" in error


def test_a_worker_that_waits_to_list_leaves_a_board_that_nobody_waits_for_any_more(
    engine: Engine, sites: Sites, listing: Listing
) -> None:
    step = Thread(target=listing.list_board)
    with busy(engine, sites):
        step.start()
        listing.abort()
        step.join(30)
        assert not step.is_alive(), "the host is still busy"
    with engine.connect() as connection:
        check = connection.execute(text("SELECT status, listing FROM checks")).one()
    assert tuple(check) == ("cancelled", None)


def test_a_worker_that_waits_to_list_stops_with_its_sweep(
    engine: Engine, sites: Sites, listing: Listing
) -> None:
    ended: list[type] = []

    def list_board() -> None:
        try:
            listing.list_board()
        except SweepSuperseded as error:
            ended.append(type(error))

    step = Thread(target=list_board)
    with busy(engine, sites):
        step.start()
        with engine.begin() as connection:
            connection.execute(text("UPDATE sweeps SET attempt = 2"))
        step.join(30)
        assert not step.is_alive(), "the host is still busy"
    assert ended == [SweepSuperseded]


def test_a_worker_that_waits_to_list_goes_on_for_another_users_run(
    engine: Engine, sites: Sites, listing: Listing
) -> None:
    listing.ingestion.follow([COMPANY], user="bob")
    other = listing.ingestion.start(user="bob")
    step = Thread(target=listing.list_board)
    with at_work_while_busy(step, engine, sites):
        with engine.begin() as connection:
            assert abort_run(connection, listing.sweep.sweep_id) == []
        assert_lives(engine, listing.sweep)
    with engine.connect() as connection:
        query = text("SELECT status FROM run_companies WHERE run_id = :r")
        assert connection.scalar(query, {"r": other}) == "complete"


def test_a_worker_that_waits_to_crawl_has_a_heartbeat(
    engine: Engine, sites: Sites, ingestion: Ingestion, raw_pages: RawPages
) -> None:
    ingestion.follow([COMPANY])
    sweep = ingestion.open()
    tools = CrawlTools(
        clients=Clients(guard=AddressGuard([sites.host]), politeness=POLITENESS, **FETCH),
        raw_pages=raw_pages,
        simhash_threshold=3,
    )
    step = Thread(target=crawl_pages, args=(engine, sweep, 0, tools))
    with at_work_while_busy(step, engine, sites):
        assert_lives(engine, sweep)
    statuses = {row.status for row in ingestion.rows("SELECT status FROM jobs")}
    assert statuses == {"ready", "expired"}, "one sample page answers 404"
