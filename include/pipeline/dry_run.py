"""Lists companies as a run would, now, and keeps nothing: what a run would take on.

The pace at each host is shared with the runs, so a dry run is as polite as they are; that pace is
all it writes.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Engine

from include.core.models import Company, CompanyStatus, ListedJob, Page
from include.errors import JobhuntError, ListingError
from include.fetch.listings import ListingClient
from include.fetch.politeness import Manners
from include.fetch.render import Browser
from include.pipeline.drawn_pages import drawing
from include.pipeline.filter_jobs import filter_jobs
from include.pipeline.pace import shared_pace
from include.pipeline.source_urls import list_company, polite
from include.sources.base import Request

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
            judged = filter_jobs(company, listing)
    except JobhuntError as error:
        return DryListing(status=CompanyStatus.ERROR, error=error.message)
    # An answer that breaks its adapter in a way nobody foresaw costs this company alone.
    except (LookupError, TypeError, ValueError) as error:
        message = f"its listing could not be read ({type(error).__name__}: {error})"
        return DryListing(status=CompanyStatus.ERROR, error=message)
    wanted = tuple(job for job, is_wanted in judged if is_wanted)
    return DryListing(
        status=CompanyStatus.COMPLETE if listing.complete else CompanyStatus.PARTIAL,
        jobs=wanted,
        filtered=len(judged) - len(wanted),
        error=listing.reason,
    )


def in_time(
    send: Callable[[Request], Page], until: float, stopping: Callable[[], bool]
) -> Callable[[Request], Page]:
    """``send``, which raises ListingError ``timeout`` instead from ``until`` (on the monotonic
    clock) on, or as soon as ``stopping`` says so."""

    def send_in_time(request: Request) -> Page:
        if time.monotonic() >= until or stopping():
            raise ListingError("the time to ask for it was over", code="timeout")
        return send(request)

    return send_in_time
