"""Replace the jobs, listings and runs of each user by one catalogue of boards and jobs for all.

The users' data and their history are kept. Jobs of one board that several companies had are merged
into one job. The merged job keeps the id and the content of the job whose posting was read last,
and the state of the job that the newest run listed or expired. Each old run becomes a run, a sweep
that has the same id, and a check for each company of the run.
"""

import json
from typing import Any

from alembic import op
from sqlalchemy import text

from include.core.companies.boards import config_sha256
from include.errors import JobhuntError, SettingError
from include.sources.registry import canonical_config

revision = "0010"
down_revision = "0009"

_UPGRADED = "the system was upgraded before the run was done; start a new one"

_LOCK = """
    LOCK TABLE users, companies, ingestion_runs, run_companies, listed_jobs, jobs, job_texts,
        run_jobs, job_versions, sla_misses, outbox, stream_tickets, idempotency_keys
"""
_END_ACTIVE_RUNS = (
    """
    CREATE TEMPORARY TABLE upgraded_runs ON COMMIT DROP AS
    SELECT run_id FROM ingestion_runs WHERE status IN ('ingesting', 'initializing', 'pending')
    """,
    """
    UPDATE jobs
    SET status = 'failed', error_code = 'unfinished', error_message = :message, settled_at = NULL
    WHERE status IN ('crawling', 'extracting', 'pending')
    """,
    """
    INSERT INTO run_jobs (
        run_id, job_id, company, external_id, title, status, added, listed, error_code,
        error_message, attempts, settled_at
    )
    SELECT run_id, job_id, company, external_id, title, status, first_run_id = run_id,
        missed_run_id IS DISTINCT FROM run_id,
        CASE WHEN status = 'failed' THEN error_code END,
        CASE WHEN status = 'failed' THEN error_message END, attempts, settled_at
    FROM jobs JOIN upgraded_runs USING (run_id)
    """,
    """
    UPDATE ingestion_runs AS r
    SET status = 'error', error_code = 'upgraded', error_message = :message, finished_at = now(),
        counts = (
            SELECT jsonb_build_object(
                'total', count(*) FILTER (WHERE listed), 'pending', 0, 'crawling', 0,
                'extracting', 0, 'ready', count(*) FILTER (WHERE status = 'ready'),
                'skipped', count(*) FILTER (WHERE status = 'skipped'),
                'failed', count(*) FILTER (WHERE status = 'failed'),
                'expired', count(*) FILTER (WHERE status = 'expired'),
                'added', count(*) FILTER (WHERE added)
            )
            FROM run_jobs WHERE run_jobs.run_id = r.run_id
        ),
        failures = (
            SELECT coalesce(jsonb_object_agg(code, jobs), '{}') FROM (
                SELECT coalesce(error_code, 'unknown') AS code, count(*) AS jobs
                FROM run_jobs WHERE run_jobs.run_id = r.run_id AND status = 'failed' GROUP BY 1
            ) AS failed
        )
    FROM upgraded_runs AS u WHERE u.run_id = r.run_id
    """,
)
_SET_ASIDE = (
    "DROP TRIGGER jobs_text_of_new ON jobs",
    "DROP TRIGGER jobs_text_of_changed ON jobs",
    "DROP FUNCTION keep_job_text",
    "DROP FUNCTION job_search(text, text, text, text, text)",
    "DROP TABLE job_texts",
    "ALTER TABLE listed_jobs DROP CONSTRAINT listed_jobs_run_id_company_fkey",
    "ALTER TABLE listed_jobs DROP CONSTRAINT listed_jobs_pkey",
    "ALTER TABLE listed_jobs RENAME TO old_listed_jobs",
    "ALTER TABLE run_companies DROP CONSTRAINT run_companies_run_id_fkey",
    "ALTER TABLE run_companies DROP CONSTRAINT run_companies_pkey",
    "ALTER TABLE run_companies DROP CONSTRAINT run_companies_status_check",
    "ALTER TABLE run_companies RENAME TO old_run_companies",
    "ALTER TABLE run_jobs DROP CONSTRAINT run_jobs_job_id_fkey",
    "ALTER TABLE run_jobs DROP CONSTRAINT run_jobs_run_id_fkey",
    "ALTER TABLE run_jobs DROP CONSTRAINT run_jobs_pkey",
    "DROP INDEX run_jobs_job_id_idx",
    "ALTER TABLE run_jobs RENAME TO old_run_jobs",
    "ALTER TABLE job_versions DROP CONSTRAINT job_versions_job_id_fkey",
    "ALTER TABLE job_versions DROP CONSTRAINT job_versions_pkey",
    "ALTER TABLE job_versions RENAME TO old_job_versions",
    "ALTER TABLE jobs DROP CONSTRAINT jobs_user_id_company_external_id_key",
    "DROP INDEX jobs_run_version_idx, jobs_active_batch_idx, jobs_page_idx, jobs_newest_idx",
)
_DROP_SET_ASIDE = "DROP TABLE old_listed_jobs, old_run_companies, old_run_jobs, old_job_versions"

