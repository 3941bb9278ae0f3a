"""Store users.

The id of a user is the ``sub`` of the user's token. A user is inserted at their first request.
"""

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from include.db.tables import users


def ensure_user(connection: Connection, user_id: str) -> None:
    """Insert the user if there is none with this id."""
    connection.execute(insert(users).values(user_id=user_id).on_conflict_do_nothing())
