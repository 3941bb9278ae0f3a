"""What the tests of turns at hosts have in common.

Two workers are two ``Turns`` with a session each on the same shared pace, as two tasks are.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from include.fetch.politeness import Manners
from include.fetch.turns import Turn, Turns
from tests.fetch.shared_pace import Gauge

HOST = "careers.example"
TICK = 0.002
"""Seconds by which the event loop may wake a sleeper early: uvloop counts whole milliseconds."""


def manners(*, rate: float = 10_000, concurrency: int = 4) -> Manners:
    return Manners(rate_of=lambda host: rate, concurrency=concurrency)


@asynccontextmanager
async def turn_at(turns: Turns, host: str = HOST) -> AsyncGenerator[Turn]:
    turn = turns.turn(host)
    await turn.take()
    try:
        yield turn
    finally:
        await turn.end()


async def request(turns: Turns, gauge: Gauge, host: str = HOST) -> None:
    async with turn_at(turns, host):
        with gauge.request():
            await asyncio.sleep(0.002)  # long enough to meet others


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 # the fakes have no event to wait for
            await asyncio.sleep(0.001)


async def cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def run_all(workers: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=worker) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert not any(thread.is_alive() for thread in threads)
