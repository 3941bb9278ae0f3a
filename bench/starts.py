"""Measure ``POST /start`` of many users at a constant rate, however slow the server is."""

import asyncio
import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
from sqlalchemy import Engine

from bench.large_run import follow_company
from bench.measures import Latency, latency

_STARTS_PER_SECOND = 50
_WARM_UP_SECONDS = 1
"""The number of seconds at the beginning that are not counted, because the first requests open the
server's database connections."""
_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class StartFigures:
    """The measurements of ``POST /start``."""

    delay: Latency
    """The time from the moment at which a request was due to be sent until its response."""
    rate: int
    users: int


def measure_starts(url: str, engine: Engine, token_of: Callable[[str], str]) -> StartFigures:
    """Send ``POST /start`` to ``url`` for 50 users per second, each of whom starts one run.

    Raises:
        ValueError: a response is not 202.
    """
    users = [
        f"user-{number}" for number in range(_STARTS_PER_SECOND * (_WARM_UP_SECONDS + _SECONDS))
    ]
    with engine.begin() as connection:
        for user in users:
            follow_company(connection, user)
    tokens = [token_of(user) for user in users]
    gc.collect()
    gc.freeze()  # else a garbage collection could pause the client for 0.1 s
    delays = asyncio.run(_start_all(url, tokens))[_STARTS_PER_SECOND * _WARM_UP_SECONDS :]
    return StartFigures(delay=latency(delays), rate=_STARTS_PER_SECOND, users=len(delays))


async def _start_all(url: str, tokens: list[str]) -> list[float]:
    async with aiohttp.ClientSession() as http:
        began = time.monotonic()

        async def start(number: int, token: str) -> float:
            due = began + number / _STARTS_PER_SECOND
            await asyncio.sleep(due - time.monotonic())
            async with http.post(url, headers={"Authorization": f"Bearer {token}"}) as response:
                if response.status != 202:
                    raise ValueError(f"{url} returned {response.status}: {await response.text()}")
            return time.monotonic() - due

        return await asyncio.gather(*(start(n, token) for n, token in enumerate(tokens)))
