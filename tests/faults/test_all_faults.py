"""Tests of one crawl that meets every fault of ``table``.

They check the outcomes, the duration, the memory use and the requests that the servers received.
They also check that other jobs are not harmed.
"""

import asyncio
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from include.core.models import Company, CompanyStatus, ListedJob
from include.db.catalogue.listed_jobs import ListedRow, replace_listing
from include.db.engine import make_engine
from include.db.user.users import ensure_user
from include.db.work.checks import begin_listing, set_listing
from include.db.work.sweeps import Sweep
from include.fetch.clients import Clients
from include.fetch.guard import AddressGuard
from include.fetch.limits.policy import PolitenessPolicy
from include.fetch.resolver import AddressInfo
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.crawl_pages import CrawlTools, crawl_pages
from include.pipeline.extract_jobs import extract_jobs
from include.pipeline.finish_run import finish_run
from include.pipeline.open_run import RunForm, open_run, sweep_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.upsert_jobs import upsert_jobs
from include.raw_pages import RawPages
from tests.databases import empty_tables
from tests.faults.table import FAULTS, MEMORY_LIMIT, READY, Fault, Stage, page, staged
from tests.fetch.answers import MIB
from tests.fetch.certificates import Authority
from tests.fetch.fault_server import FaultServer, reply, then_silence
from tests.fetch.fetching import KnownNames
from tests.memory import WorkerMemory

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300), pytest.mark.xdist_group("faults")]

DEADLINE = 8.0
RATE = 50.0
AT_ONCE = 3
MAX_WAIT_SECONDS = 24.0
"""The maximum time in seconds that jobs wait for a host.

Four tries at a host that asks for pauses of a second take three seconds. The rest of the time
allows for a slow machine.
"""
MEMORY_CAP = 96 * MIB
"""The maximum memory in bytes that the crawl and the servers may add to the memory at the start.

It is far below the half gigabyte of compressed zeros that the faults contain.
"""
_LATE = 0.25
"""The maximum difference in seconds between the transit times of two requests."""
WELL = 30
"""The number of pages of a host that has no faults."""
DOWN = 200
"""The number of jobs of a host that answers every request with an error."""


@dataclass(kw_only=True)
class Crawled:
    stage: Stage
    well: FaultServer
    busy: FaultServer
    silent: FaultServer
    down: FaultServer
    healing: FaultServer
    outcomes: dict[tuple[str, str], tuple[str, str]]
    """The outcome and the text of each job, by (company, external id)."""
    seconds: float
    peak: int
    """The peak memory in bytes, minus the memory at the start."""
    worker_peak: int
    """The peak memory in bytes of this process and of those that read pages for it."""


class Names(KnownNames):
    async def __call__(self, host: str, port: int) -> Sequence[AddressInfo]:
        if host == "slow-name.example":
            return await asyncio.get_running_loop().create_future()
        return await super().__call__(host, port)


NAMES = Names(
    **{
        "careers.corp": ["127.0.0.1"],
        "xn--bcker-gra.corp": ["127.0.0.1"],
        "localhost": ["127.0.0.1"],
        "public-and-private.example": ["8.8.8.8", "127.0.0.1"],
        "rebinding.example": ["127.0.0.1"],
    }
)