_NEW_TABLES = (
    """
    CREATE TABLE boards (
        board_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        source text NOT NULL,
        config jsonb NOT NULL,
        config_sha256 text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        checked_at timestamptz,
        listing_seconds double precision,
        UNIQUE (source, config_sha256)
    )
    """,
    """
    CREATE TABLE sweeps (
        sweep_id bigint PRIMARY KEY DEFAULT nextval('ingestion_runs_run_id_seq'),
        trigger text NOT NULL
            CHECK (trigger IN ('airflow', 'api', 'cli', 'schedule')),
        status text NOT NULL DEFAULT 'active'
            CHECK (status IN ('active', 'cancelled', 'done', 'failed')),
        attempt integer NOT NULL DEFAULT 1,
        recoveries integer NOT NULL DEFAULT 0,
        dag_run_id text NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        finished_at timestamptz,
        last_heartbeat timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX sweeps_active_idx ON sweeps (last_heartbeat) WHERE status = 'active'",
    """
    CREATE TABLE checks (
        check_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        board_id bigint NOT NULL REFERENCES boards,
        sweep_id bigint NOT NULL REFERENCES sweeps,
        kind text NOT NULL DEFAULT 'list'
            CHECK (kind IN ('list', 'reextract', 'retry')),
        force boolean NOT NULL DEFAULT false,
        status text NOT NULL DEFAULT 'waiting'
            CHECK (status IN ('cancelled', 'done', 'failed', 'listing', 'reading', 'waiting')),
        listing text
            CHECK (listing IN ('complete', 'error', 'held', 'partial', 'sourcing', 'waiting')),
        listed integer NOT NULL DEFAULT 0,
        reason text,
        error_code text,
        job_ids bigint[] NOT NULL DEFAULT '{}',
        jobs_xid xid8,
        pace integer[] NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        finished_at timestamptz,
        changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id()
    )
    """,
    """
    CREATE UNIQUE INDEX checks_one_active_per_board ON checks (board_id)
    WHERE status IN ('listing', 'reading', 'waiting')
    """,
    "CREATE INDEX checks_newest_idx ON checks (board_id, check_id DESC)",
    "CREATE INDEX checks_sweep_id_idx ON checks (sweep_id)",
    """
    CREATE TABLE listed_jobs (
        board_id bigint REFERENCES boards,
        external_id text,
        title text NOT NULL,
        location text,
        url text NOT NULL,
        page_url text NOT NULL,
        host text NOT NULL,
        content text,
        modified_until timestamptz,
        row_sha256 text NOT NULL,
        facts jsonb,
        wanted boolean NOT NULL,
        PRIMARY KEY (board_id, external_id)
    )
    """,
    """
    CREATE TABLE job_texts (
        job_id bigint PRIMARY KEY,
        version integer NOT NULL,
        search tsvector NOT NULL
    )
    """,
    """
    CREATE TABLE user_jobs (
        user_id text,
        company text,
        job_id bigint,
        first_seen_at timestamptz NOT NULL DEFAULT now(),
        run_id bigint NOT NULL,
        check_id bigint NOT NULL,
        seen_version integer NOT NULL DEFAULT 0,
        expired boolean NOT NULL DEFAULT false,
        wanted boolean NOT NULL DEFAULT true,
        PRIMARY KEY (user_id, company, job_id)
    )
    """,
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
        version integer NOT NULL,
        PRIMARY KEY (run_id, company, job_id)
    )
    """,
    """
    CREATE TABLE job_versions (
        job_id bigint,
        version integer,
        sweep_id bigint NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT now(),
        changes jsonb NOT NULL,
        PRIMARY KEY (job_id, version)
    )
    """,
    # Only the beginning of a posting is indexed, because each change of a posting indexes it again.
    """
    CREATE FUNCTION job_search(title text, company text, location text, description text)
    RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
        SELECT to_tsvector('jobhunt', left(
            concat_ws(' ', title, company, location, left(description, 4000)), 6000
        ))
    $$
    """,
)
# These keys are made after the rows, because it would take many times as long to index and check
# rows one by one.
_NEW_KEYS = (
    """
    ALTER TABLE job_texts ADD CONSTRAINT job_texts_job_id_fkey
        FOREIGN KEY (job_id) REFERENCES jobs ON DELETE CASCADE
    """,
    # Triggers replace foreign keys, because foreign keys would be checked for each row that a new
    # follower gets.
    """
    CREATE FUNCTION forget_user_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM user_jobs WHERE user_id = OLD.user_id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER users_forget_jobs AFTER DELETE ON users
        FOR EACH ROW EXECUTE FUNCTION forget_user_jobs()
    """,
    """
    CREATE FUNCTION forget_run_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM run_jobs WHERE run_id = OLD.run_id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER ingestion_runs_forget_jobs AFTER DELETE ON ingestion_runs
        FOR EACH ROW EXECUTE FUNCTION forget_run_jobs()
    """,
    """
    ALTER TABLE job_versions ADD CONSTRAINT job_versions_job_id_fkey
        FOREIGN KEY (job_id) REFERENCES jobs ON DELETE CASCADE
    """,
    "CREATE INDEX job_texts_search_idx ON job_texts USING gin (search)",
    "CREATE INDEX user_jobs_newest_idx ON user_jobs (user_id, job_id DESC)",
)
_VIEWS = (
    """
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
    """,
    """
    CREATE VIEW user_job_states AS
    SELECT u.user_id, u.company, j.external_id, u.job_id,
        CASE
            WHEN j.status NOT IN ('ready', 'skipped') THEN j.status
            WHEN u.seen_version < j.content_version OR u.check_id = j.check_id THEN 'ready'
            ELSE j.status
        END AS status,
        u.run_id, u.first_seen_at,
        CASE WHEN j.status = 'expired' THEN j.expired_at END AS expired_at
    FROM user_jobs AS u
    JOIN jobs AS j ON j.job_id = u.job_id
    WHERE u.wanted
    """,
)

