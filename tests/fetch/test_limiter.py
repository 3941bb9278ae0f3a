"""Tests of the rate limiter of one worker, and of several workers that share hosts.

All run in one event loop.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from include.core.hosts.host_state import HostFailure, HostState
from include.errors import FetchError, PageGone
from include.fetch.event_loop_thread import EventLoopThread
from include.fetch.limits import limiter as limits
from include.fetch.limits.limiter import HostLimiter
from include.fetch.limits.policy import PolitenessPolicy, host_failure
from tests.fetch.shared_leases import (
    HOST,
    Gauge,
    Session,
    SharedLeases,
    cancel,
    permit,
    policy,
    request,
    until,
    worker,
)

TICK = 0.002
"""The maximum time in seconds by which the event loop may wake early.

It wakes early because uvloop counts whole milliseconds.
"""
LATE = 0.25
"""The maximum time in seconds from the grant of a permit to the beginning of its request.

The time between two requests may be shorter than the time between their permits by as much.
"""
FAILED = FetchError("500", code="http_5xx", status=500)


@pytest.fixture(autouse=True)
def short_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the limiter's intervals, because the tests wait for several of them."""
    for name in ("POLL", "BACK_OFF", "CHECK", "MIN_LEASE", "MAX_CHECK_AGE", "IDLE_CHECK"):
        constant = f"{name}_SECONDS"
        monkeypatch.setattr(limits, constant, getattr(limits, constant) / 5)


@pytest.fixture
def shared() -> SharedLeases:
    return SharedLeases()


@pytest.fixture
def gauge() -> Gauge:
    return Gauge()


def assert_rate(began: list[float], rate: float) -> None:
    """Check for each pair of requests that they are as far apart as ``rate`` per second demands."""
    for index, earlier in enumerate(began):
        for intervals, later in enumerate(began[index:]):
            assert later - earlier >= intervals / rate - LATE


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_no_more_requests_are_under_way_than_allowed(
    concurrency: int, shared: SharedLeases, gauge: Gauge
) -> None:
    async with worker(shared, policy(concurrency=concurrency)) as (limiter,):
        await asyncio.gather(*(request(limiter, gauge) for _ in range(60)))
    assert len(gauge.began) == 60
    assert gauge.most == concurrency
    assert shared.holders == {}


async def test_requests_follow_each_other_at_the_hosts_rate(
    shared: SharedLeases, gauge: Gauge
) -> None:
    async with worker(shared, policy(rate=50)) as (limiter,):
        await asyncio.gather(*(request(limiter, gauge) for _ in range(40)))
    assert_rate(gauge.began, 50)


async def test_time_without_requests_does_not_permit_a_burst_later(
    shared: SharedLeases, gauge: Gauge
) -> None:
    async with worker(shared, policy(rate=3)) as (limiter,):
        await request(limiter, gauge)
        await asyncio.sleep(0.7)
        await asyncio.gather(*(request(limiter, gauge) for _ in range(3)))
    assert gauge.began[3] - gauge.began[1] >= 2 / 3 - LATE


async def test_a_worker_that_was_blocked_does_not_send_the_missed_requests_all_at_once(
    shared: SharedLeases, gauge: Gauge
) -> None:
    """Block a worker for 15 intervals of 0.02 s. At most 5 requests may begin in one interval."""
    async with worker(shared, policy(rate=50)) as (limiter,):
        requests = [asyncio.create_task(request(limiter, gauge)) for _ in range(25)]
        await until(lambda: len(gauge.began) >= 2)
        time.sleep(0.3)  # noqa: ASYNC251 # blocks the event loop as a long computation would
        await asyncio.gather(*requests)
    for start in gauge.began:
        in_interval = [at for at in gauge.began if start <= at < start + 0.02]
        assert len(in_interval) <= 5


