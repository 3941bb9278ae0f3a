"""Store each host's state and robots.txt for all workers, and the time of each page's crawl."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for column in (
        sa.Column("rate", sa.Double[float]()),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failure_code", sa.Text()),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
        sa.Column("failed_at", sa.DateTime(timezone=True)),
        sa.Column("not_before", sa.DateTime(timezone=True)),
    ):
        op.add_column("hosts", column)
    op.create_table(
        "robots_rules",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Text()),
        sa.Column("error_message", sa.Text()),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("robots_rules_pkey")),
    )
    op.add_column("listed_jobs", sa.Column("modified", sa.Text()))
    op.add_column("jobs", sa.Column("modified", sa.Text()))
    op.add_column("jobs", sa.Column("crawled_modified", sa.Text()))
    op.add_column("jobs", sa.Column("crawled_at", sa.DateTime(timezone=True)))
    op.create_index(
        op.f("jobs_page_idx"),
        "jobs",
        [sa.literal_column("md5(page_url)")],
        postgresql_where=sa.text("raw_key IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(op.f("jobs_page_idx"), table_name="jobs")
    for name in ("crawled_at", "crawled_modified", "modified"):
        op.drop_column("jobs", name)
    op.drop_column("listed_jobs", "modified")
    op.drop_table("robots_rules")
    for name in ("not_before", "failed_at", "failing_since", "failure_code", "failures", "rate"):
        op.drop_column("hosts", name)
