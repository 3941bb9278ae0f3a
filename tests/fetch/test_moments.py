"""When each request at a host may go out."""

import asyncio
import time
from itertools import pairwise

from include.fetch.politeness import Manners
from include.fetch.turns import Turns
from tests.fetch.shared_pace import Gauge, Session, SharedPace
from tests.fetch.turn_taking import HOST, TICK, cancel, manners, request, until


async def request_held_up(turns: Turns, gauge: Gauge, *, seconds: float) -> None:
    """25 requests of a worker that is held up, with what it has reserved."""
    async with asyncio.timeout(10), asyncio.TaskGroup() as requests:
        for _ in range(25):
            requests.create_task(request(turns, gauge))
        await until(lambda: len(gauge.began) >= 2)
        time.sleep(seconds)  # noqa: ASYNC251 # holds up the event loop, as a long computation does


async def test_at_the_end_moments_are_reserved_for_all_who_are_left(
    shared: SharedPace, gauge: Gauge
) -> None:
    turns = Turns(Session(shared), manners(concurrency=40))
    async with asyncio.timeout(10):
        await asyncio.gather(*(request(turns, gauge) for _ in range(40)))

    assert len(gauge.began) == 40
    assert shared.calls_for_moments <= 20, "not one a request"


async def test_every_request_waits_for_a_moment_of_its_own(
    shared: SharedPace, gauge: Gauge
) -> None:
    workers = [Turns(Session(shared), manners(rate=200)) for _ in range(2)]
    async with asyncio.timeout(10):
        await asyncio.gather(*(request(turns, gauge) for turns in workers for _ in range(30)))

    moments = shared.moments[HOST]
    assert all(b - a >= 1 / 200 - 1e-6 for a, b in pairwise(moments))
    assert len(gauge.began) == 60
    assert 60 <= len(moments) < 200, "few are reserved in vain"
    assert all(
        began >= moment - TICK for began, moment in zip(sorted(gauge.began), moments, strict=False)
    )


async def test_moments_that_have_passed_meanwhile_are_not_used_all_at_once(
    shared: SharedPace, gauge: Gauge
) -> None:
    turns = Turns(Session(shared), manners(rate=50))
    await request_held_up(turns, gauge, seconds=0.3)

    began = sorted(gauge.began)
    under_way, late = 4, 3  # at 50 a second, 0.05 s late
    for first in began:
        assert sum(first <= at < first + 0.02 for at in began) <= under_way + late + 1


async def test_late_moments_at_a_fast_host_are_used_where_they_are_few_for_it(
    shared: SharedPace, gauge: Gauge
) -> None:
    turns = Turns(Session(shared), manners(rate=10_000))
    await request_held_up(turns, gauge, seconds=0.1)

    assert len(shared.moments[HOST]) <= 25 + 4, "none is reserved anew but of those under way"


async def test_moments_at_a_slow_host_are_taken_one_by_one(
    shared: SharedPace, gauge: Gauge
) -> None:
    turns = Turns(Session(shared), manners(rate=1))
    tasks = [asyncio.create_task(request(turns, gauge)) for _ in range(20)]
    await until(lambda: len(gauge.began) == 1)
    await cancel(tasks)

    assert len(shared.moments[HOST]) <= len(gauge.began) + 4, "no more than have a slot"


async def test_a_host_has_the_rate_it_is_given(shared: SharedPace, gauge: Gauge) -> None:
    rates = {"fast.example": 1_000.0, "slow.example": 100.0}
    turns = Turns(Session(shared), Manners(rate_of=rates.__getitem__, concurrency=2))
    await asyncio.gather(*(request(turns, gauge, host) for host in rates for _ in range(12)))

    for host, rate in rates.items():
        assert all(b - a >= 1 / rate - 1e-6 for a, b in pairwise(shared.moments[host]))
    slow = shared.moments["slow.example"]
    assert any(b - a < 0.011 for a, b in pairwise(slow)), "and not a slower one"
