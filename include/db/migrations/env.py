"""Run Alembic's migrations on the connection that ``include.db.migrate`` passes."""

from alembic import context
from sqlalchemy import text

from include.db.tables import metadata

# Take a lock, so that two processes that migrate at the same time take turns. The key of the lock
# is an arbitrary constant.
_LOCK = 7_105_510

connection = context.config.attributes["connection"]
connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
