"""Query our database for ``jobhunt doctor``."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, extract, func, select, text

from include.core.runs.run_state import RunStatus
from include.db.tables import ingestion_runs, outbox, sweeps
from include.db.work.outbox import waits_for_turn
from include.db.work.recovery import find_stale


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """The health of the system, as far as the database shows it."""

    stale: tuple[int, ...]
    """The ids of the stale sweeps. The DAG ``detect_stale_runs`` should have recovered them."""
    waiting: int
    """The number of intents (requests to Airflow) that the dispatcher has not carried out yet.

    Intents of scheduled sweeps that wait for other scheduled sweeps do not count.
    """
    waiting_seconds: float
    """The time in seconds for which the oldest of these intents has waited; 0 if there is none."""
    waiting_for: str | None
    """The reason why the last try to carry out the oldest of these intents failed; None if there
    was no failed try."""
    working: int
    """The number of runs that are initializing or ingesting now."""


def read_revision(connection: Connection) -> str | None:
    """Return the revision of the schema, or None before the first migration."""
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def diagnose(connection: Connection, stale_after: timedelta) -> Diagnosis:
    """Return the diagnosis of the database as it is now."""
    select_oldest_intent = (
        select(
            func.count().over().label("waiting"),
            extract("epoch", func.now() - outbox.c.created_at).label("seconds"),
            outbox.c.last_error,
        )
        .join_from(outbox, sweeps)
        .where(outbox.c.done_at.is_(None), ~waits_for_turn())
        .order_by(outbox.c.created_at)
        .limit(1)
    )
    oldest_intent = connection.execute(select_oldest_intent).one_or_none()
    is_working = ingestion_runs.c.status.in_([RunStatus.INITIALIZING, RunStatus.INGESTING])
    count_working = select(func.count()).select_from(ingestion_runs).where(is_working)
    return Diagnosis(
        stale=tuple(sweep.sweep_id for sweep in find_stale(connection, stale_after)),
        waiting=oldest_intent.waiting if oldest_intent else 0,
        waiting_seconds=float(oldest_intent.seconds) if oldest_intent else 0.0,
        waiting_for=oldest_intent.last_error if oldest_intent else None,
        working=connection.execute(count_working).scalar_one(),
    )
