"""Show what a run would change, without starting one or writing anything."""

from http import HTTPStatus

from fastapi import APIRouter
from pydantic import BaseModel

from api.deps import ApiServices, CurrentCaller, rate_limit
from api.problems import declared
from api.schemas import DryJob, DryRunRequest
from include.core.filtering.filters import wants
from include.core.models import Company, CompanyStatus
from include.core.runs.preview import KnownJob, preview
from include.db.catalogue.known_jobs import known_jobs
from include.pipeline.companies.dry_run import DryListing, DryStatus
from include.pipeline.runs.start_run import choose_companies

router = APIRouter(
    tags=["listings"],
    dependencies=[rate_limit(lambda limits: limits.dry_run)],
    responses=declared(HTTPStatus.TOO_MANY_REQUESTS),
)


class RetitledJob(DryJob):
    before: str
    """The title in the previous listing."""


class PreviewedCompany(BaseModel):
    status: DryStatus
    error: str | None
    """The reason why the listing is partial or failed."""
    new: list[DryJob]
    """Listed jobs that the user was not shown yet, and jobs that had left the listing before."""
    changed: list[RetitledJob]
    """Jobs whose title in the listing changed.

    Other changes can be seen only on the pages, which are not fetched here.
    """
    gone: list[DryJob]
    """Known open jobs that are not in the listing.

    This is empty unless the listing is complete.
    """
    unchanged: int
    """The number of listed jobs that the user was shown before and that have the same title."""


class RunPreview(BaseModel):
    companies: dict[str, PreviewedCompany]
    """The preview of each company, by the company's slug."""


@router.post("/preview")
async def preview_run(
    services: ApiServices, caller: CurrentCaller, body: DryRunRequest | None = None
) -> RunPreview:
    """List the companies as ``/dry-run`` does, and compare the listings with the known jobs."""
    slugs = body.companies if body else None
    companies = await services.database.read(choose_companies, caller.user_id, slugs)
    listings = await services.listings.list_all(caller.user_id, companies)
    jobs_by_slug = await services.database.read(
        known_jobs, caller.user_id, [company.slug for company in companies]
    )
    return RunPreview(
        companies={
            company.slug: _previewed_company(
                listing, _jobs_that_pass_filters(company, jobs_by_slug.get(company.slug, {}))
            )
            for company, listing in zip(companies, listings, strict=True)
        }
    )


def _jobs_that_pass_filters(
    company: Company, jobs_by_id: dict[str, KnownJob]
) -> dict[str, KnownJob]:
    """Return the known jobs that pass the company's current filters.

    The other known jobs must not count as gone. They are missing from the listing only because it
    contains just the jobs that pass the filters.
    """
    return {id_: each for id_, each in jobs_by_id.items() if wants(company, each.job)}


def _previewed_company(listing: DryListing, jobs_by_id: dict[str, KnownJob]) -> PreviewedCompany:
    differences = preview(
        listing.jobs, jobs_by_id, complete=listing.status is CompanyStatus.COMPLETE
    )
    return PreviewedCompany(
        status=listing.status,
        error=listing.error,
        new=[DryJob.of(job) for job in differences.new],
        changed=[
            RetitledJob(**vars(DryJob.of(each.job)), before=each.before)
            for each in differences.retitled
        ],
        gone=[DryJob.of(job) for job in differences.gone],
        unchanged=differences.unchanged,
    )
