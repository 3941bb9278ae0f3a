"""Build statements from SQL text: quote enum values, and declare the types of parameters."""

import re
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    CollectionAggregate,
    Integer,
    Interval,
    Text,
    TextClause,
    any_,
    bindparam,
    literal,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import TypeEngine

_IDS = ARRAY(BigInteger)
_TYPES: dict[str, TypeEngine[Any]] = {
    **dict.fromkeys(("ids", "runs", "boards", "checks", "left_runs", "left_jobs"), _IDS),
    **dict.fromkeys(("hidden_boards", "first_shown_after_visit"), _IDS),
    **dict.fromkeys(
        ("companies", "left_companies", "since", "names", "slugs", "places"), ARRAY(Text)
    ),
    **dict.fromkeys(("tags", "named_boards", "own_boards", "tracking"), ARRAY(Text)),
    **dict.fromkeys(("keep_for", "within", "confirm", "fresh_for"), Interval()),
    **dict.fromkeys(("needed", "numbers"), ARRAY(Integer)),
    "rows": JSONB(),
}
"""The types of parameters, by name. The types are declared, because Postgres cannot infer some of
them, such as the type of an empty array. Ids are passed as one array, because a statement may have
at most 65,535 parameters."""
_PARAMETER = re.compile(r"(?<!:):([a-z_]+)(\d*)")


def statement(sql: str) -> TextClause:
    """Return ``sql`` as a statement, and declare the types of its parameters.

    A number at the end of a parameter's name does not change its type.
    """
    parameter_names = dict.fromkeys(_PARAMETER.findall(sql))
    typed = [
        bindparam(name + number, type_=_TYPES[name])
        for name, number in parameter_names
        if name in _TYPES
    ]
    return text(sql).bindparams(*typed)


def number_parameters(sql: str, names: Collection[str], number: int) -> str:
    """Append a number to the names of these parameters, so that a statement can have ``sql`` twice.

    Parameters whose names are not in ``names`` keep their names.
    """
    return _PARAMETER.sub(
        lambda match: f"{match[0]}{number}" if match[1] in names else match[0], sql
    )


def sql_literals(values: Iterable[str]) -> str:
    """Return the values as a list of SQL literals, sorted and separated by commas.

    The values are not escaped, so they must be constants from this code.
    """
    return ", ".join(sorted(f"'{value}'" for value in values))


def any_of(ids: Collection[int]) -> CollectionAggregate[bool]:
    """Return the SQL expression ``ANY(ids)``, to compare it with a column of ids."""
    return any_(literal(list(ids), _IDS))
