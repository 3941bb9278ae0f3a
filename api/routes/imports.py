"""Serve the import of many companies at once, and the search of the directory of boards."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field, JsonValue, StringConstraints, model_validator
from sqlalchemy import Connection

from api.deps import LARGEST_ID, ApiServices, CurrentCaller, rate_limit
from api.problems import declared, not_found, unusable
from api.schemas import NO_NUL, RequestBody
from include.core.companies.company_lists import (
    MAX_ENTRIES,
    ListedCompany,
    read_companies,
    read_entries,
)
from include.core.companies.directory import KnownBoard
from include.db.user.companies import find_followed_slug
from include.db.user.imports import ImportReport, add_import, read_import
from include.db.user.users import ensure_user
from include.errors import ParseError
from include.pipeline.companies.import_companies import search_directory

router = APIRouter(tags=["companies"])
_MAX_DOCUMENT_LENGTH = 500_000
ImportId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Entry = Annotated[str, StringConstraints(min_length=1, max_length=2_500, pattern=NO_NUL)]


class ImportRequest(RequestBody):
    """The companies to follow. The request gives exactly one of the two fields."""

    entries: Annotated[list[Entry], Field(min_length=1, max_length=MAX_ENTRIES)] | None = None
    """One entry for each company: its address, its name or both."""
    document: (
        Annotated[
            str, StringConstraints(min_length=1, max_length=_MAX_DOCUMENT_LENGTH, pattern=NO_NUL)
        ]
        | None
    ) = None
    """The text of a pasted list, a CSV file or an OPML file."""

    @model_validator(mode="after")
    def _require_exactly_one(self) -> "ImportRequest":
        if (self.entries is None) == (self.document is None):
            raise ValueError("give either entries or document")
        return self


class StartedImport(BaseModel):
    import_id: int
    total: int
    """The number of entries."""


class FoundBoard(BaseModel):
    name: str
    source: str
    config: dict[str, JsonValue]
    company: str | None
    """The slug under which the user follows the board; None if they do not."""


class FoundBoards(BaseModel):
    items: list[FoundBoard]


@router.post(
    "/companies/import",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[rate_limit(lambda limits: limits.dry_run)],
    responses=declared(HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS),
)
async def import_companies(
    services: ApiServices, caller: CurrentCaller, body: ImportRequest
) -> StartedImport:
    """Follow up to 500 companies. The board of each is searched in the background.

    If the user has an unfinished import with the same entries, its id is returned. If the
    unfinished import has other entries, the response is 409. Otherwise the user's earlier import is
    deleted. A company that the user already follows is not changed.
    """
    entries = _entries_of_request(body)
    import_id = await services.database.write(_add, caller.user_id, entries)
    services.imports.wake()
    return StartedImport(import_id=import_id, total=len(entries))


@router.get(
    "/companies/imports/{import_id}",
    name="get_import",
    responses=declared(HTTPStatus.NOT_FOUND),
)
async def get_import(
    import_id: ImportId, services: ApiServices, caller: CurrentCaller
) -> ImportReport:
    """Return an import, including the results of its entries so far."""
    report = await services.database.read(read_import, caller.user_id, import_id)
    if report is None:
        raise not_found("import")
    return report


@router.get("/boards", name="search_boards")
async def boards(
    services: ApiServices,
    caller: CurrentCaller,
    q: Annotated[str, Query(min_length=1, max_length=200, pattern=NO_NUL)],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> FoundBoards:
    """Search the directory of public boards by words of a company's name.

    The directory holds well-known boards, and all public boards that some user follows and a check
    has listed.
    """
    items = await services.database.read(
        _search, caller.user_id, q, limit, all_public=services.all_public
    )
    return FoundBoards(items=items)


def _entries_of_request(body: ImportRequest) -> tuple[ListedCompany, ...]:
    if body.entries is not None:
        entries = read_entries(body.entries)
    else:
        try:
            entries = read_companies(body.document or "")
        except ParseError as error:
            raise unusable("body.document", error.message) from error
    if not entries:
        raise unusable("body", "it names no company")
    if len(entries) > MAX_ENTRIES:
        message = f"it names {len(entries)} companies; at most {MAX_ENTRIES} are allowed"
        raise unusable("body.document", message)
    return entries


def _add(connection: Connection, user_id: str, entries: tuple[ListedCompany, ...]) -> int:
    ensure_user(connection, user_id)
    return add_import(connection, user_id, entries)


def _search(
    connection: Connection, user_id: str, words: str, limit: int, *, all_public: bool
) -> list[FoundBoard]:
    boards = search_directory(connection, user_id, words, limit=limit, all_public=all_public)
    return [
        _found_board(board, find_followed_slug(connection, user_id, board.source, board.config))
        for board in boards
    ]


def _found_board(board: KnownBoard, company: str | None) -> FoundBoard:
    settings: dict[str, Any] = dict(board.config)
    return FoundBoard(name=board.name, source=board.source, config=settings, company=company)
