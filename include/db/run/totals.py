"""Read the totals over all users, for the operator's monitoring."""

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
    """The number of times that a stale sweep was given another attempt."""
    held: int
    """The number of checks that kept missing jobs, because their listing was doubtful (held)."""
    sla_misses: int
    """The number of recorded missed deadlines."""
    silent_seconds: float
    """The longest time in seconds since the last heartbeat of an active sweep that Airflow has
    begun; 0 if there is no such sweep."""
    backlog: int
    """The number of intents (requests to Airflow) that the dispatcher has not carried out yet.

    Intents of scheduled sweeps that wait for other scheduled sweeps do not count.
    """
    backlog_seconds: float
    """The age in seconds of the oldest of these intents; 0 if there is none."""


def read_totals(connection: Connection) -> Totals:
    """Return the totals as they are now."""
    has_failed = jobs.c.status == JobStatus.FAILED
    error_code = case((has_failed, func.coalesce(jobs.c.error_code, "")), else_="")
    count_runs = select(ingestion_runs.c.status, func.count().label("total")).group_by(
        ingestion_runs.c.status
    )
    count_jobs = select(jobs.c.status, error_code, func.count()).group_by(jobs.c.status, error_code)
    count_recoveries = select(func.coalesce(func.sum(sweeps.c.recoveries), 0))
    count_held = select(func.count()).where(checks.c.listing == CompanyStatus.HELD)
    count_misses = select(func.count()).select_from(sla_misses)
    age = extract("epoch", func.now() - func.min(outbox.c.created_at))
    select_backlog = (
        select(func.count(), func.coalesce(age, 0))
        .join_from(outbox, sweeps)
        .where(outbox.c.done_at.is_(None), ~waits_for_turn())
    )
    silence = extract("epoch", func.now() - func.min(sweeps.c.last_heartbeat))
    select_longest_silence = select(func.coalesce(silence, 0)).where(
        sweeps.c.status == SweepStatus.ACTIVE, sweeps.c.started_at.is_not(None)
    )
    backlog, backlog_seconds = connection.execute(select_backlog).one()
    return Totals(
        runs={row.status: row.total for row in connection.execute(count_runs)},
        jobs={(status, code): count for status, code, count in connection.execute(count_jobs)},
        recent=_recent_outcomes(connection),
        recoveries=connection.execute(count_recoveries).scalar_one(),
        held=connection.execute(count_held).scalar_one(),
        sla_misses=connection.execute(count_misses).scalar_one(),
        silent_seconds=float(connection.execute(select_longest_silence).scalar_one()),
        backlog=backlog,
        backlog_seconds=float(backlog_seconds),
    )


def _recent_outcomes(connection: Connection) -> dict[tuple[str, ...], int]:
    """Return ``Totals.recent``.

    Only the rows of runs are read, because the rows of their jobs are too many to read at each
    scrape.
    """
    is_recent = ingestion_runs.c.finished_at > func.now() - _RECENT
    sums_of_successful = [
        func.coalesce(func.sum(ingestion_runs.c.counts[status].as_integer()), 0).label(status)
        for status in _SUCCESSFUL
    ]
    row = connection.execute(select(*sums_of_successful).where(is_recent)).one()
    failures = func.jsonb_each_text(ingestion_runs.c.failures).table_valued("key", "value")
    sum_failures = (
        select(failures.c.key, func.sum(cast(failures.c.value, Integer)))
        .join_from(ingestion_runs, failures, true())
        .where(is_recent)
        .group_by(failures.c.key)
    )
    return {(status.value, ""): count for status, count in zip(_SUCCESSFUL, row, strict=True)} | {
        (JobStatus.FAILED.value, code): count for code, count in connection.execute(sum_failures)
    }
