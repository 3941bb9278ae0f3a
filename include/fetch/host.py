"""What one worker holds of one host: its slots and moments, and who waits for them."""

import asyncio
from dataclasses import dataclass
from time import monotonic

from include.core.pace import Blocked, Moments
from include.fetch.politeness import LEASE_SECONDS

_LATE_SECONDS = 0.05
"""How late moments may be used: at a fast host, they have come before they are needed."""


@dataclass(frozen=True, slots=True)
class Moment:
    at: float
    reserved_at: float
    on_trial: bool


class Host:
    def __init__(self, concurrency: int) -> None:
        self.slots = frozenset(range(concurrency))
        self.local = asyncio.Semaphore(concurrency)
        self.waiting = 0
        self.held: set[int] = set()
        self.idle: list[int] = []
        """Of those held."""
        self.unneeded: list[int] = []
        """Of those held, to be given back."""
        self.returning = False
        """Whether somebody sees to that."""
        self.seeking = 0
        """How many of those under way have no slot yet."""
        self.search = asyncio.Lock()
        self.offers_at = 0.0
        self.asks_at = 0.0
        self.moments: list[Moment] = []
        """The next one last."""
        self.lease = asyncio.Lock()
        self.ready = 0
        """How many of those with a slot have no moment yet."""
        self.blocked: Blocked | None = None
        """By its latest answer."""
        self.own_rate: float | None = None
        """As its robots.txt asks for."""
        self.rate: float | None = None
        """As last given."""
        self.in_trouble = False
        self.answers = 0
        """Not yet told to the others."""
        self.setbacks = 0

    def take_answer(self, answer: Moments | Blocked, count: int) -> None:
        """To ``count`` moments asked for."""
        if isinstance(answer, Blocked):
            self.blocked = answer
            return
        self.blocked = None
        self.in_trouble, self.rate = answer.in_trouble, answer.rate
        reserved_at = monotonic()
        start = reserved_at + answer.wait
        # of a host on trial, one request is enough
        self.moments = [
            Moment(
                at=start + number / answer.rate, reserved_at=reserved_at, on_trial=answer.on_trial
            )
            for number in reversed(range(1 if answer.on_trial else count))
        ]

    def take_moment(self) -> Moment | None:
        """The next one. Without those that were not used when they came: all at once, they would
        be too many. As many as come within ``_LATE_SECONDS`` are not, unless their lease is over.
        """
        few = (self.rate or 0.0) * _LATE_SECONDS
        while self.moments:
            moment = self.moments.pop()
            is_late = moment.at < monotonic() - _LATE_SECONDS and len(self.moments) + 1 > few
            if not is_late and moment.reserved_at >= monotonic() - LEASE_SECONDS:
                return moment
        return None

    def take_unneeded(self) -> list[int]:
        unneeded, self.unneeded = self.unneeded, []
        return unneeded
