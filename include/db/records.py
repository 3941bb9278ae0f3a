"""Make records from the rows of tables and of query results."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Column, ColumnElement, Connection, Table, select

T = TypeVar("T")


def to_record(kind: type[T], row: Mapping[Any, Any], **values: Any) -> T:
    """Return a record of the dataclass ``kind``.

    Each field gets the value of the row's column that has the same name.

    Values are converted to the types of the fields, such as enums and tuples. Times are converted
    to UTC, because the database session may have another time zone. Columns for which there is no
    field are ignored.

    Args:
        values: the values of fields that the row does not have, or has in a form that the field
            does not accept.
    """
    all_values = {**row, **values}
    return _adapter(kind).validate_python(
        {
            name: value.astimezone(UTC) if isinstance(value, datetime) else value
            for name, value in all_values.items()
        }
    )


def find_record(
    connection: Connection, kind: type[T], table: Table, *conditions: ColumnElement[bool]
) -> T | None:
    """Return the record of the only row that meets the conditions, or None if there is no row."""
    query = select(*columns_of(kind, table)).where(*conditions)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else to_record(kind, row)


def columns_of(kind: type[Any], table: Table) -> list[Column[Any]]:
    """Return those columns of the table for which the dataclass ``kind`` has a field."""
    return [table.c[field.name] for field in fields(kind) if field.name in table.c]


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
