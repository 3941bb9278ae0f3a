"""Whose a DAG run of Airflow is."""

from sqlalchemy import Connection

from include.db.outbox import attempt_recovered_from
from include.db.runs import Run, find_run, get_run


def find_attempt(connection: Connection, dag_run_id: str) -> tuple[Run, int] | None:
    """The run, as it is now, and which attempt of it the DAG run is or was; None for a DAG run
    that has opened no run."""
    if run := find_run(connection, dag_run_id):
        return run, run.attempt
    if recovered := attempt_recovered_from(connection, dag_run_id):
        run_id, attempt = recovered
        if run := get_run(connection, run_id):
            return run, attempt
    return None
