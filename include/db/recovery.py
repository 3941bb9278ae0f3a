"""Stale runs: which they are, by the database's clock, and how one is claimed for a new attempt.

A run that waits is not stale:

- for the dispatcher, while its attempt's intent is in the outbox (Airflow may be down);
- for its turn, while runs that were dispatched before it work: Airflow starts them in that order.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Interval,
    Select,
    and_,
    cast,
    exists,
    func,
    not_,
    select,
    update,
)

from include.core.run_state import ACTIVE_RUNS, JobStatus, RunStatus
from include.db.outbox import put_intent
from include.db.runs import dag_run_id_of, notify
from include.db.tables import ingestion_runs, jobs, outbox

_WORKING = (RunStatus.INITIALIZING, RunStatus.INGESTING)


@dataclass(frozen=True, kw_only=True)
class StaleRun:
    """A run as it was found without a heartbeat."""

    run_id: int
    attempt: int
    user_id: str
    status: RunStatus
    recoveries: int
    last_heartbeat: datetime


def find_stale(connection: Connection, limit: timedelta, *, at_most: int = 500) -> list[StaleRun]:
    """Those silent for longest first."""
    query = (
        _stale_runs(limit)
        .where(not_(_waits_for_its_turn(limit)))
        .order_by(ingestion_runs.c.last_heartbeat)
        .limit(at_most)
    )
    return _read(connection, query)


def lock_stale(
    connection: Connection, run_id: int, attempt: int, limit: timedelta
) -> StaleRun | None:
    """Holds the run's row until commit; None when it is no longer stale at this attempt, because
    it has ended, a heartbeat came, or another detector was first."""
    query = (
        _stale_runs(limit)
        .where(ingestion_runs.c.run_id == run_id, ingestion_runs.c.attempt == attempt)
        .with_for_update()
    )
    return next(iter(_read(connection, query)), None)


def claim(connection: Connection, run_id: int, attempt: int) -> int | None:
    """Gives an active run its next attempt, for which the dispatcher will ask Airflow.

    From now on the fence refuses whatever is left of the old attempt. Jobs whose page was being
    fetched are pending again; those whose page is stored keep ``extracting``, and are only read.

    Returns:
        The new attempt; None when the run is at another one or has ended.
    """
    following = attempt + 1
    old = ingestion_runs.alias("old")
    claimed = (
        connection.execute(
            update(ingestion_runs)
            .where(
                old.c.run_id == ingestion_runs.c.run_id,
                ingestion_runs.c.run_id == run_id,
                ingestion_runs.c.attempt == attempt,
                ingestion_runs.c.status.in_(ACTIVE_RUNS),
            )
            .values(
                attempt=following,
                recoveries=ingestion_runs.c.recoveries + 1,
                version=ingestion_runs.c.version + 1,
                last_heartbeat=func.now(),
                dag_run_id=dag_run_id_of(run_id, following),
            )
            .returning(ingestion_runs, old.c.dag_run_id.label("old_dag_run_id"))
        )
        .mappings()
        .one_or_none()
    )
    if claimed is None:
        return None
    connection.execute(
        update(jobs)
        .where(jobs.c.run_id == run_id, jobs.c.status == JobStatus.CRAWLING)
        .values(status=JobStatus.PENDING, version=claimed["version"])
    )
    conf = {
        "run_id": run_id,
        "user_id": claimed["user_id"],
        "companies": claimed["companies"],
        "force": claimed["force"],
        "reextract": claimed["reextract"],
        "recovers": claimed["old_dag_run_id"],
    }
    put_intent(connection, run_id, following, conf)
    notify(connection, run_id)
    return following


def _stale_runs(limit: timedelta) -> Select[Any]:
    runs = ingestion_runs.c
    dispatch_waits = exists().where(
        outbox.c.run_id == runs.run_id,
        outbox.c.attempt == runs.attempt,
        outbox.c.done_at.is_(None),
    )
    return select(*(runs[field.name] for field in fields(StaleRun))).where(
        runs.status.in_(ACTIVE_RUNS), _is_stale(ingestion_runs, limit), not_(dispatch_waits)
    )


def _is_stale(runs: FromClause, limit: timedelta) -> ColumnElement[bool]:
    """``core.staleness.is_stale`` in SQL."""
    return func.now() - runs.c.last_heartbeat > cast(limit, Interval)


def _waits_for_its_turn(limit: timedelta) -> ColumnElement[bool]:
    other = ingestion_runs.alias("other")
    return and_(
        ingestion_runs.c.status == RunStatus.PENDING,
        exists().where(
            other.c.status.in_(_WORKING),
            not_(_is_stale(other, limit)),
            _dispatched_at(other) < _dispatched_at(ingestion_runs),
        ),
    )


def _dispatched_at(runs: FromClause) -> ColumnElement[datetime]:
    """A run that Airflow started itself has no intent; it began when its row was made."""
    last = (
        select(func.max(outbox.c.done_at)).where(outbox.c.run_id == runs.c.run_id).scalar_subquery()
    )
    return func.coalesce(last, runs.c.created_at)


def _read(connection: Connection, query: Select[Any]) -> list[StaleRun]:
    found: list[StaleRun] = []
    for row in connection.execute(query).mappings():
        values: dict[str, Any] = {**row, "status": RunStatus(row["status"])}
        found.append(StaleRun(**values))
    return found
