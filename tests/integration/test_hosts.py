"""The pace that all workers share, on a real Postgres: each worker has a session of its own."""

import asyncio
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise

import pytest
from sqlalchemy import Engine, func, select, text

from include.core.pace import Blocked, Moments, Setback, WantedMoments, WantedSlots
from include.db.engine import make_engine
from include.db.tables import hosts
from include.fetch.politeness import Manners, take_turn
from include.fetch.turns import Turns
from include.pipeline.pace import SqlPace, shared_pace
from tests.fetch.turn_taking import HOST, turn_at

pytestmark = pytest.mark.integration

SLOTS = range(4)


def next_moment(engine: Engine, host: str = HOST) -> datetime:
    with engine.connect() as connection:
        moment = connection.scalar(select(hosts.c.next_request_at).where(hosts.c.host == host))
    assert moment is not None
    return moment


def reserve(pace: SqlPace, count: int, rate: float, host: str = HOST) -> Moments | Blocked:
    return pace.reserve({host: WantedMoments(count=count, rate=rate)})[host]


def try_slots(
    pace: SqlPace, slots: Collection[int], count: int, host: str = HOST
) -> Collection[int]:
    return pace.try_slots({host: WantedSlots(slots=slots, count=count)})[host]


def wait_for(pace: SqlPace, requests: int, rate: float, host: str = HOST) -> float:
    """Seconds until the first of the moments that a host in no trouble gives, at the full rate."""
    moments = reserve(pace, requests, rate, host)
    assert isinstance(moments, Moments)
    assert moments == Moments(wait=moments.wait, rate=rate)
    return moments.wait


def test_the_first_request_to_a_host_goes_out_at_once(engine: Engine) -> None:
    with shared_pace(engine) as pace:
        assert wait_for(pace, 1, 0.1) == 0
        assert wait_for(pace, 1, 0.1, "other.example") == 0


@pytest.mark.parametrize("rate", [0.01, 0.7, 2, 1_000])
def test_moments_follow_each_other_at_the_hosts_rate(rate: float, engine: Engine) -> None:
    with shared_pace(engine) as pace:
        reserve(pace, 1 + int(60 * rate), rate)  # busy for longer than this test takes
        ends = [next_moment(engine)]
        waits: list[float] = []
        for requests in (1, 3, 1, 10):
            waits.append(wait_for(pace, requests, rate))
            ends.append(next_moment(engine))

    spans = [(after - before).total_seconds() for before, after in pairwise(ends)]
    assert spans == pytest.approx([n / rate for n in (1, 3, 1, 10)], abs=1e-5)
    assert all(
        wait == pytest.approx(waits[0] + (end - ends[0]).total_seconds(), abs=5)
        for wait, end in zip(waits, ends, strict=False)
    )


@pytest.mark.parametrize("rate", [1e-4, 1e5, 3e7])
def test_the_slowest_and_the_fastest_rate_can_be_kept(rate: float, engine: Engine) -> None:
    with shared_pace(engine) as pace:
        assert wait_for(pace, 1, rate) == 0
        assert wait_for(pace, 1, rate) <= 1 / rate


def test_a_host_left_alone_saves_no_moments_up(engine: Engine) -> None:
    with shared_pace(engine) as pace:
        reserve(pace, 1, 1)
        with engine.begin() as connection:
            connection.execute(
                hosts.update().values(next_request_at=func.now() - text("'1 day'::interval"))
            )
        assert wait_for(pace, 10, 1) == 0
        assert wait_for(pace, 1, 1) == pytest.approx(10, abs=5)


def test_workers_that_reserve_at_once_never_share_a_moment(engine: Engine) -> None:
    names = ["a.example", "b.example", "c.example"]
    with shared_pace(engine) as pace:
        for host in names:
            reserve(pace, 1_000, 10, host)  # busy for longer than this test takes
    before = [next_moment(engine, host) for host in names]

    def worker(number: int) -> None:
        with shared_pace(engine) as pace:
            for count in (1, 2, 3) * 10:
                one = WantedMoments(count=count, rate=10)
                pace.reserve(dict.fromkeys(names[:: 1 if number % 2 else -1], one))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(worker, range(4)))
    for host, began in zip(names, before, strict=True):
        taken = (next_moment(engine, host) - began).total_seconds()
        assert taken == pytest.approx(4 * 10 * (1 + 2 + 3) / 10, abs=1e-3)


def test_many_hosts_are_asked_about_at_once(engine: Engine) -> None:
    with shared_pace(engine) as pace, shared_pace(engine) as other:
        reserve(pace, 600, 10, "busy.example")
        pace.note_setback(
            "ill.example", Setback(code="http_5xx", retry_after=60), rate=1, cooling=1
        )
        wanted = {
            "busy.example": WantedMoments(count=1, rate=10),
            "ill.example": WantedMoments(count=1, rate=1),
            "new.example": WantedMoments(count=3, rate=0.1),
        }
        answers = pace.reserve(wanted)
        again = pace.reserve({"new.example": WantedMoments(count=1, rate=0.1)})

        assert try_slots(other, {0, 1}, 2, "busy.example") == [0, 1]
        slots = {
            "busy.example": WantedSlots(count=2, slots=range(4)),
            "new.example": WantedSlots(count=1, slots=range(4)),
        }
        assert pace.try_slots(slots) == {"busy.example": [2, 3], "new.example": [0]}
        pace.give_back({"busy.example": [2], "new.example": [0]})
        assert try_slots(other, {2, 3}, 2, "busy.example") == [2]
        assert try_slots(other, {0}, 1, "new.example") == [0]

    busy, ill, new = (answers[host] for host in wanted)
    assert isinstance(busy, Moments)
    assert busy.wait == pytest.approx(60, abs=5)
    assert isinstance(ill, Blocked)
    assert ill.wait == pytest.approx(60, abs=5)
    assert isinstance(new, Moments)
    assert new.wait == 0
    (after,) = again.values()
    assert isinstance(after, Moments)
    assert after.wait == pytest.approx(30, abs=5)