@pytest.fixture(scope="module")
def engine_of_module(postgres_url: str) -> Iterator[Engine]:
    engine = make_engine(postgres_url)
    with engine.begin() as connection:
        empty_tables(connection)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def crawled(
    engine_of_module: Engine,
    raw_pages: RawPages,
    warm: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Crawled]:
    engine = engine_of_module
    with ExitStack() as stack:
        closed = stack.enter_context(socket.socket())
        closed.bind(("127.0.0.1", 0))
        hole = stack.enter_context(black_hole())
        authority = Authority(tmp_path_factory.mktemp("certificates"))
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        environment.setenv("SSL_CERT_FILE", str(authority.bundle))
        stage = staged(stack, closed.getsockname()[1], hole, authority.server_context)
        well, busy, silent, down, healing = (stack.enter_context(FaultServer()) for _ in range(5))
        for number in range(WELL):
            well.at(f"/{number}", page())
            busy.at(f"/{number}", page())
            silent.at(f"/{number}", then_silence(b""))
            healing.at(f"/{number}", page())
        busy.at("/rate_limited", reply(status=429, retry_after="2"), page())
        healing.at("/0", *[reply(status=500)] * 3, page())
        healing.at("/1", *[reply(status=500)] * 3, page())
        for number in range(DOWN):
            down.at(f"/{number}", reply(status=500))
        listed = [("faults", name, url) for name, url in stage.urls.items()]
        listed += [(c, f"well-{n}", f"http://{well.host}/{n}") for n in range(WELL)
                   for c in ("faults", "twins")]  # fmt: skip
        listed += [("faults", "rate_limited", f"http://{busy.host}/rate_limited")]
        for name, server, count in (
            ("busy", busy, WELL), ("silent", silent, WELL), ("healing", healing, WELL),
            ("down", down, DOWN),
        ):  # fmt: skip
            listed += [("faults", f"{name}-{n}", f"http://{server.host}/{n}") for n in range(count)]
        sweep = _plan(engine, listed)
        others = [server.host for server in (well, busy, silent, down, healing)]
        tools = CrawlTools(
            clients=Clients(
                politeness=PolitenessPolicy(
                    rate_of=lambda host: RATE,
                    concurrency=AT_ONCE,
                    max_wait=MAX_WAIT_SECONDS,
                    cooldown=0.3,
                ),
                guard=AddressGuard(
                    [
                        *stage.hosts,
                        *others,
                        f"127.0.0.1:{closed.getsockname()[1]}",
                        f"127.0.0.1:{hole}",
                    ]
                ),
                user_agent="Tester/1.0",
                deadline=DEADLINE,
                max_bytes=2 * MIB,
                resolver=NAMES,
            ),
            raw_pages=raw_pages,
            simhash_threshold=3,
        )
        began = time.monotonic()
        with Peak() as peak, WorkerMemory() as memory:
            crawl_pages(engine, sweep, 0, tools)
            seconds = time.monotonic() - began
            extract_jobs(engine, sweep, 0, raw_pages)
        finish_run(engine, sweep.dag_run_id)
        yield Crawled(
            stage=stage,
            well=well,
            busy=busy,
            silent=silent,
            down=down,
            healing=healing,
            outcomes=_outcomes(engine),
            seconds=seconds,
            peak=peak.bytes,
            worker_peak=memory.peak,
        )


@contextmanager
def black_hole() -> Iterator[int]:
    """Yield the port of a server that never answers, because its queue of connections is full."""
    with socket.socket() as server, socket.socket() as first, socket.socket() as second:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield server.getsockname()[1]


class Peak:
    """A context manager that measures the peak memory of this process in the block.

    ``bytes`` is the peak minus the memory at the start.
    """

    bytes = 0

    def __enter__(self) -> "Peak":
        # Reset the peak of the resident memory (proc(5)).
        Path("/proc/self/clear_refs").write_text("5")
        self._before = self._high_water()
        return self

    def __exit__(self, *_: object) -> None:
        self.bytes = self._high_water() - self._before

    def _high_water(self) -> int:
        status = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024


def _plan(engine: Engine, listed: list[tuple[str, str, str]]) -> Sweep:
    """Plan a sweep that reads the jobs in one batch. Each job is (company, external id, URL)."""
    by_company: dict[str, list[ListedRow]] = {}
    for company, name, url in listed:
        job = ListedJob(external_id=name, title="Job", url=url)
        by_company.setdefault(company, []).append(ListedRow(job=job, row_sha256=name))
    with engine.begin() as connection:
        ensure_user(connection, "ada")
        for slug in by_company:
            config = {"url": f"http://{slug}.example/sitemap.xml"}
            follow_company(connection, "ada", Company(slug=slug, source="sitemap", config=config))
    open_run(engine, dag_run_id="faults", form=RunForm(user_id="ada"), fresh_for=timedelta(0))
    sweep = sweep_of(engine, "faults")
    query = text("SELECT check_id, board_id FROM run_companies WHERE company = :c")
    with engine.begin() as connection:
        for slug, rows in by_company.items():
            check_id, board_id = connection.execute(query, {"c": slug}).one()
            begin_listing(connection, sweep.sweep_id, [check_id])
            set_listing(connection, check_id, CompanyStatus.COMPLETE, listed=len(rows))
            replace_listing(connection, board_id, rows)
    upsert_jobs(engine, sweep, reread_after=timedelta(0))
    assert plan_batches(engine, sweep, batch_size=10_000) == [0]
    return sweep


def _outcomes(engine: Engine) -> dict[tuple[str, str], tuple[str, str]]:
    query = """
        SELECT k.slug AS company, j.external_id, j.posting->>'description_text' AS text,
               coalesce(j.expire_reason, j.error_code, j.status) AS outcome
        FROM jobs AS j JOIN companies AS k USING (board_id)
    """
    with engine.connect() as connection:
        rows = connection.execute(text(query)).all()
    return {(row.company, row.external_id): (row.outcome, row.text or "") for row in rows}


