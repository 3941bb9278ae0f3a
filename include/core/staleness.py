"""When is a run stale, and what is to be done about it?

A run's workers leave a heartbeat with each flush, at most a second apart, and so does every step
before them. A run that has been silent for longer than ``STALE_AFTER`` has lost its workers: they
were killed, hang, or were never started.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from include.core.run_state import RunStatus


class Remedy(StrEnum):
    """What becomes of a stale run."""

    FINISH = "finish"
    """All its jobs are done; only the end was missing."""
    RESUME = "resume"
    """The next attempt goes on with what is left."""
    GIVE_UP = "give_up"
    """It was recovered often enough: it ends in error."""


def is_stale(heartbeat: datetime, now: datetime, limit: timedelta) -> bool:
    """``db.recovery`` says the same in SQL, by the database's clock."""
    return now - heartbeat > limit


def remedy(status: RunStatus, unfinished: int, recoveries: int, max_recoveries: int) -> Remedy:
    """Of a stale run with ``unfinished`` jobs left. Before it ingests, no number of jobs says
    that the work is done: they may not be listed yet."""
    if status is RunStatus.INGESTING and unfinished == 0:
        return Remedy.FINISH
    return Remedy.RESUME if recoveries < max_recoveries else Remedy.GIVE_UP
