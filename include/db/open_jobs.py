"""The postings that are known to be open. A preview compares them with a new listing."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from include.core.models import ListedJob
from include.core.run_state import JobStatus
from include.db.tables import companies, jobs, user_jobs


def open_jobs(
    connection: Connection, user_id: str, slugs: Sequence[str]
) -> dict[str, dict[str, ListedJob]]:
    """Return the open jobs that the user was shown, by slug and external id.

    Companies without an open job are absent.
    """
    query = (
        select(companies.c.slug, jobs.c.external_id, jobs.c.title, jobs.c.url, jobs.c.location)
        .join_from(companies, jobs, jobs.c.board_id == companies.c.board_id)
        .join(
            user_jobs,
            (user_jobs.c.user_id == companies.c.user_id)
            & (user_jobs.c.company == companies.c.slug)
            & (user_jobs.c.job_id == jobs.c.job_id),
        )
        .where(
            companies.c.user_id == user_id,
            companies.c.slug.in_(slugs),
            jobs.c.status != JobStatus.EXPIRED,
        )
        .order_by(companies.c.slug, jobs.c.external_id)
    )
    found: dict[str, dict[str, ListedJob]] = {}
    for company, external_id, title, url, location in connection.execute(query):
        found.setdefault(company, {})[external_id] = ListedJob(
            external_id=external_id, title=title, url=url, location=location
        )
    return found
