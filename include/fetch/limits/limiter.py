"""Limit the rate of one worker's requests to each host (ADR 26).

Only the worker that holds a host's lease may send requests to the host. The worker limits rate and
concurrency in memory, so fetching a page needs no SQL statement. Only the task ``_keep_leases``
uses the store. This task takes the leases of all hosts that requests wait for, stores failures,
checks that the leases are still held, and gives up the leases that other workers wait for.

The leases end with the worker's database session. A worker whose process was suspended may have
lost its session, so it checks the session before it sends another request.
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

from include.core.hosts.host_state import HostState
from include.errors import FetchError, JobhuntError
from include.failure_codes import FailureCode
from include.fetch.limits.policy import PolitenessPolicy, host_failure

POLL_SECONDS = 0.25
"""The interval in seconds at which a worker tries to take the leases that other workers hold."""
BACK_OFF_SECONDS = 2 * POLL_SECONDS
"""The time in seconds for which a worker that gave up a lease does not take this lease again. Every
other worker that waits for the lease tries to take it within this time."""
CHECK_SECONDS = 1.0
"""The interval in seconds at which a worker checks that it still holds its leases, and whether
other workers wait for them."""
MIN_LEASE_SECONDS = 2.0
"""The minimum time in seconds for which a worker keeps a lease while it has requests to send. A
worker may give up the lease of a blocked host earlier."""
MAX_CHECK_AGE_SECONDS = 3.0
"""The maximum age in seconds of the latest check of the leases. If the check is older, the worker
checks the leases again before it sends requests."""
IDLE_CHECK_SECONDS = 10.0
"""The interval in seconds at which a worker without a lease sends an SQL statement. The interval
must be shorter than the store's ``SESSION_TIMEOUT``, after which Postgres ends an idle session."""
_LATE_SECONDS = 0.05
"""A tolerance in seconds. A request that is sent late by no more than this does not delay the next
request. Without the tolerance, the actual rate would stay below a high limit, because timers are
coarse."""
_TIMER_SECONDS = 0.001
"""The resolution of uvloop's timers in seconds. It is added to each delay."""

P = TypeVar("P")
R = TypeVar("R")


class LeaseStore(Protocol):
    """The store of the leases and the states of hosts. Its methods may block."""

    def take(self, hosts: Collection[str]) -> Mapping[str, HostState]:
        """Take the free leases of ``hosts``. Return the states of the hosts whose lease was free.

        Announce that this worker waits for the leases that it did not get. Withdraw its earlier
        announcements for hosts that are not in ``hosts``.
        """
        ...

    def contended(self, hosts: Collection[str]) -> Collection[str]:
        """Return those of ``hosts`` whose leases other workers wait for.

        This worker holds the leases of all ``hosts``.
        """
        ...

    def save(self, states: Mapping[str, HostState]) -> None:
        """Store the states of leased hosts."""
        ...

    def release(self, states: Mapping[str, HostState]) -> None:
        """Store the states of leased hosts, and give up the leases."""
        ...


@dataclass(eq=False, slots=True)
class Permit:
    """The permission to send one request. ``HostLimiter.release`` gives it back."""

    host: "_Host"
    trial: bool
    """True if the request tests a host whose circuit is half-open."""


@dataclass(eq=False, slots=True)
class _Waiter:
    """A request that waits for a permit."""

    since: float
    """The time of the monotonic clock at which the request began to wait."""
    granted: asyncio.Future[Permit]


@dataclass(eq=False, slots=True)
class _Host:
    """The state of a host in this worker. All times are of the monotonic clock, in seconds."""

    name: str
    state: HostState = field(default_factory=HostState)
    next_send: float = 0.0
    """The earliest time of the next request, according to the rate limit."""
    crawl_delay_rate: float = inf
    """The maximum number of requests a second according to robots.txt."""
    active: int = 0
    """The number of requests in progress."""
    waiters: deque[_Waiter] = field(default_factory=deque[_Waiter])
    leased: asyncio.Event = field(default_factory=asyncio.Event)
    leased_at: float = 0.0
    may_take_at: float = 0.0
    """The earliest time at which this worker may take the lease again."""
    contended: bool = False
    """True if other workers wait for the lease."""
    giving_up: bool = False
    """True if the lease is given up as soon as no request is in progress and no ``pinned`` block
    runs."""
    pins: int = 0
    """The number of ``pinned`` blocks that run."""
    pinned_until: float = 0.0
    """The time after which the lease may be given up although a ``pinned`` block runs."""
    changed: bool = False
    """True if the state includes a failure that is not stored yet."""
    timer: asyncio.TimerHandle | None = None

    def is_pinned(self, now: float) -> bool:
        return self.pins > 0 and now < self.pinned_until

    def state_to_store(self, now: float, next_send: float | None) -> HostState:
        """Return the state in the form that is stored, in which times are relative to ``now``."""
        return replace(self.state, next_send=next_send).shifted(-now)


