"""Add tickets, each of which opens one progress stream."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "stream_tickets",
        sa.Column("ticket_sha256", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["ingestion_runs.run_id"],
            name=op.f("stream_tickets_run_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ticket_sha256", name=op.f("stream_tickets_pkey")),
    )
    op.create_index(op.f("stream_tickets_expires_at_idx"), "stream_tickets", ["expires_at"])


def downgrade() -> None:
    op.drop_index(op.f("stream_tickets_expires_at_idx"), table_name="stream_tickets")
    op.drop_table("stream_tickets")
