"""Lists companies as a run would, now, and keeps nothing: what a run would take on.

The pace at each host is shared with the runs, so a dry run is as polite as they are; that pace is
all it writes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Engine

from include.core.models import Company, CompanyStatus, ListedJob
from include.errors import JobhuntError
from include.fetch.listings import ListingClient
from include.fetch.politeness import Manners
from include.fetch.render import Browser
from include.pipeline.drawn_pages import drawing
from include.pipeline.list_board import in_time, list_company, polite
from include.pipeline.listed_rows import listed_rows
from include.pipeline.pace import shared_pace

DryStatus = Literal[CompanyStatus.COMPLETE, CompanyStatus.PARTIAL, CompanyStatus.ERROR]


@dataclass(frozen=True, kw_only=True)
class DryListing:
    status: DryStatus
    jobs: tuple[ListedJob, ...] = ()
    """Those that the company's filters want."""
    filtered: int = 0
    """How many others there are."""
    error: str | None = None
    """Why it is partial or failed."""


def dry_run(
    engine: Engine,
    company: Company,
    *,
    client: Callable[[], ListingClient],
    manners: Manners,
    until: float,
    stopping: Callable[[], bool] = lambda: False,
    browser: Callable[[], Browser] | None = None,
) -> DryListing:
    """One company's listing, as far as it can be read in time.

    Args:
        until: on the monotonic clock; no request begins later.
        stopping: asked before each request; True ends the listing, too.
        browser: makes a browser for a company that needs it.
    """
    try:
        with shared_pace(engine) as pace, client() as http:
            send = in_time(polite(http, pace, manners), until, stopping)
            with drawing(company, send, browser) as send_drawn:
                listing = list_company(company, send_drawn)
            rows = listed_rows(company.source, listing, [company])
    except JobhuntError as error:
        return DryListing(status=CompanyStatus.ERROR, error=error.message)
    # An answer that breaks its adapter in a way nobody foresaw costs this company alone.
    except (LookupError, TypeError, ValueError) as error:
        message = f"its listing could not be read ({type(error).__name__}: {error})"
        return DryListing(status=CompanyStatus.ERROR, error=message)
    wanted = tuple(row.job for row in rows if row.wanted)
    return DryListing(
        status=CompanyStatus.COMPLETE if listing.complete else CompanyStatus.PARTIAL,
        jobs=wanted,
        filtered=len(rows) - len(wanted),
        error=listing.reason,
    )
