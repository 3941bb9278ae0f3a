"""The pace of hosts in memory: what Postgres keeps for all workers, a worker's session on it, and
a gauge of what a host sees of them."""

import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from include.core.pace import Blocked, Moments, Setback, WantedMoments, WantedSlots


@dataclass
class SharedPace:
    """What Postgres keeps for all workers."""

    slots: dict[tuple[str, int], "Session"] = field(default_factory=dict)
    calls_for_slots: int = 0
    calls_for_moments: int = 0
    moments: dict[str, list[float]] = field(default_factory=dict)
    """Every moment given away, by ``time.monotonic``."""
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

    def reserve(self, wanted: Mapping[str, WantedMoments]) -> dict[str, Moments | Blocked]:
        with self._call():
            self._shared.calls_for_moments += 1
            return {host: self._reserved(host, each) for host, each in wanted.items()}

    def _reserved(self, host: str, wanted: WantedMoments) -> Moments | Blocked:
        if host in self._shared.blocked:
            return self._shared.blocked[host]
        given = self._shared.moments.setdefault(host, [])
        now = time.monotonic()
        first = max(now, given[-1] + 1 / wanted.rate) if given else now
        given += [first + number / wanted.rate for number in range(wanted.count)]
        return Moments(
            wait=first - now, rate=wanted.rate, in_trouble=host in self._shared.in_trouble
        )

    def how_long_blocked(self, host: str) -> Blocked | None:
        with self._call():
            return self._shared.blocked.get(host)

    def note_answers(self, host: str, answers: int, rate: float) -> None:
        with self._call():
            self._shared.noted.append(answers)

    def note_setback(self, host: str, setback: Setback, *, rate: float, cooling: float) -> None:
        with self._call():
            self._shared.noted.append(setback)

    def try_slots(self, wanted: Mapping[str, WantedSlots]) -> dict[str, list[int]]:
        with self._call():
            self._shared.calls_for_slots += 1
            return {host: self._taken(host, each) for host, each in wanted.items()}

    def _taken(self, host: str, wanted: WantedSlots) -> list[int]:
        taken = self._shared.slots
        assert not any(taken.get((host, slot)) is self for slot in wanted.slots), (
            "asked for its own"
        )
        free = [slot for slot in wanted.slots if (host, slot) not in taken][: wanted.count]
        taken |= dict.fromkeys([(host, slot) for slot in free], self)
        return free

    def give_back(self, slots: Mapping[str, Collection[int]]) -> None:
        with self._call():
            self._shared.calls_for_slots += 1
            for host, each in slots.items():
                assert all(self._shared.slots.pop((host, slot)) is self for slot in each)

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
