"""Define the views of our database. The migrations create them from these statements.

``run_companies`` has one row for each company of each run. The row shows the check that the run
rests on for the company. ``run_jobs`` has one row for each outcome of each run. Unchanged jobs have
no row. ``user_job_states`` has one row for each job that a user was shown. The row shows the job's
current status for that user.
"""

STATUS = """
    CASE
        WHEN j.status NOT IN ('ready', 'skipped') THEN j.status
        WHEN u.seen_version < j.content_version OR u.check_id = j.check_id THEN 'ready'
        ELSE j.status
    END
"""
"""An SQL expression for the status of a job ``j`` for the user of the ``user_jobs`` row ``u``.

A job is ready for a user if the user has not seen the job's current content, or if the job's latest
check was the first to show them this content.
"""

RUN_COMPANIES = """
    CREATE VIEW run_companies AS
    SELECT r.run_id, r.user_id, f.company, f.check_id, b.board_id, b.source,
        CASE
            WHEN c.status = 'failed' THEN 'error'
            WHEN c.listing IS NOT NULL THEN c.listing
            WHEN c.status = 'listing' THEN 'sourcing'
            ELSE 'waiting'
        END AS status,
        coalesce(c.listed, 0) AS listed,
        c.reason AS error,
        c.finished_at AS checked_at
    FROM ingestion_runs AS r
    CROSS JOIN LATERAL unnest(r.companies, r.check_ids) AS f(company, check_id)
    LEFT JOIN checks AS c ON c.check_id = f.check_id
    LEFT JOIN companies AS k ON k.user_id = r.user_id AND k.slug = f.company
    LEFT JOIN boards AS b ON b.board_id = coalesce(c.board_id, k.board_id)
"""

RUN_JOBS = """
    CREATE VIEW run_jobs AS
    SELECT t.run_id, t.company, o.*
    FROM run_outcomes AS t
    CROSS JOIN LATERAL unnest(
        t.job_ids, t.titles, t.statuses, t.added, t.listed, t.error_codes, t.error_messages,
        t.attempts, t.seen_versions, t.versions
    ) AS o(
        job_id, title, status, added, listed, error_code, error_message, attempts, seen_version,
        version
    )
"""

USER_JOB_STATES = f"""
    CREATE VIEW user_job_states AS
    SELECT u.user_id, u.company, j.external_id, u.job_id,
        {STATUS} AS status,
        u.run_id, u.first_seen_at,
        CASE WHEN j.status = 'expired' THEN j.expired_at END AS expired_at
    FROM user_jobs AS u
    JOIN jobs AS j ON j.job_id = u.job_id
    WHERE u.wanted
"""
