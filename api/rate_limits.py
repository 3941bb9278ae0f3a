"""Limit how often one user may send requests that cost more than a read.

The limits use the generic cell rate algorithm (ITU-T I.371). It stores one number for each user and
gives exact waiting times. A user may send all requests of a period at once. Requests are counted by
user, not by IP address, and in each process separately. A shared store is not needed, because the
limits only protect all users from a faulty client of one user.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from include.settings import RateLimit, Settings

_MAX_USERS = 10_000
"""The maximum number of users in memory.

If there are more, the users who have their full allowance again are removed.
"""


class RateLimiter:
    def __init__(self, limit: RateLimit, *, clock: Callable[[], float] = time.monotonic):
        self._period = limit.seconds
        self._interval = limit.seconds / limit.count
        self._clock = clock
        self._full_at: dict[str, float] = {}
        """The time at which each user will have the full allowance again, by user id."""

    def take(self, user_id: str) -> float:
        """Count a request of the user and return 0 if the user has allowance left.

        Otherwise count nothing, and return the number of seconds to wait.
        """
        now = self._clock()
        full_at = max(now, self._full_at.get(user_id, now)) + self._interval
        wait = full_at - now - self._period
        if wait > 1e-9:  # A shorter wait is a rounding error.
            return wait
        self._full_at[user_id] = full_at
        if len(self._full_at) > _MAX_USERS:
            self._full_at = {user: at for user, at in self._full_at.items() if at > now}
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
