"""Two workers are two ``Turns`` with a session each on the same shared pace, as two tasks are."""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest

from include.core.pace import Blocked, Moments, Setback, WantedMoments, WantedSlots
from include.errors import FetchError, PageGone
from include.fetch.politeness import RETRY_SECONDS, Manners, take_turn
from include.fetch.turns import Turns
from tests.fetch.shared_pace import Gauge, Session, SharedPace

HOST = "careers.example"
TICK = 0.002
"""Seconds by which the event loop may wake a sleeper early: uvloop counts whole milliseconds."""


def manners(*, rate: float = 10_000, concurrency: int = 4) -> Manners:
    return Manners(rate_of=lambda host: rate, concurrency=concurrency)


@pytest.fixture
def shared() -> SharedPace:
    return SharedPace()


@pytest.fixture
def gauge() -> Gauge:
    return Gauge()


async def request(turns: Turns, gauge: Gauge, host: str = HOST) -> None:
    async with turns.turn(host):
        with gauge.request():
            await asyncio.sleep(0.002)  # long enough to meet others


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
        async with turns.turn(HOST):
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
    async with asyncio.timeout(10), asyncio.TaskGroup() as requests:
        for _ in range(25):
            requests.create_task(request(turns, gauge))
        await until(lambda: len(gauge.began) >= 2)
        time.sleep(0.3)  # noqa: ASYNC251 # a worker that is held up, with what it has reserved

    began = sorted(gauge.began)
    under_way, late = 4, 3  # at 50 a second, 0.05 s late
    for first in began:
        assert sum(first <= at < first + 0.02 for at in began) <= under_way + late + 1


async def test_late_moments_at_a_fast_host_are_used_where_they_are_few_for_it(
    shared: SharedPace, gauge: Gauge
) -> None:
    turns = Turns(Session(shared), manners(rate=10_000))
    async with asyncio.timeout(10), asyncio.TaskGroup() as requests:
        for _ in range(25):
            requests.create_task(request(turns, gauge))
        await until(lambda: len(gauge.began) >= 2)
        time.sleep(0.1)  # noqa: ASYNC251 # as above

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


async def test_a_busy_host_keeps_no_other_waiting(shared: SharedPace, gauge: Gauge) -> None:
    turns = Turns(Session(shared), manners(concurrency=1))
    async with asyncio.timeout(10), turns.turn(HOST):
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
    async with asyncio.timeout(5), second.turn(HOST), second.turn(HOST):
        assert len(shared.slots) == 2


async def test_a_slot_that_nobody_waits_for_is_not_kept_beside_a_long_request(
    shared: SharedPace, gauge: Gauge
) -> None:
    """Three requests, two slots: the last one takes one slot, the other goes back."""
    first, second = (Turns(Session(shared), manners(concurrency=2)) for _ in range(2))
    ends = [asyncio.Event(), asyncio.Event()]

    async def until_its_end(end: asyncio.Event) -> None:
        async with first.turn(HOST):
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
            async with turns.turn(HOST):
                raise fault
    assert shared.slots == {}


async def test_requests_cancelled_while_they_wait_keep_no_slot(
    shared: SharedPace, gauge: Gauge
) -> None:
    turns = Turns(Session(shared), manners(concurrency=1))
    async with turns.turn(HOST):
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
    async with turns.turn(HOST), turns.turn(HOST):
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


def test_threads_that_block_share_the_slots_as_well(shared: SharedPace, gauge: Gauge) -> None:
    def worker() -> None:
        session = Session(shared)
        for _ in range(10):
            with take_turn(session, HOST, manners(concurrency=2)), gauge.request():
                time.sleep(0.001)

    run_all([worker] * 4)
    assert len(gauge.began) == len(shared.moments[HOST]) == 40
    assert gauge.most <= 2
    assert shared.slots == {}


def test_threads_that_block_wait_for_their_moments(shared: SharedPace, gauge: Gauge) -> None:
    def worker() -> None:
        session = Session(shared)
        for _ in range(10):
            with take_turn(session, HOST, manners(rate=200)), gauge.request():
                pass

    run_all([worker] * 2)
    assert all(
        began >= moment - 0.001
        for began, moment in zip(sorted(gauge.began), shared.moments[HOST], strict=True)
    )


def test_a_blocking_request_that_fails_gives_its_slot_back(shared: SharedPace) -> None:
    with pytest.raises(ValueError, match="broken"), take_turn(Session(shared), HOST, manners()):
        raise ValueError("broken")
    assert shared.slots == {}


async def test_a_host_that_is_blocked_is_not_asked_until_it_may_be(
    shared: SharedPace, gauge: Gauge
) -> None:
    shared.blocked[HOST] = Blocked(wait=0.001)
    turns = Turns(Session(shared), manners())
    tasks = [asyncio.create_task(request(turns, gauge)) for _ in range(8)]
    other = Gauge()
    await request(turns, other, "other.example")
    assert (gauge.began, len(other.began)) == ([], 1)
    del shared.blocked[HOST]
    await asyncio.gather(*tasks)
    assert len(gauge.began) == 8


