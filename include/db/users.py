"""Users: known by the id their token names, created when first seen."""

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from include.db.tables import users


def ensure_user(connection: Connection, user_id: str) -> None:
    connection.execute(insert(users).values(user_id=user_id).on_conflict_do_nothing())