async def test_each_host_has_its_own_rate_and_a_slow_one_does_not_delay_others(
    shared: SharedLeases,
) -> None:
    rates = {"fast.example": 1_000.0, "slow.example": 0.01}
    slow, fast = Gauge(), Gauge()
    politeness = PolitenessPolicy(rate_of=rates.__getitem__, concurrency=2)
    async with worker(shared, politeness) as (limiter,):
        tasks = [asyncio.create_task(request(limiter, slow, "slow.example")) for _ in range(2)]
        await asyncio.gather(*(request(limiter, fast, "fast.example") for _ in range(12)))
        await cancel(tasks)
    assert (len(slow.began), len(fast.began)) == (1, 12)


async def test_a_crawl_delay_slows_the_host_down(shared: SharedLeases, gauge: Gauge) -> None:
    async with worker(shared, policy()) as (limiter,):
        limiter.slow_down(HOST, 5)
        await asyncio.gather(*(request(limiter, gauge) for _ in range(5)))
    assert gauge.began[-1] - gauge.began[0] >= 4 / 5 - LATE


async def test_two_hundred_pages_of_a_host_need_few_calls_to_the_lease_store(
    shared: SharedLeases, gauge: Gauge
) -> None:
    async with worker(shared, policy()) as (limiter,):
        await asyncio.gather(*(request(limiter, gauge) for _ in range(200)))
    assert shared.calls.total() < 8


async def test_the_leases_of_many_hosts_are_taken_together(
    shared: SharedLeases, gauge: Gauge
) -> None:
    async with worker(shared, policy()) as (limiter,):
        await asyncio.gather(*(request(limiter, gauge, f"{n}.example") for n in range(50)))
    assert shared.calls["take"] <= 3


async def test_a_worker_that_is_done_keeps_no_lease(shared: SharedLeases, gauge: Gauge) -> None:
    async with worker(shared, policy(), 2) as (first, second):
        await request(first, gauge)
        await request(second, gauge)
        await until(lambda: not shared.holders)


async def test_a_busy_worker_passes_the_host_on_to_all_who_wait(shared: SharedLeases) -> None:
    """Check that all workers together stay within the limits while they pass the host on."""
    all_requests = Gauge()
    served: set[int] = set()

    async def send_forever(number: int, limiter: HostLimiter) -> None:
        while True:
            await request(limiter, all_requests)
            served.add(number)

    async with worker(shared, policy(rate=200, concurrency=2), 3) as limiters:
        tasks = [
            asyncio.create_task(send_forever(number, limiter))
            for number, limiter in enumerate(limiters)
            for _ in range(4)
        ]
        await until(lambda: len(served) == 3)
        await cancel(tasks)
    assert all_requests.most <= 2
    assert_rate(all_requests.began, 200)


async def test_a_polling_worker_asks_for_all_its_hosts_at_once_and_not_too_often(
    shared: SharedLeases, gauge: Gauge
) -> None:
    other = Session(shared)
    names = [f"{number}.example" for number in range(20)]
    taken = other.take(names)
    async with worker(shared, policy()) as (limiter,):
        began = time.monotonic()
        tasks = [asyncio.create_task(request(limiter, gauge, name)) for name in names]
        await until(lambda: shared.calls["take"] == 5)
        assert time.monotonic() - began >= 2 * limits.POLL_SECONDS
        assert set(other.contended(names)) == set(names)
        other.release(taken)
        await asyncio.gather(*tasks)
    assert other.contended(names) == set()


async def test_a_worker_withdraws_its_announcement_when_it_no_longer_waits_for_a_host(
    shared: SharedLeases, gauge: Gauge
) -> None:
    other = Session(shared)
    other.take([HOST])
    async with worker(shared, policy()) as (limiter,):
        task = asyncio.create_task(request(limiter, gauge))
        await until(lambda: bool(other.contended([HOST])))
        await cancel([task])
        await until(lambda: not other.contended([HOST]))
    assert gauge.began == []


@pytest.mark.parametrize("fault", [ValueError, asyncio.CancelledError])
async def test_a_request_that_fails_gives_its_permit_back(
    fault: type[BaseException], shared: SharedLeases
) -> None:
    async with worker(shared, policy(concurrency=1)) as (limiter,):
        for _ in range(3):
            with pytest.raises(fault):
                async with permit(limiter):
                    raise fault


