"""How many requests are under way at a host at once, whoever makes them."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest

from include.core.pace import WantedSlots
from include.fetch.politeness import RETRY_SECONDS
from include.fetch.turns import Turns
from tests.fetch.shared_pace import Gauge, Session, SharedPace
from tests.fetch.turn_taking import HOST, TICK, cancel, manners, request, turn_at, until


@pytest.mark.parametrize("concurrency", [1, 2, 5])
async def test_all_workers_together_are_never_more_at_once_than_allowed(
    concurrency: int, shared: SharedPace, gauge: Gauge
) -> None:
    workers = [Turns(Session(shared), manners(concurrency=concurrency)) for _ in range(2)]
    async with asyncio.timeout(10):
        await asyncio.gather(*(request(turns, gauge) for turns in workers for _ in range(60)))

    assert len(gauge.began) == 120
    assert gauge.most <= concurrency
    assert shared.slots == {}


async def test_one_worker_alone_may_use_all_the_slots(shared: SharedPace) -> None:
    turns = Turns(Session(shared), manners(concurrency=3))
    all_at_once = asyncio.Barrier(3)

    async def meet() -> None:
        async with turn_at(turns):
            await all_at_once.wait()

    async with asyncio.timeout(5):
        await asyncio.gather(*(meet() for _ in range(9)))


async def test_slots_are_taken_and_given_back_several_at_a_time(
    shared: SharedPace, gauge: Gauge
) -> None:
    turns = Turns(Session(shared), manners(concurrency=8))
    async with asyncio.timeout(10):
        await asyncio.gather(*(request(turns, gauge) for _ in range(40)))

    assert gauge.most == 8
    assert shared.calls_for_slots < 16, "not one by one"
    assert shared.slots == {}


async def test_all_who_wait_for_a_slot_ask_for_it_together(
    shared: SharedPace, gauge: Gauge, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, own = Session(shared), Session(shared)
    taken = other.try_slots({HOST: WantedSlots(count=4, slots=range(4))})
    asked: list[float] = []
    three_times = asyncio.Event()
    loop = asyncio.get_running_loop()
    try_slots = own.try_slots

    def noted(wanted: Mapping[str, WantedSlots]) -> dict[str, list[int]]:
        asked.append(time.monotonic())
        if len(asked) == 3:
            loop.call_soon_threadsafe(three_times.set)
        return try_slots(wanted)

    monkeypatch.setattr(own, "try_slots", noted)
    turns = Turns(own, manners(concurrency=4))
    async with asyncio.timeout(10), asyncio.TaskGroup() as requests:
        for _ in range(30):
            requests.create_task(request(turns, gauge))
        await three_times.wait()
        other.give_back(taken)

    assert len(gauge.began) == 30
    gaps = [later - earlier for earlier, later in pairwise(asked[:3])]
    assert min(gaps) >= RETRY_SECONDS - TICK


async def test_of_many_hosts_with_a_page_each_all_are_asked_for_together(
    shared: SharedPace, gauge: Gauge
) -> None:
    turns = Turns(Session(shared), manners())
    async with asyncio.timeout(10):
        await asyncio.gather(*(request(turns, gauge, f"{n}.example") for n in range(50)))

    assert len(gauge.began) == 50
    assert shared.calls_for_moments <= 5, "not one a host"
    assert shared.calls_for_slots <= 10
    assert shared.slots == {}


async def test_a_busy_host_keeps_no_other_waiting(shared: SharedPace, gauge: Gauge) -> None:
    turns = Turns(Session(shared), manners(concurrency=1))
    async with asyncio.timeout(10), turn_at(turns):
        waiting = asyncio.create_task(request(turns, Gauge()))
        await request(turns, gauge, "other.example")
        assert not waiting.done()
    await waiting


async def test_a_worker_that_is_done_keeps_no_slot_from_another(
    shared: SharedPace, gauge: Gauge
) -> None:
    first, second = (Turns(Session(shared), manners(concurrency=2)) for _ in range(2))
    await asyncio.gather(*(request(first, gauge) for _ in range(10)))
    assert shared.slots == {}
    async with asyncio.timeout(5), turn_at(second), turn_at(second):
        assert len(shared.slots) == 2


@pytest.mark.parametrize("fault", [None, ValueError, asyncio.CancelledError])
async def test_one_of_all_workers_at_a_time_is_alone(
    fault: type[BaseException] | None, shared: SharedPace, gauge: Gauge
) -> None:
    workers = [Turns(Session(shared), manners()) for _ in range(3)]

    async def be_alone(turns: Turns) -> None:
        async with turns.alone("https://a.example/robots.txt"):
            with gauge.request():
                await request(turns, Gauge(), "a.example")
            if fault:
                raise fault

    async with asyncio.timeout(10):
        await asyncio.gather(*(be_alone(turns) for turns in workers * 2), return_exceptions=True)
    assert len(gauge.began) == 6
    assert gauge.most == 1
    assert shared.slots == {}


async def test_a_worker_that_never_leaves_is_waited_for_with_patience(shared: SharedPace) -> None:
    frozen, other = (
        Turns(Session(shared), replace(manners(), patience=patience)) for patience in (60, 0.1)
    )
    async with asyncio.timeout(5), frozen.alone(HOST):
        began = asyncio.get_running_loop().time()
        async with other.alone(HOST):
            assert asyncio.get_running_loop().time() - began >= 0.1 - TICK
        assert len(shared.slots) == 1, "the one that is still in it keeps it"
    assert shared.slots == {}


async def test_patience_that_ends_while_slots_are_asked_for_loses_none(
    shared: SharedPace, gauge: Gauge, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Session(shared)
    turns = Turns(own, replace(manners(), patience=0.05))
    try_slots = own.try_slots

    def slow(wanted: Mapping[str, WantedSlots]) -> dict[str, list[int]]:
        taken = try_slots(wanted)
        time.sleep(0.1)  # longer than patience lasts
        return taken

    monkeypatch.setattr(own, "try_slots", slow)

    async def be_alone() -> None:
        async with turns.alone("https://a.example/robots.txt"):
            pass

    async with asyncio.timeout(5):
        await asyncio.gather(be_alone(), *(request(turns, gauge) for _ in range(3)))
    assert len(gauge.began) == 3
    assert shared.slots == {}


async def test_a_slot_that_nobody_waits_for_is_not_kept_beside_a_long_request(
    shared: SharedPace, gauge: Gauge
) -> None:
    """Three requests, two slots: the last one takes one slot, the other goes back."""
    first, second = (Turns(Session(shared), manners(concurrency=2)) for _ in range(2))
    ends = [asyncio.Event(), asyncio.Event()]

    async def until_its_end(end: asyncio.Event) -> None:
        async with turn_at(first):
            await end.wait()

    async with asyncio.timeout(5):
        short = [asyncio.create_task(until_its_end(ends[0])) for _ in range(2)]
        await until(lambda: len(shared.slots) == 2)
        long = asyncio.create_task(until_its_end(ends[1]))
        await asyncio.sleep(0)
        ends[0].set()
        await asyncio.gather(*short)
        await request(second, gauge)
        assert not long.done()
        ends[1].set()
        await long
    assert shared.slots == {}


async def test_a_worker_that_is_never_done_lets_another_have_its_turn(
    shared: SharedPace, gauge: Gauge
) -> None:
    busy, late = (Turns(Session(shared), manners(concurrency=2)) for _ in range(2))

    async def on_and_on() -> None:
        while True:
            await request(busy, gauge)

    tasks = [asyncio.create_task(on_and_on()) for _ in range(8)]
    await until(lambda: len(gauge.began) > 20)
    async with asyncio.timeout(5):
        await request(late, gauge)
    await cancel(tasks)
    assert gauge.most <= 2


@pytest.mark.parametrize("fault", [ValueError, asyncio.CancelledError])
async def test_a_request_that_fails_gives_its_slot_back(
    fault: type[BaseException], shared: SharedPace
) -> None:
    turns = Turns(Session(shared), manners(concurrency=1))
    for _ in range(3):
        with pytest.raises(fault):
            async with turn_at(turns):
                raise fault
    assert shared.slots == {}


async def test_requests_cancelled_while_they_wait_keep_no_slot(
    shared: SharedPace, gauge: Gauge
) -> None:
    turns = Turns(Session(shared), manners(concurrency=1))
    async with turn_at(turns):
        tasks = [asyncio.create_task(request(turns, gauge)) for _ in range(5)]
        await asyncio.sleep(0)
        await cancel(tasks)
    assert shared.slots == {}
    async with asyncio.timeout(5):
        await request(turns, gauge)


async def test_slots_kept_for_requests_that_are_then_cancelled_go_back_after_the_next_one(
    shared: SharedPace, gauge: Gauge
) -> None:
    turns = Turns(Session(shared), manners(concurrency=2))
    async with turn_at(turns), turn_at(turns):
        tasks = [asyncio.create_task(request(turns, gauge)) for _ in range(2)]
        await asyncio.sleep(0)
    await cancel(tasks)
    async with asyncio.timeout(5):
        await request(turns, gauge)
    assert shared.slots == {}


async def test_a_request_cancelled_while_it_waits_for_its_moment_keeps_no_slot(
    shared: SharedPace, gauge: Gauge
) -> None:
    turns = Turns(Session(shared), manners(rate=0.01, concurrency=2))
    tasks = [asyncio.create_task(request(turns, gauge)) for _ in range(2)]
    await until(lambda: len(shared.moments.get(HOST, ())) == 2 and len(shared.slots) == 1)
    await cancel(tasks)
    assert len(gauge.began) == 1
    assert shared.slots == {}
