"""Add full-text search of postings, retried runs, and idempotency keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

# The dictionary has no stop words, because words such as "it" and "a" can have a meaning in a
# posting: "IT" is a department, and "A" is a level of a language.
_CONFIGURATION = (
    """
    CREATE TEXT SEARCH DICTIONARY jobhunt_stem (TEMPLATE = snowball, Language = english)
    """,
    "CREATE TEXT SEARCH CONFIGURATION jobhunt (COPY = english)",
    """
    ALTER TEXT SEARCH CONFIGURATION jobhunt
        ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, word, hword, hword_part
        WITH jobhunt_stem
    """,
)
# left() is needed, because a tsvector has at most 1 MB. A job must not fail because its page is
# larger.
_FUNCTION = """
    CREATE FUNCTION keep_job_text() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO job_texts (job_id, search) VALUES (
            NEW.job_id,
            to_tsvector('jobhunt', left(concat_ws(
                ' ', NEW.title, NEW.company, NEW.posting->>'company', NEW.location,
                NEW.posting->>'description_text'
            ), 100000))
        )
        ON CONFLICT (job_id) DO UPDATE SET search = excluded.search;
        RETURN NULL;
    END $$
"""
_TRIGGERS = (
    """
    CREATE TRIGGER jobs_text_of_new AFTER INSERT ON jobs
        FOR EACH ROW EXECUTE FUNCTION keep_job_text()
    """,
    """
    CREATE TRIGGER jobs_text_of_changed AFTER UPDATE OF title, location, posting ON jobs
        FOR EACH ROW WHEN (
            (OLD.title, OLD.location, OLD.posting)
            IS DISTINCT FROM (NEW.title, NEW.location, NEW.posting)
        ) EXECUTE FUNCTION keep_job_text()
    """,
)


def upgrade() -> None:
    op.add_column(
        "ingestion_runs",
        sa.Column(
            "retry_of",
            sa.BigInteger(),
            sa.ForeignKey(
                "ingestion_runs.run_id",
                name=op.f("ingestion_runs_retry_of_fkey"),
                ondelete="SET NULL",
            ),
            nullable=True,
        ),
    )
    op.create_index(op.f("ingestion_runs_retry_of_idx"), "ingestion_runs", ["retry_of"])
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("idempotency_keys_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["ingestion_runs.run_id"],
            name=op.f("idempotency_keys_run_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("idempotency_keys_pkey")),
    )
    op.create_index(op.f("idempotency_keys_run_id_idx"), "idempotency_keys", ["run_id"])
    op.create_table(
        "job_texts",
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.job_id"], name=op.f("job_texts_job_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("job_texts_pkey")),
    )
    op.create_index(op.f("job_texts_search_idx"), "job_texts", ["search"], postgresql_using="gin")
    op.create_index(op.f("jobs_newest_idx"), "jobs", ["user_id", sa.literal_column("job_id DESC")])
    for statement in (*_CONFIGURATION, _FUNCTION, *_TRIGGERS):
        op.execute(statement)
    op.execute(
        """
        INSERT INTO job_texts (job_id, search)
        SELECT job_id, to_tsvector('jobhunt', left(concat_ws(
            ' ', title, company, posting->>'company', location, posting->>'description_text'
        ), 100000)) FROM jobs
        """
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER jobs_text_of_changed ON jobs")
    op.execute("DROP TRIGGER jobs_text_of_new ON jobs")
    op.execute("DROP FUNCTION keep_job_text")
    op.drop_index(op.f("jobs_newest_idx"), table_name="jobs")
    op.drop_table("job_texts")
    op.execute("DROP TEXT SEARCH CONFIGURATION jobhunt")
    op.execute("DROP TEXT SEARCH DICTIONARY jobhunt_stem")
    op.drop_table("idempotency_keys")
    op.drop_column("ingestion_runs", "retry_of")
