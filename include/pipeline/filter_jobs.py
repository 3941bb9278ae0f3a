"""Tells the wanted postings of a listing from the others."""

from include.core.filters import needs_posting, wants
from include.core.models import Company, JobPosting, ListedJob, Listing
from include.errors import PageGone, ParseError
from include.sources.registry import adapter_for


def filter_jobs(company: Company, listing: Listing) -> list[tuple[ListedJob, bool]]:
    """Each job of ``listing`` with whether the company's filters want it. Raises SettingError."""
    read = needs_posting(company)
    return [
        (job, wants(company, job, _posting(company.source, job) if read else None))
        for job in listing.jobs
    ]


def _posting(source: str, job: ListedJob) -> JobPosting | None:
    """What the listing carries; None, too, for what can't be read, which extraction will tell."""
    if job.content is None:
        return None
    try:
        return adapter_for(source).parse_posting(job.content)
    except (ParseError, PageGone):
        return None
