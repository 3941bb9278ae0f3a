"""Serve the searches that a user saves under a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Path
from fastapi.exceptions import RequestValidationError
from pydantic import Field, StringConstraints
from sqlalchemy import Connection

from api.deps import LARGEST_ID, ApiServices, CurrentCaller
from api.job_search import check_scope, read_filters
from api.problems import ApiError, declared, not_found
from api.schemas import NO_NUL, Page, RequestBody
from include.db.catalogue.search_counts import MatchCounts, count_matches
from include.db.catalogue.search_query import Search
from include.db.user.saved_searches import (
    SavedSearch,
    delete_search,
    is_taken,
    list_searches,
    lock_searches,
    rename_search,
    save_search,
)
from include.db.user.users import ensure_user

router = APIRouter(prefix="/searches", tags=["jobs"])
_MAX_SEARCHES = 50
"""The maximum number of saved searches of a user.

It is limited because listing the searches counts the postings of each search.
"""
SearchId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=NO_NUL)
]


class NewSearch(RequestBody):
    name: Name
    query: Annotated[
        str,
        StringConstraints(max_length=4_000, pattern=NO_NUL),
        Field(examples=["q=cook&country=DE&posted_since=7d"]),
    ]
    """The parameters of ``GET /jobs``, as in the query of its address.

    The parameters ``new``, ``limit`` and ``cursor`` are refused.
    """


class SearchName(RequestBody):
    name: Name


@dataclass(frozen=True, kw_only=True)
class ShownSearch(SavedSearch):
    """A saved search, together with the number of postings that it finds now."""

    counts: MatchCounts | None
    """The numbers of postings that the search finds.

    None if ``GET /jobs`` would refuse the query, because the server's settings or the parameters of
    the route have changed since the search was saved.
    """


@router.get("", response_model=Page[ShownSearch], name="list_searches")
async def searches(services: ApiServices, caller: CurrentCaller) -> dict[str, Any]:
    """Return the user's saved searches in order of name, and the numbers of postings of each.

    The new postings of a search are the postings that ``GET /jobs`` returns for its ``query`` with
    ``new=true``.
    """
    items = await services.database.read(_list, caller.user_id, all_public=services.all_public)
    return {"items": items, "next_cursor": None}


@router.post(
    "",
    name="save_search",
    status_code=HTTPStatus.CREATED,
    responses=declared(HTTPStatus.CONFLICT),
)
async def save(services: ApiServices, caller: CurrentCaller, body: NewSearch) -> ShownSearch:
    """Save a search under a name. ``GET /jobs`` must accept its parameters.

    The response is 409 if the user already has a search with this name, or 50 searches.
    """
    check_scope(read_filters(body.query).scope, all_public=services.all_public)
    return await services.database.write(
        _save, caller.user_id, body, all_public=services.all_public
    )


@router.patch(
    "/{search_id}",
    name="rename_search",
    responses=declared(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def rename(
    search_id: SearchId, services: ApiServices, caller: CurrentCaller, body: SearchName
) -> ShownSearch:
    """Give a saved search another name. The response is 409 if another search has this name."""
    return await services.database.write(
        _rename, caller.user_id, search_id, body.name, all_public=services.all_public
    )


@router.delete(
    "/{search_id}",
    name="delete_search",
    status_code=HTTPStatus.NO_CONTENT,
    responses=declared(HTTPStatus.NOT_FOUND),
)
async def delete(search_id: SearchId, services: ApiServices, caller: CurrentCaller) -> None:
    """Delete a saved search."""
    if not await services.database.write(delete_search, caller.user_id, search_id):
        raise not_found("search")


def _list(connection: Connection, user_id: str, *, all_public: bool) -> list[ShownSearch]:
    return _shown_searches(
        connection, user_id, list_searches(connection, user_id), all_public=all_public
    )


def _save(
    connection: Connection, user_id: str, new_search: NewSearch, *, all_public: bool
) -> ShownSearch:
    ensure_user(connection, user_id)
    if lock_searches(connection, user_id) >= _MAX_SEARCHES:
        detail = f"{_MAX_SEARCHES} searches are saved already; delete one first"
        raise ApiError(HTTPStatus.CONFLICT, "too_many_searches", detail)
    if is_taken(connection, user_id, new_search.name):
        raise _name_taken_error(new_search.name)
    query = urlencode(parse_qsl(new_search.query.removeprefix("?"), keep_blank_values=True))
    saved = save_search(connection, user_id, new_search.name, query)
    return _shown_searches(connection, user_id, [saved], all_public=all_public)[0]


def _rename(
    connection: Connection, user_id: str, search_id: int, name: str, *, all_public: bool
) -> ShownSearch:
    lock_searches(connection, user_id)
    if is_taken(connection, user_id, name, except_id=search_id):
        raise _name_taken_error(name)
    saved = rename_search(connection, user_id, search_id, name)
    if saved is None:
        raise not_found("search")
    return _shown_searches(connection, user_id, [saved], all_public=all_public)[0]


def _name_taken_error(name: str) -> ApiError:
    return ApiError(HTTPStatus.CONFLICT, "search_exists", f"a search named {name} is saved already")


def _shown_searches(
    connection: Connection, user_id: str, saved: Sequence[SavedSearch], *, all_public: bool
) -> list[ShownSearch]:
    usable = {
        each.search_id: search
        for each in saved
        if (search := _search_of(each, all_public=all_public)) is not None
    }
    match_counts = count_matches(connection, user_id, list(usable.values()))
    counts = dict(zip(usable, match_counts, strict=True))
    return [ShownSearch(**vars(each), counts=counts.get(each.search_id)) for each in saved]


def _search_of(saved: SavedSearch, *, all_public: bool) -> Search | None:
    """Return the search. Return None if ``GET /jobs`` would refuse it."""
    try:
        filters = read_filters(saved.query)
        check_scope(filters.scope, all_public=all_public)
    except (ApiError, RequestValidationError):
        return None
    return filters.search()
