"""Cures a stale run: finishes it, gives it another attempt, or ends it in error.

Airflow's own retries come first: a retried task's heartbeats keep its run from being stale, and
what a run that was recovered has left of old tasks is refused by the fence.
"""

from datetime import timedelta

from sqlalchemy import Engine

from include.core.run_state import RunStatus
from include.core.staleness import Remedy, remedy
from include.db.jobs import count_unplanned
from include.db.recovery import StaleRun, claim, lock_stale
from include.db.runs import end_run


def recover_run(
    engine: Engine, run_id: int, attempt: int, *, stale_after: timedelta, max_recoveries: int
) -> Remedy | None:
    """In one transaction that holds the run's row, so that of several callers one acts.

    Returns:
        What was done; None when the run needs nothing any more.
    """
    with engine.begin() as connection:
        run = lock_stale(connection, run_id, attempt, stale_after)
        if run is None:
            return None
        unfinished = count_unplanned(connection, run_id)
        chosen = remedy(run.status, unfinished, run.recoveries, max_recoveries)
        match chosen:
            case Remedy.FINISH:
                end_run(connection, run_id, RunStatus.FINISHED, attempt=attempt)
            case Remedy.RESUME:
                claim(connection, run_id, attempt)
            case Remedy.GIVE_UP:
                error = ("stale", _last_words(run, unfinished))
                end_run(connection, run_id, RunStatus.ERROR, attempt=attempt, error=error)
    return chosen


def _last_words(run: StaleRun, unfinished: int) -> str:
    times = "once" if run.recoveries == 1 else f"{run.recoveries} times"
    left = {
        RunStatus.PENDING: "Airflow never began it",
        RunStatus.INITIALIZING: "its companies were still being listed",
    }.get(run.status, f"{unfinished} jobs were left")
    return (
        f"no worker was heard of since {run.last_heartbeat:%Y-%m-%d %H:%M:%S %Z}, after the run"
        f" had been recovered {times}: {left}"
    )