async def test_requests_cancelled_while_they_wait_keep_no_permit(
    shared: SharedLeases, gauge: Gauge
) -> None:
    async with worker(shared, policy(concurrency=1)) as (limiter,):
        async with permit(limiter):
            tasks = [asyncio.create_task(request(limiter, gauge)) for _ in range(5)]
            await asyncio.sleep(0)
            await cancel(tasks[1:])
        tasks[0].cancel()  # its permit has just been granted when it is cancelled
        await asyncio.gather(tasks[0], return_exceptions=True)
        await request(limiter, gauge)


async def test_one_worker_at_a_time_is_in_a_block_that_pins_the_host(
    shared: SharedLeases, gauge: Gauge
) -> None:
    """Use blocks that take longer than the time for which a worker keeps a contended lease."""

    async def pin(limiter: HostLimiter) -> None:
        async with limiter.pinned(HOST):
            with gauge.request():
                for _ in range(2):
                    await request(limiter, Gauge())
                    await asyncio.sleep(limits.MIN_LEASE_SECONDS * 0.6)

    async with worker(shared, policy(), 2) as limiters:
        await asyncio.gather(*map(pin, limiters))
    assert (len(gauge.began), gauge.most) == (2, 1)


async def test_a_pinned_host_is_passed_on_after_the_longest_wait(
    shared: SharedLeases, gauge: Gauge
) -> None:
    """Let two blocks wait for each other's host. They must not wait forever."""
    both = asyncio.Barrier(2)

    async def pin(limiter: HostLimiter, own: str, other: str) -> None:
        async with limiter.pinned(own):
            await both.wait()
            await request(limiter, gauge, other)

    async with worker(shared, policy(max_wait=0.1), 2) as (first, second):
        await asyncio.gather(
            pin(first, "a.example", "b.example"), pin(second, "b.example", "a.example")
        )
    assert len(gauge.began) == 2


async def fail(limiter: HostLimiter, error: FetchError = FAILED) -> None:
    with pytest.raises(FetchError):
        async with permit(limiter):
            raise error


async def test_a_failure_is_stored_at_once_and_known_to_the_next_worker(
    shared: SharedLeases, gauge: Gauge
) -> None:
    """Let a response with 429 halve the rate of 10,000 and ask for a wait of one second."""
    async with worker(shared, policy()) as (limiter,):
        await fail(limiter, FetchError("429", code="rate_limited", status=429, retry_after=1))
        await until(lambda: shared.calls["save"] == 1)
        stored = shared.states[HOST]
        assert (stored.failures, stored.rate, stored.next_send) == (1, 5_000, None)
        failed_at = time.monotonic()
    async with worker(shared, policy()) as (limiter,):
        await request(limiter, gauge)
    assert gauge.began[0] - failed_at >= 1 - LATE


async def test_a_host_whose_holder_died_gets_no_request_before_its_rate_allows_one(
    shared: SharedLeases, gauge: Gauge
) -> None:
    shared.states[HOST] = HostState(next_send=None)  # the time of the last request is unknown
    began = time.monotonic()
    async with worker(shared, policy(rate=5)) as (limiter,):
        await request(limiter, gauge)
    assert gauge.began[0] - began >= 1 / 5 - TICK


async def test_an_open_circuit_lets_one_request_at_a_time_through_until_one_is_answered(
    shared: SharedLeases, gauge: Gauge
) -> None:
    """Open the circuit of a host by five failures. The requests to another host are not delayed."""
    other = Gauge()
    async with worker(shared, policy(concurrency=4)) as (limiter,):
        for _ in range(5):
            await fail(limiter)
        tasks = [asyncio.create_task(request(limiter, gauge)) for _ in range(8)]
        await request(limiter, other, "other.example")
        assert gauge.began == []
        await until(lambda: gauge.now == 1)
        await asyncio.gather(*tasks)
    assert len(gauge.began) == 8


