"""Decide whether an error was caused by data that Postgres refuses, or by an outage."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import psycopg
from pydantic_core import PydanticSerializationError
from sqlalchemy.exc import DBAPIError, StatementError

_DATA_ERROR_CLASSES = ("22", "54")
"""The SQLSTATE classes of data errors. Class 22 is for data exceptions, such as a NUL in JSON.
Class 54 is for exceeded limits of Postgres, such as an index row that is too large. For class 54,
psycopg raises OperationalError."""

T = TypeVar("T")


def is_data_error(error: BaseException | None) -> bool:
    """Return whether the data of a statement caused the error, so that a retry would fail, too."""
    if isinstance(error, StatementError):
        # SQLAlchemy raises a StatementError that is no DBAPIError if it cannot convert a parameter,
        # so this is a data error.
        return not isinstance(error, DBAPIError) or is_data_error(error.orig)
    if isinstance(error, psycopg.Error):
        return (
            isinstance(error, psycopg.DataError)
            or (error.sqlstate or "")[:2] in _DATA_ERROR_CLASSES
        )
    return isinstance(error, UnicodeEncodeError | PydanticSerializationError)


def write_in_parts(
    write: Callable[[Sequence[T]], object], items: Sequence[T]
) -> list[tuple[T, Exception]]:
    """Write all items except those whose data Postgres refuses.

    If a write is refused, its items are written again in two halves.

    Args:
        write: a function that writes all given items or none of them, in its own transaction or
            savepoint.

    Returns:
        The refused items, and the error of each item.
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
