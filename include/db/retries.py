"""Runs that do the failed jobs of another run again.

A job counts as failed by a run while that run still owns it: a newer run that lists it makes it
its own, and pending.
"""

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from include.core.models import CompanyStatus
from include.core.run_state import ENDED_RUNS, JobStatus
from include.db.companies import SETTINGS
from include.db.tables import ingestion_runs, jobs, listed_jobs, run_companies


def failed_companies(connection: Connection, run_id: int) -> list[str]:
    """Slugs of the companies of which jobs of the run are still failed and were listed by it."""
    query = (
        select(listed_jobs.c.company)
        .where(listed_jobs.c.run_id == run_id, _still_failed())
        .distinct()
        .order_by(listed_jobs.c.company)
    )
    return list(connection.scalars(query))


def set_retry_of(connection: Connection, run_id: int, retried: int) -> None:
    connection.execute(
        update(ingestion_runs).where(ingestion_runs.c.run_id == run_id).values(retry_of=retried)
    )


def is_retry(connection: Connection, run_id: int) -> bool:
    query = select(ingestion_runs.c.retry_of.is_not(None)).where(ingestion_runs.c.run_id == run_id)
    return bool(connection.scalar(query))


def copy_failed(connection: Connection, run_id: int, retried: int) -> None:
    """Gives run ``run_id`` the companies of ``retried``, as they were configured, and as its
    listing what that run had listed of its failed jobs."""
    failed = (
        select(listed_jobs.c.company, func.count().label("listed"))
        .where(listed_jobs.c.run_id == retried, _still_failed())
        .group_by(listed_jobs.c.company)
        .subquery("failed")
    )
    own = literal(run_id, BigInteger)
    companies = select(
        own,
        run_companies.c.company,
        *(run_companies.c[name] for name in SETTINGS),
        literal(CompanyStatus.PARTIAL.value),
        failed.c.listed,
        literal(f"only what failed in run {retried}"),
    ).where(run_companies.c.run_id == retried, run_companies.c.company == failed.c.company)
    names = ["run_id", "company", *SETTINGS, "status", "listed", "error"]
    connection.execute(insert(run_companies).from_select(names, companies))
    others = [column for column in listed_jobs.c if column.name != "run_id"]
    listing = select(own, *others).where(listed_jobs.c.run_id == retried, _still_failed())
    connection.execute(
        insert(listed_jobs).from_select(["run_id", *(c.name for c in others)], listing)
    )


def forget_listings(connection: Connection, run_id: int) -> None:
    """What the ended runs of this run's user had listed, but for the jobs that failed and may be
    tried again."""
    user = select(ingestion_runs.c.user_id).where(ingestion_runs.c.run_id == run_id)
    ended = select(ingestion_runs.c.run_id).where(
        ingestion_runs.c.user_id == user.scalar_subquery(), ingestion_runs.c.status.in_(ENDED_RUNS)
    )
    connection.execute(delete(listed_jobs).where(listed_jobs.c.run_id.in_(ended), ~_still_failed()))


def _still_failed() -> ColumnElement[bool]:
    """Of a row of ``listed_jobs``: whether its run has failed it and no other has it by now."""
    return exists().where(
        and_(
            jobs.c.user_id
            == select(ingestion_runs.c.user_id)
            .where(ingestion_runs.c.run_id == listed_jobs.c.run_id)
            .correlate(listed_jobs)
            .scalar_subquery(),
            jobs.c.company == listed_jobs.c.company,
            jobs.c.external_id == listed_jobs.c.external_id,
            jobs.c.run_id == listed_jobs.c.run_id,
            jobs.c.status == JobStatus.FAILED,
        )
    )
