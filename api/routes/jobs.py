"""The routes for a user's postings and the stored pages that they were read from."""

from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from api.deps import LARGEST_ID, ApiServices, CurrentCaller, Cursor
from api.postings import JobDetail, job_detail
from api.problems import ApiError, declared, not_found
from api.schemas import Page, Text, page_of
from include.core.models import Workplace
from include.core.run_state import JobStatus
from include.db.postings import Posting, find_raw_page, read_posting, search_postings
from include.db.progress import JobReport
from include.errors import SettingError, StorageError
from include.failure_codes import FailureCode
from include.sources.registry import adapter_for

router = APIRouter(prefix="/jobs", tags=["jobs"])
JobId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_PAGE = {
    "description": "The page as it was fetched, as an attachment of type text/plain",
    "content": {"text/plain": {"schema": {"type": "string", "format": "binary"}}},
    "headers": {
        "Content-Disposition": {
            "schema": {"type": "string"},
            "example": 'attachment; filename="job-4711.html"',
        }
    },
}


@router.get("", response_model=Page[JobReport])
async def search_jobs(
    services: ApiServices,
    caller: CurrentCaller,
    q: Annotated[
        Text | None,
        Query(
            description="Words that must all occur in the title, company, location or description."
            ' `"a phrase"`, `or` and `-without` work as in a web search.',
            examples=['nurse "night shift" -intern'],
        ),
    ] = None,
    company: Annotated[Text | None, Query()] = None,
    status: JobStatus | None = None,
    workplace: Workplace | None = None,
    filtered: Annotated[
        bool, Query(description="Also return the postings that the company's filters leave out.")
    ] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Return the postings of the companies that the user follows, newest first.

    A posting that the user follows under two slugs is returned twice, both times on the same page.
    """
    jobs = await services.database.read(
        search_postings,
        caller.user_id,
        q=q,
        company=company,
        status=status,
        workplace=workplace,
        filtered=filtered,
        before=cursor,
        limit=limit + 1,
    )
    return page_of(jobs, limit, "job_id")


@router.get("/{job_id}", responses=declared(HTTPStatus.NOT_FOUND))
async def read_job(job_id: JobId, services: ApiServices, caller: CurrentCaller) -> JobDetail:
    """Return one posting: its record, how each field was read, and its changes."""
    posting = await services.database.read(read_posting, caller.user_id, job_id)
    if posting is None:
        raise not_found("job")
    return job_detail(posting, _tenant(posting))


@router.get(
    "/{job_id}/page",
    response_class=Response,
    responses={200: _PAGE, **declared(HTTPStatus.NOT_FOUND)},
)
async def download_page(job_id: JobId, services: ApiServices, caller: CurrentCaller) -> Response:
    """Return the stored page as an attachment.

    A browser must not show a page of another site as a page of ours.
    """
    ref = await services.database.read(find_raw_page, caller.user_id, job_id)
    if ref is None:
        raise not_found("page")
    try:
        page = await services.raw_pages.get(ref.key, url=ref.url)
    except StorageError as error:
        if error.code is FailureCode.PAGE_AGED_OUT:
            raise not_found("page") from None
        raise ApiError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "storage_away",
            "the stored pages can't be reached; try again",
            headers={"Retry-After": "2"},
        ) from error
    name = f"job-{job_id}{PurePosixPath(ref.key).suffix}"
    return Response(
        page.body,
        # not set as media_type, because Starlette would add a charset, and the page's is unknown
        headers={
            "Content-Type": "text/plain",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


def _tenant(posting: Posting) -> str | None:
    try:
        key = adapter_for(posting.source).config_keys.required[0]
    except SettingError:
        return None  # this version has no adapter for the source any more
    return posting.config.get(key)
