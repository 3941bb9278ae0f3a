"""Store the searches that users save under a name."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from include.db.records import to_record
from include.db.tables import saved_searches, users


@dataclass(frozen=True, kw_only=True)
class SavedSearch:
    search_id: int
    name: str
    query: str
    """The parameters of ``GET /jobs`` as its address states them, such as ``q=cook&country=DE``."""
    created_at: datetime


def list_searches(connection: Connection, user_id: str) -> list[SavedSearch]:
    """Return the user's saved searches in order of name."""
    query = (
        select(saved_searches)
        .where(saved_searches.c.user_id == user_id)
        .order_by(func.lower(saved_searches.c.name), saved_searches.c.search_id)
    )
    return [to_record(SavedSearch, row) for row in connection.execute(query).mappings()]


def lock_searches(connection: Connection, user_id: str) -> int:
    """Lock the user's saved searches until commit, and return their number.

    The lock is on the user's row. Other transactions that call this function for the same user wait
    for the lock.
    """
    connection.execute(select(users.c.user_id).where(users.c.user_id == user_id).with_for_update())
    is_own = saved_searches.c.user_id == user_id
    count = select(func.count()).select_from(saved_searches).where(is_own)
    return connection.execute(count).scalar_one()


def is_taken(
    connection: Connection, user_id: str, name: str, *, except_id: int | None = None
) -> bool:
    """Return whether a saved search of the user has this name.

    The search with the id ``except_id`` does not count.
    """
    has_name = (saved_searches.c.user_id == user_id, saved_searches.c.name == name)
    is_other = saved_searches.c.search_id.is_distinct_from(except_id)
    return bool(connection.scalar(select(exists().where(*has_name, is_other))))


def save_search(connection: Connection, user_id: str, name: str, query: str) -> SavedSearch:
    """Insert a search under a name that is not taken, and return it."""
    insert_search = insert(saved_searches).values(user_id=user_id, name=name, query=query)
    row = connection.execute(insert_search.returning(saved_searches)).mappings().one()
    return to_record(SavedSearch, row)


def rename_search(
    connection: Connection, user_id: str, search_id: int, name: str
) -> SavedSearch | None:
    """Give a saved search another name that is not taken, and return it.

    Returns:
        None if the user has no saved search with this id.
    """
    rename = (
        update(saved_searches)
        .where(saved_searches.c.user_id == user_id, saved_searches.c.search_id == search_id)
        .values(name=name)
        .returning(saved_searches)
    )
    row = connection.execute(rename).mappings().one_or_none()
    return None if row is None else to_record(SavedSearch, row)


def delete_search(connection: Connection, user_id: str, search_id: int) -> bool:
    """Delete a saved search. Return False if the user has no saved search with this id."""
    deleted = connection.execute(
        delete(saved_searches).where(
            saved_searches.c.user_id == user_id, saved_searches.c.search_id == search_id
        )
    )
    return deleted.rowcount > 0
