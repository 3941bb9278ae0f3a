"""What a run found changed in postings that were known before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, join, select

from include.db.tables import job_versions, jobs, run_jobs


@dataclass(frozen=True, kw_only=True)
class JobChange:
    job_id: int
    company: str
    external_id: str
    title: str
    url: str
    changed_at: datetime
    changes: Mapping[str, Any]
    """``{field: [before, after]}``."""


def list_changes(connection: Connection, run_id: int, *, after: int, limit: int) -> list[JobChange]:
    """Of an ended run, in order of job id; ``after`` is the last job id of the previous page."""
    query = (
        _changes(
            run_jobs.c.job_id,
            run_jobs.c.company,
            run_jobs.c.external_id,
            run_jobs.c.title,
            jobs.c.url,
            job_versions.c.changed_at,
            job_versions.c.changes,
        )
        .join(jobs, jobs.c.job_id == run_jobs.c.job_id)
        .where(run_jobs.c.run_id == run_id, run_jobs.c.job_id > after)
        .order_by(run_jobs.c.job_id)
        .limit(limit)
    )
    return [
        JobChange(**{**row, "changed_at": row["changed_at"].astimezone(UTC)})
        for row in connection.execute(query).mappings()
    ]


def count_changes(connection: Connection, run_id: int) -> int:
    """How many postings an ended run found changed."""
    query = _changes(func.count()).where(run_jobs.c.run_id == run_id)
    return connection.scalar(query) or 0


def count_changed_fields(connection: Connection, run_id: int) -> dict[str, int]:
    """By field, in how many postings an ended run found it changed; most first."""
    field = func.jsonb_object_keys(job_versions.c.changes).label("field")
    changed = _changes(field).where(run_jobs.c.run_id == run_id).subquery()
    number = func.count().label("number")
    query = select(changed.c.field, number).group_by(changed.c.field)
    rows = connection.execute(query.order_by(number.desc(), changed.c.field))
    return {row.field: row.number for row in rows}


def _changes(*columns: ColumnElement[Any]) -> Select[Any]:
    """By way of the run's outcomes, as ``job_versions`` is ordered by job."""
    same = (job_versions.c.run_id == run_jobs.c.run_id) & (
        job_versions.c.job_id == run_jobs.c.job_id
    )
    return select(*columns).select_from(join(run_jobs, job_versions, same))
