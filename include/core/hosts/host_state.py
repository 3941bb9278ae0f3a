"""Define the state of a host: its request rate, its circuit breaker and its next send time.

ADR 14 explains the reasons for these rules.

Times are seconds on the clock of the caller. A worker uses the monotonic clock. Before a worker
passes a state to the store, ``shifted`` makes the times relative to now. When a worker gets a state
from the store, ``shifted`` converts the times back.

- When a host asks for fewer requests, its rate is halved. With each later response, the rate grows
  by a constant, up to the full rate (additive increase, multiplicative decrease).
- After ``CIRCUIT_FAILURES`` failures in a row, the circuit is open and no request is sent. After a
  cooldown, one request at a time tests the host (half-open). Each failed test lengthens the next
  cooldown. The first response closes the circuit.
"""

from dataclasses import dataclass, replace

CIRCUIT_FAILURES = 5
"""The number of failures in a row after which the circuit of a host opens."""
_MAX_DOUBLINGS = 4
"""The maximum number of times that the cooldown is doubled.

Each failed test of the host doubles it once.
"""
_DEFAULT_PAUSE_SECONDS = 1.0
"""The pause, in seconds, if a host asks for fewer requests without saying how long to wait."""
_FAILURE_TTL_SECONDS = 600.0
"""The time in seconds for which the failures of a host count, from its latest failure on."""
_RATE_GROWTH = 0.02
"""The share of the full rate (0 to 1) that is added to a reduced rate after each response."""
_MIN_RATE = 1 / 60
"""The lowest rate, in requests a second, to which a rate is reduced."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HostFailure:
    """A failed request whose cause is the host, not the page."""

    code: str
    retry_after: float | None = None
    """The pause, in seconds, that the host asked for; None if it asked for no pause."""
    slow_down: bool = False
    """True if the host asked for fewer requests."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HostState:
    """The state of a host. A host that was never requested has the default values."""

    next_send: float | None = 0.0
    """The earliest time at which the rate allows the next request.

    In the database, None means that a worker holds the host's lease, or died while it held it.
    """
    rate: float | None = None
    """The reduced rate, in requests a second. If None, the full rate applies."""
    failures: int = 0
    """The number of requests to the host, sent by any worker, that failed in a row."""
    failure_code: str | None = None
    failing_since: float | None = None
    failed_at: float | None = None
    blocked_until: float | None = None
    """The time until which no request is sent, because requests failed. If None, there is none."""

    @property
    def is_open(self) -> bool:
        """True if the circuit is open or half-open."""
        return self.failures >= CIRCUIT_FAILURES

    def is_blocked(self, now: float) -> bool:
        """Return whether no request may be sent to the host now, because requests failed."""
        return self.blocked_until is not None and now < self.blocked_until

    def without_old_failures(self, now: float) -> "HostState":
        """Return the state, without its failures if the latest one is too old to count."""
        if self.failed_at is None or now - self.failed_at < _FAILURE_TTL_SECONDS:
            return self
        return replace(self, failures=0, failure_code=None, failing_since=None, failed_at=None)

    def after_response(self, full_rate: float) -> "HostState":
        """Return the state after a response.

        The circuit is closed, no failure counts any more, and a reduced rate grows.
        """
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
        """Return the state after a failed request.

        If several concurrent requests fail, only the first of these failures reduces the rate.

        Args:
            cooldown: the time in seconds between the opening of a circuit and the first test of the
                host.
            trial: whether the failed request tested the host while its circuit was half-open.
        """
        old = self.without_old_failures(now)
        is_same_incident = old.is_blocked(now) and not trial
        failures = old.failures if is_same_incident and old.is_open else old.failures + 1
        wait = failure.retry_after or (_DEFAULT_PAUSE_SECONDS if failure.slow_down else 0.0)
        if failures >= CIRCUIT_FAILURES:
            wait = max(wait, cooldown * 2 ** min(failures - CIRCUIT_FAILURES, _MAX_DOUBLINGS))
        rate = old.rate
        if failure.slow_down and not is_same_incident:
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
        """Return the state after adding ``seconds`` to all of its times."""
        times = ("next_send", "failing_since", "failed_at", "blocked_until")
        times_set = {name: at for name in times if (at := getattr(self, name)) is not None}
        return replace(self, **{name: at + seconds for name, at in times_set.items()})
