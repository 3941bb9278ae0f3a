"""Intents to have Airflow dispatch a run: committed with the run, carried out by one dispatcher.

A transactional outbox: the run and the intent commit together, so neither exists alone, whatever
happens to the process that made them or to Airflow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Interval, cast, extract, func, insert, select, update

from include.core.run_state import ACTIVE_RUNS, RunStatus
from include.db.runs import dag_run_id_of
from include.db.tables import ingestion_runs, outbox

OUTBOX_CHANNEL = "outbox"

# any constant: who holds it dispatches
_DISPATCHER_LOCK = 7_105_511


@dataclass(frozen=True, kw_only=True)
class Intent:
    intent_id: int
    run_id: int
    attempt: int
    conf: Mapping[str, Any]
    tries: int
    run_status: RunStatus
    run_attempt: int

    @property
    def dag_run_id(self) -> str:
        return dag_run_id_of(self.run_id, self.attempt)

    @property
    def wanted(self) -> bool:
        """False once the run has ended or was recovered: this attempt need not begin."""
        return self.run_status in ACTIVE_RUNS and self.run_attempt == self.attempt

    @property
    def recovers(self) -> str | None:
        """The DAG run of the attempt before, which was lost."""
        return self.conf.get("recovers")


def put_intent(connection: Connection, run_id: int, attempt: int, conf: Mapping[str, Any]) -> None:
    """Wakes the dispatcher on commit."""
    connection.execute(insert(outbox).values(run_id=run_id, attempt=attempt, conf=conf))
    connection.execute(select(func.pg_notify(OUTBOX_CHANNEL, str(run_id))))


def try_dispatcher_lock(connection: Connection) -> bool:
    """True makes this session the dispatcher until it ends."""
    return bool(connection.scalar(select(func.pg_try_advisory_lock(_DISPATCHER_LOCK))))


def due_intents(connection: Connection, limit: int) -> list[Intent]:
    """Oldest first."""
    query = (
        select(
            outbox.c.intent_id,
            outbox.c.run_id,
            outbox.c.attempt,
            outbox.c.conf,
            outbox.c.tries,
            ingestion_runs.c.status,
            ingestion_runs.c.attempt.label("run_attempt"),
        )
        .join_from(outbox, ingestion_runs, outbox.c.run_id == ingestion_runs.c.run_id)
        .where(outbox.c.done_at.is_(None), outbox.c.next_try_at <= func.now())
        .order_by(outbox.c.intent_id)
        .limit(limit)
    )
    return [
        Intent(
            intent_id=row["intent_id"],
            run_id=row["run_id"],
            attempt=row["attempt"],
            conf=row["conf"],
            tries=row["tries"],
            run_status=RunStatus(row["status"]),
            run_attempt=row["run_attempt"],
        )
        for row in connection.execute(query).mappings()
    ]


def seconds_to_next_try(connection: Connection) -> float | None:
    """None when no intent is left to carry out."""
    next_try = select(extract("epoch", func.min(outbox.c.next_try_at) - func.now())).where(
        outbox.c.done_at.is_(None)
    )
    seconds = connection.scalar(next_try)
    return None if seconds is None else max(0.0, float(seconds))


def mark_done(connection: Connection, intent_id: int) -> None:
    connection.execute(
        update(outbox)
        .where(outbox.c.intent_id == intent_id)
        .values(done_at=func.now(), tries=outbox.c.tries + 1, last_error=None)
    )


def postpone(connection: Connection, intent_id: int, delay: timedelta, error: str) -> None:
    connection.execute(
        update(outbox)
        .where(outbox.c.intent_id == intent_id)
        .values(
            tries=outbox.c.tries + 1,
            next_try_at=func.now() + cast(delay, Interval),
            last_error=error,
        )
    )


def last_error(connection: Connection, run_id: int, attempt: int) -> str | None:
    """Why the last try to dispatch failed; None once it succeeded, or before it was tried."""
    same = outbox.c.run_id == run_id, outbox.c.attempt == attempt
    return connection.scalar(select(outbox.c.last_error).where(*same))


def attempt_recovered_from(connection: Connection, dag_run_id: str) -> tuple[int, int] | None:
    """The run and the attempt that Airflow's DAG run ``dag_run_id`` worked for until the run was
    recovered; None if it was not."""
    query = select(outbox.c.run_id, outbox.c.attempt - 1).where(
        outbox.c.conf["recovers"].astext == dag_run_id
    )
    found = connection.execute(query).one_or_none()
    return None if found is None else (found[0], found[1])
