"""Allow a null send time for hosts, which means that a worker holds the host's lease."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.alter_column("hosts", "next_request_at", nullable=True, server_default=None)


def downgrade() -> None:
    op.execute("UPDATE hosts SET next_request_at = now() WHERE next_request_at IS NULL")
    op.alter_column("hosts", "next_request_at", nullable=False, server_default=sa.func.now())
