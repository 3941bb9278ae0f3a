"""Read reports of runs in the form of the API.

``db.run.followed`` explains where the jobs of open and settled companies are read from. Callers
need a REPEATABLE READ transaction, so that all statements read the same snapshot.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, any_, literal, select

from include.core.models import CheckKind, CompanyStatus, Counts, RunTrigger, sum_counts
from include.core.runs.run_state import ENDED_RUNS, JobStatus, RunStatus
from include.db.hosts.host_waits import read_host_waits
from include.db.records import find_record, to_record
from include.db.run.counts import Tally, count_by_company, sum_failures
from include.db.run.followed import job_parameters, job_statement
from include.db.sql import statement
from include.db.tables import ingestion_runs, run_companies
from include.failure_codes import FailureCode, meaning_of


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An error code and its message."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class JobFailure(Failure):
    """The reason why a job failed, and the number of attempts."""

    meaning: str
    """The meaning of the code, in one sentence; empty if only a newer version of this software
    defines the code."""
    attempts: int


@dataclass(frozen=True, kw_only=True)
class CompanyReport:
    """One company of a run."""

    company: str
    source: str
    status: CompanyStatus
    listed: int
    """The number of postings in the listing."""
    counts: Counts
    failures: Mapping[str, int]
    """The number of failed jobs by error code, the most frequent code first."""
    gone: int
    """The number of jobs that expired although they are listed, because their page says that they
    are closed or their deadline has passed. The other expired jobs left the listing."""
    error: Failure | None
    """The reason why the listing is partial, held or failed. Its ``code`` is the company's status,
    such as ``partial``."""
    checked_at: datetime | None
    """The end of the check that the run uses for the company; None while the check is active."""
    adopted: bool
    """True if the check that the run uses had ended before the run was created."""


@dataclass(frozen=True, kw_only=True)
class SlaMiss:
    """A deadline that was missed by a sweep that has checks of the run."""

    deadline: str
    attempt: int
    missed_at: datetime
    run_status: RunStatus
    """The progress of the sweep when the miss was recorded, as the status of a run: ``pending``,
    ``initializing`` or ``ingesting``."""


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """A run, its companies, its counts, and the state of its sweep."""

    run_id: int
    user_id: str
    status: RunStatus
    trigger: RunTrigger
    dag_run_id: str | None
    """The id of the DAG run of the sweep's current attempt."""
    attempt: int
    recoveries: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    last_heartbeat: datetime
    elapsed_seconds: float | None
    """The seconds from the run's start until its end, or until now; None before the run has
    started."""
    counts: Counts
    failures: Mapping[str, int]
    """The number of failed jobs by error code, the most frequent code first."""
    gone: int
    """The number of jobs that expired although they are listed, because their page says that they
    are closed or their deadline has passed. The other expired jobs left the listing."""
    companies: tuple[CompanyReport, ...]
    has_problems: bool
    """True if the run finished, but a job failed, or a listing failed or is partial."""
    error: Failure | None
    sla_misses: tuple[SlaMiss, ...]
    """The deadlines that were missed during the run by sweeps that have checks of the run."""
    waiting_for: str | None
    """The reason why an active run waits; None if it does not wait.

    For a pending run, this is the reason why Airflow did not accept the sweep at the last try. For
    an ingesting run, this is a text about the host that delays the run.
    """


@dataclass(frozen=True, kw_only=True)
class JobReport:
    """One job, and its status for one user or in one run."""

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
    """The time at which the content of the posting last changed."""
    expired_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RunHead:
    """The owner and the status of a run."""

    run_id: int
    user_id: str
    status: RunStatus
    changed_xid: int
    """The id of the transaction that last changed the run."""

    @property
    def ended(self) -> bool:
        return self.status in ENDED_RUNS


def read_head(connection: Connection, run_id: int) -> RunHead | None:
    """Return the owner and status of the run with this id, or None."""
    return find_record(connection, RunHead, ingestion_runs, ingestion_runs.c.run_id == run_id)


def read_run(connection: Connection, run_id: int) -> RunReport | None:
    """Return the report of the run with this id, or None."""
    return next(_reports(connection, [run_id]), None)


def list_runs(
    connection: Connection,
    user_id: str,
    *,
    status: RunStatus | None = None,
    trigger: RunTrigger | None = None,
    company: str | None = None,
    before: int | None,
    limit: int,
) -> list[RunReport]:
    """Return the user's runs, newest first.

    Args:
        company: a slug. If given, only runs that include this company are returned.
        before: the last run id of the previous page; None for the first page.
    """
    runs = ingestion_runs.c
    query = select(runs.run_id).where(runs.user_id == user_id)
    if status is not None:
        query = query.where(runs.status == status)
    if trigger is not None:
        query = query.where(runs.trigger == trigger)
    if company is not None:
        query = query.where(literal(company) == any_(runs.companies))
    if before is not None:
        query = query.where(runs.run_id < before)
    query = query.order_by(runs.run_id.desc()).limit(limit)
    return list(_reports(connection, connection.scalars(query).all()))


