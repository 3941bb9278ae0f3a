"""Ends a run whose work is done, and says so of one whose work can't be."""

from sqlalchemy import Connection, Engine

from include.core.run_state import ENDED_RUNS, RunStatus
from include.db.jobs import count_unplanned
from include.db.runs import Run, end_run, find_run
from include.pipeline.open_run import check_not_recovered


def finish_if_done(connection: Connection, run: Run) -> bool:
    """For every worker to call after its last flush: whoever comes last ends the run."""
    return end_run(connection, run.run_id, RunStatus.FINISHED, attempt=run.attempt)


def finish_run(engine: Engine, dag_run_id: str) -> RunStatus | None:
    """The net under it, when all tasks are over: a run that is not done by now ends in error.

    Returns:
        How the run ended, by whoever's hand; None when there never was one.

    Raises:
        RunSuperseded: the run was recovered: another DAG run has it.
    """
    with engine.begin() as connection:
        check_not_recovered(connection, dag_run_id)
        run = find_run(connection, dag_run_id)
        if run is None or run.status in ENDED_RUNS:
            return run and run.status
        if finish_if_done(connection, run):
            return RunStatus.FINISHED
        if run.status is RunStatus.INGESTING:
            left = count_unplanned(connection, run.run_id)
            error = ("unfinished", f"{left} jobs were left when the last task ended")
        else:
            error = ("not_started", f"a task failed while the run was {run.status}")
        if end_run(connection, run.run_id, RunStatus.ERROR, attempt=run.attempt, error=error):
            return RunStatus.ERROR
        # somebody was faster: ended it, or gave it its next attempt
        check_not_recovered(connection, dag_run_id)
        ended = find_run(connection, dag_run_id)
        return ended and ended.status
