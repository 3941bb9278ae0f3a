"""Add the templates of boards, which hold the lines and labels that the pages of a board share."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE board_templates (
            board_id bigint PRIMARY KEY REFERENCES boards ON DELETE CASCADE,
            version integer NOT NULL,
            pages double precision NOT NULL,
            lines bigint[] NOT NULL,
            weights real[] NOT NULL,
            frame bigint[] NOT NULL,
            labels jsonb NOT NULL,
            learned_at timestamptz NOT NULL DEFAULT now()
        )
        """
    )
    op.execute("ALTER TABLE jobs ADD COLUMN template_version integer NOT NULL DEFAULT 0")


def downgrade() -> None:
    op.execute("ALTER TABLE jobs DROP COLUMN template_version")
    op.execute("DROP TABLE board_templates")
