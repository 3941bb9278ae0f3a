"""Define the politeness policy, which limits the requests to each host.

This module also decides which errors count as failures of the host.
"""

from collections.abc import Callable
from dataclasses import dataclass

from include.core.hosts.host_state import HostFailure
from include.errors import FetchError, JobhuntError
from include.failure_codes import FailureCode

_MAX_RETRY_AFTER_SECONDS = 60.0
"""The maximum wait in seconds that a ``Retry-After`` can cause. Longer waits are shortened."""
_OVERLOAD_CODES = frozenset({FailureCode.RATE_LIMITED, FailureCode.TIMEOUT})
_OVERLOAD_STATUSES = frozenset({429, 503})


@dataclass(frozen=True, kw_only=True)
class PolitenessPolicy:
    """The limits for each host. They apply to the requests of all workers together."""

    rate_of: Callable[[str], float]
    """A function that returns the maximum number of requests a second to a host."""
    concurrency: int
    """The maximum number of requests to a host at the same time."""
    max_wait: float = 90.0
    """The maximum time in seconds for which requests wait for a host that keeps failing or that has
    sent ``Retry-After``. The time begins with the first of these failures."""
    cooldown: float = 5.0
    """The time in seconds from the opening of a host's circuit to the first test request."""


def is_host_failure(error: BaseException | None) -> bool:
    """Return whether the cause of the error is the host, not one page."""
    return isinstance(error, JobhuntError) and error.code.counts_against_host


def host_failure(error: BaseException | None) -> HostFailure | None:
    """Return the host failure that caused the error of a request.

    Return None if the host is not the cause.
    """
    if not isinstance(error, JobhuntError) or not is_host_failure(error):
        return None
    status = error.status if isinstance(error, FetchError) else None
    retry_after = error.retry_after if isinstance(error, FetchError) else None
    return HostFailure(
        code=error.code,
        retry_after=None if retry_after is None else min(retry_after, _MAX_RETRY_AFTER_SECONDS),
        slow_down=error.code in _OVERLOAD_CODES or status in _OVERLOAD_STATUSES,
    )
