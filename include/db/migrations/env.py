"""Run Alembic's migrations on the connection that ``include.db.migrate`` passes."""

from alembic import context
from sqlalchemy import text

from include.db.tables import metadata

# The key is an arbitrary constant. Two processes that migrate at once take turns.
_LOCK = 7_105_510

connection = context.config.attributes["connection"]
connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