_CONFIGS = """
    SELECT source, config FROM companies UNION SELECT source, config FROM old_run_companies
"""
_KEEP_CONFIGS = """
    CREATE TEMPORARY TABLE board_configs ON COMMIT DROP AS
    SELECT * FROM jsonb_to_recordset(CAST(:configs AS jsonb))
        AS c(source text, config jsonb, canonical jsonb, config_sha256 text)
"""
_BOARDS = (
    """
    INSERT INTO boards (source, config, config_sha256, created_at)
    SELECT c.source, c.canonical, c.config_sha256, min(known.created_at)
    FROM (
        SELECT source, config, created_at FROM companies
        UNION ALL
        SELECT o.source, o.config, r.created_at
        FROM old_run_companies AS o JOIN ingestion_runs AS r USING (run_id)
    ) AS known
    JOIN board_configs AS c USING (source, config)
    GROUP BY c.source, c.canonical, c.config_sha256
    ORDER BY min(known.created_at), c.source, c.config_sha256
    """,
    "ALTER TABLE board_configs ADD COLUMN board_id bigint",
    """
    UPDATE board_configs AS c SET board_id = b.board_id
    FROM boards AS b WHERE b.source = c.source AND b.config_sha256 = c.config_sha256
    """,
    "ALTER TABLE companies ADD COLUMN board_id bigint",
    """
    UPDATE companies AS k SET board_id = c.board_id
    FROM board_configs AS c WHERE c.source = k.source AND c.config = k.config
    """,
    # The ids are in the order of the runs, so a board's newest check is that of its newest run.
    """
    CREATE TEMPORARY TABLE old_checks ON COMMIT DROP AS
    SELECT row_number() OVER (ORDER BY o.run_id, o.company) AS check_id,
        o.run_id, r.user_id, o.company, c.board_id
    FROM old_run_companies AS o
    JOIN ingestion_runs AS r USING (run_id)
    JOIN board_configs AS c USING (source, config)
    """,
    "CREATE UNIQUE INDEX ON old_checks (run_id, company)",
    "ANALYZE old_checks",
)
# A job belongs to the board that its company had in the job's latest run.
_MERGE = (
    """
    CREATE TEMPORARY TABLE old_jobs ON COMMIT DROP AS
    SELECT j.job_id AS old_id, j.user_id, j.company, j.external_id, j.run_id,
        coalesce(c.board_id, k.board_id, latest.board_id) AS board_id
    FROM jobs AS j
    LEFT JOIN old_checks AS c ON c.run_id = j.run_id AND c.company = j.company
    LEFT JOIN companies AS k ON k.user_id = j.user_id AND k.slug = j.company
    LEFT JOIN (
        SELECT DISTINCT ON (user_id, company) user_id, company, board_id
        FROM old_checks ORDER BY user_id, company, check_id DESC
    ) AS latest ON latest.user_id = j.user_id AND latest.company = j.company
    """,
    # Jobs that no user follows and that belong to no stored run get a board that is never checked.
    """
    INSERT INTO boards (source, config, config_sha256)
    SELECT 'unknown', config::jsonb, encode(sha256(convert_to(config, 'UTF8')), 'hex')
    FROM (
        SELECT format('{"company":%s,"first_job":%s}', to_jsonb(company), min(old_id)) AS config
        FROM old_jobs WHERE board_id IS NULL GROUP BY user_id, company
    ) AS forgotten
    """,
    """
    UPDATE old_jobs AS o SET board_id = b.board_id
    FROM (
        SELECT user_id, company, min(old_id) AS first_job
        FROM old_jobs WHERE board_id IS NULL GROUP BY user_id, company
    ) AS forgotten
    JOIN boards AS b ON b.source = 'unknown'
        AND b.config = jsonb_build_object('company', company, 'first_job', first_job)
    WHERE o.board_id IS NULL AND o.user_id = forgotten.user_id AND o.company = forgotten.company
    """,
    # A run that was given up proves nothing about a posting. Therefore the state from another
    # user's run is preferred, unless the posting was missing in that run's listing.
    """
    CREATE TEMPORARY TABLE merged_jobs ON COMMIT DROP AS
    SELECT board_id, external_id, job_id, was_read, is_wanted, first_seen_at, last_seen_at,
        CASE WHEN newest_is_given_up THEN coalesce(newest_known, newest) ELSE newest END AS state_of
    FROM (
        SELECT o.board_id, o.external_id,
            (array_agg(j.job_id ORDER BY j.posting IS NOT NULL DESC, j.posting_current DESC,
                j.crawled_at DESC NULLS LAST, j.run_id DESC, j.job_id DESC))[1] AS job_id,
            (array_agg(j.job_id ORDER BY j.run_id DESC, j.job_id DESC))[1] AS newest,
            (array_agg(g.is_given_up ORDER BY j.run_id DESC, j.job_id DESC))[1]
                AS newest_is_given_up,
            (array_agg(j.job_id ORDER BY j.run_id DESC, j.job_id DESC)
                FILTER (WHERE NOT g.is_given_up AND j.expire_reason IS DISTINCT FROM 'unlisted')
            )[1] AS newest_known,
            bool_or(j.posting IS NOT NULL) AS was_read, bool_or(j.wanted) AS is_wanted,
            min(j.first_seen_at) AS first_seen_at, max(j.last_seen_at) AS last_seen_at
        FROM old_jobs AS o
        JOIN jobs AS j ON j.job_id = o.old_id
        CROSS JOIN LATERAL (SELECT coalesce(
            j.status = 'failed' AND j.error_code IN ('aborted', 'unfinished'), false
        )) AS g(is_given_up)
        GROUP BY o.board_id, o.external_id
    ) AS grouped
    """,
    "ALTER TABLE old_jobs ADD COLUMN job_id bigint",
    """
    UPDATE old_jobs AS o SET job_id = m.job_id
    FROM merged_jobs AS m WHERE m.board_id = o.board_id AND m.external_id = o.external_id
    """,
    "CREATE UNIQUE INDEX ON old_jobs (old_id)",
    "ANALYZE old_jobs, merged_jobs",
)
# A change that the runs of several users found is one version. A change that the runs of one user
# found twice, because it was reverted in between, is two versions.
_VERSIONS = (
    """
    CREATE TEMPORARY TABLE old_versions ON COMMIT DROP AS
    SELECT old_id, run_id, job_id, changed_at, changes, is_kept,
        1 + count(*) FILTER (WHERE is_kept)
            OVER (PARTITION BY job_id ORDER BY found_at, found_by, digest, nth) AS version
    FROM (
        SELECT *, row_number() OVER same = 1 AS is_kept,
            first_value(changed_at) OVER same AS found_at, first_value(run_id) OVER same AS found_by
        FROM (
            SELECT v.job_id AS old_id, v.run_id, o.job_id, v.changed_at, v.changes, h.digest,
                row_number() OVER (
                    PARTITION BY v.job_id, h.digest ORDER BY v.changed_at, v.run_id
                ) AS nth
            FROM old_job_versions AS v
            JOIN old_jobs AS o ON o.old_id = v.job_id
            CROSS JOIN LATERAL (SELECT md5(v.changes::text)) AS h(digest)
        ) AS hashed
        WINDOW same AS (PARTITION BY job_id, digest, nth ORDER BY changed_at, run_id, old_id)
    ) AS compared
    """,
    "ANALYZE old_versions",
    "ALTER TABLE merged_jobs ADD COLUMN content_version integer",
    """
    UPDATE merged_jobs AS m
    SET content_version = CASE WHEN m.was_read OR v.changes > 0
        THEN 1 + coalesce(v.changes, 0) ELSE 0 END
    FROM merged_jobs AS same
    LEFT JOIN (
        SELECT job_id, count(*) AS changes FROM old_versions WHERE is_kept GROUP BY job_id
    ) AS v USING (job_id)
    WHERE m.job_id = same.job_id
    """,
    """
    INSERT INTO job_versions (job_id, version, sweep_id, changed_at, changes)
    SELECT job_id, version, run_id, changed_at, changes FROM old_versions WHERE is_kept
    ORDER BY job_id, version
    """,
)
_SWEEPS = """
    INSERT INTO sweeps (
        sweep_id, trigger, status, attempt, recoveries, dag_run_id, created_at, started_at,
        finished_at, last_heartbeat
    )
    SELECT run_id, trigger,
        CASE status WHEN 'finished' THEN 'done' WHEN 'aborted' THEN 'cancelled' ELSE 'failed' END,
        attempt, recoveries, coalesce(dag_run_id, 'ingest__' || run_id || '__' || attempt),
        created_at, started_at, finished_at, last_heartbeat
    FROM ingestion_runs ORDER BY run_id
"""
# A check becomes done only if it belongs to a finished run that listed the whole board without
# filters, because a run may use a check that is done instead of a new check.
_CHECKS = """
    INSERT INTO checks (
        check_id, board_id, sweep_id, kind, force, status, listing, listed, reason, error_code,
        job_ids, jobs_xid, pace, created_at, started_at, finished_at
    )
    OVERRIDING SYSTEM VALUE
    SELECT c.check_id, c.board_id, c.run_id,
        CASE WHEN r.retry_of IS NOT NULL THEN 'retry' WHEN r.reextract THEN 'reextract'
            ELSE 'list' END,
        r.force,
        CASE
            WHEN o.status = 'error' OR u.run_id IS NOT NULL THEN 'failed'
            WHEN r.status = 'finished' AND cardinality(
                o.include_titles || o.exclude_titles || o.include_locations || o.exclude_locations
                || o.workplaces
            ) = 0 THEN 'done'
            ELSE 'cancelled'
        END,
        CASE WHEN o.status NOT IN ('sourcing', 'waiting') THEN o.status END,
        o.listed,
        CASE WHEN u.run_id IS NOT NULL AND o.status <> 'error' THEN :message ELSE o.error END,
        CASE WHEN o.status = 'error' THEN 'listing' WHEN u.run_id IS NOT NULL THEN 'upgraded' END,
        coalesce(took_on.job_ids, '{}'),
        CASE WHEN took_on.job_ids IS NOT NULL THEN pg_current_xact_id() END,
        coalesce(done.pace, '{}'),
        r.created_at, r.started_at, r.finished_at
    FROM old_checks AS c
    JOIN old_run_companies AS o USING (run_id, company)
    JOIN ingestion_runs AS r USING (run_id)
    LEFT JOIN upgraded_runs AS u USING (run_id)
    LEFT JOIN (
        SELECT t.run_id, t.company, array_agg(o.job_id ORDER BY o.job_id) AS job_ids
        FROM old_run_jobs AS t JOIN old_jobs AS o ON o.old_id = t.job_id
        WHERE t.listed GROUP BY t.run_id, t.company
    ) AS took_on USING (run_id, company)
    LEFT JOIN (
        SELECT run_id, company, array_agg(coalesce(jobs, 0) ORDER BY second) AS pace
        FROM (
            SELECT run_id, company, generate_series(0, max(second)) AS second
            FROM settled GROUP BY run_id, company
        ) AS seconds
        LEFT JOIN settled USING (run_id, company, second)
        GROUP BY run_id, company
    ) AS done USING (run_id, company)
    ORDER BY c.check_id
"""
# The throughput of runs that took longer than a day is not kept.
_SETTLED = """
    CREATE TEMPORARY TABLE settled ON COMMIT DROP AS
    SELECT run_id, company, second, count(*)::integer AS jobs
    FROM old_run_jobs AS t
    JOIN ingestion_runs AS r USING (run_id)
    CROSS JOIN LATERAL (
        SELECT greatest(0, floor(extract(epoch FROM t.settled_at - r.started_at)))::integer
    ) AS s(second)
    WHERE t.listed AND second < 86400
    GROUP BY run_id, company, second
"""
# Boards whose runs are all deleted need a check, because each job belongs to a check.
_MISSING_CHECKS = (
    """
    INSERT INTO sweeps (trigger, status, dag_run_id, started_at, finished_at)
    SELECT 'cli', 'cancelled', 'upgrade__0010', now(), now()
    WHERE EXISTS (
        SELECT FROM merged_jobs AS m WHERE NOT EXISTS (
            SELECT FROM old_checks AS c WHERE c.board_id = m.board_id
        )
    )
    """,
    """
    SELECT setval(
        'checks_check_id_seq', (SELECT coalesce(max(check_id), 0) + 1 FROM old_checks), false
    )
    """,
    """
    INSERT INTO checks (board_id, sweep_id, status, reason, started_at, finished_at)
    SELECT DISTINCT m.board_id, s.sweep_id, 'cancelled', 'its runs are forgotten', now(), now()
    FROM merged_jobs AS m CROSS JOIN sweeps AS s
    WHERE s.dag_run_id = 'upgrade__0010' AND NOT EXISTS (
        SELECT FROM old_checks AS c WHERE c.board_id = m.board_id
    )
    """,
    """
    CREATE TEMPORARY TABLE newest_checks ON COMMIT DROP AS
    SELECT board_id, max(check_id) AS check_id FROM checks GROUP BY board_id
    """,
)
_RUNS = (
    """
    ALTER TABLE ingestion_runs
        ADD COLUMN kind text NOT NULL DEFAULT 'list',
        ADD COLUMN check_ids bigint[],
        ADD COLUMN left_out jsonb NOT NULL DEFAULT '{}',
        ADD COLUMN changed_xid xid8
    """,
    """
    UPDATE ingestion_runs AS r
    SET kind = CASE WHEN r.retry_of IS NOT NULL THEN 'retry' WHEN r.reextract THEN 'reextract'
            ELSE 'list' END,
        companies = coalesce(c.companies, '{}'), check_ids = coalesce(c.check_ids, '{}'),
        dag_run_id = CASE WHEN r.trigger = 'airflow' THEN r.dag_run_id END,
        changed_xid = pg_current_xact_id()
    FROM ingestion_runs AS same
    LEFT JOIN (
        SELECT run_id, array_agg(company ORDER BY company) AS companies,
            array_agg(check_id ORDER BY company) AS check_ids
        FROM old_checks GROUP BY run_id
    ) AS c USING (run_id)
    WHERE r.run_id = same.run_id
    """,
    """
    ALTER TABLE ingestion_runs
        DROP COLUMN reextract, DROP COLUMN attempt, DROP COLUMN recoveries, DROP COLUMN version,
        DROP COLUMN last_heartbeat,
        ALTER COLUMN companies SET NOT NULL,
        ALTER COLUMN check_ids SET NOT NULL,
        ALTER COLUMN changed_xid SET NOT NULL,
        ALTER COLUMN changed_xid SET DEFAULT pg_current_xact_id(),
        ADD CONSTRAINT ingestion_runs_kind_check CHECK (kind IN ('list', 'reextract', 'retry')),
        ADD CONSTRAINT ingestion_runs_companies_check
            CHECK (cardinality(companies) = cardinality(check_ids))
    """,
    "CREATE INDEX ingestion_runs_check_ids_idx ON ingestion_runs USING gin (check_ids)",
)
# For an unchanged job, the run and check are those of its last outcome with a change. The run that
# last listed the job showed the user nothing new.
_USER_JOBS = """
    INSERT INTO user_jobs (
        user_id, company, job_id, first_seen_at, run_id, check_id, seen_version, expired, wanted
    )
    SELECT o.user_id, o.company, o.job_id, j.first_seen_at,
        CASE WHEN j.status = 'skipped' THEN coalesce(told.run_id, j.first_run_id)
            ELSE j.run_id END,
        CASE WHEN j.status = 'skipped' THEN coalesce(told.check_id, 0)
            ELSE coalesce(c.check_id, newest.check_id) END,
        CASE
            WHEN j.posting IS NULL THEN 0
            WHEN j.job_id = kept.job_id OR (
                j.posting_current AND kept.posting_current
                AND j.fields_sha256 = kept.fields_sha256 AND j.text_sha256 = kept.text_sha256
            ) OR j.posting = kept.posting THEN m.content_version
            ELSE least(coalesce(own.version, 1), m.content_version - 1)
        END,
        j.status = 'expired', j.wanted
    FROM old_jobs AS o
    JOIN jobs AS j ON j.job_id = o.old_id
    JOIN jobs AS kept ON kept.job_id = o.job_id
    JOIN merged_jobs AS m ON m.job_id = o.job_id
    JOIN newest_checks AS newest ON newest.board_id = o.board_id
    LEFT JOIN old_checks AS c ON c.run_id = j.run_id AND c.company = j.company
    LEFT JOIN (
        SELECT old_id, max(version) AS version FROM old_versions GROUP BY old_id
    ) AS own ON own.old_id = o.old_id
    LEFT JOIN (
        SELECT DISTINCT ON (t.job_id) t.job_id, t.run_id, c.check_id
        FROM old_run_jobs AS t JOIN old_checks AS c USING (run_id, company)
        WHERE t.status <> 'skipped'
        ORDER BY t.job_id, t.run_id DESC
    ) AS told ON told.job_id = o.old_id
    ORDER BY o.user_id, o.company, o.job_id
"""
# If a run found a change, the row has the version of that change. Otherwise the row has the version
# that the user's earlier runs had read.
_RUN_JOBS = """
    INSERT INTO run_jobs (
        run_id, company, job_id, title, status, added, listed, error_code, error_message,
        attempts, seen_version, version
    )
    SELECT run_id, company, job_id, title, status, added, listed, error_code, error_message,
        attempts, coalesce(found - 1, seen), coalesce(found, greatest(seen, shown))
    FROM (
        SELECT *, coalesce(
            max(shown) OVER (
                PARTITION BY old_id ORDER BY run_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ), 0
        ) AS seen
        FROM (
            SELECT t.run_id, t.company, o.job_id, o.old_id, t.title, t.status, t.added, t.listed,
                t.error_code, t.error_message, t.attempts, v.version AS found,
                coalesce(
                    v.version, CASE WHEN t.status IN ('ready', 'skipped') THEN 1 ELSE 0 END
                ) AS shown
            FROM old_run_jobs AS t
            JOIN old_jobs AS o ON o.old_id = t.job_id
            LEFT JOIN old_versions AS v ON v.old_id = t.job_id AND v.run_id = t.run_id
        ) AS told
    ) AS told
    WHERE status <> 'skipped'
    ORDER BY run_id, company, job_id
"""
_JOBS = (
    """
    ALTER TABLE jobs
        ADD COLUMN board_id bigint,
        ADD COLUMN check_id bigint,
        ADD COLUMN changed_xid xid8,
        ADD COLUMN listed_title text,
        ADD COLUMN listed_location text,
        ADD COLUMN row_sha256 text,
        ADD COLUMN facts jsonb,
        ADD COLUMN inline boolean NOT NULL DEFAULT false,
        ADD COLUMN missed_since timestamptz,
        ADD COLUMN content_version integer NOT NULL DEFAULT 0
    """,
    """
    UPDATE jobs AS j
    SET board_id = m.board_id,
        check_id = coalesce(c.check_id, newest.check_id),
        changed_xid = pg_current_xact_id(),
        status = s.status,
        batch = NULL,
        listed_title = j.title, listed_location = j.location,
        url = s.url, page_url = s.page_url, host = s.host,
        inline = coalesce(l.content IS NOT NULL, false),
        wanted = m.is_wanted,
        missed_since = CASE WHEN s.missed > 0 THEN coalesce(r.started_at, s.last_seen_at) END,
        content_version = m.content_version,
        error_code = s.error_code, error_message = s.error_message, attempts = s.attempts,
        first_seen_at = m.first_seen_at, last_seen_at = m.last_seen_at,
        expired_at = s.expired_at, expire_reason = s.expire_reason, settled_at = s.settled_at
    FROM merged_jobs AS m
    JOIN jobs AS s ON s.job_id = m.state_of
    JOIN newest_checks AS newest ON newest.board_id = m.board_id
    LEFT JOIN old_checks AS c ON c.run_id = s.run_id AND c.company = s.company
    LEFT JOIN ingestion_runs AS r ON r.run_id = s.missed_run_id
    LEFT JOIN old_listed_jobs AS l ON l.run_id = s.run_id AND l.company = s.company
        AND l.external_id = s.external_id
    WHERE j.job_id = m.job_id
    """,
    # These rows are kept so that failed jobs whose content is only in a listing can be read again.
    """
    INSERT INTO listed_jobs (
        board_id, external_id, title, location, url, page_url, host, content, row_sha256, wanted
    )
    SELECT m.board_id, m.external_id, l.title, l.location, l.url, l.page_url, l.host, l.content,
        '', l.wanted
    FROM merged_jobs AS m
    JOIN jobs AS s ON s.job_id = m.state_of
    JOIN old_listed_jobs AS l ON l.run_id = s.run_id AND l.company = s.company
        AND l.external_id = s.external_id
    WHERE s.status = 'failed'
    """,
    "DELETE FROM jobs WHERE board_id IS NULL",
    """
    ALTER TABLE jobs
        DROP COLUMN user_id, DROP COLUMN company, DROP COLUMN run_id, DROP COLUMN first_run_id,
        DROP COLUMN version, DROP COLUMN modified, DROP COLUMN missed, DROP COLUMN missed_run_id,
        DROP COLUMN crawled_modified,
        ALTER COLUMN board_id SET NOT NULL,
        ALTER COLUMN check_id SET NOT NULL,
        ALTER COLUMN changed_xid SET NOT NULL,
        ALTER COLUMN changed_xid SET DEFAULT pg_current_xact_id(),
        ALTER COLUMN listed_title SET NOT NULL,
        ADD CONSTRAINT jobs_board_id_external_id_key UNIQUE (board_id, external_id),
        ADD CONSTRAINT jobs_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards
    """,
    "CREATE INDEX jobs_check_changed_idx ON jobs (check_id, changed_xid)",
    """
    CREATE INDEX jobs_active_batch_idx ON jobs (check_id, batch)
    WHERE status IN ('crawling', 'extracting', 'pending')
    """,
)
_TEXTS = """
    INSERT INTO job_texts (job_id, version, search)
    SELECT job_id, content_version, job_search(
        title, posting ->> 'company', location, posting ->> 'description_text'
    )
    FROM jobs ORDER BY job_id
"""
_CHECKED_AT = """
    UPDATE boards AS b SET checked_at = c.finished_at
    FROM (
        SELECT board_id, max(finished_at) AS finished_at FROM checks
        WHERE kind = 'list' AND listing <> 'error' GROUP BY board_id
    ) AS c
    WHERE b.board_id = c.board_id
"""
_SMALL_TABLES = (
    # Create this constraint now, because the code declared it from the start, but no migration
    # created it.
    "ALTER TABLE users ADD CONSTRAINT users_user_id_check CHECK (length(user_id) <= 128)",
    """
    ALTER TABLE companies
        DROP COLUMN source, DROP COLUMN config,
        ALTER COLUMN board_id SET NOT NULL,
        ADD CONSTRAINT companies_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards
    """,
    "CREATE INDEX companies_board_id_idx ON companies (board_id)",
    "ALTER TABLE sla_misses DROP CONSTRAINT sla_misses_run_id_fkey",
    "ALTER TABLE sla_misses RENAME COLUMN run_id TO sweep_id",
    """
    ALTER TABLE sla_misses ADD CONSTRAINT sla_misses_sweep_id_fkey
        FOREIGN KEY (sweep_id) REFERENCES sweeps ON DELETE CASCADE
    """,
    "DELETE FROM outbox WHERE done_at IS NULL",
    "ALTER TABLE outbox DROP CONSTRAINT outbox_run_id_fkey",
    "ALTER TABLE outbox DROP CONSTRAINT outbox_run_id_attempt_key",
    "ALTER TABLE outbox RENAME COLUMN run_id TO sweep_id",
    """
    ALTER TABLE outbox
        ADD CONSTRAINT outbox_sweep_id_attempt_key UNIQUE (sweep_id, attempt),
        ADD CONSTRAINT outbox_sweep_id_fkey
            FOREIGN KEY (sweep_id) REFERENCES sweeps ON DELETE CASCADE
    """,
)
_ANALYZE = """
    ANALYZE boards, companies, ingestion_runs, sweeps, checks, listed_jobs, jobs, job_texts,
        user_jobs, run_jobs, job_versions
"""


