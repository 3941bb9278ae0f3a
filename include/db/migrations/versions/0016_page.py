"""Add the number of times that a job was relisted, and the roles of postings."""

from alembic import op
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from include.core.fields.roles import role_key

revision = "0016"
down_revision = "0015"

_JOBS_AT_ONCE = 2_000
_RECORDS = text(
    """
    SELECT job_id, title, location, posting - '{description_html}'::text[] AS record
    FROM jobs WHERE job_id > :after ORDER BY job_id LIMIT :most
    """
)
_FILL = text(
    """
    UPDATE postings AS p SET role = r.role
    FROM jsonb_to_recordset(:rows) AS r(job_id bigint, role bigint)
    WHERE p.job_id = r.job_id AND r.role IS NOT NULL
    """
).bindparams(bindparam("rows", type_=JSONB))


def upgrade() -> None:
    op.execute("ALTER TABLE jobs ADD COLUMN relisted integer NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE postings ADD COLUMN role bigint")
    connection = op.get_bind()
    after = 0
    while found := connection.execute(_RECORDS, {"after": after, "most": _JOBS_AT_ONCE}).all():
        rows = [
            {
                "job_id": row.job_id,
                "role": role_key(row.record, title=row.title, location=row.location),
            }
            for row in found
        ]
        connection.execute(_FILL, {"rows": rows})
        after = found[-1].job_id
    op.execute("CREATE INDEX postings_role_idx ON postings (role) WHERE role IS NOT NULL")


def downgrade() -> None:
    op.execute("ALTER TABLE postings DROP COLUMN role")
    op.execute("ALTER TABLE jobs DROP COLUMN relisted")
