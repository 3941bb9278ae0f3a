"""One worker's turns at all the hosts it meets, within one event loop."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Iterator
from contextlib import asynccontextmanager
from math import inf
from time import monotonic
from typing import ParamSpec, TypeVar

from include.core.pace import Setback, WantedMoments, WantedSlots
from include.errors import JobhuntError
from include.fetch.host import Host
from include.fetch.politeness import (
    LEASE_SECONDS,
    LOOK_SECONDS,
    OFFER_SECONDS,
    PAUSE_SECONDS,
    RETRY_SECONDS,
    Manners,
    Pace,
    check_patience,
    setback_of,
)
from include.fetch.rounds import Rounds

_GATHER_SECONDS = 0.01
"""How long the first slot that is to be given back may wait for others."""

P = ParamSpec("P")
R = TypeVar("R")


class Turn:
    """One request at a host, which may go out between ``take`` and ``end``."""

    def __init__(self, turns: "Turns", host: str) -> None:
        self._turns = turns
        self._host = host

    async def take(self) -> None:
        """Waits for a slot and a moment at the host.

        Raises:
            FetchError: the host is not to be asked, for longer than one should wait.
        """
        self._slot, self._on_trial = await self._turns.take(self._host)

    async def end(self) -> None:
        await self._turns.end(self._host, self._slot)

    async def note(self, error: JobhuntError | None) -> None:
        """What came of the request; None when the host answered well."""
        await self._turns.note(self._host, setback_of(error, on_trial=self._on_trial))


class Turns:
    def __init__(self, pace: Pace, manners: Manners) -> None:
        self._pace = pace
        self._manners = manners
        self._hosts = defaultdict[str, Host](lambda: Host(manners.concurrency))
        self._one_call = asyncio.Lock()
        self._slots = Rounds(self._ask_for_slots, self._one_call)
        self._moments = Rounds(self._reserve, self._one_call)
        self._returns = Rounds(self._give_back, self._one_call)

    @property
    def patience(self) -> float:
        """Seconds for which a host that does not answer is waited for."""
        return self._manners.patience

    def slow_down(self, name: str, rate: float) -> None:
        """No more than ``rate`` requests a second to the host, as it asks for itself."""
        self._hosts[name].own_rate = rate

    def turn(self, name: str) -> Turn:
        return Turn(self, name)

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncGenerator[None]:
        """While the block runs, no worker is in another of the same name: it holds the only slot of
        something that is asked for like a host. Who has waited for as long as patience lasts is let
        in without: the worker that holds it may be frozen."""
        one = self._hosts.setdefault(name, Host(1))
        async with one.local:
            one.seeking = 1
            # no timeout, which could cancel a call that takes slots for others as well
            await self._find_slots(name, one, until=monotonic() + self.patience)
            one.seeking = 0
            slots, one.idle = one.idle, []
            try:
                yield
            finally:
                for slot in slots:
                    await self._release(name, one, slot)

    async def take(self, name: str) -> tuple[int, bool]:
        """A slot, to be held until ``end``, and whether the one request that is made with it is to
        show that the host answers again. Raises FetchError."""
        host = self._hosts[name]
        host.waiting += 1
        try:
            await host.local.acquire()
        finally:
            host.waiting -= 1
        try:
            slot = await self._take_slot(name, host)
        except BaseException:
            host.local.release()
            raise
        try:
            return slot, await self._wait_for_moment(name, host)
        except BaseException:
            await self.end(name, slot)
            raise

    async def end(self, name: str, slot: int) -> None:
        host = self._hosts[name]
        try:
            await self._release(name, host, slot)
        finally:
            host.local.release()

    async def note(self, name: str, setback: Setback | None) -> None:
        host = self._hosts[name]
        if setback is None:
            host.answers += 1
            # what a host in trouble has answered is told with the next moments, or now
            if host.in_trouble and (not host.waiting or not host.moments):
                await self._tell_answers(name, host)
            return
        host.setbacks += 1
        host.answers = 0
        host.in_trouble = True
        host.moments = []
        rate, cooling = self._rate(name, host), self._manners.cooling
        await self._call(self._pace.note_setback, name, setback, rate=rate, cooling=cooling)

    async def _take_slot(self, name: str, host: Host) -> int:
        host.seeking += 1
        try:
            while not host.idle:
                # one asks for all, and the others wait for it
                async with host.search:
                    await self._find_slots(name, host)
            return host.idle.pop()
        finally:
            host.seeking -= 1

    async def _find_slots(self, name: str, host: Host, until: float = inf) -> None:
        """Until one is idle, or the time has come."""
        while not host.idle and monotonic() < until:
            await self._slots.ask(name)
            if not host.idle:
                await asyncio.sleep(RETRY_SECONDS)

    async def _ask_for_slots(self, names: Collection[str]) -> None:
        """For all who seek one."""
        # As they are now: a slot that is held already would be given again.
        wanted = {
            name: WantedSlots(count=host.seeking, slots=host.slots - host.held)
            for name, host in self._of(names)
            if not host.idle and monotonic() >= host.asks_at
        }
        if not wanted:
            return
        found = await asyncio.to_thread(self._pace.try_slots, wanted)
        for name, host in self._of(found):
            if found[name] and not host.held:
                host.offers_at = monotonic() + OFFER_SECONDS
            host.held.update(found[name])
            host.idle += found[name]

    async def _release(self, name: str, host: Host, slot: int) -> None:
        if host.waiting and monotonic() >= host.offers_at:
            host.offers_at = monotonic() + OFFER_SECONDS
            host.asks_at = monotonic() + PAUSE_SECONDS
        elif len(host.idle) < host.waiting:
            host.idle.append(slot)
            return
        host.unneeded.append(slot)
        if not host.waiting:
            host.unneeded += host.idle
            host.idle = []
        if not host.returning:
            await self._return_unneeded(name, host)

    async def _return_unneeded(self, name: str, host: Host) -> None:
        host.returning = True
        try:
            if len(host.unneeded) < len(host.held):
                await asyncio.sleep(_GATHER_SECONDS)  # others may be about to end as well
            while host.unneeded:
                await self._returns.ask(name)
        finally:
            host.returning = False

    async def _give_back(self, names: Collection[str]) -> None:
        unneeded = {name: host.take_unneeded() for name, host in self._of(names)}
        await asyncio.to_thread(self._pace.give_back, unneeded)
        for name, host in self._of(unneeded):
            host.held.difference_update(unneeded[name])

    async def _wait_for_moment(self, name: str, host: Host) -> bool:
        """Whether it is on trial."""
        blocked_for = 0.0
        while True:
            moment = host.take_moment()
            if moment is None:
                blocked_for += await self._seek_moments(name, host, blocked_for)
                continue
            setbacks = host.setbacks
            if (wait := moment.at - monotonic()) > 0:
                await asyncio.sleep(wait)
            is_old = monotonic() - moment.reserved_at > LEASE_SECONDS or setbacks != host.setbacks
            if not is_old or not await self._call(self._pace.how_long_blocked, name):
                return moment.on_trial

    async def _seek_moments(self, name: str, host: Host, blocked_for: float) -> float:
        """One asks for all, and the others wait for it. Seconds for which the host was blocked."""
        host.ready += 1
        try:
            async with host.lease:
                if host.moments:
                    return 0.0
                if host.in_trouble and host.answers:
                    await self._tell_answers(name, host)
                await self._moments.ask(name)
                if not host.blocked:
                    return 0.0
                check_patience(name, host.blocked, self._manners, blocked_for)
                pause = min(host.blocked.wait, LOOK_SECONDS)
                await asyncio.sleep(pause)
                return pause
        finally:
            host.ready -= 1

    async def _reserve(self, names: Collection[str]) -> None:
        wanted = {name: self._wanted_moments(name, host) for name, host in self._of(names)}
        setbacks = {name: host.setbacks for name, host in self._of(names)}
        answers = await asyncio.to_thread(self._pace.reserve, wanted)
        for name, host in self._of(answers):
            if host.setbacks == setbacks[name]:  # one that has come meanwhile voids the answer
                host.take_answer(answers[name], wanted[name].count)

    def _wanted_moments(self, name: str, host: Host) -> WantedMoments:
        rate = self._rate(name, host)
        soon = int((host.rate or rate) * LEASE_SECONDS)
        return WantedMoments(
            count=max(1, min(soon, host.waiting + host.seeking + host.ready)), rate=rate
        )

    async def _tell_answers(self, name: str, host: Host) -> None:
        answers, host.answers = host.answers, 0
        await self._call(self._pace.note_answers, name, answers, self._rate(name, host))

    def _rate(self, name: str, host: Host) -> float:
        rate = self._manners.rate_of(name)
        return rate if host.own_rate is None else min(rate, host.own_rate)

    def _of(self, names: Iterable[str]) -> Iterator[tuple[str, Host]]:
        return ((name, self._hosts[name]) for name in names)

    async def _call(self, ask: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        async with self._one_call:
            return await asyncio.to_thread(ask, *args, **kwargs)