def upgrade() -> None:
    _run(_LOCK, *_END_ACTIVE_RUNS, *_SET_ASIDE, *_NEW_TABLES)
    _keep_configs()
    _run(
        *(*_BOARDS, *_MERGE, *_VERSIONS),
        *(_SWEEPS, _SETTLED, _CHECKS, *_MISSING_CHECKS, *_RUNS),
        *(_USER_JOBS, _RUN_JOBS, *_JOBS, _TEXTS, _CHECKED_AT, *_SMALL_TABLES),
        *(_DROP_SET_ASIDE, *_NEW_KEYS, *_VIEWS, _ANALYZE),
    )


def downgrade() -> None:
    raise JobhuntError(
        "the tables cannot go back below revision 0010, which merged the users' jobs: restore the"
        " backup that was made before the upgrade (docs/upgrade.md)"
    )


def _run(*statements: str) -> None:
    for sql in statements:
        parameters = {"message": _UPGRADED} if ":message" in sql else {}
        op.get_bind().execute(text(sql), parameters)


def _keep_configs() -> None:
    """Store each source and config that was ever listed, together with its canonical form."""
    configs: list[dict[str, Any]] = []
    for source, config in op.get_bind().execute(text(_CONFIGS)):
        try:
            canonical = canonical_config(source, config)
        except SettingError:
            canonical = config
        configs.append(
            {
                "source": source,
                "config": config,
                "canonical": canonical,
                "config_sha256": config_sha256(canonical),
            }
        )
    op.get_bind().execute(text(_KEEP_CONFIGS), {"configs": json.dumps(configs)})
