"""Deciding whether a sweep is stale, and what is to be done about it.

The steps of a sweep write its heartbeat about once a second. A sweep without a heartbeat for
``JOBHUNT_STALE_AFTER`` has lost its workers: they were killed, hang, or were never started.
"""

from datetime import datetime, timedelta
from enum import StrEnum


class Remedy(StrEnum):
    """The action taken on a stale sweep."""

    FINISH = "finish"
    """All its checks have ended, so it is only closed."""
    RESUME = "resume"
    """It gets another attempt, which goes on with what is left."""
    GIVE_UP = "give_up"
    """It was recovered as often as is allowed, so its active checks fail."""


def is_stale(heartbeat: datetime, now: datetime, limit: timedelta) -> bool:
    """Return whether a sweep is stale. ``db.recovery`` has the same condition in SQL, with the
    database's clock."""
    return now - heartbeat > limit


def remedy(checks_left: int, recoveries: int, max_recoveries: int) -> Remedy:
    """Return what is done about a stale sweep that has ``checks_left`` active checks."""
    if checks_left == 0:
        return Remedy.FINISH
    return Remedy.RESUME if recoveries < max_recoveries else Remedy.GIVE_UP
