"""How many of a run's jobs are where, by company: live from ``jobs``, of an ended run from
``run_jobs`` (the next run adopts the rows of ``jobs``).
"""

from sqlalchemy import ColumnElement, Connection, Table, func, select

from include.core.models import Counts
from include.core.run_state import JobStatus
from include.db.tables import jobs, run_jobs


def live_counts(connection: Connection, run_id: int) -> dict[str, Counts]:
    """By slug; companies without jobs are absent."""
    return _counts(
        connection, jobs, run_id, listed=listed_by(run_id), added=jobs.c.first_run_id == run_id
    )


def ended_counts(connection: Connection, run_id: int) -> dict[str, Counts]:
    """By slug; companies without jobs are absent."""
    return _counts(
        connection, run_jobs, run_id, listed=run_jobs.c.listed.is_(True), added=run_jobs.c.added
    )


def listed_by(run_id: int) -> ColumnElement[bool]:
    """Of the jobs a run owns: those it listed, not those it expired for being unlisted."""
    return func.coalesce(jobs.c.missed_run_id, 0) != run_id


def _counts(
    connection: Connection,
    table: Table,
    run_id: int,
    *,
    listed: ColumnElement[bool],
    added: ColumnElement[bool],
) -> dict[str, Counts]:
    columns = [
        func.count().filter(table.c.status == status).label(status.value) for status in JobStatus
    ]
    query = (
        select(
            table.c.company,
            func.count().filter(listed).label("total"),
            func.count().filter(added).label("added"),
            *columns,
        )
        .where(table.c.run_id == run_id)
        .group_by(table.c.company)
    )
    rows = connection.execute(query).mappings()
    return {
        row["company"]: Counts(**{key: row[key] for key in row if key != "company"}) for row in rows
    }
