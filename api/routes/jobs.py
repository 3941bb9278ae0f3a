"""Serve a user's postings, and the stored pages that they were read from."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from sqlalchemy import Connection

from api.deps import LARGEST_ID, ApiServices, CurrentCaller
from api.job_search import (
    Followed,
    FoundJob,
    JobFacets,
    JobList,
    JobQuery,
    TrackingChanges,
    check_scope,
    decode_cursor,
    encode_cursor,
)
from api.postings import JobDetail, job_detail
from api.problems import ApiError, declared, not_found, unavailable
from include.core.models import Company
from include.db.catalogue.postings import (
    StoredPosting,
    find_raw_page,
    may_see,
    read_found,
    read_posting,
)
from include.db.catalogue.search import search
from include.db.catalogue.search_query import Sort
from include.db.catalogue.variants import read_variants
from include.db.user.companies import free_slug
from include.db.user.tracking import Tracking, put_tracking
from include.db.user.users import ensure_user
from include.errors import SettingError, StorageError
from include.failure_codes import FailureCode
from include.pipeline.companies.follow_company import follow_company
from include.sources.registry import adapter_for

router = APIRouter(prefix="/jobs", tags=["jobs"])
JobId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_PAGE_RESPONSE = {
    "description": "The page as it was fetched, as an attachment of type text/plain",
    "content": {"text/plain": {"schema": {"type": "string", "format": "binary"}}},
    "headers": {
        "Content-Disposition": {
            "schema": {"type": "string"},
            "example": 'attachment; filename="job-4711.html"',
        }
    },
}


@router.get("", responses=declared(HTTPStatus.FORBIDDEN))
async def search_jobs(
    services: ApiServices, caller: CurrentCaller, query: Annotated[JobQuery, Query()]
) -> JobList:
    """Return the postings that match all filters, and the number of these postings.

    If a filter is given several times, a posting must match one of the values. A parameter that is
    not documented here is refused.
    """
    check_scope(query.scope, all_public=services.all_public)
    return await services.database.read(
        _search, caller.user_id, query, all_public=services.all_public
    )


@router.get("/{job_id}", responses=declared(HTTPStatus.NOT_FOUND))
async def read_job(job_id: JobId, services: ApiServices, caller: CurrentCaller) -> JobDetail:
    """Return one posting: its fields, the way in which each field was read, and its changes."""
    detail = await services.database.read(
        _read_detail, caller.user_id, job_id, all_public=services.all_public
    )
    if detail is None:
        raise not_found("job")
    return detail


@router.put("/{job_id}/tracking", responses=declared(HTTPStatus.NOT_FOUND))
async def track_job(
    job_id: JobId, services: ApiServices, caller: CurrentCaller, changes: TrackingChanges
) -> Tracking:
    """Change the user's notes on a posting. Values that are left out stay as they are.

    The notes stay when the posting closes, is listed again or changes, and when the user stops
    following its company.
    """
    tracking = await services.database.write(
        _track,
        caller.user_id,
        job_id,
        changes.model_dump(exclude_unset=True),
        all_public=services.all_public,
    )
    if tracking is None:
        raise not_found("job")
    return tracking


@router.post(
    "/{job_id}/follow",
    status_code=HTTPStatus.CREATED,
    responses=declared(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def follow_company_of_job(
    job_id: JobId, services: ApiServices, caller: CurrentCaller
) -> Followed:
    """Follow the company of a posting. The slug is made from the company's name.

    The response is 409 if the user already follows the company.
    """
    posting = await services.database.read(
        read_posting, caller.user_id, job_id, all_public=services.all_public
    )
    if posting is None:
        raise not_found("job")
    if posting.followed:
        detail = f"{posting.company_name} is followed already"
        raise ApiError(HTTPStatus.CONFLICT, "company_exists", detail)
    return Followed(slug=await services.database.write(_follow, caller.user_id, posting))


@router.get(
    "/{job_id}/page",
    response_class=Response,
    responses={200: _PAGE_RESPONSE, **declared(HTTPStatus.NOT_FOUND)},
)
async def download_page(job_id: JobId, services: ApiServices, caller: CurrentCaller) -> Response:
    """Return the stored page as an attachment.

    It is an attachment of plain text because a browser must not show a page of another site as
    ours.
    """
    raw_page = await services.database.read(find_raw_page, caller.user_id, job_id)
    if raw_page is None:
        raise not_found("page")
    try:
        page = await services.raw_pages.get(raw_page.key, url=raw_page.url)
    except StorageError as error:
        if error.code is FailureCode.PAGE_AGED_OUT:
            raise not_found("page") from None
        detail = "the stored pages can't be reached; try again"
        raise unavailable("storage_away", detail) from error
    name = f"job-{job_id}{PurePosixPath(raw_page.key).suffix}"
    return Response(
        page.body,
        # The header is set directly, because the page's charset is unknown. If ``media_type`` were
        # given, Starlette would add a charset.
        headers={
            "Content-Type": "text/plain",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


def _read_detail(
    connection: Connection, user_id: str, job_id: int, *, all_public: bool
) -> JobDetail | None:
    posting = read_posting(connection, user_id, job_id, all_public=all_public)
    if posting is None:
        return None
    variants = read_variants(connection, user_id, [job_id], all_public=all_public)
    return job_detail(posting, _tenant(posting), variants.get(job_id, []))


def _search(connection: Connection, user_id: str, query: JobQuery, *, all_public: bool) -> JobList:
    sort = query.sort or (Sort.RELEVANCE if query.q else Sort.NEWEST)
    after = decode_cursor(query.cursor, sort) if query.cursor else None
    results = search(connection, user_id, query.search(), sort, after=after, limit=query.limit + 1)
    positions = results.positions[: query.limit]
    has_more = len(results.positions) > query.limit
    job_ids = [each.job_id for each in positions]
    variants = read_variants(connection, user_id, job_ids, all_public=all_public)
    return JobList(
        items=[
            FoundJob(**vars(each), variants=variants.get(each.job_id, []))
            for each in read_found(connection, user_id, job_ids)
        ],
        next_cursor=encode_cursor(positions[-1], sort) if has_more else None,
        count=results.count,
        exact=results.exact,
        unknown=dict(results.unknown),
        facets=JobFacets.model_validate(results.facets),
    )


def _track(
    connection: Connection,
    user_id: str,
    job_id: int,
    changes: Mapping[str, Any],
    *,
    all_public: bool,
) -> Tracking | None:
    if not may_see(connection, user_id, job_id, all_public=all_public):
        return None
    ensure_user(connection, user_id)
    return put_tracking(connection, user_id, job_id, changes)


def _follow(connection: Connection, user_id: str, posting: StoredPosting) -> str:
    """Follow the board of the posting, and return the slug of the company."""
    slug = free_slug(connection, user_id, posting.company_name)
    ensure_user(connection, user_id)
    company = Company(
        slug=slug, source=posting.source, config=posting.config, name=posting.company_name
    )
    follow_company(connection, user_id, company)
    return slug


def _tenant(posting: StoredPosting) -> str | None:
    """Return the value of ``JobDetail.tenant``, which is the first required key of the config."""
    try:
        required_keys = adapter_for(posting.source).config_keys.required
    except SettingError:
        return None  # This version of the software has no adapter for the source any more.
    return posting.config.get(required_keys[0]) if required_keys else None
