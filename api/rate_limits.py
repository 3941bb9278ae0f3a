"""How often one user may ask for what costs more than a look.

The generic cell rate algorithm (ITU-T I.371): one number for each user, exact waits, and a whole
period's requests may come at once. Counted by user, not by address, and in each process alone: the
limits keep a client's mistake from becoming everybody's trouble, and need no shared store for that.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from include.settings import RateLimit, Settings

_FORGET_ABOVE = 10_000
"""Users, after which those who have waited long enough are forgotten."""


class RateLimiter:
    def __init__(self, limit: RateLimit, *, clock: Callable[[], float] = time.monotonic):
        self._period = limit.seconds
        self._interval = limit.seconds / limit.count
        self._clock = clock
        self._next: dict[str, float] = {}
        """When each user's allowance will be whole again."""

    def take(self, user_id: str) -> float:
        """0 when the user may go on, or the seconds to wait; then nothing was taken."""
        now = self._clock()
        whole_at = max(now, self._next.get(user_id, now)) + self._interval
        wait = whole_at - now - self._period
        if wait > 1e-9:
            return wait
        self._next[user_id] = whole_at
        if len(self._next) > _FORGET_ABOVE:
            self._next = {user: at for user, at in self._next.items() if at > now}
        return 0.0


@dataclass(frozen=True, kw_only=True)
class RateLimits:
    start: RateLimiter
    dry_run: RateLimiter
    ticket: RateLimiter

    @classmethod
    def of(cls, settings: Settings) -> "RateLimits":
        return cls(
            start=RateLimiter(settings.start_rate),
            dry_run=RateLimiter(settings.dry_run_rate),
            ticket=RateLimiter(settings.ticket_rate),
        )
