"""List a company as a check does, without storing the listing.

Dry runs and checks share the limits of each host. A dry run stores only the states of the hosts and
the robots.txt files that it has fetched.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Engine

from include.core.models import Company, CompanyStatus, ListedJob
from include.errors import JobhuntError
from include.fetch.clients import Clients
from include.pipeline.listing.list_board import list_company
from include.pipeline.listing.listed_rows import listed_rows
from include.pipeline.listing.listing_requests import listing_sender
from include.pipeline.pages.reader_pool import Reader

DryStatus = Literal[CompanyStatus.COMPLETE, CompanyStatus.PARTIAL, CompanyStatus.ERROR]


@dataclass(frozen=True, kw_only=True)
class DryListing:
    """The result of a dry run."""

    status: DryStatus
    jobs: tuple[ListedJob, ...] = ()
    """The listed jobs that pass the company's filters."""
    filtered: int = 0
    """The number of listed jobs that the company's filters leave out."""
    error: str | None = None
    """The reason why the listing is partial or failed; None if it is complete."""


def dry_run(
    engine: Engine,
    company: Company,
    *,
    clients: Clients,
    reader: Reader,
    until: float,
    stopping: Callable[[], bool] = lambda: False,
) -> DryListing:
    """Return one company's listing, or the part of it that could be read in time.

    Args:
        reader: the reader that parses the responses.
        until: the time of the monotonic clock, in seconds, at which the last request must end.
        stopping: a function that is called before each request, and every second during the
            request. If it returns True, the request is cancelled.
    """
    try:
        render = bool(company.config.get("render"))
        with listing_sender(engine, clients, until=until, stopping=stopping, render=render) as send:
            listing = list_company(company, send, reader)
        rows = listed_rows(company.source, listing, [company], reader)
    except JobhuntError as error:
        return DryListing(status=CompanyStatus.ERROR, error=error.message)
    # One of these errors occurs if the adapter cannot parse a response. Only this company must fail
    # then.
    except (LookupError, TypeError, ValueError) as error:
        message = f"the listing could not be read ({type(error).__name__}: {error})"
        return DryListing(status=CompanyStatus.ERROR, error=message)
    wanted_jobs = tuple(row.job for row in rows if row.wanted)
    return DryListing(
        status=CompanyStatus.COMPLETE if listing.complete else CompanyStatus.PARTIAL,
        jobs=wanted_jobs,
        filtered=len(rows) - len(wanted_jobs),
        error=listing.reason,
    )
