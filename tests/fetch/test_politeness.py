"""Turns for code that may block: threads share with all others."""

import time

import pytest

from include.core.pace import Blocked
from include.fetch.politeness import take_turn
from tests.fetch.shared_pace import Gauge, Session, SharedPace
from tests.fetch.turn_taking import HOST, manners, run_all


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
