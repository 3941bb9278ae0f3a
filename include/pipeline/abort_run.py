"""Ends a user's run at once, and cancels the checks that nobody else waits for."""

from sqlalchemy import Connection, Engine

from include.core.run_state import ACTIVE_RUNS, CheckStatus, SweepStatus
from include.db.checks import lock_checks, sweeps_of
from include.db.left_out import find_left_out
from include.db.runs import abort_run as write_aborted
from include.db.runs import forget_unread, get_run, lock_run, notify, still_wanted
from include.db.settling import settle
from include.db.sweeps import close_sweep, get_sweep, hold_sweep
from include.pipeline.settle_checks import end_early

_REASON = "the run that asked for it was aborted"


def abort_run(engine: Engine, run_id: int) -> list[str] | None:
    """Abort the run.

    What its checks have come to by now is kept with it; its unfinished jobs count as failed.
    Checks that other active runs rest on go on for them.

    Returns:
        The DAG runs of sweeps that have nothing left to do, for Airflow to be told; None when the
        run has ended already.
    """
    with engine.begin() as connection:
        cancelled = _abort(connection, run_id)
    if cancelled is None:
        return None
    with engine.begin() as connection:
        sweep_ids = sweeps_of(connection, cancelled)
    return [
        dag_run_id
        for sweep_id in sweep_ids
        if (dag_run_id := _close_idle(engine, sweep_id)) is not None
    ]


def _abort(connection: Connection, run_id: int) -> list[int] | None:
    """Return the checks that were cancelled; None when the run has ended already."""
    run = get_run(connection, run_id)
    if run is None or run.status not in ACTIVE_RUNS:
        return None
    # checks before runs, as everywhere
    active = lock_checks(connection, [each for each in run.check_ids if each is not None])
    if not lock_run(connection, run_id):
        return None
    forget_unread(connection, run_id)
    left_out = find_left_out(connection, [run_id], active)
    settle(connection, [run_id], active, left_out=left_out, unfinished="aborted")
    write_aborted(connection, run_id)
    unwanted = sorted(set(active) - still_wanted(connection, active))
    notify(connection)
    return end_early(
        connection, unwanted, CheckStatus.CANCELLED, error_code="aborted", reason=_REASON
    )


def _close_idle(engine: Engine, sweep_id: int) -> str | None:
    """Close the sweep if it has no active check left; its DAG run."""
    with engine.begin() as connection:
        hold_sweep(connection, sweep_id)
        if not close_sweep(connection, sweep_id, SweepStatus.CANCELLED):
            return None
        sweep = get_sweep(connection, sweep_id)
    return sweep and sweep.dag_run_id
