"""Keep host leases in memory, for the sessions of several workers.

A meter counts the requests to a host.
"""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from include.core.hosts.host_state import HostState
from include.fetch.limits.limiter import HostLimiter
from include.fetch.limits.policy import PolitenessPolicy

HOST = "careers.example"


def policy(*, rate: float = 10_000, concurrency: int = 4, max_wait: float = 90) -> PolitenessPolicy:
    return PolitenessPolicy(
        rate_of=lambda host: rate, concurrency=concurrency, max_wait=max_wait, cooldown=0.05
    )


@dataclass
class SharedLeases:
    """A stand-in for Postgres, which keeps the leases of all workers."""

    holders: dict[str, "Session"] = field(default_factory=dict)
    """The session that holds the lease of each host."""
    states: dict[str, HostState] = field(default_factory=dict)
    """The state of each host. The times in it are times of the monotonic clock."""
    waiting: dict["Session", set[str]] = field(default_factory=dict)
    """The hosts that each session asked for last, but could not take."""
    calls: Counter[str] = field(default_factory=Counter[str])
    """The number of calls of each method of all sessions."""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Session:
    """A ``LeaseStore`` of one worker.

    It asserts that its callers obey the contract of ``LeaseStore``.
    """

    def __init__(self, shared: SharedLeases) -> None:
        self.shared = shared
        self.error: Exception | None = None
        """The error that every call raises; None if calls succeed."""
        self._calls = threading.Semaphore(1)

    def take(self, hosts: Collection[str]) -> Mapping[str, HostState]:
        with self._call("take"):
            holders = self.shared.holders
            assert not any(holders.get(host) is self for host in hosts), "it holds a lease already"
            free = [host for host in hosts if host not in holders]
            holders.update(dict.fromkeys(free, self))
            self.shared.waiting[self] = set(hosts) - set(free)
            known = {host: self.shared.states.get(host, HostState()) for host in free}
            return {host: state.shifted(-time.monotonic()) for host, state in known.items()}

    def contended(self, hosts: Collection[str]) -> Collection[str]:
        with self._call("contended"):
            return set(hosts) & set().union(*self.shared.waiting.values())

    def save(self, states: Mapping[str, HostState]) -> None:
        with self._call("save"):
            self._save(states)

    def release(self, states: Mapping[str, HostState]) -> None:
        with self._call("release"):
            self._save(states)
            for host in states:
                del self.shared.holders[host]

    def _save(self, states: Mapping[str, HostState]) -> None:
        assert all(self.shared.holders.get(host) is self for host in states), "it holds no lease"
        now = time.monotonic()
        self.shared.states |= {host: state.shifted(now) for host, state in states.items()}

    @contextmanager
    def _call(self, name: str) -> Generator[None]:
        assert self._calls.acquire(blocking=False), "a call began before another one ended"
        try:
            with self.shared.lock:
                self.shared.calls[name] += 1
                if self.error:
                    raise self.error
                yield
        finally:
            self._calls.release()


class Gauge:
    """A meter that counts the active requests to a host, and records when each request began.

    ``now`` is the number of active requests, and ``most`` the highest number so far.
    """

    def __init__(self) -> None:
        self.now = 0
        self.most = 0
        self.began: list[float] = []
        self._lock = threading.Lock()

    @contextmanager
    def request(self) -> Generator[None]:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.began.append(time.monotonic())
        try:
            yield
        finally:
            with self._lock:
                self.now -= 1


@asynccontextmanager
async def worker(
    shared: SharedLeases, policy: PolitenessPolicy, count: int = 1
) -> AsyncGenerator[list[HostLimiter]]:
    """Yield ``count`` limiters. Each has a session of its own, as the limiter of a worker does."""
    limiters = [HostLimiter(Session(shared), policy) for _ in range(count)]
    for limiter in limiters:
        await limiter.__aenter__()
    try:
        async with asyncio.timeout(60):
            yield limiters
    finally:
        for limiter in limiters:
            await limiter.__aexit__()


@asynccontextmanager
async def permit(limiter: HostLimiter, host: str = HOST) -> AsyncGenerator[None]:
    """Hold a permit during the block, as if the block sent a request."""
    held = await limiter.acquire(host)
    try:
        await limiter.confirm()
        yield
    except BaseException as error:
        limiter.release(held, error)
        raise
    limiter.release(held)


async def request(limiter: HostLimiter, gauge: Gauge, host: str = HOST) -> None:
    async with permit(limiter, host):
        with gauge.request():
            await asyncio.sleep(0.002)  # a request takes this long, so that requests can overlap


async def until(condition: Callable[[], bool]) -> None:
    """Wait until ``condition`` is true, for at most 50 seconds."""
    async with asyncio.timeout(50):
        while not condition():  # noqa: ASYNC110 # the fake objects have no event to await
            await asyncio.sleep(0.001)


async def cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
