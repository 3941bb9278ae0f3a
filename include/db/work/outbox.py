"""Read and write the transactional outbox.

Each row is an intent: a request that Airflow carry out one attempt of a sweep.

The sweep and its intent are committed together. Neither exists without the other, even if Airflow
or the process that made them dies. One dispatcher carries the intents out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Interval,
    Select,
    and_,
    cast,
    extract,
    func,
    insert,
    or_,
    select,
    update,
)

from include.core.models import RunTrigger
from include.core.runs.run_state import SweepStatus
from include.db.records import columns_of, to_record
from include.db.tables import outbox, sweeps
from include.db.work.sweeps import dag_run_id_of

OUTBOX_CHANNEL = "outbox"

# This is the key of the dispatcher's advisory lock. The number is arbitrary. Only the dispatcher
# whose session holds the lock carries out intents.
_DISPATCHER_LOCK = 7_105_511
_MAX_SCHEDULED_AT_WORK = 4
"""The maximum number of sweeps of the daily schedule that Airflow is given at a time. Airflow
begins DAG runs in the order in which it gets them, so a run that a user starts waits for at most
these sweeps."""


@dataclass(frozen=True, kw_only=True)
class Intent:
    """An intent, and the current state of its sweep."""

    intent_id: int
    sweep_id: int
    attempt: int
    conf: Mapping[str, Any]
    tries: int
    sweep_status: SweepStatus
    sweep_attempt: int

    @property
    def dag_run_id(self) -> str:
        """The id of the DAG run that the dispatcher creates in Airflow."""
        return dag_run_id_of(self.sweep_id, self.attempt)

    @property
    def is_wanted(self) -> bool:
        """True if the attempt of this intent is still needed.

        An attempt is needed until the sweep ends or is recovered again.
        """
        return self.sweep_status is SweepStatus.ACTIVE and self.sweep_attempt == self.attempt

    @property
    def recovers(self) -> str | None:
        """The id of the DAG run of the previous, failed attempt; None for the first attempt."""
        return self.conf.get("recovers")


def put_intent(
    connection: Connection, sweep_id: int, conf: Mapping[str, Any], *, attempt: int = 1
) -> None:
    """Insert the intent, and wake the dispatcher on commit."""
    connection.execute(insert(outbox).values(sweep_id=sweep_id, attempt=attempt, conf=conf))
    connection.execute(select(func.pg_notify(OUTBOX_CHANNEL, "")))


def try_dispatcher_lock(connection: Connection) -> bool:
    """Try to take the dispatcher's advisory lock for this session, and return whether it is taken.

    The session keeps the lock until it ends.
    """
    return bool(connection.scalar(select(func.pg_try_advisory_lock(_DISPATCHER_LOCK))))


def due_intents(connection: Connection, limit: int) -> list[Intent]:
    """Return at most ``limit`` intents to carry out now.

    Intents of scheduled sweeps come after all others. Within each of these two groups, the order is
    by sweep id, so that a recovered sweep keeps its place. Scheduled sweeps wait while Airflow
    carries out ``_MAX_SCHEDULED_AT_WORK`` of them. Intents of sweeps that have ended do not wait.
    """
    at_work = connection.execute(_count_scheduled_at_work()).scalar_one()
    free_places = max(0, _MAX_SCHEDULED_AT_WORK - at_work)
    place = func.row_number().over(partition_by=_IS_SCHEDULED, order_by=outbox.c.sweep_id)
    due_rows = (
        select(
            *columns_of(Intent, outbox),
            sweeps.c.status.label("sweep_status"),
            sweeps.c.attempt.label("sweep_attempt"),
            _IS_SCHEDULED.label("scheduled"),
            place.label("place"),
        )
        .join_from(outbox, sweeps)
        .where(outbox.c.done_at.is_(None), outbox.c.next_try_at <= func.now())
        .subquery()
    )
    sweep_has_ended = due_rows.c.sweep_status != SweepStatus.ACTIVE
    query = (
        select(due_rows)
        .where(or_(~due_rows.c.scheduled, due_rows.c.place <= free_places, sweep_has_ended))
        .order_by(due_rows.c.scheduled, due_rows.c.sweep_id)
        .limit(limit)
    )
    return [to_record(Intent, row) for row in connection.execute(query).mappings()]


def waits_for_turn() -> ColumnElement[bool]:
    """Return an SQL condition on the join of ``outbox`` and ``sweeps``.

    The condition is true for an intent of a scheduled sweep that must wait, because as many
    scheduled sweeps as allowed are active.
    """
    return and_(
        _IS_SCHEDULED,
        outbox.c.tries == 0,  # An intent that was tried has had its turn.
        _count_scheduled_at_work().scalar_subquery() >= _MAX_SCHEDULED_AT_WORK,
    )


def seconds_to_next_try(connection: Connection) -> float | None:
    """Return the seconds until the next intent is due to be carried out; None if none becomes due.

    Scheduled sweeps that wait for other sweeps to end do not count, because they are due already.
    """
    query = select(extract("epoch", func.min(outbox.c.next_try_at) - func.now())).where(
        outbox.c.done_at.is_(None), outbox.c.next_try_at > func.now()
    )
    seconds = connection.scalar(query)
    return None if seconds is None else float(seconds)


def mark_done(connection: Connection, intent_id: int) -> None:
    """Record that the intent was carried out."""
    connection.execute(
        update(outbox)
        .where(outbox.c.intent_id == intent_id)
        .values(done_at=func.now(), tries=outbox.c.tries + 1, last_error=None)
    )


def postpone(connection: Connection, intent_id: int, delay: timedelta, error: str) -> None:
    """Record that the intent could not be carried out, and retry it after ``delay``."""
    connection.execute(
        update(outbox)
        .where(outbox.c.intent_id == intent_id)
        .values(
            tries=outbox.c.tries + 1,
            next_try_at=func.now() + cast(delay, Interval),
            last_error=error,
        )
    )


def _count_scheduled_at_work() -> Select[int]:
    """Return a SELECT of the number of active scheduled sweeps that Airflow has been given."""
    given_intents, working_sweeps = outbox.alias("given"), sweeps.alias("at_work")
    return (
        select(func.count())
        .join_from(given_intents, working_sweeps)
        .where(
            working_sweeps.c.trigger == RunTrigger.SCHEDULE,
            working_sweeps.c.status == SweepStatus.ACTIVE,
            given_intents.c.attempt == working_sweeps.c.attempt,
            given_intents.c.done_at.is_not(None),
        )
    )


_IS_SCHEDULED = sweeps.c.trigger == RunTrigger.SCHEDULE
