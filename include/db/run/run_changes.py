"""Read the changes of known postings that a run showed to its user.

If a posting has changed several times since the user last saw it, these changes are shown as one
change: from the value that the user saw to the value after the last change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from include.core.runs.run_state import JobStatus
from include.db.records import to_record
from include.db.sql import statement


@dataclass(frozen=True, kw_only=True)
class JobChange:
    """The changed fields of one posting."""

    job_id: int
    company: str
    external_id: str
    title: str
    url: str
    changed_at: datetime
    changes: Mapping[str, Any]
    """The values before and after the change, by the name of the field: ``{field: [before,
    after]}``."""


def list_changes(connection: Connection, run_id: int, *, after: int, limit: int) -> list[JobChange]:
    """Return the run's changes in order of job id.

    If the user follows the board of a posting under two slugs, the posting is returned twice. Both
    entries are on the same page, so a page may hold more than ``limit`` entries.

    Args:
        after: the last job id of the previous page.
    """
    params = {"run": run_id, "after": after, "max_rows": limit}
    return [to_record(JobChange, row) for row in connection.execute(_LIST, params).mappings()]


def count_changes(connection: Connection, run_id: int) -> int:
    """Return the number of postings that the run showed as changed."""
    return connection.execute(_COUNT, {"run": run_id}).scalar_one()


def count_changed_fields(connection: Connection, run_id: int) -> dict[str, int]:
    """Return the number of postings in which each field changed, the largest number first."""
    rows = connection.execute(_COUNT_FIELDS, {"run": run_id})
    return {row.field: row.number for row in rows}


# A field that has the value that the user saw again is left out.
_CHANGED = f"""
    WITH changed AS (
        SELECT t.company, t.job_id, t.title, f.key AS field, max(v.changed_at) AS changed_at,
            (array_agg(f.value -> 0 ORDER BY v.version))[1] AS before,
            (array_agg(f.value -> 1 ORDER BY v.version DESC))[1] AS after
        FROM run_jobs AS t
        JOIN job_versions AS v ON v.job_id = t.job_id
            AND v.version > t.seen_version AND v.version <= t.version
        CROSS JOIN LATERAL jsonb_each(v.changes) AS f
        WHERE t.run_id = :run AND t.status = '{JobStatus.READY}' AND t.seen_version > 0
        GROUP BY 1, 2, 3, 4
        HAVING (array_agg(f.value -> 0 ORDER BY v.version))[1]
            <> (array_agg(f.value -> 1 ORDER BY v.version DESC))[1]
    )
"""
_LIST = statement(
    f"""
    {_CHANGED}
    SELECT c.job_id, c.company, j.external_id, c.title, j.url, max(c.changed_at) AS changed_at,
        jsonb_object_agg(c.field, jsonb_build_array(c.before, c.after)) AS changes
    FROM changed AS c JOIN jobs AS j USING (job_id)
    WHERE c.job_id > :after
    GROUP BY c.job_id, c.company, j.external_id, c.title, j.url
    ORDER BY c.job_id
    FETCH FIRST :max_rows ROWS WITH TIES
    """
)
_COUNT = statement(f"{_CHANGED} SELECT count(DISTINCT (company, job_id)) FROM changed")
_COUNT_FIELDS = statement(
    f"""
    {_CHANGED}
    SELECT field, count(*) AS number FROM changed GROUP BY field ORDER BY number DESC, field
    """
)
