"""Settle runs: write the outcomes of an ended check for each run that rests on the check (ADR 4).

A run rests on a check if the check is assigned to one of the run's companies.


A follower gets rows of ``user_jobs`` and elements of ``run_outcomes`` only for jobs that are new,
changed, expired or failed for them (ADR 42). The other jobs in the check's ``job_ids`` are
unchanged for the follower, and get no rows or elements.
"""

from collections.abc import Collection

from sqlalchemy import Connection

from include.core.checking.expiry import PAGE_REASONS
from include.core.runs.run_state import ACTIVE_JOBS, JobStatus
from include.db.run.left_out import find_left_out, left_out_parameters
from include.db.sql import sql_literals, statement
from include.failure_codes import FailureCode


def settle(
    connection: Connection,
    run_ids: Collection[int],
    check_ids: Collection[int],
    *,
    adopted: bool = False,
    unfinished: FailureCode = FailureCode.UNFINISHED,
) -> None:
    """Write the outcomes of the checks for those companies of the runs that rest on the checks.

    The jobs that the followers' filters leave out get no outcome. The caller has locked the runs,
    and has ended the checks or is about to abort the run.

    Args:
        adopted: True if the checks had ended before the runs began. Users may then know some of the
            changes that the checks found. A job whose change a user knows is unchanged for that
            user.
        unfinished: the failure code of jobs that have not been read.
    """
    left_out = find_left_out(connection, run_ids, check_ids)
    params = {
        "runs": list(run_ids),
        "checks": list(check_ids),
        "adopted": adopted,
        "unfinished": unfinished,
        **left_out_parameters(left_out),
    }
    connection.execute(_SETTLE, params)
    if left_out:
        connection.execute(_MARK_UNWANTED, params)
        by_run: dict[int, dict[str, list[int]]] = {}
        for each in left_out:
            by_run.setdefault(each.run_id, {}).setdefault(each.company, []).append(each.job_id)
        rows = [
            {"run_id": run_id, "left_out": jobs_by_company}
            for run_id, jobs_by_company in by_run.items()
        ]
        connection.execute(_STORE_LEFT_OUT, {"rows": rows})


_ACTIVE_JOBS = sql_literals(ACTIVE_JOBS)
_PAGE_REASONS = sql_literals(PAGE_REASONS)


def follower_jobs(unread_status: str) -> str:
    """Return a SELECT of the outcomes of checks, one row for each job and follower.

    The SELECT reads a table ``follower`` (run_id, user_id, company, check_id, board_id). Its
    parameters are ``adopted`` and those of ``left_out_parameters``.

    Args:
        unread_status: an SQL expression for the status of a job that has not been read.
    """
    return f"""
        SELECT f.run_id, f.user_id, f.company, f.check_id, j.job_id, j.title,
            CASE
                WHEN j.status IN ({_ACTIVE_JOBS}) THEN {unread_status}
                WHEN j.status = '{JobStatus.FAILED}' THEN j.status
                WHEN j.status = '{JobStatus.EXPIRED}' AND coalesce(u.expired, false)
                    THEN '{JobStatus.SKIPPED}'
                WHEN j.status = '{JobStatus.EXPIRED}' THEN j.status
                WHEN coalesce(u.seen_version, 0) < j.content_version THEN '{JobStatus.READY}'
                WHEN j.status = '{JobStatus.READY}' AND NOT :adopted THEN j.status
                ELSE '{JobStatus.SKIPPED}'
            END AS status,
            -- a job that was skipped before its first reading is not added until it is read
            u.job_id IS NULL
                AND NOT (
                    j.status = '{JobStatus.SKIPPED}' AND j.content_version = 0 AND NOT j.wanted
                ) AS added,
            true AS listed, j.status IN ({_ACTIVE_JOBS}) AS is_unfinished,
            j.error_code, j.error_message, j.attempts,
            coalesce(u.seen_version, 0) AS seen_version, j.content_version,
            coalesce(u.expired, false) AS was_expired, coalesce(u.wanted, true) AS was_wanted,
            j.status = '{JobStatus.EXPIRED}' AS is_expired
        FROM follower AS f
        JOIN jobs AS j ON j.check_id = f.check_id
            AND (j.status <> '{JobStatus.EXPIRED}' OR j.expire_reason IN ({_PAGE_REASONS}))
        LEFT JOIN user_jobs AS u
            ON u.user_id = f.user_id AND u.company = f.company AND u.job_id = j.job_id
        LEFT JOIN unnest(:left_runs, :left_companies, :left_jobs) AS l(run_id, company, job_id)
            ON l.run_id = f.run_id AND l.company = f.company AND l.job_id = j.job_id
        WHERE l.job_id IS NULL
        UNION ALL
        -- jobs whose expiry, by this check or an earlier one, the user was not shown yet
        SELECT f.run_id, f.user_id, f.company, f.check_id, j.job_id, j.title, j.status,
            false, false, false, NULL, NULL, j.attempts,
            u.seen_version, u.seen_version, false, true, true
        FROM follower AS f
        JOIN jobs AS j ON j.board_id = f.board_id AND j.status = '{JobStatus.EXPIRED}'
            AND NOT (j.check_id = f.check_id AND j.expire_reason IN ({_PAGE_REASONS}))
        JOIN user_jobs AS u ON u.user_id = f.user_id AND u.company = f.company
            AND u.job_id = j.job_id AND u.wanted AND NOT u.expired
    """


