"""Recover a stale sweep: close it, give it another attempt, or fail its active checks.

A sweep is stale if its workers have written no heartbeat for ``JOBHUNT_STALE_AFTER``. Recovery does
not compete with Airflow's own retries. A retried task writes heartbeats, so its sweep does not
become stale. If a task of an earlier attempt still runs, its writes are refused
(``db.work.sweeps.fence``).
"""

from datetime import timedelta

from sqlalchemy import Engine

from include.core.runs.run_state import CheckStatus, SweepStatus
from include.core.runs.staleness import Remedy, remedy
from include.db.work.checks import active_checks, count_unfinished
from include.db.work.recovery import StaleSweep, fail_lost_dag_run, give_next_attempt, lock_stale
from include.db.work.sweeps import close_sweep
from include.failure_codes import FailureCode
from include.pipeline.runs.settle_checks import end_early, end_if_read
from include.pipeline.runs.start_run import assign_checks_to_waiting_runs


def recover_run(
    engine: Engine, sweep_id: int, attempt: int, *, stale_after: timedelta, max_recoveries: int
) -> Remedy | None:
    """Recover the sweep if it is stale.

    The sweep's row is locked, so that only one of several concurrent callers recovers the sweep.

    Returns:
        The remedy that was applied. None if the sweep is no longer stale at this attempt.
    """
    with engine.begin() as connection:
        sweep = lock_stale(connection, sweep_id, attempt, stale_after)
        if sweep is None:
            return None
        end_if_read(connection, active_checks(connection, sweep_id))
        unfinished_checks = active_checks(connection, sweep_id)
        remedy_to_apply = remedy(len(unfinished_checks), sweep.recoveries, max_recoveries)
        match remedy_to_apply:
            case Remedy.FINISH:
                close_sweep(connection, sweep_id, SweepStatus.DONE)
                fail_lost_dag_run(connection, sweep)
            case Remedy.RESUME:
                give_next_attempt(connection, sweep)
            case Remedy.GIVE_UP:
                end_early(
                    connection,
                    list(unfinished_checks),
                    CheckStatus.FAILED,
                    error_code=FailureCode.STALE,
                    reason=_reason(
                        sweep, unfinished_checks, count_unfinished(connection, sweep_id)
                    ),
                )
                close_sweep(connection, sweep_id, SweepStatus.FAILED)
                fail_lost_dag_run(connection, sweep)
    with engine.begin() as connection:
        assign_checks_to_waiting_runs(connection)
    return remedy_to_apply


def _reason(
    sweep: StaleSweep, unfinished_checks: dict[int, CheckStatus], unread_postings: int
) -> str:
    """Return the reason for failing the checks of a sweep that is not recovered again.

    Args:
        unfinished_checks: the statuses of the sweep's active checks, by check id.
        unread_postings: the number of the sweep's postings that were not read.
    """
    times = "once" if sweep.recoveries == 1 else f"{sweep.recoveries} times"
    if not sweep.started:
        remaining = "Airflow never began the sweep"
    elif CheckStatus.READING in unfinished_checks.values():
        remaining = f"{unread_postings} postings were still unread"
    else:
        remaining = "boards were still being listed"
    return (
        f"no worker has sent a heartbeat since {sweep.last_heartbeat:%Y-%m-%d %H:%M:%S %Z}, and the"
        f" sweep was already recovered {times}: {remaining}"
    )