def of_page(server: FaultServer, fault: Fault) -> int:
    return sum(path == fault.path for path in server.paths())


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.number} {fault.name}")
def test_each_fault_has_its_listed_outcome(fault: Fault, crawled: Crawled) -> None:
    outcome, said = crawled.outcomes["faults", fault.name]
    assert outcome == fault.outcome
    assert fault.text in said
    server = crawled.stage.servers[fault.name]
    if fault.tries is not None:
        assert of_page(server, fault) == fault.tries
    # The number of active requests of other servers is not known, because a silent server does not
    # notice when a client closes its connection.
    if fault.outcome != "timeout" and "silent" not in fault.name:
        assert server.most_at_once <= AT_ONCE
    assert gaps_are_kept(server)


def gaps_are_kept(server: FaultServer) -> bool:
    """Return whether the server received no more requests than the rate allows.

    This must hold in every span of time. A late request may shorten the gap to the next one by
    ``_LATE`` seconds.
    """
    times = [asked.at for asked in server.asked]
    return all(
        later - earlier >= apart / RATE - _LATE
        for first, earlier in enumerate(times)
        for apart, later in enumerate(times[first:])
    )


def test_every_listed_number_up_to_cookies_has_its_fault() -> None:
    assert {fault.number for fault in FAULTS} == set(range(1, 62))


def test_the_whole_crawl_ends_within_the_budget_of_the_slowest_job(crawled: Crawled) -> None:
    """Allow the time of the slowest job.

    It makes four tries, each with a deadline and a pause, or it waits for its host.
    """
    assert crawled.seconds < 150


def test_memory_stays_below_the_cap_while_bombs_go_off(crawled: Crawled) -> None:
    assert crawled.peak < MEMORY_CAP
    assert MIB < crawled.worker_peak < MEMORY_LIMIT


def test_other_jobs_are_unharmed_and_no_board_is_served_what_another_asked_for(
    crawled: Crawled,
) -> None:
    """Check the requests for pages that two boards list.

    Each board requests each page once, and both share one request for robots.txt.
    """
    for number in range(WELL):
        for company in ("faults", "twins"):
            assert crawled.outcomes[company, f"well-{number}"][0] == READY
    assert sorted(crawled.well.paths()) == sorted(
        ["/robots.txt", *(f"/{number}" for number in range(WELL) for _ in range(2))]
    )
    assert crawled.well.most_at_once <= AT_ONCE
    assert gaps_are_kept(crawled.well)


def test_a_slow_host_keeps_no_other_waiting(crawled: Crawled) -> None:
    last_of_silent = max(asked.at for asked in crawled.silent.asked)
    meanwhile = [asked for asked in crawled.well.asked if asked.at < last_of_silent]
    assert len(meanwhile) > WELL / 2
    for number in range(WELL):
        assert crawled.outcomes["faults", f"silent-{number}"][0] == "timeout"


def test_a_host_that_says_it_is_too_much_is_left_alone_by_all_jobs(crawled: Crawled) -> None:
    assert crawled.outcomes["faults", "rate_limited"][0] == READY
    for number in range(WELL):
        assert crawled.outcomes["faults", f"busy-{number}"][0] == READY
    times = [asked.at for asked in crawled.busy.asked]
    rate_limited_at = next(
        asked.at for asked in crawled.busy.asked if asked.path == "/rate_limited"
    )
    # Requests in the first half second do not count: they were in progress at the time of the
    # response.
    assert not [at for at in times if rate_limited_at + 0.5 < at < rate_limited_at + 1.9]


def test_a_host_that_is_down_is_tried_seldom_and_its_jobs_say_why(crawled: Crawled) -> None:
    """Check the effect of the circuit breaker.

    Without it, 200 jobs with four tries each would send 800 requests.
    """
    for number in range(DOWN):
        assert crawled.outcomes["faults", f"down-{number}"][0] == "http_5xx"
    page_requests = [request for request in crawled.down.asked if request.path != "/robots.txt"]
    assert 5 <= len(page_requests) < 40
    assert all(later.at - earlier.at > 0.1 for earlier, later in pairwise(page_requests[8:]))


def test_a_host_that_heals_is_crawled_to_its_end(crawled: Crawled) -> None:
    for number in range(WELL):
        assert crawled.outcomes["faults", f"healing-{number}"][0] == READY


def test_no_job_is_left_open(crawled: Crawled) -> None:
    open_states = {"pending", "crawling", "extracting"}
    assert not {outcome for outcome, _ in crawled.outcomes.values()} & open_states