_SETTLE = statement(
    f"""
    WITH follower AS MATERIALIZED (
        SELECT r.run_id, r.user_id, f.company, f.check_id, c.board_id
        FROM ingestion_runs AS r
        CROSS JOIN LATERAL unnest(r.companies, r.check_ids) AS f(company, check_id)
        JOIN checks AS c ON c.check_id = f.check_id
        WHERE r.run_id = ANY(:runs) AND f.check_id = ANY(:checks)
    ), outcome AS MATERIALIZED (
        SELECT *, status = '{JobStatus.READY}' AND seen_version < content_version AS has_new_content
        FROM ({follower_jobs(unread_status=f"'{JobStatus.FAILED}'")}) AS job
        WHERE status <> '{JobStatus.SKIPPED}' OR added OR NOT was_wanted
            OR is_expired <> was_expired
    ), shown AS (
        UPDATE user_jobs AS u
        SET run_id = o.run_id, expired = o.is_expired, wanted = true,
            check_id = CASE WHEN o.has_new_content THEN o.check_id ELSE u.check_id END,
            seen_version = CASE WHEN o.has_new_content
                THEN o.content_version ELSE u.seen_version END
        FROM outcome AS o
        WHERE u.user_id = o.user_id AND u.company = o.company AND u.job_id = o.job_id
            AND NOT o.added
            AND (o.has_new_content OR NOT o.was_wanted OR o.is_expired <> o.was_expired)
    ), first_shown AS (
        INSERT INTO user_jobs (
            user_id, company, job_id, run_id, check_id, seen_version, expired
        )
        SELECT user_id, company, job_id, run_id, check_id,
            CASE WHEN has_new_content THEN content_version ELSE 0 END, is_expired
        FROM outcome WHERE added
    )
    INSERT INTO run_outcomes (
        run_id, company, job_ids, titles, statuses, added, listed, error_codes, error_messages,
        attempts, seen_versions, versions
    )
    SELECT run_id, company, array_agg(job_id), array_agg(title), array_agg(status),
        array_agg(added), array_agg(listed),
        array_agg(CASE WHEN is_unfinished THEN :unfinished
            WHEN status = '{JobStatus.FAILED}' THEN error_code END),
        array_agg(CASE WHEN is_unfinished THEN 'the run ended before this posting was read'
            WHEN status = '{JobStatus.FAILED}' THEN error_message END),
        array_agg(attempts), array_agg(seen_version),
        array_agg(greatest(seen_version, content_version))
    FROM outcome
    WHERE status <> '{JobStatus.SKIPPED}'
    GROUP BY run_id, company
    """
)
_MARK_UNWANTED = statement(
    """
    UPDATE user_jobs AS u SET wanted = false
    FROM unnest(:left_runs, :left_companies, :left_jobs) AS l(run_id, company, job_id)
    JOIN ingestion_runs AS r USING (run_id)
    WHERE u.user_id = r.user_id AND u.company = l.company AND u.job_id = l.job_id AND u.wanted
    """
)
_STORE_LEFT_OUT = statement(
    """
    UPDATE ingestion_runs AS r SET left_out = r.left_out || l.left_out
    FROM jsonb_to_recordset(:rows) AS l(run_id bigint, left_out jsonb)
    WHERE r.run_id = l.run_id
    """
)
