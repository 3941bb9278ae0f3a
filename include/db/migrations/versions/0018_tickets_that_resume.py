"""Let a ticket that has opened a stream resume this stream."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("ALTER TABLE stream_tickets ADD COLUMN used boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    op.execute("DELETE FROM stream_tickets WHERE used")
    op.execute("ALTER TABLE stream_tickets DROP COLUMN used")
