"""Read and write sweeps, and refuse the writes of workers whose sweep has ended or was recovered.

A sweep is the set of checks that one DAG run of Airflow carries out. The first statement of a
worker's write, the fence, refuses the write or takes a lock on the sweep's row that workers share
(``FOR KEY SHARE``). Recovery and closing lock the row exclusively (``FOR UPDATE``), which waits
until the workers' current writes have ended. A heartbeat is a plain UPDATE, which does not conflict
with the workers' shared lock.
"""

from dataclasses import dataclass

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from include.core.models import RunTrigger
from include.core.runs.run_state import ACTIVE_CHECKS, SweepStatus
from include.db.records import columns_of, find_record, to_record
from include.db.tables import checks, outbox, sweeps
from include.errors import SweepSuperseded


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """The values of a sweep that the tasks of its DAG run need."""

    sweep_id: int
    attempt: int
    status: SweepStatus
    trigger: RunTrigger
    dag_run_id: str


def dag_run_id_of(sweep_id: int, attempt: int) -> str:
    """Return the id of the DAG run that the dispatcher creates in Airflow for this attempt."""
    return f"ingest__{sweep_id}__{attempt}"


def insert_sweep(
    connection: Connection,
    trigger: RunTrigger,
    *,
    sweep_id: int | None = None,
    dag_run_id: str | None = None,
) -> Sweep:
    """Insert an active sweep.

    Args:
        sweep_id: the id of the new run that asks for the sweep. The sweep gets the same id. If
            None, the sweep gets the next number of the sequence of run ids.
        dag_run_id: the id of the DAG run that carries out the sweep, if it exists already. If None,
            the sweep gets the id of the DAG run that the dispatcher will create.
    """
    if sweep_id is None:
        sweep_id = int(connection.execute(select(_NEXT_ID)).scalar_one())
    dag_run_id = dag_run_id or dag_run_id_of(sweep_id, 1)
    insert_new = insert(sweeps).values(sweep_id=sweep_id, trigger=trigger, dag_run_id=dag_run_id)
    row = connection.execute(insert_new.returning(*columns_of(Sweep, sweeps))).mappings().one()
    return to_record(Sweep, row)


def delete_sweep(connection: Connection, sweep_id: int) -> None:
    """Delete a sweep that has no checks."""
    connection.execute(delete(sweeps).where(sweeps.c.sweep_id == sweep_id))


def get_sweep(connection: Connection, sweep_id: int) -> Sweep | None:
    """Return the sweep with this id, or None."""
    return find_record(connection, Sweep, sweeps, sweeps.c.sweep_id == sweep_id)


def find_sweep(connection: Connection, dag_run_id: str) -> Sweep | None:
    """Return the sweep whose current attempt is Airflow's DAG run ``dag_run_id``, or None."""
    return find_record(connection, Sweep, sweeps, sweeps.c.dag_run_id == dag_run_id)


def find_attempt(connection: Connection, dag_run_id: str) -> tuple[Sweep, int] | None:
    """Return the sweep of the DAG run as it is now, and the number of the DAG run's attempt.

    Return None for a DAG run that never worked for a sweep.
    """
    if sweep := find_sweep(connection, dag_run_id):
        return sweep, sweep.attempt
    # The intent of the next attempt names the DAG run that it replaces.
    select_attempt = (
        select(outbox.c.sweep_id, (outbox.c.attempt - 1).label("attempt"))
        .where(outbox.c.conf["recovers"].astext == dag_run_id)
        .limit(1)
    )
    if (row := connection.execute(select_attempt).one_or_none()) is None:
        return None
    sweep = get_sweep(connection, row.sweep_id)
    return None if sweep is None else (sweep, row.attempt)


def fence(connection: Connection, sweep: Sweep) -> None:
    """Lock the sweep until commit, in a mode that its workers share.

    Raises:
        SweepSuperseded: the sweep was recovered, or has ended.
    """
    if connection.execute(_FENCE, _guard_params(sweep)).one_or_none() is None:
        raise SweepSuperseded(sweep.sweep_id, sweep.attempt)


def write_heartbeat(connection: Connection, sweep: Sweep) -> None:
    """Write the sweep's heartbeat. Raise SweepSuperseded in the same cases as ``fence``."""
    if connection.execute(_WRITE_HEARTBEAT, _guard_params(sweep)).rowcount == 0:
        raise SweepSuperseded(sweep.sweep_id, sweep.attempt)


def begin_sweep(connection: Connection, sweep: Sweep) -> None:
    """Record that Airflow has begun the sweep, and write a heartbeat.

    Only the first attempt sets the time at which the sweep started. Raise SweepSuperseded in the
    same cases as ``fence``.
    """
    if connection.execute(_BEGIN, _guard_params(sweep)).rowcount == 0:
        raise SweepSuperseded(sweep.sweep_id, sweep.attempt)


def lock_sweep(connection: Connection, sweep_id: int) -> None:
    """Lock the sweep exclusively until commit.

    The call waits until the workers' current writes have ended.
    """
    connection.execute(
        select(sweeps.c.sweep_id).where(sweeps.c.sweep_id == sweep_id).with_for_update()
    )


def close_sweep(connection: Connection, sweep_id: int, status: SweepStatus) -> bool:
    """End the sweep if it is active and has no active check. The caller must have locked it.

    Returns:
        True if this call ended the sweep.
    """
    has_active_check = exists().where(
        checks.c.sweep_id == sweep_id, checks.c.status.in_(ACTIVE_CHECKS)
    )
    closed = connection.execute(
        update(sweeps)
        .where(
            sweeps.c.sweep_id == sweep_id, sweeps.c.status == SweepStatus.ACTIVE, ~has_active_check
        )
        .values(status=status, finished_at=func.now())
    )
    return closed.rowcount == 1


def _guard_params(sweep: Sweep) -> dict[str, int]:
    """Return the parameters of a statement that has the conditions ``_GUARDS``."""
    return {"of_sweep": sweep.sweep_id, "at_attempt": sweep.attempt}


_NEXT_ID = func.nextval("ingestion_runs_run_id_seq")
_GUARDS = (
    sweeps.c.sweep_id == bindparam("of_sweep"),
    sweeps.c.attempt == bindparam("at_attempt"),
    sweeps.c.status == SweepStatus.ACTIVE,
)
# The statements are built once, because building a statement takes longer than executing it, and
# each write of a worker needs one of them.
_FENCE = select(sweeps.c.sweep_id).where(*_GUARDS).with_for_update(read=True, key_share=True)
_WRITE_HEARTBEAT = update(sweeps).where(*_GUARDS).values(last_heartbeat=func.now())
_BEGIN = _WRITE_HEARTBEAT.values(started_at=func.coalesce(sweeps.c.started_at, func.now()))
