"""Close a sweep when all its tasks have ended. Its unfinished checks end as failed."""

from sqlalchemy import Engine

from include.core.runs.run_state import CheckStatus, SweepStatus
from include.db.catalogue.posting_index import index_missing_postings
from include.db.run.runs import find_run_of_dag
from include.db.work.checks import active_checks, count_unfinished
from include.db.work.sweeps import close_sweep, find_sweep, get_sweep, lock_sweep
from include.failure_codes import FailureCode
from include.pipeline.open_run import check_not_recovered
from include.pipeline.runs.settle_checks import end_early, end_if_read
from include.pipeline.runs.start_run import assign_checks_to_waiting_runs


def finish_run(engine: Engine, dag_run_id: str) -> SweepStatus | None:
    """End the checks of the DAG run's sweep that are still active, and close the sweep.

    Most checks have ended already, because the worker that reads a check's last job ends the check.

    Returns:
        The status with which the sweep ended, in this call or before. If the DAG run has no sweep,
        the result is ``done`` if the DAG run started a run that needed no sweep, and None if it
        started no run.

    Raises:
        SweepSuperseded: the sweep was recovered, so another DAG run works for it.
    """
    with engine.begin() as connection:
        check_not_recovered(connection, dag_run_id)
        sweep = find_sweep(connection, dag_run_id)
        if sweep is None:
            return SweepStatus.DONE if find_run_of_dag(connection, dag_run_id) else None
        # Workers index postings after the transaction that stores them. A worker may have died
        # before it indexed its last postings.
        index_missing_postings(connection, sweep.sweep_id)
    if sweep.status is SweepStatus.ACTIVE:
        _close(engine, dag_run_id, sweep.sweep_id)
    with engine.begin() as connection:
        # Runs that waited for the checks of this sweep can now have checks of their own.
        assign_checks_to_waiting_runs(connection)
        closed_sweep = get_sweep(connection, sweep.sweep_id)
    return closed_sweep and closed_sweep.status


def _close(engine: Engine, dag_run_id: str, sweep_id: int) -> None:
    """End the sweep's checks, and close the sweep.

    A check ends as ``done`` if all its jobs have been read, and otherwise as ``failed``.

    Raises:
        SweepSuperseded: the sweep was recovered, so another DAG run works for it.
    """
    with engine.begin() as connection:
        lock_sweep(connection, sweep_id)
        # The sweep may have been recovered before it was locked.
        check_not_recovered(connection, dag_run_id)
        end_if_read(connection, active_checks(connection, sweep_id))
        unread_postings = count_unfinished(connection, sweep_id)
        reason = "a task failed before the postings were listed"
        if unread_postings:
            reason = f"{unread_postings} postings were still unread when the last task ended"
        failed_checks = end_early(
            connection,
            list(active_checks(connection, sweep_id)),
            CheckStatus.FAILED,
            error_code=FailureCode.UNFINISHED,
            reason=reason,
        )
        status = SweepStatus.FAILED if failed_checks else SweepStatus.DONE
        close_sweep(connection, sweep_id, status)
