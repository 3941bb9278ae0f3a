"""Find stale sweeps by the database's clock, and give a stale sweep its next attempt (ADR 6).

A sweep without a heartbeat is not stale in two cases:

- It waits for the dispatcher. The intent of its attempt is still in the outbox, for example because
  Airflow is down.
- It waits for its turn in Airflow. Airflow has not begun it, and a sweep that was dispatched
  earlier is active and has heartbeats.
"""

from dataclasses import dataclass
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

from include.core.runs.run_state import ACTIVE_CHECKS, JobStatus, SweepStatus
from include.db.records import to_record
from include.db.tables import CHANGED_XID, checks, jobs, outbox, sweeps
from include.db.work.outbox import put_intent
from include.db.work.sweeps import Sweep, dag_run_id_of

_MAX_STALE = 500


@dataclass(frozen=True, kw_only=True)
class StaleSweep(Sweep):
    """A sweep whose latest heartbeat is too old."""

    recoveries: int
    last_heartbeat: datetime
    started: bool
    """True if Airflow has begun the sweep, in this attempt or an earlier one."""


def find_stale(connection: Connection, stale_after: timedelta) -> list[StaleSweep]:
    """Return the stale sweeps in order of their latest heartbeat, the oldest heartbeat first."""
    query = (
        _select_stale(stale_after)
        .where(not_(_waits_for_its_turn(stale_after)))
        .order_by(sweeps.c.last_heartbeat)
        .limit(_MAX_STALE)
    )
    return _read_stale_sweeps(connection, query)


def lock_stale(
    connection: Connection, sweep_id: int, attempt: int, stale_after: timedelta
) -> StaleSweep | None:
    """Lock the sweep exclusively until commit, if it is stale at this attempt.

    The call waits until the workers' current writes have ended.

    Returns:
        The sweep; None if it is no longer stale at this attempt, because it has ended, has a new
        heartbeat, or was recovered by another process.
    """
    query = (
        _select_stale(stale_after)
        .where(sweeps.c.sweep_id == sweep_id, sweeps.c.attempt == attempt)
        .with_for_update()
    )
    return next(iter(_read_stale_sweeps(connection, query)), None)


def give_next_attempt(connection: Connection, sweep: StaleSweep) -> int:
    """Give the sweep its next attempt, and put an intent for it into the outbox.

    The caller has locked the sweep. From the commit on, the fence refuses the workers of the old
    attempt. Jobs whose page was being fetched become pending again. Jobs whose page is stored stay
    ``extracting``, so that the page is read and not fetched again.

    Returns:
        The new attempt.
    """
    next_attempt = sweep.attempt + 1
    connection.execute(
        update(sweeps)
        .where(sweeps.c.sweep_id == sweep.sweep_id)
        .values(
            attempt=next_attempt,
            recoveries=sweeps.c.recoveries + 1,
            last_heartbeat=func.now(),
            dag_run_id=dag_run_id_of(sweep.sweep_id, next_attempt),
        )
    )
    connection.execute(
        update(jobs)
        .where(
            jobs.c.check_id == checks.c.check_id,
            checks.c.sweep_id == sweep.sweep_id,
            checks.c.status.in_(ACTIVE_CHECKS),
            jobs.c.status == JobStatus.CRAWLING,
        )
        .values(status=JobStatus.PENDING, changed_xid=CHANGED_XID)
    )
    fail_lost_dag_run(connection, sweep)
    return next_attempt


def fail_lost_dag_run(connection: Connection, sweep: StaleSweep) -> None:
    """Put an intent into the outbox to fail the DAG run of the sweep's current attempt.

    Tasks that hang would otherwise occupy their worker slots forever. If the sweep has been given
    another attempt, the intent also starts that attempt's DAG run.
    """
    select_first_conf = select(outbox.c.conf).where(
        outbox.c.sweep_id == sweep.sweep_id, outbox.c.attempt == 1
    )
    # The first attempt of a sweep that was started in Airflow has no intent.
    first_conf = connection.scalar(select_first_conf) or {"run_id": sweep.sweep_id}
    conf = first_conf | {"recovers": sweep.dag_run_id}
    put_intent(connection, sweep.sweep_id, conf, attempt=sweep.attempt + 1)


def _select_stale(stale_after: timedelta) -> Select[Any]:
    waits_for_dispatcher = exists().where(
        outbox.c.sweep_id == sweeps.c.sweep_id,
        outbox.c.attempt == sweeps.c.attempt,
        outbox.c.done_at.is_(None),
    )
    return select(sweeps).where(
        sweeps.c.status == SweepStatus.ACTIVE,
        _is_silent(sweeps, stale_after),
        not_(waits_for_dispatcher),
    )


def _is_silent(sweep_table: FromClause, stale_after: timedelta) -> ColumnElement[bool]:
    """Return an SQL condition that is true if the latest heartbeat is older than ``stale_after``.

    ``sweep_table`` is the table ``sweeps`` or an alias of it.
    """
    return func.now() - sweep_table.c.last_heartbeat > cast(stale_after, Interval)


def _waits_for_its_turn(stale_after: timedelta) -> ColumnElement[bool]:
    other = sweeps.alias("other")
    return and_(
        sweeps.c.started_at.is_(None),
        exists().where(
            other.c.status == SweepStatus.ACTIVE,
            other.c.started_at.is_not(None),
            not_(_is_silent(other, stale_after)),
            _dispatched_at(other) < _dispatched_at(sweeps),
        ),
    )


def _dispatched_at(sweep_table: FromClause) -> ColumnElement[datetime]:
    """Return an SQL expression for the time at which Airflow was given a sweep.

    A sweep that was started in Airflow has no intent, so its time of creation is used.
    ``sweep_table`` is the table ``sweeps`` or an alias of it.
    """
    latest_dispatch = (
        select(func.max(outbox.c.done_at))
        .where(outbox.c.sweep_id == sweep_table.c.sweep_id)
        .scalar_subquery()
    )
    return func.coalesce(latest_dispatch, sweep_table.c.created_at)


def _read_stale_sweeps(connection: Connection, query: Select[Any]) -> list[StaleSweep]:
    rows = connection.execute(query).mappings()
    return [to_record(StaleSweep, row, started=row["started_at"] is not None) for row in rows]