async def test_requests_to_a_host_that_does_not_answer_are_refused_after_the_longest_wait(
    shared: SharedLeases,
) -> None:
    async with worker(shared, policy(max_wait=0.3)) as (limiter,):
        for _ in range(5):
            await fail(limiter)
        await asyncio.gather(*(until_refused(limiter) for _ in range(5)))


async def until_refused(limiter: HostLimiter) -> None:
    """Send requests, all of which fail, until the limiter refuses the next one."""
    error = FAILED
    while error is FAILED:
        with pytest.raises(FetchError) as raised:
            async with permit(limiter):
                raise FAILED
        error = raised.value
    assert error.code == "http_5xx"


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (None, None),
        (PageGone("404"), None),
        (FetchError("403", code="http_4xx", status=403), None),
        (FetchError("500", code="http_5xx", status=500), HostFailure(code="http_5xx")),
        (
            FetchError("503", code="http_5xx", status=503, retry_after=7),
            HostFailure(code="http_5xx", retry_after=7, slow_down=True),
        ),
        (
            FetchError("429", code="rate_limited", status=429, retry_after=9_999),
            HostFailure(code="rate_limited", retry_after=60, slow_down=True),
        ),
        (FetchError("slow", code="timeout"), HostFailure(code="timeout", slow_down=True)),
        (FetchError("refused", code="connect"), HostFailure(code="connect")),
    ],
    ids=str,
)
def test_only_errors_of_the_host_itself_count_as_its_failures(
    error: FetchError | PageGone | None, failure: HostFailure | None
) -> None:
    assert host_failure(error) == failure


async def test_a_lost_session_is_an_error_for_all_who_wait(shared: SharedLeases) -> None:
    session = Session(shared)
    lost = OSError("the session ended")
    async with asyncio.timeout(60), HostLimiter(session, policy(rate=0.01)) as limiter:
        async with permit(limiter):
            pass
        waiting = asyncio.gather(
            *(request(limiter, Gauge()) for _ in range(3)), return_exceptions=True
        )
        session.error = lost
        assert await waiting == [lost] * 3
        with pytest.raises(OSError, match="ended"):
            await limiter.acquire("other.example")
        with pytest.raises(OSError, match="ended"):
            async with limiter.pinned("third.example"):
                pass


async def test_a_worker_that_was_frozen_checks_its_leases_before_it_sends(
    shared: SharedLeases, monkeypatch: pytest.MonkeyPatch, gauge: Gauge
) -> None:
    session = Session(shared)
    async with asyncio.timeout(60), HostLimiter(session, policy()) as limiter:
        await request(limiter, gauge)
        now = time.monotonic
        monkeypatch.setattr(limits, "monotonic", lambda: now() + 60)
        session.error = OSError("the session ended")
        with pytest.raises(OSError, match="ended"):
            await request(limiter, gauge)
    assert len(gauge.began) == 1


def test_threads_share_a_hosts_limits(shared: SharedLeases, gauge: Gauge) -> None:
    with (
        EventLoopThread() as loop,
        loop.entered(HostLimiter(Session(shared), policy(concurrency=2))) as limiter,
        ThreadPoolExecutor(4) as threads,
    ):
        list(threads.map(lambda _: loop.call(request(limiter, gauge)), range(40)))
    assert (len(gauge.began), gauge.most) == (40, 2)
    assert shared.holders == {}


def test_a_thread_that_waits_can_stop_waiting(shared: SharedLeases, gauge: Gauge) -> None:
    def stop() -> None:
        raise PageGone("nobody waits for it")

    Session(shared).take([HOST])
    with (
        EventLoopThread() as loop,
        loop.entered(HostLimiter(Session(shared), policy())) as limiter,
    ):
        with pytest.raises(PageGone):
            loop.call(request(limiter, gauge), check=stop)
        loop.call(request(limiter, Gauge(), "other.example"))
    assert gauge.began == []