def list_run_jobs(
    connection: Connection,
    head: RunHead,
    *,
    status: JobStatus | None = None,
    company: str | None = None,
    added: bool | None = None,
    listed: bool | None = None,
    errors: Collection[FailureCode] = (),
    after: int = 0,
    limit: int,
) -> list[JobReport]:
    """Return the run's jobs in order of job id.

    If the user follows the board of a job under two slugs, the job is returned twice. Both entries
    are on the same page, so a page may hold more than ``limit`` entries.

    Args:
        added: True for the jobs that the user was never shown before, False for all others.
        listed: True for the jobs that ``Counts.total`` counts, False for those that left their
            listing.
        errors: if not empty, only jobs that failed with one of these codes are returned.
        after: the last job id of the previous page.
    """
    params = job_parameters(connection, [head.run_id]) | {
        "status": status,
        "company": company,
        "added": added,
        "listed": listed,
        "errors": list(errors) or None,
        "after": after,
        "max_rows": limit,
    }
    return [job_report(row) for row in connection.execute(_JOBS, params).mappings()]


def _reports(connection: Connection, run_ids: Sequence[int]) -> Iterator[RunReport]:
    params = {"runs": list(run_ids)}
    tallies_by_run = count_by_company(connection, run_ids)
    misses = _sla_misses(connection, params)
    companies_by_run = _companies(connection, run_ids, tallies_by_run)
    host_waits = read_host_waits(connection, run_ids)
    for row in connection.execute(_RUNS, params).mappings():
        run_id = row["run_id"]
        tallies = tallies_by_run.get(run_id, {}).values()
        counts = (
            Counts(**row["counts"])
            if row["counts"]
            else sum_counts(tally.counts for tally in tallies)
        )
        companies = companies_by_run.get(run_id, ())
        has_failures = counts.failed > 0 or any(
            _has_bad_listing(company, row["kind"]) for company in companies
        )
        is_pending = row["status"] == RunStatus.PENDING
        yield to_record(
            RunReport,
            row,
            elapsed_seconds=_rounded(row["elapsed_seconds"]),
            counts=counts,
            failures=sum_failures(tally.failures for tally in tallies),
            gone=sum(tally.gone for tally in tallies),
            companies=companies,
            has_problems=has_failures and row["status"] == RunStatus.FINISHED,
            error=_failure(row["error_code"], row["error_message"]),
            sla_misses=misses.get(run_id, ()),
            waiting_for=row["waiting_for"] if is_pending else host_waits.get(run_id),
        )


def _has_bad_listing(company: CompanyReport, kind: str) -> bool:
    """Return whether the company's listing failed or is incomplete.

    A retry or re-extraction lists nothing. Its status is always ``partial``, which is no problem.
    """
    is_incomplete = company.status is CompanyStatus.PARTIAL and kind == CheckKind.LIST
    return is_incomplete or company.status is CompanyStatus.ERROR


def _sla_misses(
    connection: Connection, params: Mapping[str, Any]
) -> dict[int, tuple[SlaMiss, ...]]:
    misses: dict[int, tuple[SlaMiss, ...]] = {}
    for row in connection.execute(_SLA_MISSES, params).mappings():
        misses[row["run_id"]] = (*misses.get(row["run_id"], ()), to_record(SlaMiss, row))
    return misses


def _companies(
    connection: Connection,
    run_ids: Sequence[int],
    tallies: Mapping[int, Mapping[str, Tally]],
) -> dict[int, tuple[CompanyReport, ...]]:
    query = (
        select(run_companies, ingestion_runs.c.created_at)
        .join_from(run_companies, ingestion_runs, run_companies.c.run_id == ingestion_runs.c.run_id)
        .where(run_companies.c.run_id.in_(run_ids))
        .order_by(run_companies.c.run_id, run_companies.c.company)
    )
    empty_tally = Tally()
    companies: dict[int, tuple[CompanyReport, ...]] = {}
    for row in connection.execute(query).mappings():
        run_id, checked_at = row["run_id"], row["checked_at"]
        report = to_record(
            CompanyReport,
            row,
            source=row["source"] or "",
            **vars(tallies.get(run_id, {}).get(row["company"], empty_tally)),
            error=_failure(row["status"], row["error"]) if row["error"] else None,
            adopted=checked_at is not None and checked_at < row["created_at"],
        )
        companies[run_id] = (*companies.get(run_id, ()), report)
    return companies


