"""Runs as they are shown: reports for the API, changes for the progress stream.

A live run is read from ``jobs``, an ended one from ``run_jobs``, because the next run adopts the
rows of ``jobs``. Callers that read more than one thing need a REPEATABLE READ transaction, so
that versions and rows belong together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Select, extract, func, select

from include.core.models import CompanyStatus, Counts, RunTrigger, sum_counts
from include.core.run_state import ENDED_RUNS, JobStatus, RunStatus
from include.db.counts import Tally, ended_tallies, live_tallies, sum_failures
from include.db.outbox import last_error
from include.db.tables import ingestion_runs, jobs, run_companies, run_jobs, sla_misses


@dataclass(frozen=True, kw_only=True)
class Failure:
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class JobFailure(Failure):
    attempts: int


@dataclass(frozen=True, kw_only=True)
class CompanyReport:
    company: str
    source: str
    status: CompanyStatus
    listed: int
    counts: Counts
    failures: Mapping[str, int]
    """Of the jobs that failed, how many by error code; the most frequent first."""
    gone: int
    """Of the jobs that expired, how many for what their page says; the others left the listing."""
    error: Failure | None
    """Why the listing is partial, held or failed; ``code`` is that word."""


@dataclass(frozen=True, kw_only=True)
class SlaMiss:
    deadline: str
    attempt: int
    missed_at: datetime
    run_status: RunStatus
    """At that moment."""


@dataclass(frozen=True, kw_only=True)
class RunReport:
    run_id: int
    user_id: str
    status: RunStatus
    trigger: RunTrigger
    dag_run_id: str | None
    """Airflow's, of the present attempt."""
    attempt: int
    recoveries: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    last_heartbeat: datetime
    elapsed_seconds: float | None
    """Since it started, until it ended or now; None before."""
    counts: Counts
    failures: Mapping[str, int]
    """As a company's."""
    gone: int
    companies: tuple[CompanyReport, ...]
    error: Failure | None
    sla_misses: tuple[SlaMiss, ...]
    """Deadlines it did not keep; empty for a run in time."""
    waiting_for: str | None
    """Why Airflow could not be given the run at the last try, while the run is pending."""


@dataclass(frozen=True, kw_only=True)
class JobReport:
    job_id: int
    company: str
    external_id: str
    title: str
    location: str | None
    url: str
    status: JobStatus
    error: JobFailure | None
    first_seen_at: datetime
    last_seen_at: datetime
    updated_at: datetime
    """When what the posting says last changed."""
    expired_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RunHead:
    run_id: int
    user_id: str
    status: RunStatus
    version: int

    @property
    def ended(self) -> bool:
        return self.status in ENDED_RUNS


class JobState(NamedTuple):
    """A named tuple: a run's reader makes one for each change of each job."""

    company: str
    external_id: str
    title: str
    status: str
    version: int


