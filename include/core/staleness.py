"""When is a sweep stale, and what is to be done about it?

A sweep's workers leave a heartbeat at most a second apart, and so does every step before them. A
sweep that has been silent for longer than ``STALE_AFTER`` has lost its workers: they were killed,
hang, or were never started.
"""

from datetime import datetime, timedelta
from enum import StrEnum


class Remedy(StrEnum):
    """What becomes of a stale sweep."""

    FINISH = "finish"
    """All its checks have ended; it is only closed."""
    RESUME = "resume"
    """The next attempt goes on with what is left."""
    GIVE_UP = "give_up"
    """It was recovered often enough: the checks that are left fail."""


def is_stale(heartbeat: datetime, now: datetime, limit: timedelta) -> bool:
    """Return whether a sweep is stale; ``db.recovery`` says the same in SQL, by the database's
    clock."""
    return now - heartbeat > limit


def remedy(checks_left: int, recoveries: int, max_recoveries: int) -> Remedy:
    """Return what becomes of a stale sweep that has ``checks_left`` active checks."""
    if checks_left == 0:
        return Remedy.FINISH
    return Remedy.RESUME if recoveries < max_recoveries else Remedy.GIVE_UP
