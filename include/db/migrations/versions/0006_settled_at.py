"""Record the time at which each job of a run was done, to show the throughput of a run."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for table in ("jobs", "run_jobs"):
        op.add_column(table, sa.Column("settled_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    for table in ("run_jobs", "jobs"):
        op.drop_column(table, "settled_at")
