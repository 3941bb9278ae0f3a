"""Distinguishing data that Postgres refuses from an outage of Postgres."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import psycopg
from pydantic_core import PydanticSerializationError
from sqlalchemy.exc import DBAPIError, StatementError

_DATA_CLASSES = ("22", "54")
"""The classes of SQLSTATE for data exceptions, such as a NUL in JSON, and for exceeded limits of
Postgres, such as an index row that is too large (an OperationalError to psycopg)."""

T = TypeVar("T")


def is_data_error(error: BaseException | None) -> bool:
    """Return whether the data of a statement is at fault, so that no retry can help."""
    if isinstance(error, StatementError):
        # A StatementError of its own is a parameter that could not be converted.
        return is_data_error(error.orig) if isinstance(error, DBAPIError) else True
    if isinstance(error, psycopg.Error):
        return isinstance(error, psycopg.DataError) or (error.sqlstate or "")[:2] in _DATA_CLASSES
    return isinstance(error, UnicodeEncodeError | PydanticSerializationError)


def write_in_parts(
    write: Callable[[Sequence[T]], object], items: Sequence[T]
) -> list[tuple[T, Exception]]:
    """Write the items together, except for those whose data is refused.

    Args:
        write: writes some of the items, all or none, in a transaction or savepoint of its own.

    Returns:
        The refused items, each with the error.
    """
    if not items:
        return []
    try:
        write(items)
    except Exception as error:
        if not is_data_error(error):
            raise
        if len(items) == 1:
            return [(items[0], error)]
    else:
        return []
    half = len(items) // 2
    return write_in_parts(write, items[:half]) + write_in_parts(write, items[half:])
