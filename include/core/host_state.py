"""What is known of one host: its rate, its circuit breaker, and when it may be sent a request.

Times are seconds on the caller's clock. A worker keeps a state on its own monotonic clock, and the
database on a clock that reads zero now (see ``shifted``).

- A host that asks for fewer requests gets half the rate, which grows again with each response
  (additive increase, multiplicative decrease).
- After ``CIRCUIT_FAILURES`` failures in a row the circuit is open. After a cooldown, one request at
  a time tries the host (half-open), less and less often, and the first response closes the circuit.
"""

from dataclasses import dataclass, replace

CIRCUIT_FAILURES = 5
"""Failures in a row that open a host's circuit."""
_MAX_DOUBLINGS = 4
"""How often the cooldown is doubled at most; each failed try doubles it once."""
_DEFAULT_PAUSE_SECONDS = 1.0
"""The pause of a host that asks for fewer requests without saying how long to wait."""
_FAILURE_TTL_SECONDS = 600.0
"""The time after which a failure no longer counts."""
_RATE_GROWTH = 0.02
"""The share of its full rate that a slowed host regains with each response."""
_MIN_RATE = 1 / 60
"""The lowest rate, in requests a second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HostFailure:
    """A failed request whose cause is the host, not the page."""

    code: str
    retry_after: float | None = None
    """The seconds that the host asked to wait."""
    slow_down: bool = False
    """Whether the host asked for fewer requests."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HostState:
    """The state of a host; a new host has the defaults."""

    next_send: float | None = 0.0
    """The next free send time. None means that a worker holds the host, or died with it."""
    rate: float | None = None
    """Requests a second while the host is slowed down; None means the full rate."""
    failures: int = 0
    """Failures in a row, of all workers."""
    failure_code: str | None = None
    failing_since: float | None = None
    failed_at: float | None = None
    blocked_until: float | None = None
    """No request may be sent earlier."""

    @property
    def is_open(self) -> bool:
        """Whether the circuit is open or half-open."""
        return self.failures >= CIRCUIT_FAILURES

    def is_blocked(self, now: float) -> bool:
        """Return whether the host must not be sent a request now."""
        return self.blocked_until is not None and now < self.blocked_until

    def without_old_failures(self, now: float) -> "HostState":
        """Return the state without failures that happened too long ago to count."""
        if self.failed_at is None or now - self.failed_at < _FAILURE_TTL_SECONDS:
            return self
        return replace(self, failures=0, failure_code=None, failing_since=None, failed_at=None)

    def after_response(self, full_rate: float) -> "HostState":
        """Return the state after a response: the circuit is closed, and the rate is higher."""
        if not self.failures and self.rate is None:
            return self
        rate = None if self.rate is None else self.rate + _RATE_GROWTH * full_rate
        return replace(
            self,
            rate=None if rate is None or rate >= full_rate else rate,
            failures=0,
            failure_code=None,
            failing_since=None,
            blocked_until=None if self.is_open else self.blocked_until,
        )

    def after_failure(
        self, failure: HostFailure, now: float, *, full_rate: float, cooldown: float, trial: bool
    ) -> "HostState":
        """Return the state after a failure.

        If many requests under way at the same time meet the same failure, only the first slows the
        host down.

        Args:
            cooldown: the seconds until an open circuit is tried for the first time.
            trial: whether the request tried a half-open host.
        """
        old = self.without_old_failures(now)
        is_known = old.is_blocked(now) and not trial
        failures = old.failures if is_known and old.is_open else old.failures + 1
        wait = failure.retry_after or (_DEFAULT_PAUSE_SECONDS if failure.slow_down else 0.0)
        if failures >= CIRCUIT_FAILURES:
            wait = max(wait, cooldown * 2 ** min(failures - CIRCUIT_FAILURES, _MAX_DOUBLINGS))
        rate = old.rate
        if failure.slow_down and not is_known:
            rate = max(min(rate or full_rate, full_rate) / 2, _MIN_RATE)
        return replace(
            old,
            rate=rate,
            failures=failures,
            failure_code=failure.code,
            failing_since=now if old.failing_since is None else old.failing_since,
            failed_at=now,
            blocked_until=now + wait if trial else max(old.blocked_until or 0.0, now + wait),
        )

    def shifted(self, seconds: float) -> "HostState":
        """Return the state on a clock that is ``seconds`` ahead."""
        times = ("next_send", "failing_since", "failed_at", "blocked_until")
        known = {name: at for name in times if (at := getattr(self, name)) is not None}
        return replace(self, **{name: at + seconds for name, at in known.items()})
