"""What workers tell each other about a host through Postgres."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class WantedMoments:
    count: int
    rate: float
    """Requests a second, at most."""


@dataclass(frozen=True, kw_only=True)
class WantedSlots:
    count: int
    """At most."""
    slots: Collection[int]
    """Those to choose from, none of which the worker holds."""


@dataclass(frozen=True, kw_only=True)
class Moments:
    """When to ask a host."""

    wait: float = 0.0
    """Seconds until the first of the moments taken."""
    rate: float
    """Requests a second; the moments follow each other accordingly."""
    on_trial: bool = False
    """The host's circuit is open, and this one request tells whether to close it."""
    in_trouble: bool = False
    """The host's answers are to be noted: they give it back its rate."""


@dataclass(frozen=True, kw_only=True)
class Blocked:
    """A host that nobody may ask now."""

    wait: float
    """Seconds, as far as is known."""
    failing_for: float = 0.0
    """Seconds for which it has done nothing but fail; 0 while its circuit is closed."""
    code: str | None = None
    """Of its latest failure."""


@dataclass(frozen=True, kw_only=True)
class Setback:
    """A request that tells something of its host, not of its page alone."""

    code: str
    retry_after: float | None = None
    """Seconds, as the host says."""
    slow_down: bool = False
    """It has too much to do."""
    on_trial: bool = False
