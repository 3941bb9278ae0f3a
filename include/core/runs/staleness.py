"""Decide what to do about a stale sweep, which ``db.work.recovery`` has found.

The workers of a sweep write its heartbeat about once a second. If a sweep had no heartbeat for
``JOBHUNT_STALE_AFTER``, its workers were killed, hang, or were never started.
"""

from enum import StrEnum


class Remedy(StrEnum):
    """The action to take on a stale sweep."""

    FINISH = "finish"
    """End the sweep, because all its checks have ended."""
    RESUME = "resume"
    """Start another attempt of the sweep, which does the remaining work."""
    GIVE_UP = "give_up"
    """Fail the active checks of the sweep, because it was recovered the maximum number of times."""


def remedy(checks_left: int, recoveries: int, max_recoveries: int) -> Remedy:
    """Return the action to take on a stale sweep that has ``checks_left`` active checks."""
    if checks_left == 0:
        return Remedy.FINISH
    return Remedy.RESUME if recoveries < max_recoveries else Remedy.GIVE_UP
