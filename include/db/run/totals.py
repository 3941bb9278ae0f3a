"""Read the totals over all users that the operator monitors."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Integer, case, cast, extract, func, select, true

from include.core.models import CompanyStatus
from include.core.runs.run_state import JobStatus, SweepStatus
from include.db.tables import checks, ingestion_runs, jobs, outbox, sla_misses, sweeps
from include.db.work.outbox import waits_for_turn

_RECENT = timedelta(days=1)
_SUCCESSFUL = (JobStatus.READY, JobStatus.SKIPPED, JobStatus.EXPIRED)


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The totals over all users, for the metrics."""

    runs: dict[str, int]
    """The number of runs by status."""
    jobs: dict[tuple[str, ...], int]
    """The number of jobs by status and error code. The code is empty for jobs that have not
    failed."""
    recent: dict[tuple[str, ...], int]
    """The number of outcomes in the runs that ended within a day, by status and error code."""
    recoveries: int
    held: int
    sla_misses: int
    silent_seconds: float
    """The longest time in seconds since the last heartbeat of an active sweep that Airflow has
    begun; 0 if there is no such sweep."""
    backlog: int
    """The number of intents that the dispatcher has not carried out yet, except those of scheduled
    sweeps that wait for other scheduled sweeps."""
    backlog_seconds: float
    """The age in seconds of the oldest of these intents; 0 if there is none."""


def read_totals(connection: Connection) -> Totals:
    """Return the totals as they are now."""
    failed = jobs.c.status == JobStatus.FAILED
    error = case((failed, func.coalesce(jobs.c.error_code, "")), else_="")
    of_runs = select(ingestion_runs.c.status, func.count().label("total")).group_by(
        ingestion_runs.c.status
    )
    of_jobs = select(jobs.c.status, error, func.count()).group_by(jobs.c.status, error)
    held_listings = select(func.count()).where(checks.c.listing == CompanyStatus.HELD)
    age = extract("epoch", func.now() - func.min(outbox.c.created_at))
    waiting_intents = (
        select(func.count(), func.coalesce(age, 0))
        .join_from(outbox, sweeps)
        .where(outbox.c.done_at.is_(None), ~waits_for_turn())
    )
    silence = extract("epoch", func.now() - func.min(sweeps.c.last_heartbeat))
    silent = select(func.coalesce(silence, 0)).where(
        sweeps.c.status == SweepStatus.ACTIVE, sweeps.c.started_at.is_not(None)
    )
    backlog, backlog_seconds = connection.execute(waiting_intents).one()
    return Totals(
        runs={row.status: row.total for row in connection.execute(of_runs)},
        jobs={(status, code): count for status, code, count in connection.execute(of_jobs)},
        recent=_recent_outcomes(connection),
        recoveries=connection.scalar(select(func.sum(sweeps.c.recoveries))) or 0,
        held=connection.scalar(held_listings) or 0,
        sla_misses=connection.scalar(select(func.count()).select_from(sla_misses)) or 0,
        silent_seconds=float(connection.scalar(silent) or 0),
        backlog=backlog,
        backlog_seconds=float(backlog_seconds),
    )


def _recent_outcomes(connection: Connection) -> dict[tuple[str, ...], int]:
    """Return ``Totals.recent``.

    Only the rows of runs are read, because the rows of their jobs are too many to read at each
    scrape.
    """
    recent = ingestion_runs.c.finished_at > func.now() - _RECENT
    successful = [
        func.coalesce(func.sum(ingestion_runs.c.counts[status].as_integer()), 0).label(status)
        for status in _SUCCESSFUL
    ]
    row = connection.execute(select(*successful).where(recent)).one()
    failures = func.jsonb_each_text(ingestion_runs.c.failures).table_valued("key", "value")
    failed = (
        select(failures.c.key, func.sum(cast(failures.c.value, Integer)))
        .join_from(ingestion_runs, failures, true())
        .where(recent)
        .group_by(failures.c.key)
    )
    return {(status.value, ""): count for status, count in zip(_SUCCESSFUL, row, strict=True)} | {
        (JobStatus.FAILED.value, code): count for code, count in connection.execute(failed)
    }
