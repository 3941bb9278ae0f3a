"""Add names of boards and companies, and imports of many companies at once."""

from alembic import op

revision = "0015"
down_revision = "0014"

_UPGRADE = (
    'ALTER TABLE boards ADD COLUMN name text, ADD COLUMN name_key text COLLATE "C"',
    "CREATE INDEX boards_name_key_idx ON boards (name_key) WHERE name_key IS NOT NULL",
    "ALTER TABLE companies ADD COLUMN name text",
    """
    CREATE TABLE imports (
        import_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
        entries_sha256 text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX imports_user_id_idx ON imports (user_id)",
    """
    CREATE TABLE import_entries (
        import_id bigint REFERENCES imports ON DELETE CASCADE,
        position integer,
        name text,
        address text,
        status text NOT NULL DEFAULT 'waiting' CHECK (
            status IN ('already_followed', 'ambiguous', 'followed', 'not_found', 'waiting')
        ),
        company text,
        reason text,
        choices jsonb NOT NULL DEFAULT '[]',
        tries integer NOT NULL DEFAULT 0,
        claimed_until timestamptz,
        PRIMARY KEY (import_id, position)
    )
    """,
    """
    CREATE INDEX import_entries_waiting_idx ON import_entries (position, import_id)
    WHERE status = 'waiting'
    """,
)
_DOWNGRADE = (
    "DROP TABLE import_entries, imports",
    "ALTER TABLE companies DROP COLUMN name",
    "ALTER TABLE boards DROP COLUMN name, DROP COLUMN name_key",
)


def upgrade() -> None:
    for sql in _UPGRADE:
        op.execute(sql)


def downgrade() -> None:
    for sql in _DOWNGRADE:
        op.execute(sql)
