"""A host that is blocked or does not answer well is left alone by all who ask it."""

import asyncio
import threading
from collections.abc import Mapping

import pytest

from include.core.pace import Blocked, Moments, Setback, WantedMoments
from include.errors import FetchError, PageGone
from include.fetch.politeness import Manners, take_turn
from include.fetch.turns import Turns
from tests.fetch.shared_pace import Gauge, Session, SharedPace
from tests.fetch.turn_taking import HOST, cancel, manners, request, turn_at, until


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


async def test_moments_that_are_being_reserved_while_a_setback_comes_are_not_used(
    shared: SharedPace, gauge: Gauge, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Session(shared)
    turns = Turns(own, manners())
    reserve, reserved, let_go = own.reserve, threading.Event(), threading.Event()

    def slow(wanted: Mapping[str, WantedMoments]) -> dict[str, Moments | Blocked]:
        answers = reserve(wanted)
        reserved.set()
        assert let_go.wait(5)
        return answers

    monkeypatch.setattr(own, "reserve", slow)
    asking = asyncio.create_task(request(turns, gauge))
    await until(reserved.is_set)
    shared.blocked[HOST] = Blocked(wait=0.001)
    noting = asyncio.create_task(turns.note(HOST, Setback(code="rate_limited")))
    await asyncio.sleep(0)
    let_go.set()
    await noting
    await until(lambda: shared.calls_for_moments > 2)
    assert gauge.began == []
    del shared.blocked[HOST]
    await asking
    assert len(gauge.began) == 1


async def test_nobody_waits_for_ever_for_a_host_that_does_not_answer(shared: SharedPace) -> None:
    shared.blocked[HOST] = Blocked(wait=60, failing_for=2, code="connect")
    turns = Turns(Session(shared), Manners(rate_of=lambda host: 1, concurrency=2, patience=1))

    async def ask() -> None:
        async with turn_at(turns):
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
    async with turn_at(turns) as turn:
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
    async with turn_at(turns) as turn:
        await turn.note(None)
    assert shared.noted == []
