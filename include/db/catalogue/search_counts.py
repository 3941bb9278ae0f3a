"""Count the postings that saved searches find, without pages and facets (ADR 44)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from include.db.catalogue.search_filters import IS_SHOWN_OR_TRACKED, SHOWN_CTE, all_of, read_filters
from include.db.catalogue.search_query import Scope, Search
from include.db.sql import number_parameters, statement

COUNT_UP_TO = 1_000
"""The number of postings up to which counts are exact."""


@dataclass(frozen=True, kw_only=True)
class MatchCounts:
    """The numbers of postings that a search finds."""

    new: int
    """The number of found postings that are new to the user, at most ``COUNT_UP_TO``."""
    count: int
    """The number of all found postings, at most ``COUNT_UP_TO``."""
    exact: bool
    """True if ``count`` is exact; False if the search finds more than ``COUNT_UP_TO`` postings."""


def count_matches(
    connection: Connection, user_id: str, searches: Sequence[Search]
) -> list[MatchCounts]:
    """Return the number of postings that each search finds, and the number of new ones.

    New postings are those that are new to the user. ``is_new`` of the searches is ignored. One
    statement counts for all searches, so that the user's postings are read only once.
    """
    if not searches:
        return []
    params: dict[str, Any] = {"user": user_id, "max_rows": COUNT_UP_TO + 1, "own_boards": []}
    count_expressions: list[str] = []
    new_searches = [replace(search, is_new=True) for search in searches]
    for number, filters in enumerate(read_filters(connection, user_id, new_searches)):
        params |= {f"{name}{number}": value for name, value in filters.params.items()}
        params["own_boards"] = filters.params.get("own_boards") or params["own_boards"]
        counts_of = _own_counts if _is_of_user(new_searches[number]) else _bounded_counts
        counts = counts_of(filters.conditions)
        count_expressions.append(number_parameters(counts, filters.params, number))
    # The statement differs from user to user, so caching the compiled statement would waste memory.
    connection.execution_options(compiled_cache=None)
    query = f"WITH {SHOWN_CTE}, {_OWN_CTE} SELECT {', '.join(count_expressions)}"
    row = connection.execute(statement(query), params).one()
    return [
        MatchCounts(
            new=min(new, COUNT_UP_TO), count=min(count, COUNT_UP_TO), exact=count <= COUNT_UP_TO
        )
        for new, count in row
    ]


def _is_of_user(search: Search) -> bool:
    """Return whether the search is counted among the postings in ``_OWN_CTE``.

    A search that has words or places uses the index instead, because Postgres would otherwise have
    to fetch the words of each of the user's postings.
    """
    return search.scope is Scope.FOLLOWED and search.q is None and not search.places


def _own_counts(conditions: Mapping[str, str]) -> str:
    """Return an SQL expression for the numbers of new and of all found postings in ``_OWN_CTE``."""
    condition = all_of(each for name, each in conditions.items() if name not in _NOT_IN_OWN)
    return f"""
        (SELECT ARRAY[count(*) FILTER (WHERE {conditions["new"]}), count(*)]
        FROM own AS p WHERE (p.wanted OR :filtered) AND {condition})
    """


def _bounded_counts(conditions: Mapping[str, str]) -> str:
    """Return an SQL expression for the numbers of new and of all found postings.

    Each number is at most ``:max_rows``.
    """
    all_but_new = [condition for name, condition in conditions.items() if name != "new"]
    return f"ARRAY[{_bounded_count(conditions.values())}, {_bounded_count(all_but_new)}]"


def _bounded_count(conditions: Iterable[str]) -> str:
    matching = f"SELECT FROM postings AS p WHERE {all_of(conditions)} LIMIT :max_rows"
    return f"(SELECT count(*) FROM ({matching}) AS matched)"


_NOT_IN_OWN = ("boards", "scope", "new")
"""The filters that are left out of the WHERE clause of ``_own_counts``. ``_OWN_CTE`` has applied
``boards`` and ``scope`` already, and a FILTER applies ``new``."""
_OWN_CTE = f"""
    own AS MATERIALIZED (
        SELECT p.*, {IS_SHOWN_OR_TRACKED.replace(":filtered", "false")} AS wanted FROM postings AS p
        WHERE p.tags && :own_boards AND {IS_SHOWN_OR_TRACKED.replace(":filtered", "true")}
    )
"""
"""A CTE of the postings that the user was shown or tracks. The column ``wanted`` is false for the
postings that a search finds only if it is ``filtered``."""