def test_a_slot_is_held_by_one_worker_at_a_time(engine: Engine) -> None:
    with shared_pace(engine) as first, shared_pace(engine) as second:
        assert try_slots(first, {0, 1}, 1) == [0]
        assert try_slots(second, {0, 1}, 1) == [1]
        assert try_slots(first, {1}, 1) == []
        assert try_slots(second, {0}, 1, "other.example") == [0]
        first.give_back({HOST: [0]})
        assert try_slots(second, {0}, 1) == [0]


def test_of_several_slots_a_worker_gets_those_that_are_free(engine: Engine) -> None:
    with shared_pace(engine) as first, shared_pace(engine) as second:
        assert try_slots(second, {0, 2}, 2) == [0, 2]
        assert try_slots(first, range(6), 3) == [1, 3, 4]
        first.give_back({HOST: [1, 4]})
        assert try_slots(second, {1, 3, 4, 5}, 9) == [1, 4, 5]


def test_slots_not_given_back_are_free_when_their_worker_is_done(engine: Engine) -> None:
    with shared_pace(engine) as second:
        with shared_pace(engine) as first:
            assert try_slots(first, {0}, 1) == [0]
        assert taken_in_time(second, {0}) == [0]


def test_slots_are_free_when_their_workers_connection_is_killed(engine: Engine) -> None:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as doomed:
        pid = doomed.scalar(select(func.pg_backend_pid()))
        assert try_slots(SqlPace(doomed), SLOTS, 1) == [0]
        with shared_pace(engine) as other:
            assert try_slots(other, {0}, 1) == []
            with engine.connect() as connection:
                connection.execute(select(func.pg_terminate_backend(pid)))
            assert taken_in_time(other, {0}) == [0]
        doomed.invalidate()


def taken_in_time(pace: SqlPace, slots: set[int]) -> Collection[int]:
    """A session's locks go shortly after it does."""
    due = time.monotonic() + 10
    while not (taken := try_slots(pace, slots, 1)) and time.monotonic() < due:
        time.sleep(0.01)
    return taken


class Gauge:
    """Requests under way at the host, over all threads."""

    def __init__(self) -> None:
        self.made = 0
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def begin(self) -> None:
        with self._lock:
            self.made += 1
            self._now += 1
            self.most = max(self.most, self._now)

    def end(self) -> None:
        with self._lock:
            self._now -= 1


def test_tasks_that_crawl_and_tasks_that_list_share_one_hosts_slots(
    postgres_url: str, engine: Engine
) -> None:
    gauge = Gauge()
    manners = Manners(rate_of=lambda host: 5_000, concurrency=3)

    async def crawl(pace: SqlPace) -> None:
        turns = Turns(pace, manners)

        async def visit() -> None:
            async with turn_at(turns):
                gauge.begin()
                await asyncio.sleep(0.002)
                gauge.end()

        await asyncio.gather(*(visit() for _ in range(40)))

    def crawling_task(engine: Engine) -> None:
        with shared_pace(engine) as pace:
            asyncio.run(crawl(pace))

    def listing_task(engine: Engine) -> None:
        with shared_pace(engine) as pace:
            for _ in range(10):
                with take_turn(pace, HOST, manners):
                    gauge.begin()
                    time.sleep(0.002)
                    gauge.end()

    def in_own_process(task: Callable[[Engine], None]) -> None:
        own = make_engine(postgres_url)
        task(own)
        own.dispose()

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(in_own_process, [crawling_task, crawling_task, listing_task], timeout=30))

    assert gauge.made == 90
    assert gauge.most <= 3
    with engine.connect() as connection:
        held = connection.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
    assert held == 0


def test_a_task_that_is_never_done_lets_another_have_its_turn(engine: Engine) -> None:
    manners = Manners(rate_of=lambda host: 1_000, concurrency=2)
    enough = threading.Event()
    busy = threading.Event()

    async def crawl(pace: SqlPace) -> None:
        turns = Turns(pace, manners)

        async def on_and_on() -> None:
            while not enough.is_set():
                async with turn_at(turns):
                    busy.set()

        await asyncio.gather(*(on_and_on() for _ in range(8)))

    def crawling_task() -> None:
        with shared_pace(engine) as pace:
            asyncio.run(crawl(pace))

    thread = threading.Thread(target=crawling_task)
    thread.start()
    assert busy.wait(timeout=10)
    began = time.monotonic()
    try:
        with shared_pace(engine) as pace, take_turn(pace, HOST, manners):
            waited = time.monotonic() - began
    finally:
        enough.set()
        thread.join(timeout=10)
    assert not thread.is_alive()
    assert waited < 10
