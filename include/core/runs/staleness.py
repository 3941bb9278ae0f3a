"""Decide what to do about a stale sweep (``db.work.recovery`` finds stale sweeps).

The steps of a sweep write its heartbeat about once a second. A sweep without a heartbeat for
``JOBHUNT_STALE_AFTER`` has lost its workers: the workers were killed, hang, or were not started.
"""

from enum import StrEnum


class Remedy(StrEnum):
    """The action taken on a stale sweep."""

    FINISH = "finish"
    """All checks of the sweep have ended, so the sweep is only closed."""
    RESUME = "resume"
    """The sweep gets another attempt, which does the remaining work."""
    GIVE_UP = "give_up"
    """The sweep has reached the maximum number of recoveries, so its active checks fail."""


def remedy(checks_left: int, recoveries: int, max_recoveries: int) -> Remedy:
    """Return the action to take on a stale sweep that has ``checks_left`` active checks."""
    if checks_left == 0:
        return Remedy.FINISH
    return Remedy.RESUME if recoveries < max_recoveries else Remedy.GIVE_UP
