"""Serve requests that list career sites while the client waits. Nothing is stored."""

from http import HTTPStatus

from fastapi import APIRouter

from api.deps import ApiServices, CurrentCaller, rate_limit
from api.problems import ApiError, declared
from api.schemas import (
    Detected,
    DetectRequest,
    DryCompany,
    DryJob,
    DryRun,
    DryRunRequest,
)
from include.core.companies.company_names import display_name
from include.core.models import CompanyStatus
from include.errors import NotDetected
from include.pipeline.companies.dry_run import DryListing
from include.pipeline.runs.start_run import choose_companies

router = APIRouter(
    tags=["listings"],
    dependencies=[rate_limit(lambda limits: limits.dry_run)],
    responses=declared(HTTPStatus.TOO_MANY_REQUESTS),
)


@router.post("/dry-run")
async def dry_run(
    services: ApiServices, caller: CurrentCaller, body: DryRunRequest | None = None
) -> DryRun:
    """List the companies as a run would, and return the listed postings without starting a run.

    If listing a company takes longer than about 20 seconds, its listing is partial or has failed.
    """
    slugs = body.companies if body else None
    companies = await services.database.read(choose_companies, caller.user_id, slugs)
    listings = await services.listings.list_all(caller.user_id, companies)
    return DryRun(
        companies={
            company.slug: _dry_company(listing)
            for company, listing in zip(companies, listings, strict=True)
        }
    )


@router.post("/companies/detect", tags=["companies"])
async def detect_company(
    services: ApiServices, caller: CurrentCaller, body: DetectRequest
) -> Detected:
    """Return the source and config of the board that a URL belongs to.

    Some postings of the board are listed to prove that it is the right one. This takes at most
    about 20 seconds. A board that the site merely links to is not returned, because it may be
    another company's. If no other board is found, the response is a problem whose ``linked`` names
    that board.
    """
    try:
        detected = await services.listings.detect(caller.user_id, body.url, base_url=body.base_url)
    except NotDetected as error:
        raise ApiError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            error.code,
            error.message,
            url=error.url,
            tried=list(error.tried),
            linked=[{"source": source, "config": config} for source, config in error.linked],
        ) from error
    return Detected(
        source=detected.candidate.source,
        config=detected.candidate.config,
        sample=[job.title for job in detected.sample],
        count=detected.count,
        complete=detected.complete,
        found_by=detected.found_by,
        confidence=detected.confidence,
        name=detected.name or display_name(detected.candidate.source, detected.candidate.config),
    )


def _dry_company(listing: DryListing) -> DryCompany:
    return DryCompany(
        status=listing.status,
        complete=listing.status is CompanyStatus.COMPLETE,
        count=len(listing.jobs),
        filtered=listing.filtered,
        jobs=[DryJob.of(job) for job in listing.jobs],
        error=listing.error,
    )
