"""Add filters by place and workplace, and record the jobs that a company's filters leave out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0005"
down_revision = "0004"
_FILTERS = ("include_locations", "exclude_locations", "workplaces")


def upgrade() -> None:
    for table in ("companies", "run_companies"):
        for name in _FILTERS:
            column = sa.Column(name, ARRAY(sa.Text()), server_default="{}", nullable=False)
            op.add_column(table, column)
    wanted = sa.Column("wanted", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    op.add_column("jobs", wanted)


def downgrade() -> None:
    op.drop_column("jobs", "wanted")
    for table in ("run_companies", "companies"):
        for name in _FILTERS:
            op.drop_column(table, name)
