"""Turns at a host: never more at once, nor faster, than all workers together may."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Collection, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Protocol

_LEASE_SECONDS = 0.5
"""How far ahead a worker reserves moments at a fast host."""
_RETRY_SECONDS = 0.1
"""How often a worker asks for a slot while all are taken."""
_OFFER_SECONDS = 1.0
"""How often a worker that is never done offers a slot to others."""
_PAUSE_SECONDS = 1.5 * _RETRY_SECONDS
"""For how long it then asks for none: all who wait have asked meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How hosts are treated, by all workers together."""

    rate_of: Callable[[str], float]
    """Requests a second to a host."""
    concurrency: int
    """Requests at once to a host."""


class Pace(Protocol):
    """What the workers share. Calls may block: they are made in threads, one at a time."""

    def reserve(self, host: str, requests: int, rate: float) -> float:
        """Takes the next moments, 1/``rate`` s apart; seconds until the first."""
        ...

    def try_slot(self, host: str, slots: Collection[int]) -> int | None:
        """One of ``slots`` (none of which this worker holds), or None while all are taken."""
        ...

    def give_back(self, host: str, slot: int) -> None: ...


@contextmanager
def take_turn(pace: Pace, host: str, manners: Manners) -> Generator[None]:
    """One turn for code that may block."""
    while (slot := pace.try_slot(host, range(manners.concurrency))) is None:
        time.sleep(_RETRY_SECONDS)
    taken_at = time.monotonic()
    try:
        time.sleep(pace.reserve(host, 1, manners.rate_of(host)))
        yield
    finally:
        pace.give_back(host, slot)
    if time.monotonic() > taken_at + _OFFER_SECONDS:
        time.sleep(_PAUSE_SECONDS)


class Turns:
    """One worker's turns at all hosts, within one event loop."""

    def __init__(self, pace: Pace, manners: Manners) -> None:
        self._pace = pace
        self._rate_of = manners.rate_of
        self._hosts = defaultdict[str, _Host](lambda: _Host(manners.concurrency))
        self._one_call = asyncio.Lock()

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncGenerator[None]:
        """Waits for a slot and a moment at the host; holds the slot while in the block."""
        host = self._hosts[name]
        host.waiting += 1
        try:
            await host.local.acquire()
        finally:
            host.waiting -= 1
        try:
            slot = await self._take_slot(name, host)
            try:
                await self._wait_for_moment(name, host)
                yield
            finally:
                await self._release(name, host, slot)
        finally:
            host.local.release()

    async def _take_slot(self, name: str, host: "_Host") -> int:
        while not host.idle:
            async with self._one_call:
                # asked for under the lock: a slot that is held already would be given again
                slot = await self._ask_for_slot(name, host)
            if slot is not None:
                return slot
            await asyncio.sleep(_RETRY_SECONDS)
        return host.idle.pop()

    async def _ask_for_slot(self, name: str, host: "_Host") -> int | None:
        if _now() < host.asks_at:
            return None
        slot = await asyncio.to_thread(self._pace.try_slot, name, host.slots - host.held)
        if slot is not None:
            if not host.held:
                host.offers_at = _now() + _OFFER_SECONDS
            host.held.add(slot)
        return slot

    async def _release(self, name: str, host: "_Host", slot: int) -> None:
        unneeded = [slot]
        if not host.waiting:
            unneeded += host.idle
            host.idle = []
        elif _now() >= host.offers_at:
            host.offers_at = _now() + _OFFER_SECONDS
            host.asks_at = _now() + _PAUSE_SECONDS
        elif len(host.idle) < host.waiting:
            host.idle.append(slot)
            return
        for number in unneeded:
            async with self._one_call:
                await asyncio.to_thread(self._pace.give_back, name, number)
                host.held.remove(number)

    async def _wait_for_moment(self, name: str, host: "_Host") -> None:
        async with host.lease:
            if not host.moments or host.moments[0] < _now():
                rate = self._rate_of(name)
                count = max(1, min(int(rate * _LEASE_SECONDS), host.waiting + 1))
                async with self._one_call:
                    wait = await asyncio.to_thread(self._pace.reserve, name, count, rate)
                start = _now() + wait
                host.moments = [start + i / rate for i in reversed(range(count))]
            moment = host.moments.pop()
        await asyncio.sleep(max(0.0, moment - _now()))


class _Host:
    def __init__(self, concurrency: int) -> None:
        self.slots = frozenset(range(concurrency))
        self.local = asyncio.Semaphore(concurrency)
        self.waiting = 0
        self.held: set[int] = set()
        self.idle: list[int] = []
        """Of those held."""
        self.offers_at = 0.0
        self.asks_at = 0.0
        self.moments: list[float] = []
        self.lease = asyncio.Lock()


def _now() -> float:
    return asyncio.get_running_loop().time()
