"""Remove the trigger that made search texts. Workers now make the texts before they lock a run."""

from alembic import op

revision = "0009"
down_revision = "0008"

# left() is needed, because a tsvector has at most 1 MB. A job must not fail because its page is
# larger.
_SEARCHED = """
    CREATE FUNCTION job_search(
        title text, company text, employer text, location text, description text
    ) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
        SELECT to_tsvector('jobhunt', left(
            concat_ws(' ', title, company, employer, location, description), 100000
        ))
    $$
"""
_FUNCTION = """
    CREATE OR REPLACE FUNCTION keep_job_text() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO job_texts (job_id, search) VALUES (NEW.job_id, {search})
        ON CONFLICT (job_id) DO UPDATE SET search = excluded.search;
        RETURN NULL;
    END $$
"""
_BY_FUNCTION = """
    job_search(
        NEW.title, NEW.company, NEW.posting->>'company', NEW.location,
        NEW.posting->>'description_text'
    )
"""
_IN_PLACE = """
    to_tsvector('jobhunt', left(concat_ws(
        ' ', NEW.title, NEW.company, NEW.posting->>'company', NEW.location,
        NEW.posting->>'description_text'
    ), 100000))
"""
_TRIGGER = """
    CREATE OR REPLACE TRIGGER jobs_text_of_changed
        AFTER UPDATE OF title, location, posting ON jobs
        FOR EACH ROW WHEN (
            (OLD.title, OLD.location, OLD.posting)
            IS DISTINCT FROM (NEW.title, NEW.location, NEW.posting)
            {unless}
        ) EXECUTE FUNCTION keep_job_text()
"""
_UNLESS_KEPT = "AND current_setting('jobhunt.texts_kept', true) IS DISTINCT FROM 'yes'"


def upgrade() -> None:
    op.execute(_SEARCHED)
    op.execute(_FUNCTION.format(search=_BY_FUNCTION))
    op.execute(_TRIGGER.format(unless=_UNLESS_KEPT))


def downgrade() -> None:
    op.execute(_TRIGGER.format(unless=""))
    op.execute(_FUNCTION.format(search=_IN_PLACE))
    op.execute("DROP FUNCTION job_search")
