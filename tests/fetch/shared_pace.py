"""The pace of hosts in memory: what Postgres keeps for all workers, a worker's session on it, and
a gauge of what a host sees of them."""

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from include.core.pace import Blocked, Moments, Setback


@dataclass
class SharedPace:
    """What Postgres keeps for all workers."""

    slots: dict[tuple[str, int], "Session"] = field(default_factory=dict)
    calls_for_slots: int = 0
    moments: dict[str, list[float]] = field(default_factory=dict)
    """Every moment given away, by the clock of the event loop."""
    blocked: dict[str, Blocked] = field(default_factory=dict)
    in_trouble: set[str] = field(default_factory=set)
    noted: list[Setback | int] = field(default_factory=list)
    """Setbacks, and numbers of answers."""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Session:
    """Implements ``Pace``; what it may not be asked is asserted."""

    def __init__(self, shared: SharedPace) -> None:
        self._shared = shared
        self._calls = threading.Semaphore(1)

    def reserve(self, host: str, requests: int, rate: float) -> Moments | Blocked:
        with self._call():
            if host in self._shared.blocked:
                return self._shared.blocked[host]
            given = self._shared.moments.setdefault(host, [])
            now = time.monotonic()
            first = max(now, given[-1] + 1 / rate) if given else now
            given += [first + number / rate for number in range(requests)]
            return Moments(wait=first - now, rate=rate, in_trouble=host in self._shared.in_trouble)

    def how_long_blocked(self, host: str) -> Blocked | None:
        with self._call():
            return self._shared.blocked.get(host)

    def note_answers(self, host: str, answers: int, rate: float) -> None:
        with self._call():
            self._shared.noted.append(answers)

    def note_setback(self, host: str, setback: Setback, *, rate: float, cooling: float) -> None:
        with self._call():
            self._shared.noted.append(setback)

    def try_slots(self, host: str, slots: Collection[int], wanted: int) -> list[int]:
        with self._call():
            self._shared.calls_for_slots += 1
            taken = self._shared.slots
            assert not any(taken.get((host, slot)) is self for slot in slots), "asked for its own"
            free = [slot for slot in slots if (host, slot) not in taken]
            taken |= dict.fromkeys([(host, slot) for slot in free[:wanted]], self)
            return free[:wanted]

    def give_back(self, host: str, slots: Collection[int]) -> None:
        with self._call():
            self._shared.calls_for_slots += 1
            assert all(self._shared.slots.pop((host, slot)) is self for slot in slots)

    @contextmanager
    def _call(self) -> Iterator[None]:
        assert self._calls.acquire(blocking=False), "two calls at a time"
        try:
            with self._shared.lock:
                yield
        finally:
            self._calls.release()


class Gauge:
    """Requests under way at one host, and when each began."""

    def __init__(self) -> None:
        self.now = 0
        self.most = 0
        self.began: list[float] = []
        self._lock = threading.Lock()

    @contextmanager
    def request(self) -> Iterator[None]:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.began.append(time.monotonic())
        try:
            yield
        finally:
            with self._lock:
                self.now -= 1
