"""Add search of the whole catalogue, and tracking of postings.

The new table ``postings`` replaces ``job_texts``. ``postings`` holds the values by which jobs are
searched.
"""

from typing import Any

from alembic import op
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from include.core.companies.boards import is_private
from include.core.search_facts import search_facts
from include.settings import get_settings

revision = "0013"
down_revision = "0012"

_JOBS_AT_ONCE = 2_000
_TABLES = (
    """
    CREATE TABLE postings (
        job_id bigint PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
        board_id bigint NOT NULL,
        version integer NOT NULL,
        is_open boolean NOT NULL,
        company text NOT NULL,
        company_key text COLLATE "C" NOT NULL,
        tags text[] NOT NULL,
        pay bigint,
        currency text,
        first_seen_at timestamptz NOT NULL,
        published_at timestamptz NOT NULL,
        valid_through timestamptz,
        head_words tsvector NOT NULL,
        place_words tsvector NOT NULL,
        search tsvector NOT NULL
    )
    """,
    """
    CREATE TABLE tracked_jobs (
        user_id text REFERENCES users ON DELETE CASCADE,
        job_id bigint REFERENCES jobs,
        state text CHECK (
            state IN ('applied', 'interviewing', 'offered', 'rejected', 'saved', 'withdrawn')
        ),
        hidden boolean NOT NULL DEFAULT false,
        note text NOT NULL DEFAULT '',
        remind_at timestamptz,
        dates jsonb NOT NULL DEFAULT '{}',
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (user_id, job_id)
    )
    """,
    "ALTER TABLE users ADD COLUMN visited_at timestamptz",
    "ALTER TABLE boards ADD COLUMN private boolean NOT NULL DEFAULT false",
    "DROP TABLE job_texts",
)
# The words are also indexed without stemming, because the beginning of a word that a user types may
# differ from the beginning of its stem.
_FUNCTIONS = (
    """
    CREATE FUNCTION head_words(title text, company text, location text)
    RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
        SELECT to_tsvector('jobhunt', head) || to_tsvector('simple', head)
        FROM left(concat_ws(' ', title, company, location), 1000) AS head
    $$
    """,
    """
    CREATE FUNCTION open_or_close_posting() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE postings SET is_open = NEW.status <> 'expired' WHERE job_id = NEW.job_id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER jobs_open_or_close AFTER UPDATE OF status ON jobs
        FOR EACH ROW WHEN ((OLD.status = 'expired') <> (NEW.status = 'expired'))
        EXECUTE FUNCTION open_or_close_posting()
    """,
)
_RECORDS = text(
    """
    SELECT j.job_id, j.location, b.source, b.config,
        j.posting - '{description_html,description_text,provenance,requirements}'::text[] AS record
    FROM jobs AS j
    JOIN boards AS b USING (board_id)
    WHERE j.job_id > :after
    ORDER BY j.job_id
    LIMIT :most
    """
)
_FILL = text(
    """
    INSERT INTO postings (
        job_id, board_id, version, is_open, company, company_key, tags, pay, currency,
        first_seen_at, published_at, valid_through, head_words, place_words, search
    )
    SELECT j.job_id, j.board_id, j.content_version, j.status <> 'expired',
        r.company, r.company_key, r.tags || concat('board:', j.board_id), r.pay, r.currency,
        j.first_seen_at, coalesce(r.posted_at, j.first_seen_at), r.valid_through,
        head_words(j.title, r.company, j.location), to_tsvector('simple', r.places),
        job_search(j.title, r.company, j.location, j.posting ->> 'description_text')
    FROM jsonb_to_recordset(:rows) AS r(
        job_id bigint, company text, company_key text, places text, tags text[], pay bigint,
        currency text, posted_at timestamptz, valid_through timestamptz
    )
    JOIN jobs AS j USING (job_id)
    """
).bindparams(bindparam("rows", type_=JSONB))
# The indexes are made after the rows, because indexing rows one by one takes longer.
_INDEXES = (
    """
    CREATE INDEX postings_words_idx ON postings USING gin (tags, search, head_words, place_words)
    """,
    "CREATE INDEX postings_newest_idx ON postings (is_open, published_at, job_id)",
    "CREATE INDEX postings_company_idx ON postings (is_open, company_key, job_id)",
    """
    CREATE INDEX postings_pay_idx ON postings (is_open, pay, job_id) WHERE pay IS NOT NULL
    """,
    "CREATE INDEX postings_first_seen_idx ON postings (first_seen_at)",
    "CREATE INDEX boards_private_idx ON boards (board_id) WHERE private",
    "ANALYZE postings",
)


def upgrade() -> None:
    for sql in (*_TABLES, *_FUNCTIONS):
        op.execute(sql)
    _mark_private_boards()
    _fill_postings()
    for sql in _INDEXES:
        op.execute(sql)


def downgrade() -> None:
    for sql in (
        "DROP TRIGGER jobs_open_or_close ON jobs",
        "DROP FUNCTION open_or_close_posting",
        "DROP FUNCTION head_words",
        "DROP TABLE tracked_jobs, postings",
        "ALTER TABLE users DROP COLUMN visited_at",
        "ALTER TABLE boards DROP COLUMN private",
        """
        CREATE TABLE job_texts (
            job_id bigint PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
            version integer NOT NULL,
            search tsvector NOT NULL
        )
        """,
        """
        INSERT INTO job_texts (job_id, version, search)
        SELECT job_id, content_version, job_search(
            title, posting ->> 'company', location, posting ->> 'description_text'
        )
        FROM jobs ORDER BY job_id
        """,
        "CREATE INDEX job_texts_search_idx ON job_texts USING gin (search)",
    ):
        op.execute(sql)


def _mark_private_boards() -> None:
    connection = op.get_bind()
    hosts = get_settings().allowed_private_hosts
    for board_id, config in connection.execute(text("SELECT board_id, config FROM boards")).all():
        if is_private(config, hosts):
            mark = text("UPDATE boards SET private = true WHERE board_id = :board")
            connection.execute(mark, {"board": board_id})


def _fill_postings() -> None:
    connection = op.get_bind()
    after = 0
    while True:
        rows: list[dict[str, Any]] = [
            {"job_id": row.job_id}
            | vars(
                search_facts(
                    row.record, location=row.location, source=row.source, config=row.config
                )
            )
            for row in connection.execute(_RECORDS, {"after": after, "most": _JOBS_AT_ONCE})
        ]
        if not rows:
            return
        connection.execute(_FILL, {"rows": rows})
        after = rows[-1]["job_id"]