async def test_moments_that_a_setback_voids_before_they_are_used_are_reserved_anew(
    shared: SharedPace, gauge: Gauge, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Session(shared)
    turns = Turns(own, manners(rate=100))
    loop = asyncio.get_running_loop()
    asked: list[set[str]] = []
    setbacks: list[asyncio.Task[None]] = []
    reserve = own.reserve

    def setback(more: int) -> None:
        """Whatever the loop does next, and after that."""
        note = turns.note("other.example", Setback(code="timeout"))
        setbacks.append(loop.create_task(note))
        if more:
            loop.call_soon(setback, more - 1)

    def noted(wanted: Mapping[str, WantedMoments]) -> dict[str, Moments | Blocked]:
        asked.append(set(wanted))
        answers = reserve(wanted)
        if len(asked) == 1:
            loop.call_soon_threadsafe(setback, 9)
        return answers

    monkeypatch.setattr(own, "reserve", noted)
    async with asyncio.timeout(10):
        await asyncio.gather(*(request(turns, gauge, host) for host in (HOST, "other.example")))
        await asyncio.gather(*setbacks)

    assert len(gauge.began) == 2
    assert asked == [{HOST, "other.example"}, {"other.example"}]


async def test_moments_taken_before_a_setback_are_not_used_after_it(
    shared: SharedPace, gauge: Gauge
) -> None:
    turns = Turns(Session(shared), manners(rate=20))
    tasks = [asyncio.create_task(request(turns, gauge)) for _ in range(8)]
    await until(lambda: len(shared.moments.get(HOST, ())) > 2 and len(gauge.began) == 1)
    shared.blocked[HOST] = Blocked(wait=0.001)
    await turns.note(HOST, Setback(code="rate_limited"))
    await asyncio.sleep(0.2)
    assert len(gauge.began) == 1
    await cancel(tasks)


async def test_nobody_waits_for_ever_for_a_host_that_does_not_answer(shared: SharedPace) -> None:
    shared.blocked[HOST] = Blocked(wait=60, failing_for=2, code="connect")
    turns = Turns(Session(shared), Manners(rate_of=lambda host: 1, concurrency=2, patience=1))

    async def ask() -> None:
        async with turns.turn(HOST):
            pass

    results = await asyncio.gather(*(ask() for _ in range(5)), return_exceptions=True)
    assert [getattr(result, "code", None) for result in results] == ["connect"] * 5
    assert shared.slots == {}


@pytest.mark.parametrize(
    ("error", "noted"),
    [
        (None, 1),
        (PageGone("404"), 1),
        (FetchError("403", code="http_4xx", status=403), 1),
        (FetchError("500", code="http_5xx", status=500), Setback(code="http_5xx")),
        (
            FetchError("503", code="http_5xx", status=503, retry_after=7),
            Setback(code="http_5xx", retry_after=7, slow_down=True),
        ),
        (
            FetchError("429", code="rate_limited", status=429, retry_after=9_999),
            Setback(code="rate_limited", retry_after=60, slow_down=True),
        ),
        (FetchError("slow", code="timeout"), Setback(code="timeout", slow_down=True)),
        (FetchError("refused", code="connect"), Setback(code="connect")),
    ],
    ids=str,
)
async def test_what_comes_of_a_request_is_noted_with_its_host(
    error: FetchError | PageGone | None, noted: Setback | int, shared: SharedPace
) -> None:
    shared.in_trouble.add(HOST)
    turns = Turns(Session(shared), manners())
    async with turns.turn(HOST) as turn:
        await turn.note(error)
    if error is None:
        with take_turn(Session(shared), HOST, manners()):
            pass
    else:
        with pytest.raises(type(error)), take_turn(Session(shared), HOST, manners()):
            raise error
    assert shared.noted == [noted, noted]


async def test_answers_of_a_host_that_is_well_cost_no_statement(
    shared: SharedPace, gauge: Gauge
) -> None:
    turns = Turns(Session(shared), manners())
    async with turns.turn(HOST) as turn:
        await turn.note(None)
    assert shared.noted == []


def test_who_waits_for_a_turn_says_so_meanwhile(shared: SharedPace) -> None:
    heard: list[float] = []

    def waiting() -> None:
        heard.append(time.monotonic())
        shared.slots.pop((HOST, 0), None)
        shared.blocked.clear()

    shared.slots[HOST, 0] = Session(shared)
    shared.blocked[HOST] = Blocked(wait=1.5)
    with take_turn(Session(shared), HOST, manners(concurrency=1), waiting=waiting):
        assert heard


def run_all(workers: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=worker) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert not any(thread.is_alive() for thread in threads)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 # the fakes have no event to wait for
            await asyncio.sleep(0.001)


async def cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
