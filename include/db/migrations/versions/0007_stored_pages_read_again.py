"""Add runs that read stored pages again, and record the extractor that read each posting."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    no = sa.text("false")
    op.add_column(
        "ingestion_runs", sa.Column("reextract", sa.Boolean(), server_default=no, nullable=False)
    )
    op.add_column("jobs", sa.Column("extractor_version", sa.Integer()))


def downgrade() -> None:
    op.drop_column("jobs", "extractor_version")
    op.drop_column("ingestion_runs", "reextract")
