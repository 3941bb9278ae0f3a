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
_SLOT_SECONDS = 1.0
"""How long a worker keeps a slot before others get their chance."""
_RETRY_SECONDS = 0.1


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
    try:
        time.sleep(pace.reserve(host, 1, manners.rate_of(host)))
        yield
    finally:
        pace.give_back(host, slot)


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
                free = host.slots - host.held.keys()
                slot = await asyncio.to_thread(self._pace.try_slot, name, free)
                if slot is not None:
                    host.held[slot] = _now() + _SLOT_SECONDS
                    return slot
            await asyncio.sleep(_RETRY_SECONDS)
        return host.idle.pop()

    async def _release(self, name: str, host: "_Host", slot: int) -> None:
        if host.waiting and _now() < host.held[slot]:
            host.idle.append(slot)
            return
        unneeded = [slot] if host.waiting else [slot, *host.idle]
        host.idle = host.idle if host.waiting else []
        for number in unneeded:
            async with self._one_call:
                await asyncio.to_thread(self._pace.give_back, name, number)
                del host.held[number]

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
        self.held: dict[int, float] = {}
        """Slot → when it should be given back."""
        self.idle: list[int] = []
        self.moments: list[float] = []
        self.lease = asyncio.Lock()


def _now() -> float:
    return asyncio.get_running_loop().time()
