"""The postings that are open as far as is known, for a look at what a run would change."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from include.core.models import ListedJob
from include.core.run_state import JobStatus
from include.db.tables import jobs


def open_jobs(
    connection: Connection, user_id: str, companies: Sequence[str]
) -> dict[str, dict[str, ListedJob]]:
    """By slug and external id; companies without any are absent."""
    query = (
        select(jobs.c.company, jobs.c.external_id, jobs.c.title, jobs.c.url, jobs.c.location)
        .where(
            jobs.c.user_id == user_id,
            jobs.c.company.in_(companies),
            jobs.c.status != JobStatus.EXPIRED,
        )
        .order_by(jobs.c.company, jobs.c.external_id)
    )
    found: dict[str, dict[str, ListedJob]] = {}
    for company, external_id, title, url, location in connection.execute(query):
        found.setdefault(company, {})[external_id] = ListedJob(
            external_id=external_id, title=title, url=url, location=location
        )
    return found
