"""What a run would bring, shown before it is started; nothing is written."""

from http import HTTPStatus

from fastapi import APIRouter
from pydantic import BaseModel

from api.deps import ApiServices, CurrentCaller, limited
from api.problems import declared
from api.schemas import DryJob, DryRunRequest
from include.core.filters import wants
from include.core.models import Company, CompanyStatus, ListedJob
from include.core.preview import preview
from include.db.open_jobs import open_jobs
from include.pipeline.dry_run import DryListing, DryStatus
from include.pipeline.start_run import choose_companies

router = APIRouter(
    tags=["listings"],
    dependencies=[limited(lambda limits: limits.dry_run)],
    responses=declared(HTTPStatus.TOO_MANY_REQUESTS),
)


class RetitledJob(DryJob):
    before: str
    """The title it was last known by."""


class PreviewedCompany(BaseModel):
    status: DryStatus
    error: str | None
    """Why it is partial or failed."""
    new: list[DryJob]
    changed: list[RetitledJob]
    """Those with another title; other changes show only on the pages, which a run fetches."""
    gone: list[DryJob]
    """Known as open and listed no more; none unless the listing is complete."""
    unchanged: int


class RunPreview(BaseModel):
    companies: dict[str, PreviewedCompany]
    """By slug."""


@router.post("/preview")
async def preview_run(
    services: ApiServices, caller: CurrentCaller, asked: DryRunRequest | None = None
) -> RunPreview:
    """Lists the companies as ``/dry-run`` does, beside what is known of them."""
    slugs = asked.companies if asked else None
    companies = await services.database.read(choose_companies, caller.user_id, slugs)
    listings = await services.listings.list_all(companies)
    known = await services.database.read(
        open_jobs, caller.user_id, [company.slug for company in companies]
    )
    return RunPreview(
        companies={
            company.slug: _shown(listing, _wanted(company, known.get(company.slug, {})))
            for company, listing in zip(companies, listings, strict=True)
        }
    )


def _wanted(company: Company, known: dict[str, ListedJob]) -> dict[str, ListedJob]:
    """Without those that the company's filters leave out by now: they are not gone."""
    return {id_: job for id_, job in known.items() if wants(company, job)}


def _shown(listing: DryListing, known: dict[str, ListedJob]) -> PreviewedCompany:
    found = preview(listing.jobs, known, complete=listing.status is CompanyStatus.COMPLETE)
    return PreviewedCompany(
        status=listing.status,
        error=listing.error,
        new=[_job(job) for job in found.new],
        changed=[
            RetitledJob(**_job(each.job).model_dump(), before=each.before)
            for each in found.retitled
        ],
        gone=[_job(job) for job in found.gone],
        unchanged=found.unchanged,
    )


def _job(job: ListedJob) -> DryJob:
    return DryJob(external_id=job.external_id, title=job.title, location=job.location, url=job.url)