def job_report(row: RowMapping) -> JobReport:
    """Return the report of the job in a row.

    The row is a result of a statement of this module or of ``db.catalogue.postings``.
    """
    status = JobStatus(row["status"])
    failure = None
    if status is JobStatus.FAILED and row["error_code"] is not None:
        failure = JobFailure(
            code=row["error_code"],
            message=row["error_message"] or "",
            meaning=meaning_of(row["error_code"]),
            attempts=row["attempts"],
        )
    return to_record(
        JobReport,
        row,
        error=failure,
        expired_at=row["expired_at"] if status is JobStatus.EXPIRED else None,
    )


def _failure(code: str | None, message: str | None) -> Failure | None:
    return None if code is None else Failure(code=code, message=message or "")


def _rounded(seconds: Any) -> float | None:
    return None if seconds is None else round(float(seconds), 3)


_RUNS = statement(
    """
    SELECT r.run_id, r.user_id, r.status, r.kind, r.trigger, r.created_at, r.started_at,
        r.finished_at, r.counts, r.error_code, r.error_message,
        extract(epoch FROM coalesce(r.finished_at, now()) - r.started_at) AS elapsed_seconds,
        coalesce(s.dag_run_id, r.dag_run_id) AS dag_run_id,
        coalesce(s.attempt, 1) AS attempt, coalesce(s.recoveries, 0) AS recoveries,
        coalesce(s.last_heartbeat, r.created_at) AS last_heartbeat,
        (
            SELECT o.last_error FROM outbox AS o
            WHERE o.sweep_id = s.sweep_id AND o.attempt = s.attempt
        ) AS waiting_for
    FROM ingestion_runs AS r
    LEFT JOIN LATERAL (
        -- the sweep that carries out the run: its own, or else one that it waits for
        SELECT s.* FROM sweeps AS s
        WHERE s.sweep_id = r.run_id OR s.sweep_id IN (
            SELECT c.sweep_id FROM checks AS c WHERE c.check_id = ANY(r.check_ids)
                AND (c.finished_at IS NULL OR c.finished_at >= r.created_at)
        )
        ORDER BY s.sweep_id = r.run_id DESC, s.status = 'active' DESC, s.sweep_id DESC
        LIMIT 1
    ) AS s ON true
    WHERE r.run_id = ANY(:runs)
    ORDER BY r.run_id DESC
    """
)
_SLA_MISSES = statement(
    """
    SELECT r.run_id, m.* FROM ingestion_runs AS r
    JOIN sla_misses AS m ON m.missed_at >= r.created_at
        AND m.missed_at <= coalesce(r.finished_at, now()) AND m.sweep_id IN (
        SELECT c.sweep_id FROM checks AS c WHERE c.check_id = ANY(r.check_ids)
    )
    WHERE r.run_id = ANY(:runs)
    ORDER BY r.run_id, m.missed_at
    """
)
_JOBS = job_statement(
    f"""
    SELECT f.job_id, f.company, j.external_id, coalesce(f.title, j.title) AS title, j.location,
        j.url, f.status, f.error_code, f.error_message, f.attempts,
        coalesce(u.first_seen_at, j.first_seen_at) AS first_seen_at, j.last_seen_at, j.updated_at,
        j.expired_at
    FROM (
        SELECT run_id, company, job_id, title, status, added, listed, error_code, error_message,
            attempts
        FROM settled_job
        UNION ALL
        SELECT run_id, company, job_id, title, status, added, listed, error_code, error_message,
            attempts
        FROM open_job
    ) AS f
    JOIN jobs AS j ON j.job_id = f.job_id
    JOIN ingestion_runs AS r ON r.run_id = f.run_id
    LEFT JOIN user_jobs AS u
        ON u.user_id = r.user_id AND u.company = f.company AND u.job_id = f.job_id
    WHERE f.job_id > :after
        AND (CAST(:status AS text) IS NULL OR f.status = :status)
        AND (CAST(:company AS text) IS NULL OR f.company = :company)
        AND (CAST(:added AS boolean) IS NULL OR f.added = :added)
        AND (CAST(:listed AS boolean) IS NULL OR f.listed = :listed)
        AND (CAST(:errors AS text[]) IS NULL OR (
            f.status = '{JobStatus.FAILED}'
            AND coalesce(f.error_code, '{FailureCode.UNKNOWN}') = ANY(CAST(:errors AS text[]))
        ))
    ORDER BY f.job_id
    FETCH FIRST :max_rows ROWS WITH TIES
    """
)
