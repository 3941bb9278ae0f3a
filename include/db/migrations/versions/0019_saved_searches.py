"""Add the searches that users save."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE saved_searches (
            search_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
            name text NOT NULL,
            query text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            UNIQUE (user_id, name)
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE saved_searches")
