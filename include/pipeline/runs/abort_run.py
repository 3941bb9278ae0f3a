"""End a user's run at once, and cancel the checks that no other active run needs."""

from collections.abc import Sequence

from sqlalchemy import Connection

from include.core.runs.run_state import ACTIVE_RUNS, CheckStatus, SweepStatus
from include.db.run.run_checks import forget_unread, still_wanted
from include.db.run.runs import end_aborted, get_run, lock_run, notify
from include.db.run.settling import settle
from include.db.work.checks import lock_checks, sweeps_of
from include.db.work.sweeps import close_sweep, get_sweep, lock_sweep
from include.failure_codes import FailureCode
from include.pipeline.runs.settle_checks import end_early
from include.pipeline.runs.start_run import assign_checks_to_waiting_runs

_CANCEL_REASON = "the run that needed the check was aborted"


def abort_run(connection: Connection, run_id: int) -> list[int] | None:
    """Abort the run, and cancel the checks that no other active run needs.

    The outcomes that the run's checks have so far are stored for the run. The run's unfinished jobs
    count as failed.

    Returns:
        The ids of the checks that were cancelled; None if the run has ended already.
    """
    run = get_run(connection, run_id)
    if run is None or run.status not in ACTIVE_RUNS:
        return None
    # Lock the checks before the run, to avoid deadlocks (see ``db.work.checks``).
    active_check_ids = lock_checks(connection, [each for each in run.check_ids if each is not None])
    if not lock_run(connection, run_id):
        return None
    forget_unread(connection, run_id)
    settle(connection, [run_id], active_check_ids, unfinished=FailureCode.ABORTED)
    end_aborted(connection, run_id)
    unwanted = sorted(set(active_check_ids) - still_wanted(connection, active_check_ids))
    notify(connection)
    return end_early(
        connection,
        unwanted,
        CheckStatus.CANCELLED,
        error_code=FailureCode.ABORTED,
        reason=_CANCEL_REASON,
    )


def close_idle_sweeps(connection: Connection, check_ids: Sequence[int]) -> list[str]:
    """Close the sweeps of the cancelled checks if they have no active check left.

    Also assign checks to runs that waited for one of the boards. Call this after the abort, in a
    separate transaction. The abort locks checks. Other transactions lock a sweep before its checks,
    so locking a sweep in the abort's transaction could cause a deadlock.

    Returns:
        The ids of the DAG runs of the closed sweeps. The caller must mark these DAG runs as failed
        in Airflow.
    """
    closed: list[str] = []
    for sweep_id in sweeps_of(connection, check_ids):
        lock_sweep(connection, sweep_id)
        if close_sweep(connection, sweep_id, SweepStatus.CANCELLED) and (
            sweep := get_sweep(connection, sweep_id)
        ):
            closed.append(sweep.dag_run_id)
    assign_checks_to_waiting_runs(connection)
    return closed