class HostLimiter:
    """An async context manager that limits the requests of one event loop to each host."""

    def __init__(self, store: LeaseStore, policy: PolitenessPolicy) -> None:
        self.policy = policy
        self._store = store
        # Statements run in a thread of their own, because slow name lookups may occupy all threads
        # of the default executor. If the statements were late, Postgres would end the session.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="host-leases")
        self._hosts: dict[str, _Host] = {}
        self._wake = asyncio.Event()
        self._checked = asyncio.Event()
        self._checked_at = 0.0
        # True if the store has announced that this worker waits for leases.
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

    def slow_down(self, host_name: str, rate: float) -> None:
        """Limit the host to ``rate`` requests a second, because its robots.txt states a delay."""
        self._host(host_name).crawl_delay_rate = rate

    async def acquire(self, host_name: str) -> Permit:
        """Wait until a request may be sent to the host.

        Raises:
            FetchError: the host has been failing for at least the policy's ``max_wait``.
            SQLAlchemyError: the database session ended, and with it the leases.
        """
        host = self._host(host_name)
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
            self._wake.set()  # the store may still announce that this worker waits for the host
            raise

    async def confirm(self) -> None:
        """Make sure that the worker still holds its leases, so that its permits are valid.

        A worker loses its leases if Postgres ended its session while its process was suspended.

        Raises:
            SQLAlchemyError: the database session ended, and with it the leases.
        """
        while monotonic() - self._checked_at > MAX_CHECK_AGE_SECONDS:
            self._checked.clear()
            self._wake.set()
            if not self._error:
                await self._checked.wait()
            if self._error:
                raise self._error

    def release(self, permit: Permit, error: BaseException | None = None) -> None:
        """Give the permit back, and record how the host answered the request.

        Nothing is recorded for an error that is not a JobhuntError, because the host did not cause
        such an error.
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
        if host.changed or (host.giving_up and not host.active):
            self._wake.set()
        if host.waiters:
            self._dispatch(host)

    @asynccontextmanager
    async def pinned(self, host_name: str) -> AsyncGenerator[None]:
        """Hold the host's lease while the block runs, for at most the policy's ``max_wait``.

        A block that takes longer is not stopped, but the lease may then be given up.
        """
        host = self._host(host_name)
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

    def _host(self, host_name: str) -> _Host:
        return self._hosts.setdefault(host_name, _Host(host_name))

    def _dispatch(self, host: _Host) -> None:
        """Grant permits to the requests that may be sent to the host now."""
        if host.timer:
            host.timer.cancel()
            host.timer = None
        now = monotonic()
        if self._error:
            _fail(host, self._error)
        elif not host.leased.is_set() or (host.giving_up and not host.is_pinned(now)):
            pass  # _keep_leases calls _dispatch again once it has taken the lease
        elif now - self._checked_at > MAX_CHECK_AGE_SECONDS:
            self._wake.set()  # _keep_leases checks the leases, and then calls _dispatch again
        else:
            while host.waiters and self._send_time(host) <= now:
                self._grant(host, host.waiters.popleft(), now)
            if host.waiters:
                self._wait_for_host(host, now)

    def _send_time(self, host: _Host) -> float:
        """Return the time of the next request to the host.

        Return ``inf`` if a request in progress must end first.
        """
        # While the circuit is open, one request at a time tests the host.
        max_active = 1 if host.state.is_open else self.policy.concurrency
        if host.active >= max_active:
            return inf
        return max(host.next_send, host.state.blocked_until or 0.0)

    def _grant(self, host: _Host, waiter: _Waiter, now: float) -> None:
        if waiter.granted.done():  # the waiting task was cancelled just now
            return
        send_time = max(host.next_send, waiter.since, now - _LATE_SECONDS)
        rate = min(self._full_rate(host), host.state.rate or inf)
        host.next_send = send_time + 1 / rate
        host.active += 1
        waiter.granted.set_result(Permit(host, host.state.is_open))

    def _wait_for_host(self, host: _Host, now: float) -> None:
        """Call ``_dispatch`` again when the next request may be sent.

        If the host has been failing for too long, make the waiting requests fail instead.
        """
        state, at = host.state, self._send_time(host)
        if state.failing_since is not None and (state.is_blocked(now) or state.is_open):
            give_up_at = state.failing_since + self.policy.max_wait
            if give_up_at <= now:
                code = state.failure_code or FailureCode.RATE_LIMITED
                message = (
                    f"{host.name} is sent no requests for now, because it keeps failing: {code}"
                )
                _fail(host, FetchError(message, code=code, retryable=False))
                return
            at = min(at, give_up_at)
        if at < inf:
            delay = at - now + _TIMER_SECONDS
            host.timer = asyncio.get_running_loop().call_later(delay, self._dispatch, host)

    def _full_rate(self, host: _Host) -> float:
        return min(self.policy.rate_of(host.name), host.crawl_delay_rate)

    async def _keep_leases(self) -> None:
        """Take, check and give up leases, and store failures, until the limiter is closed."""
        try:
            while not self._closing:
                self._wake.clear()
                await self._synchronize()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._max_pause()):
                        await self._wake.wait()
            await self._give_up(host for host in self._leased() if not host.active)
        # All waiting requests must get the error, because the session and its leases have ended.
        except Exception as error:
            self._error = error
            self._checked.set()
            for host in self._hosts.values():
                host.leased.set()
                self._dispatch(host)

    async def _call(self, method: Callable[[P], R], argument: P) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, method, argument)

    def _max_pause(self) -> float:
        """Return the maximum time in seconds until leases must be taken or checked again."""
        if any(self._unleased()):
            return POLL_SECONDS
        return CHECK_SECONDS if any(self._leased()) else IDLE_CHECK_SECONDS

    def _leased(self) -> list[_Host]:
        return [host for host in self._hosts.values() if host.leased.is_set()]

    def _unleased(self) -> list[_Host]:
        """Return the hosts whose lease this worker needs and does not hold."""
        hosts = [host for host in self._hosts.values() if host.waiters or host.pins]
        return [host for host in hosts if not host.leased.is_set()]

    async def _synchronize(self) -> None:
        """Check the leases if their latest check is old, and give up leases.

        Then store failures, and take leases.
        """
        now = monotonic()
        if now - self._checked_at >= CHECK_SECONDS:
            await self._check_leases(now)
        await self._give_up(
            host
            for host in self._leased()
            if host.giving_up and not host.active and not host.is_pinned(now)
        )
        changed_hosts = [host for host in self._leased() if host.changed]
        if changed_hosts:
            for host in changed_hosts:
                host.changed = False
            now = monotonic()
            states = {host.name: host.state_to_store(now, next_send=None) for host in changed_hosts}
            await self._call(self._store.save, states)
        await self._take_leases()
        for host in self._hosts.values():
            if host.waiters:
                self._dispatch(host)

    async def _check_leases(self, now: float) -> None:
        """Check that the session still exists, and mark the leases to give up."""
        leased = self._leased()
        names = [host.name for host in leased]
        contended = await self._call(self._store.contended, names)
        self._checked_at = now
        self._checked.set()
        for host in leased:
            host.contended = host.name in contended
            is_idle = not (host.active or host.waiters or host.pins)
            may_give_up = now >= host.leased_at + MIN_LEASE_SECONDS or host.state.is_blocked(now)
            if is_idle or (host.contended and may_give_up):
                host.giving_up = True

    async def _give_up(self, hosts: Iterable[_Host]) -> None:
        """Store the states of these hosts, and give up their leases."""
        given_up = list(hosts)
        if not given_up:
            return
        now = monotonic()
        for host in given_up:
            host.leased.clear()
            host.giving_up = host.changed = False
            host.may_take_at = now + BACK_OFF_SECONDS if host.contended else 0.0
        states = {host.name: host.state_to_store(now, host.next_send) for host in given_up}
        await self._call(self._store.release, states)

    async def _take_leases(self) -> None:
        """Take the free leases of the hosts that this worker needs.

        If an earlier call announced that this worker waits, the store is called even if no lease is
        wanted, because this call withdraws the announcement.
        """
        now = monotonic()
        wanted_names = [host.name for host in self._unleased() if now >= host.may_take_at]
        if not wanted_names and not self._announced:
            return
        taken_states = await self._call(self._store.take, wanted_names)
        is_waiting = len(taken_states) < len(wanted_names)
        self._announced = is_waiting
        now = monotonic()
        for name, state in taken_states.items():
            host = self._hosts[name]
            host.state = state.shifted(now).without_old_failures(now)
            next_send = host.state.next_send
            if next_send is None:
                # The last holder of the lease died while it held the lease, and may have sent a
                # request just before. Therefore wait for one interval of the rate.
                next_send = now + 1 / self._full_rate(host)
            host.next_send = next_send
            host.leased_at = now
            host.contended = False
            host.leased.set()


def _fail(host: _Host, error: Exception) -> None:
    """Raise the error in all requests that wait for the host."""
    while host.waiters:
        granted = host.waiters.popleft().granted
        if not granted.done():
            granted.set_exception(error)
