"""Build SQL that selects the jobs of runs as their users see them.

Reports and the progress stream use this SQL. ADR 23 explains the reasons.

A company of a run is *open* while both its check and the run are active. The jobs of an open
company are read from ``jobs``. A company is *settled* when its outcomes have been stored, because
its check has ended or the run was aborted. The jobs of a settled company are read from
``run_jobs``, and its unchanged jobs from the check's ``job_ids``. The rows of ``jobs`` cannot be
used then, because a later check may have changed them.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, TextClause

from include.core.runs.run_state import ACTIVE_CHECKS, ACTIVE_RUNS, JobStatus
from include.db.run.left_out import find_left_out, left_out_parameters
from include.db.run.settling import follower_jobs
from include.db.sql import sql_literals, statement


def job_parameters(connection: Connection, run_ids: Collection[int]) -> dict[str, Any]:
    """Return the parameters for a statement that ``job_statement`` made."""
    params: dict[str, Any] = {"runs": list(run_ids), "adopted": False}
    open_check_ids = connection.scalars(_OPEN_CHECKS, params).all()
    return params | left_out_parameters(find_left_out(connection, run_ids, open_check_ids))


def job_statement(sql: str) -> TextClause:
    """Return ``sql`` as a statement that can read the tables ``open_job`` and ``settled_job``.

    Both tables have the columns run_id, company, job_id, title, status, added, listed, error_code,
    error_message and attempts. In ``settled_job``, a row whose ``title`` is null is an unchanged
    job.
    """
    return statement(f"WITH {_JOB_CTES} {sql}")


IS_OPEN = (
    f"r.status IN ({sql_literals(ACTIVE_RUNS)}) AND c.status IN ({sql_literals(ACTIVE_CHECKS)})"
)
"""An SQL condition on a run ``r`` and a check ``c`` that is true while the company is open."""
_OPEN_CHECKS = statement(
    f"""
    SELECT DISTINCT c.check_id FROM ingestion_runs AS r
    JOIN checks AS c ON c.check_id = ANY(r.check_ids)
    WHERE r.run_id = ANY(:runs) AND {IS_OPEN}
    """
)
_JOB_CTES = f"""
    run_company AS MATERIALIZED (
        SELECT r.run_id, r.user_id, f.company, f.check_id, c.board_id, c.job_ids,
            r.left_out -> f.company AS left_out, {IS_OPEN} AS is_open
        FROM ingestion_runs AS r
        CROSS JOIN LATERAL unnest(r.companies, r.check_ids) AS f(company, check_id)
        JOIN checks AS c ON c.check_id = f.check_id
        WHERE r.run_id = ANY(:runs)
    ), follower AS (
        SELECT * FROM run_company WHERE is_open
    ), open_job AS (
        {follower_jobs(unread_status="j.status")}
    ), settled_job AS (
        SELECT run_id, company, job_id, title, status, added, listed, error_code, error_message,
            attempts
        FROM run_jobs WHERE run_id = ANY(:runs)
        UNION ALL
        SELECT r.run_id, r.company, unchanged.job_id, NULL, '{JobStatus.SKIPPED}', false, true,
            NULL, NULL, 0
        FROM run_company AS r
        CROSS JOIN LATERAL (
            SELECT unnest(r.job_ids) AS job_id
            EXCEPT SELECT jsonb_array_elements_text(r.left_out)::bigint
            EXCEPT SELECT t.job_id FROM run_jobs AS t
                WHERE t.run_id = r.run_id AND t.company = r.company
        ) AS unchanged
        WHERE NOT r.is_open
    )
"""
