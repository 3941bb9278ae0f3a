"""Read the health of followed companies: their open postings, and the results of their checks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from include.core.models import CheckKind, CompanyStatus
from include.core.runs.run_state import JobStatus
from include.db.records import to_record
from include.db.sql import statement


@dataclass(frozen=True, kw_only=True)
class CompanyHealth:
    """The state of one company that a user follows."""

    open: int
    """The number of open postings that are visible to the user."""
    new: int
    """The number of open postings that became visible to the user after their last visit."""
    listing: CompanyStatus | None
    """The result of the latest listing of the company's board; None if it was never listed."""
    problem: str | None
    """The reason why the latest listing is partial, held or failed; None if it is complete."""
    failing_since: datetime | None
    """The time of the first failed listing since the last successful one; None if the latest
    listing did not fail."""


def read_health(
    connection: Connection, user_id: str, slugs: Sequence[str]
) -> dict[str, CompanyHealth]:
    """Return the state of the user's companies with these slugs, by slug."""
    rows = connection.execute(_HEALTH, {"user": user_id, "slugs": list(slugs)}).mappings()
    return {row["slug"]: to_record(CompanyHealth, row) for row in rows}


_HEALTH = statement(
    f"""
    SELECT k.slug, shown.open, shown.new, latest.listing, latest.reason AS problem,
        CASE WHEN latest.listing = '{CompanyStatus.ERROR}' THEN (
            SELECT min(c.finished_at) FROM checks AS c
            WHERE c.board_id = k.board_id AND c.kind = '{CheckKind.LIST}'
                AND c.listing = '{CompanyStatus.ERROR}'
                AND c.finished_at > coalesce(b.checked_at, '-infinity')
        ) END AS failing_since
    FROM companies AS k
    JOIN boards AS b USING (board_id)
    JOIN users AS r USING (user_id)
    CROSS JOIN LATERAL (
        SELECT count(*) AS open,
            count(*) FILTER (WHERE u.first_seen_at > coalesce(r.visited_at, '-infinity')) AS new
        FROM user_jobs AS u JOIN jobs AS j USING (job_id)
        WHERE u.user_id = k.user_id AND u.company = k.slug AND u.wanted
            AND j.board_id = k.board_id AND j.status <> '{JobStatus.EXPIRED}'
    ) AS shown
    LEFT JOIN LATERAL (
        SELECT c.listing, c.reason FROM checks AS c
        WHERE c.board_id = k.board_id AND c.kind = '{CheckKind.LIST}'
            AND c.finished_at IS NOT NULL AND c.listing IS NOT NULL
        ORDER BY c.check_id DESC LIMIT 1
    ) AS latest ON true
    WHERE k.user_id = :user AND k.slug = ANY(:slugs)
    """
)
