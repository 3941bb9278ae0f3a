"""Read the postings that a user was shown. A preview compares a new listing with these postings."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, or_, select

from include.core.checking.expiry import PAGE_REASONS
from include.core.runs.preview import KnownJob
from include.core.runs.run_state import JobStatus
from include.db.records import to_record
from include.db.tables import companies, jobs, user_jobs


def known_jobs(
    connection: Connection, user_id: str, slugs: Sequence[str]
) -> dict[str, dict[str, KnownJob]]:
    """Return the jobs that the user was shown, by slug and external id.

    Companies without such a job are absent. Jobs that expired because they left their listing are
    absent, too, because they count as new if they are listed again.
    """
    is_open = jobs.c.status != JobStatus.EXPIRED
    columns = (jobs.c.external_id, jobs.c.title, jobs.c.url, jobs.c.location, jobs.c.listed_title)
    query = (
        select(companies.c.slug, *columns, is_open.label("is_open"))
        .join_from(companies, jobs, jobs.c.board_id == companies.c.board_id)
        .join(
            user_jobs,
            and_(
                user_jobs.c.user_id == companies.c.user_id,
                user_jobs.c.company == companies.c.slug,
                user_jobs.c.job_id == jobs.c.job_id,
            ),
        )
        .where(
            companies.c.user_id == user_id,
            companies.c.slug.in_(slugs),
            or_(is_open, jobs.c.expire_reason.in_(PAGE_REASONS)),
        )
        .order_by(companies.c.slug, jobs.c.external_id)
    )
    by_slug: dict[str, dict[str, KnownJob]] = {}
    for row in connection.execute(query).mappings():
        known_job = to_record(KnownJob, row, job=dict(row))
        by_slug.setdefault(row["slug"], {})[row["external_id"]] = known_job
    return by_slug
