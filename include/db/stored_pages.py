"""Jobs whose page is still in the store, as a run that reads stored pages again takes them on."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import BigInteger, Connection, Interval, cast, func, null, select, update

from include.core.run_state import JobStatus
from include.db.tables import ingestion_runs, jobs, run_companies

_OPEN = jobs.c.status != JobStatus.EXPIRED
_READABLE = _OPEN & ~((jobs.c.status == JobStatus.FAILED) & jobs.c.posting_current)
"""Not a job whose latest crawl failed: reading its older page would hide that."""


@dataclass(frozen=True, kw_only=True)
class StoredCompany:
    slug: str
    stored: int
    without: int
    """Open jobs that the run did not take on."""


def adopt_stored(
    connection: Connection, run_id: int, user_id: str, version: int, *, kept: timedelta
) -> int:
    """Makes the user's open jobs of the run's companies pending jobs of this run, if the run that
    stored their page is younger than ``kept``. Jobs that this or a newer run has are left alone,
    so that a replay changes nothing; how many were taken on."""
    stored_by = cast(func.split_part(jobs.c.raw_key, "/", 2), BigInteger)
    taken = connection.execute(
        update(jobs)
        .where(
            jobs.c.user_id == user_id,
            jobs.c.company.in_(
                select(run_companies.c.company).where(run_companies.c.run_id == run_id)
            ),
            jobs.c.run_id < run_id,
            jobs.c.raw_key.is_not(None),
            _READABLE,
            stored_by.in_(
                select(ingestion_runs.c.run_id).where(
                    ingestion_runs.c.created_at > func.now() - cast(kept, Interval)
                )
            ),
        )
        .values(
            run_id=run_id,
            status=JobStatus.PENDING,
            version=version,
            batch=null(),
            error_code=null(),
            error_message=null(),
            attempts=0,
        )
    )
    return taken.rowcount


def count_stored(connection: Connection, run_id: int, user_id: str) -> list[StoredCompany]:
    """Of each company of the run, in order of slug."""
    taken = jobs.c.run_id == run_id
    query = (
        select(
            run_companies.c.company.label("slug"),
            func.count(jobs.c.job_id).filter(taken).label("stored"),
            func.count(jobs.c.job_id).filter(~taken).label("without"),
        )
        .outerjoin_from(
            run_companies,
            jobs,
            (jobs.c.user_id == user_id) & (jobs.c.company == run_companies.c.company) & _OPEN,
        )
        .where(run_companies.c.run_id == run_id)
        .group_by(run_companies.c.company)
        .order_by(run_companies.c.company)
    )
    return [StoredCompany(**row) for row in connection.execute(query).mappings()]
