"""Store the numbers of failed jobs by error code in each ended run.

A report then need not read the jobs.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("ingestion_runs", sa.Column("failures", JSONB))


def downgrade() -> None:
    op.drop_column("ingestion_runs", "failures")
