"""The politeness policy: how many requests a host gets, and which failures count against it."""

from collections.abc import Callable
from dataclasses import dataclass

from include.core.host_state import HostFailure
from include.errors import FetchError, JobhuntError

_MAX_RETRY_AFTER_SECONDS = 60.0
"""The longest ``Retry-After`` that is heeded."""
_HOST_FAILURES = frozenset(
    {"dns", "connect", "tls", "timeout", "protocol", "http_5xx", "rate_limited"}
)
_OVERLOADED = frozenset({429, 503})


@dataclass(frozen=True, kw_only=True)
class PolitenessPolicy:
    """The limits that hold at each host for all workers together."""

    rate_of: Callable[[str], float]
    """Return the most requests a second to a host."""
    concurrency: int
    """The most requests to a host at the same time."""
    max_wait: float = 90.0
    """The seconds that jobs wait for a host that does not answer or asked to be left alone."""
    cooldown: float = 5.0
    """The seconds until an open circuit is tried for the first time."""


def is_host_failure(error: BaseException | None) -> bool:
    """Return whether the cause of the error is the host, not one page."""
    return isinstance(error, JobhuntError) and error.code in _HOST_FAILURES


def host_failure(error: BaseException | None) -> HostFailure | None:
    """Return the failure of the host that the error of a request means, if any."""
    if not isinstance(error, JobhuntError) or not is_host_failure(error):
        return None
    status = error.status if isinstance(error, FetchError) else None
    retry_after = error.retry_after if isinstance(error, FetchError) else None
    return HostFailure(
        code=error.code,
        retry_after=None if retry_after is None else min(retry_after, _MAX_RETRY_AFTER_SECONDS),
        slow_down=error.code in ("rate_limited", "timeout") or status in _OVERLOADED,
    )
