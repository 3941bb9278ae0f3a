"""What is old enough to be forgotten, a few rows at a time: a long delete would hold its locks, and
keep vacuum waiting, for as long."""

from datetime import timedelta

from sqlalchemy import Connection, Interval, cast, delete, func, select
from sqlalchemy.orm import aliased

from include.core.run_state import ENDED_RUNS
from include.db.tables import ingestion_runs, job_versions


def forget_runs(connection: Connection, kept: timedelta, *, at_most: int) -> int:
    """Runs that ended longer ago than ``kept``, with what became of their jobs, their listings and
    missed deadlines. A user's latest run stays, however old. Jobs are no part of a run.

    Returns:
        How many; fewer than ``at_most`` when none is left.
    """
    newer = aliased(ingestion_runs)
    a_newer_one = (
        select(newer.c.run_id)
        .where(
            newer.c.user_id == ingestion_runs.c.user_id,
            newer.c.run_id > ingestion_runs.c.run_id,
        )
        .exists()
    )
    old = (
        select(ingestion_runs.c.run_id)
        .where(
            ingestion_runs.c.status.in_(ENDED_RUNS),
            ingestion_runs.c.finished_at < func.now() - cast(kept, Interval),
            a_newer_one,
        )
        .order_by(ingestion_runs.c.run_id)
        .limit(at_most)
    )
    return connection.execute(
        delete(ingestion_runs).where(ingestion_runs.c.run_id.in_(old))
    ).rowcount


def forget_versions(connection: Connection, kept: timedelta, *, at_most: int) -> int:
    """Changes of postings that are older than ``kept``; returns as ``forget_runs`` does."""
    old = (
        select(job_versions.c.job_id, job_versions.c.run_id)
        .where(job_versions.c.changed_at < func.now() - cast(kept, Interval))
        .limit(at_most)
        .subquery()
    )
    return connection.execute(
        delete(job_versions).where(
            job_versions.c.job_id == old.c.job_id, job_versions.c.run_id == old.c.run_id
        )
    ).rowcount
