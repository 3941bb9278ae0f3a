"""Record the deadlines that sweeps have missed."""

from datetime import datetime

from sqlalchemy import Connection, Text, case, exists, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from include.core.runs.run_state import CheckStatus, RunStatus
from include.db.tables import checks, sla_misses, sweeps
from include.db.work.sweeps import Sweep, find_attempt


def record_miss(
    connection: Connection, dag_run_id: str, deadline: str, due_at: datetime
) -> Sweep | None:
    """Record that the sweep of Airflow's DAG run ``dag_run_id`` missed ``deadline``.

    Nothing is recorded if the sweep had ended by ``due_at``, because Airflow also reports a
    deadline as missed if the DAG run failed before the deadline.

    Returns:
        The sweep as it is now. None if nothing was recorded, because the DAG run has no sweep, the
        sweep had ended in time, or the miss was recorded before.
    """
    sweep_and_attempt = find_attempt(connection, dag_run_id)
    if sweep_and_attempt is None:
        return None
    sweep, attempt = sweep_and_attempt
    is_listing = exists().where(
        checks.c.sweep_id == sweeps.c.sweep_id,
        checks.c.status.in_((CheckStatus.WAITING, CheckStatus.LISTING)),
    )
    select_miss = select(
        sweeps.c.sweep_id,
        literal(deadline, Text),
        literal(attempt),
        case(
            (sweeps.c.started_at.is_(None), RunStatus.PENDING),
            (is_listing, RunStatus.INITIALIZING),
            else_=RunStatus.INGESTING,
        ),
    ).where(
        sweeps.c.sweep_id == sweep.sweep_id,
        or_(sweeps.c.finished_at.is_(None), sweeps.c.finished_at > due_at),
    )
    insert_miss = (
        insert(sla_misses)
        .from_select(["sweep_id", "deadline", "attempt", "run_status"], select_miss)
        .on_conflict_do_nothing()
        .returning(sla_misses.c.sweep_id)
    )
    return sweep if connection.scalar(insert_miss) is not None else None
