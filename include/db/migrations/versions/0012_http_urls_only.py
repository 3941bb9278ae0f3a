"""Empty the URLs of postings that are not http(s) URLs."""

from alembic import op

revision = "0012"
down_revision = "0011"
_IS_HTTP = r"~* '^\s*https?://'"


def upgrade() -> None:
    for table in ("jobs", "listed_jobs"):
        op.execute(f"UPDATE {table} SET url = '' WHERE NOT url {_IS_HTTP}")
    for name in ("url", "canonical_url", "apply_url"):
        op.execute(f"""
            UPDATE jobs SET posting = jsonb_set(posting, '{{{name}}}', 'null')
            WHERE NOT posting ->> '{name}' {_IS_HTTP}
        """)
        op.execute(f"""
            UPDATE job_versions SET changes = changes - '{name}'
            WHERE EXISTS (
                SELECT FROM jsonb_array_elements_text(changes -> '{name}') AS url
                WHERE NOT url {_IS_HTTP}
            )
        """)


def downgrade() -> None:
    """Change nothing, because the old URLs are lost."""
