"""The rate limiter of one worker (ADR 26).

A host belongs to one worker at a time, by a lease. The worker that holds the lease limits rate and
concurrency in memory, so a page costs no statement. One task, ``_keep_leases``, talks to the store:
it asks for the leases of all hosts that requests wait for, stores failures, checks that the leases
are still held, and passes on the leases that other workers wait for.

The leases end with the worker's database session. A worker that was frozen asks the database before
it sends another request.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from math import inf
from time import monotonic
from typing import Protocol, Self, TypeVar

from include.core.host_state import HostState
from include.errors import FetchError, JobhuntError
from include.fetch.limits.policy import PolitenessPolicy, host_failure

POLL_SECONDS = 0.25
"""How often a worker asks for the leases that other workers hold."""
BACK_OFF_SECONDS = 2 * POLL_SECONDS
"""How long a worker that passed a lease on leaves it to the others, who all ask meanwhile."""
CHECK_SECONDS = 1.0
"""How often a worker checks its leases, and whether other workers wait for them."""
TENURE_SECONDS = 2.0
"""How long a worker keeps a lease at least while it has requests to send."""
TRUST_SECONDS = 3.0
"""How long after a check a worker still sends requests."""
IDLE_CHECK_SECONDS = 10.0
"""How often a worker without a lease sends a statement; see ``SESSION_TIMEOUT`` of the store."""
_LATE_SECONDS = 0.05
"""How far a request that went out late may fall behind without delaying the next one. At a fast
host, timers are too coarse."""
_TIMER_SECONDS = 0.001
"""The resolution of uvloop's timers."""

P = TypeVar("P")
R = TypeVar("R")


class LeaseStore(Protocol):
    """The leases and states of hosts in the database. Calls may block."""

    def take(self, hosts: Collection[str]) -> Mapping[str, HostState]:
        """Take the free leases of these hosts, and return the states of the hosts taken.

        The other workers learn that this one waits for the rest, and for no other host.
        """
        ...

    def contended(self, hosts: Collection[str]) -> Collection[str]:
        """Return which of these leased hosts other workers wait for."""
        ...

    def save(self, states: Mapping[str, HostState]) -> None:
        """Store the states of leased hosts."""
        ...

    def release(self, states: Mapping[str, HostState]) -> None:
        """Store the states of leased hosts and give the leases up."""
        ...


@dataclass(eq=False, slots=True)
class Permit:
    """The permission to send one request, held until ``HostLimiter.release``."""

    host: "_Host"
    trial: bool
    """Whether the request tries a half-open host."""


@dataclass(eq=False, slots=True)
class _Waiter:
    since: float
    granted: asyncio.Future[Permit]


@dataclass(eq=False, slots=True)
class _Host:
    name: str
    state: HostState = field(default_factory=HostState)
    next_send: float = 0.0
    crawl_delay_rate: float = inf
    active: int = 0
    """Requests under way."""
    waiters: deque[_Waiter] = field(default_factory=deque[_Waiter])
    leased: asyncio.Event = field(default_factory=asyncio.Event)
    leased_at: float = 0.0
    ask_at: float = 0.0
    """When this worker may ask for the lease again."""
    contended: bool = False
    """Whether other workers wait for the lease."""
    passing: bool = False
    """Whether the lease is given up as soon as no request is under way."""
    pins: int = 0
    pinned_until: float = 0.0
    changed: bool = False
    """Whether the state has a failure that is not stored yet."""
    timer: asyncio.TimerHandle | None = None

    def is_pinned(self, now: float) -> bool:
        return self.pins > 0 and now < self.pinned_until

    def stored(self, now: float, next_send: float | None) -> HostState:
        """Return the state as the database keeps it."""
        return replace(self.state, next_send=next_send).shifted(-now)


