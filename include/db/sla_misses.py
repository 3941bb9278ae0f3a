"""Deadlines that runs did not keep."""

from datetime import datetime

from sqlalchemy import Connection, Text, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from include.db.dag_runs import find_attempt
from include.db.runs import Run
from include.db.tables import ingestion_runs, sla_misses


def record_miss(
    connection: Connection, dag_run_id: str, deadline: str, due_at: datetime
) -> Run | None:
    """Notes that the run of Airflow's DAG run ``dag_run_id`` missed ``deadline``, once.

    Returns:
        The run, as it is now; None when there is none, when it had ended by ``due_at`` (a
        deadline also fires when its DAG run failed before it), or when the miss is known.
    """
    found = find_attempt(connection, dag_run_id)
    if found is None:
        return None
    run, attempt = found
    missed = select(
        ingestion_runs.c.run_id,
        literal(deadline, Text),
        literal(attempt),
        ingestion_runs.c.status,
    ).where(
        ingestion_runs.c.run_id == run.run_id,
        or_(ingestion_runs.c.finished_at.is_(None), ingestion_runs.c.finished_at > due_at),
    )
    statement = (
        insert(sla_misses)
        .from_select(["run_id", "deadline", "attempt", "run_status"], missed)
        .on_conflict_do_nothing()
        .returning(sla_misses.c.run_id)
    )
    return run if connection.scalar(statement) is not None else None
