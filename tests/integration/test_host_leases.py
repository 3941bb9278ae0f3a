"""Tests of the leases and the states of hosts on a real Postgres.

Each worker has its own session.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, event, func, select, text

from include.core.hosts.host_state import HostState
from include.db.engine import make_engine
from include.db.hosts.host_leases import HostLeases, host_leases
from include.fetch.event_loop_thread import EventLoopThread
from include.fetch.limits.limiter import HostLimiter
from tests.fetch.shared_leases import HOST, Gauge, policy, request
from tests.local.waiting import eventually

pytestmark = pytest.mark.integration

FAILING = HostState(
    next_send=2.5,
    rate=0.75,
    failures=6,
    failure_code="http_5xx",
    failing_since=-30.0,
    failed_at=-1.0,
    blocked_until=20.0,
)


def test_a_host_is_leased_to_one_worker_at_a_time(engine: Engine) -> None:
    with host_leases(engine) as first, host_leases(engine) as second:
        assert first.take([HOST]) == {HOST: HostState()}
        assert second.take([HOST, "other.example"]) == {"other.example": HostState()}
        first.release({HOST: HostState()})
        assert second.take([HOST]).keys() == {HOST}
        assert first.take([HOST]) == {}


def test_a_lease_ends_with_its_workers_block(engine: Engine) -> None:
    with host_leases(engine) as second:
        with host_leases(engine) as first:
            first.take([HOST])
        eventually(lambda: second.take([HOST]))


def test_a_lease_ends_with_its_workers_session(engine: Engine) -> None:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as doomed:
        pid = doomed.scalar(select(func.pg_backend_pid()))
        HostLeases(doomed).take([HOST])
        with host_leases(engine) as other, engine.connect() as connection:
            assert other.take([HOST]) == {}
            connection.execute(select(func.pg_terminate_backend(pid)))
            taken: dict[str, HostState] = {}
            eventually(lambda: taken.update(other.take([HOST])) or taken)
        doomed.invalidate()
    assert taken[HOST].next_send is None, "when the last request was sent is not known"


def test_the_session_of_a_worker_that_sends_no_statement_ends(engine: Engine) -> None:
    with host_leases(engine) as leases:
        setting = leases.connection.scalar(text("SHOW idle_session_timeout"))
    assert setting == "30s"


def test_a_state_comes_back_as_it_was_given_up(engine: Engine) -> None:
    with host_leases(engine) as first, host_leases(engine) as second:
        first.take([HOST, "other.example"])
        first.release({HOST: FAILING, "other.example": HostState(next_send=-5)})
        states = second.take([HOST, "other.example"])
    state = states[HOST]
    assert state.next_send == pytest.approx(2.5, abs=2)
    assert state.blocked_until == pytest.approx(20, abs=2)
    assert state.failing_since == pytest.approx(-30, abs=2)
    assert state.failed_at == pytest.approx(-1, abs=2)
    assert (state.rate, state.failures, state.failure_code) == (0.75, 6, "http_5xx")
    assert states["other.example"].next_send == pytest.approx(-5, abs=2)
    assert not states["other.example"].failures


def test_a_saved_state_is_there_for_the_successor_of_a_dead_worker(engine: Engine) -> None:
    with host_leases(engine) as second:
        with host_leases(engine) as first:
            first.take([HOST])
            first.save({HOST: HostState(next_send=None, failures=3, failure_code="connect")})
        taken: dict[str, HostState] = {}
        eventually(lambda: taken.update(second.take([HOST])) or taken)
    assert (taken[HOST].failures, taken[HOST].next_send) == (3, None)


def test_the_holder_learns_who_waits_until_nobody_does(engine: Engine) -> None:
    names = [HOST, "other.example"]
    with host_leases(engine) as holder, host_leases(engine) as one, host_leases(engine) as two:
        holder.take(names)
        assert holder.contended(names) == set()
        one.take([HOST])
        one.take([HOST])
        two.take(names)
        assert holder.contended(names) == set(names)
        two.take([])
        assert holder.contended(names) == {HOST}
        holder.release({HOST: HostState()})
        assert one.take([HOST])
        assert one.contended([HOST]) == set()
    with engine.connect() as connection:
        held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        eventually(lambda: connection.scalar(held) == 0)


@pytest.mark.usefixtures("engine")
def test_two_hundred_pages_of_a_host_take_few_statements(postgres_url: str) -> None:
    statements: list[str] = []
    # This test has its own engine, because the listener must not outlive the test.
    engine = make_engine(postgres_url)
    event.listen(
        engine, "before_cursor_execute", lambda *called: statements.append(called[2]), named=False
    )
    gauge = Gauge()

    async def crawl(leases: HostLeases) -> None:
        async with HostLimiter(leases, policy()) as limiter:
            await asyncio.gather(*(request(limiter, gauge) for _ in range(200)))

    with host_leases(engine) as leases:
        asyncio.run(crawl(leases))
    engine.dispose()
    assert len(gauge.began) == 200
    assert 0 < len(statements) < 20


def test_tasks_that_crawl_and_tasks_that_list_share_one_hosts_limits(
    postgres_url: str, engine: Engine
) -> None:
    gauge = Gauge()
    politeness = policy(rate=5_000, concurrency=3)

    async def crawl(leases: HostLeases) -> None:
        async with HostLimiter(leases, politeness) as limiter:
            await asyncio.gather(*(request(limiter, gauge) for _ in range(40)))

    def crawling_task() -> None:
        own = make_engine(postgres_url)
        with host_leases(own) as leases:
            asyncio.run(crawl(leases))
        own.dispose()

    def listing_task() -> None:
        own = make_engine(postgres_url)
        with (
            host_leases(own) as leases,
            EventLoopThread() as loop,
            loop.entered(HostLimiter(leases, politeness)) as limiter,
        ):
            for _ in range(10):
                loop.call(request(limiter, gauge))
        own.dispose()

    with ThreadPoolExecutor(3) as threads:
        running = [threads.submit(task) for task in (crawling_task, crawling_task, listing_task)]
        for task in running:
            task.result(60)
    assert (len(gauge.began), gauge.most <= 3) == (90, True)