class HostLimiter:
    """An async context manager that limits the requests of one event loop to each host."""

    def __init__(self, store: LeaseStore, policy: PolitenessPolicy) -> None:
        self.policy = policy
        self._store = store
        # The default executor may be full of slow name lookups, and then the session would end.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="host-leases")
        self._hosts: dict[str, _Host] = {}
        self._wake = asyncio.Event()
        self._checked = asyncio.Event()
        self._checked_at = 0.0
        self._announced = False
        self._closing = False
        self._error: Exception | None = None

    async def __aenter__(self) -> Self:
        self._keeper = asyncio.create_task(self._keep_leases())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        self._wake.set()
        await self._keeper
        self._thread.shutdown()

    def slow_down(self, name: str, rate: float) -> None:
        """Limit the host to ``rate`` requests a second, as its robots.txt asks."""
        self._host(name).crawl_delay_rate = rate

    async def acquire(self, name: str) -> Permit:
        """Wait until a request may be sent to the host.

        Raises:
            FetchError: the host has not answered for as long as the policy waits.
            SQLAlchemyError: the database session ended, and with it the leases.
        """
        host = self._host(name)
        waiter = _Waiter(monotonic(), asyncio.get_running_loop().create_future())
        host.waiters.append(waiter)
        if not host.leased.is_set() and len(host.waiters) == 1:
            self._wake.set()
        self._dispatch(host)
        granted = waiter.granted
        try:
            return await granted
        except asyncio.CancelledError as error:
            if granted.done() and not granted.cancelled() and not granted.exception():
                self.release(granted.result(), error)
            with suppress(ValueError):
                host.waiters.remove(waiter)
            raise

    async def confirm(self) -> None:
        """Make sure that permits are still valid, because the worker may have been frozen since.

        Raises:
            SQLAlchemyError: the database session ended, and with it the leases.
        """
        while monotonic() - self._checked_at > TRUST_SECONDS:
            self._checked.clear()
            self._wake.set()
            if not self._error:
                await self._checked.wait()
            if self._error:
                raise self._error

    def release(self, permit: Permit, error: BaseException | None = None) -> None:
        """Give the permit back, and record the outcome of its request with the host.

        An error that is no JobhuntError says nothing about the host.
        """
        host = permit.host
        host.active -= 1
        if failure := host_failure(error):
            host.state = host.state.after_failure(
                failure,
                monotonic(),
                full_rate=self._full_rate(host),
                cooldown=self.policy.cooldown,
                trial=permit.trial,
            )
            host.changed = True
        elif error is None or isinstance(error, JobhuntError):
            host.state = host.state.after_response(self._full_rate(host))
        if host.changed or (host.passing and not host.active):
            self._wake.set()
        if host.waiters:
            self._dispatch(host)

    @asynccontextmanager
    async def request(self, name: str) -> AsyncGenerator[None]:
        """Hold a permit while the block sends a request. Raises the same errors as ``acquire``."""
        permit = await self.acquire(name)
        try:
            await self.confirm()
            yield
        except BaseException as error:
            self.release(permit, error)
            raise
        self.release(permit)

    @asynccontextmanager
    async def pinned(self, name: str) -> AsyncGenerator[None]:
        """Hold the host's lease while the block runs, at most for the policy's ``max_wait``."""
        host = self._host(name)
        host.pins += 1
        host.pinned_until = inf
        self._wake.set()
        try:
            if not self._error:
                await host.leased.wait()
            if self._error:
                raise self._error
            host.pinned_until = monotonic() + self.policy.max_wait
            yield
        finally:
            host.pins -= 1
            self._wake.set()

    def _host(self, name: str) -> _Host:
        return self._hosts.setdefault(name, _Host(name))

    def _dispatch(self, host: _Host) -> None:
        """Grant the host's waiting requests the permits that they may have now."""
        if host.timer:
            host.timer.cancel()
            host.timer = None
        now = monotonic()
        if self._error:
            _fail(host, self._error)
        elif not host.leased.is_set() or (host.passing and not host.is_pinned(now)):
            pass  # the keeper dispatches again once it has taken the lease
        elif now - self._checked_at > TRUST_SECONDS:
            self._wake.set()  # the keeper checks the leases, and dispatches again
        else:
            while host.waiters and self._send_time(host) <= now:
                self._grant(host, host.waiters.popleft(), now)
            if host.waiters:
                self._wait_for_host(host, now)

    def _send_time(self, host: _Host) -> float:
        """Return when the next request may be sent; ``inf`` until one under way has ended."""
        if host.active >= (1 if host.state.is_open else self.policy.concurrency):
            return inf
        return max(host.next_send, host.state.blocked_until or 0.0)

    def _grant(self, host: _Host, waiter: _Waiter, now: float) -> None:
        if waiter.granted.done():  # it was cancelled just now
            return
        due = max(host.next_send, waiter.since, now - _LATE_SECONDS)
        host.next_send = due + 1 / min(self._full_rate(host), host.state.rate or inf)
        host.active += 1
        waiter.granted.set_result(Permit(host, host.state.is_open))

    def _wait_for_host(self, host: _Host, now: float) -> None:
        """Dispatch again at the next send time, or give up a host that has failed for too long."""
        state, at = host.state, self._send_time(host)
        if state.failing_since is not None and (state.is_blocked(now) or state.is_open):
            give_up_at = state.failing_since + self.policy.max_wait
            if give_up_at <= now:
                code = state.failure_code or "rate_limited"
                message = f"{host.name} gets no request for now, because it only answers {code}"
                _fail(host, FetchError(message, code=code))
                return
            at = min(at, give_up_at)
        if at < inf:
            delay = at - now + _TIMER_SECONDS
            host.timer = asyncio.get_running_loop().call_later(delay, self._dispatch, host)

    def _full_rate(self, host: _Host) -> float:
        return min(self.policy.rate_of(host.name), host.crawl_delay_rate)

    async def _keep_leases(self) -> None:
        try:
            while not self._closing:
                self._wake.clear()
                await self._exchange()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pause()):
                        await self._wake.wait()
            await self._give_up(host for host in self._leased() if not host.active)
        # The session is lost, and the leases with it. Whoever waits gets the error.
        except Exception as error:
            self._error = error
            self._checked.set()
            for host in self._hosts.values():
                host.leased.set()
                self._dispatch(host)

    async def _call(self, ask: Callable[[P], R], about: P) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, ask, about)

    def _pause(self) -> float:
        if any(self._unleased()):
            return POLL_SECONDS
        return CHECK_SECONDS if any(self._leased()) else IDLE_CHECK_SECONDS

    def _leased(self) -> list[_Host]:
        return [host for host in self._hosts.values() if host.leased.is_set()]

    def _unleased(self) -> list[_Host]:
        """Return the hosts whose lease is needed."""
        wanted = [host for host in self._hosts.values() if host.waiters or host.pins]
        return [host for host in wanted if not host.leased.is_set()]

    async def _exchange(self) -> None:
        """Tell the store what has changed, and learn what the other workers want."""
        now = monotonic()
        if now - self._checked_at >= CHECK_SECONDS:
            await self._check_leases(now)
        await self._give_up(
            host
            for host in self._leased()
            if host.passing and not host.active and not host.is_pinned(now)
        )
        changed = [host for host in self._leased() if host.changed]
        if changed:
            for host in changed:
                host.changed = False
            now = monotonic()
            states = {host.name: host.stored(now, next_send=None) for host in changed}
            await self._call(self._store.save, states)
        await self._take_leases()
        for host in self._hosts.values():
            if host.waiters:
                self._dispatch(host)

    async def _check_leases(self, now: float) -> None:
        """Check that the session lives, and mark the leases to be passed on."""
        leased = self._leased()
        names = [host.name for host in leased]
        contended = await self._call(self._store.contended, names)
        self._checked_at = now
        self._checked.set()
        for host in leased:
            host.contended = host.name in contended
            is_idle = not (host.active or host.waiters or host.pins)
            has_had_time = now >= host.leased_at + TENURE_SECONDS or host.state.is_blocked(now)
            if is_idle or (host.contended and has_had_time):
                host.passing = True

    async def _give_up(self, hosts: Iterable[_Host]) -> None:
        given_up = list(hosts)
        if not given_up:
            return
        now = monotonic()
        for host in given_up:
            host.leased.clear()
            host.passing = host.changed = False
            host.ask_at = now + BACK_OFF_SECONDS if host.contended else 0.0
        states = {host.name: host.stored(now, host.next_send) for host in given_up}
        await self._call(self._store.release, states)

    async def _take_leases(self) -> None:
        now = monotonic()
        wanted = [host.name for host in self._unleased() if now >= host.ask_at]
        if not wanted and not self._announced:
            return
        taken = await self._call(self._store.take, wanted)
        self._announced = len(taken) < len(wanted)
        now = monotonic()
        for name, state in taken.items():
            host = self._hosts[name]
            host.state = state.shifted(now).without_old_failures(now)
            next_send = host.state.next_send
            # A worker that died with the lease may have sent a request just before.
            host.next_send = now + 1 / self._full_rate(host) if next_send is None else next_send
            host.leased_at = now
            host.contended = False
            host.leased.set()


def _fail(host: _Host, error: Exception) -> None:
    """Raise the error in all requests that wait for the host."""
    while host.waiters:
        granted = host.waiters.popleft().granted
        if not granted.done():
            granted.set_exception(error)
