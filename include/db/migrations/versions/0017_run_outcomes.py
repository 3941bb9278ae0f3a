"""Store the outcomes of a run in one row for each company, as arrays.

The view ``run_jobs`` shows the outcomes as rows. The view replaces the table of the same name. The
primary key of ``user_jobs`` gets another order of columns, so that its index also replaces the
table's second index.
"""

from alembic import op

revision = "0017"
down_revision = "0016"

_UPGRADE = (
    """
    CREATE TABLE run_outcomes (
        run_id bigint,
        company text,
        job_ids bigint[] NOT NULL,
        titles text[] NOT NULL,
        statuses text[] NOT NULL,
        added boolean[] NOT NULL,
        listed boolean[] NOT NULL,
        error_codes text[] NOT NULL,
        error_messages text[] NOT NULL,
        attempts integer[] NOT NULL,
        seen_versions integer[] NOT NULL,
        versions integer[] NOT NULL
    )
    """,
    """
    INSERT INTO run_outcomes
    SELECT run_id, company, array_agg(job_id), array_agg(title), array_agg(status),
        array_agg(added), array_agg(listed), array_agg(error_code), array_agg(error_message),
        array_agg(attempts), array_agg(seen_version), array_agg(version)
    FROM run_jobs GROUP BY run_id, company
    """,
    "ALTER TABLE run_outcomes ADD PRIMARY KEY (run_id, company)",
    "DROP TABLE run_jobs",
    """
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
    """,
    """
    CREATE OR REPLACE FUNCTION forget_run_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM run_outcomes WHERE run_id = OLD.run_id;
        RETURN NULL;
    END $$
    """,
    "ALTER TABLE user_jobs DROP CONSTRAINT user_jobs_pkey",
    "ALTER TABLE user_jobs ADD PRIMARY KEY (user_id, job_id, company)",
    "DROP INDEX user_jobs_newest_idx",
    "ANALYZE run_outcomes",
)
_DOWNGRADE = (
    "DROP VIEW run_jobs",
    """
    CREATE TABLE run_jobs (
        run_id bigint,
        company text,
        job_id bigint,
        title text NOT NULL,
        status text NOT NULL,
        added boolean NOT NULL,
        listed boolean NOT NULL,
        error_code text,
        error_message text,
        attempts integer NOT NULL,
        seen_version integer NOT NULL,
        version integer NOT NULL
    )
    """,
    """
    INSERT INTO run_jobs
    SELECT run_id, company, o.*
    FROM run_outcomes AS t
    CROSS JOIN LATERAL unnest(
        job_ids, titles, statuses, added, listed, error_codes, error_messages, attempts,
        seen_versions, versions
    ) AS o
    """,
    "ALTER TABLE run_jobs ADD PRIMARY KEY (run_id, company, job_id)",
    "DROP TABLE run_outcomes",
    """
    CREATE OR REPLACE FUNCTION forget_run_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM run_jobs WHERE run_id = OLD.run_id;
        RETURN NULL;
    END $$
    """,
    "ALTER TABLE user_jobs DROP CONSTRAINT user_jobs_pkey",
    "ALTER TABLE user_jobs ADD PRIMARY KEY (user_id, company, job_id)",
    "CREATE INDEX user_jobs_newest_idx ON user_jobs (user_id, job_id DESC)",
)


def upgrade() -> None:
    for sql in _UPGRADE:
        op.execute(sql)


def downgrade() -> None:
    for sql in _DOWNGRADE:
        op.execute(sql)