def read_head(connection: Connection, run_id: int) -> RunHead | None:
    columns = (
        ingestion_runs.c.run_id,
        ingestion_runs.c.user_id,
        ingestion_runs.c.status,
        ingestion_runs.c.version,
    )
    query = select(*columns).where(ingestion_runs.c.run_id == run_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return RunHead(
        run_id=row.run_id, user_id=row.user_id, status=RunStatus(row.status), version=row.version
    )


def read_changes(connection: Connection, run_id: int, after: int) -> list[JobState]:
    """The jobs of a live run that changed after version ``after``, as they are now."""
    query = select(
        jobs.c.company, jobs.c.external_id, jobs.c.title, jobs.c.status, jobs.c.version
    ).where(jobs.c.run_id == run_id, jobs.c.version > after)
    return [JobState(*row) for row in connection.execute(query)]


def read_outcomes(connection: Connection, head: RunHead) -> list[JobState]:
    """What became of an ended run's jobs."""
    query = select(
        run_jobs.c.company, run_jobs.c.external_id, run_jobs.c.title, run_jobs.c.status
    ).where(run_jobs.c.run_id == head.run_id)
    return [
        JobState(company, external_id, title, status, head.version)
        for company, external_id, title, status in connection.execute(query)
    ]


def read_run(connection: Connection, run_id: int) -> RunReport | None:
    return next(_reports(connection, _runs().where(ingestion_runs.c.run_id == run_id)), None)


def list_runs(
    connection: Connection, user_id: str, *, before: int | None, limit: int
) -> list[RunReport]:
    """Newest first; ``before`` is the last run id of the previous page."""
    query = (
        _runs()
        .where(ingestion_runs.c.user_id == user_id)
        .order_by(ingestion_runs.c.run_id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(ingestion_runs.c.run_id < before)
    return list(_reports(connection, query))


def list_run_jobs(
    connection: Connection,
    head: RunHead,
    *,
    status: JobStatus | None = None,
    company: str | None = None,
    after: int = 0,
    limit: int,
) -> list[JobReport]:
    """In order of job id; ``after`` is the last job id of the previous page."""
    table = run_jobs if head.ended else jobs
    query = (
        select(
            table.c.job_id,
            table.c.company,
            table.c.external_id,
            table.c.title,
            table.c.status,
            table.c.error_code,
            table.c.error_message,
            table.c.attempts,
            jobs.c.location,
            jobs.c.url,
            jobs.c.first_seen_at,
            jobs.c.last_seen_at,
            jobs.c.updated_at,
            jobs.c.expired_at,
        )
        .where(table.c.run_id == head.run_id, table.c.job_id > after)
        .order_by(table.c.job_id)
        .limit(limit)
    )
    if table is run_jobs:
        query = query.join_from(run_jobs, jobs, run_jobs.c.job_id == jobs.c.job_id)
    if status is not None:
        query = query.where(table.c.status == status)
    if company is not None:
        query = query.where(table.c.company == company)
    return [job_report(row) for row in connection.execute(query).mappings()]


def _runs() -> Select[Any]:
    until = func.coalesce(ingestion_runs.c.finished_at, func.now())
    elapsed = extract("epoch", until - ingestion_runs.c.started_at)
    return select(ingestion_runs, elapsed.label("elapsed_seconds"))


def _reports(connection: Connection, query: Select[Any]) -> Iterator[RunReport]:
    for row in connection.execute(query).mappings().all():
        status = RunStatus(row["status"])
        read = ended_tallies if status in ENDED_RUNS else live_tallies
        by_company = read(connection, row["run_id"])
        tallies = by_company.values()
        yield RunReport(
            run_id=row["run_id"],
            user_id=row["user_id"],
            status=status,
            trigger=RunTrigger(row["trigger"]),
            dag_run_id=row["dag_run_id"],
            attempt=row["attempt"],
            recoveries=row["recoveries"],
            created_at=_utc(row["created_at"]),
            started_at=_utc_or_none(row["started_at"]),
            finished_at=_utc_or_none(row["finished_at"]),
            last_heartbeat=_utc(row["last_heartbeat"]),
            elapsed_seconds=_rounded(row["elapsed_seconds"]),
            counts=Counts(**row["counts"])
            if row["counts"]
            else sum_counts(of.counts for of in tallies),
            failures=sum_failures(of.failures for of in tallies),
            gone=sum(of.gone for of in tallies),
            companies=_companies(connection, row["run_id"], by_company),
            error=_failure(row["error_code"], row["error_message"]),
            sla_misses=_sla_misses(connection, row["run_id"]),
            waiting_for=last_error(connection, row["run_id"], row["attempt"])
            if status is RunStatus.PENDING
            else None,
        )


def _sla_misses(connection: Connection, run_id: int) -> tuple[SlaMiss, ...]:
    query = select(sla_misses).where(sla_misses.c.run_id == run_id).order_by(sla_misses.c.missed_at)
    return tuple(
        SlaMiss(
            deadline=row["deadline"],
            attempt=row["attempt"],
            missed_at=_utc(row["missed_at"]),
            run_status=RunStatus(row["run_status"]),
        )
        for row in connection.execute(query).mappings()
    )


def _companies(
    connection: Connection, run_id: int, tallies: Mapping[str, Tally]
) -> tuple[CompanyReport, ...]:
    columns = (
        run_companies.c.company,
        run_companies.c.source,
        run_companies.c.status,
        run_companies.c.listed,
        run_companies.c.error,
    )
    query = (
        select(*columns).where(run_companies.c.run_id == run_id).order_by(run_companies.c.company)
    )
    none = Tally()
    return tuple(
        CompanyReport(
            company=row["company"],
            source=row["source"],
            status=CompanyStatus(row["status"]),
            listed=row["listed"],
            **vars(tallies.get(row["company"], none)),
            error=_failure(row["status"], row["error"]) if row["error"] else None,
        )
        for row in connection.execute(query).mappings()
    )


def job_report(row: RowMapping) -> JobReport:
    status = JobStatus(row["status"])
    failed = status is JobStatus.FAILED and row["error_code"] is not None
    return JobReport(
        job_id=row["job_id"],
        company=row["company"],
        external_id=row["external_id"],
        title=row["title"],
        location=row["location"],
        url=row["url"],
        status=status,
        error=JobFailure(
            code=row["error_code"], message=row["error_message"] or "", attempts=row["attempts"]
        )
        if failed
        else None,
        first_seen_at=_utc(row["first_seen_at"]),
        last_seen_at=_utc(row["last_seen_at"]),
        updated_at=_utc(row["updated_at"]),
        expired_at=_utc_or_none(row["expired_at"]) if status is JobStatus.EXPIRED else None,
    )


def _failure(code: str | None, message: str | None) -> Failure | None:
    return None if code is None else Failure(code=code, message=message or "")


def _rounded(seconds: Any) -> float | None:
    return None if seconds is None else round(float(seconds), 3)


def _utc(moment: datetime) -> datetime:
    """The database session's time zone is nobody's business."""
    return moment.astimezone(UTC)


def _utc_or_none(moment: datetime | None) -> datetime | None:
    return None if moment is None else _utc(moment)
