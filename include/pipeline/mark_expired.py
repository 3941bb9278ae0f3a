"""Expire jobs that have left their board's listing (ADR 2).

If a listing misses suspiciously many jobs, these jobs are held: they stay open, and expire only if
a later listing misses them, too.
"""

from datetime import timedelta

from sqlalchemy import Engine

from include.core.checking.expiry import misses_needed
from include.core.models import CompanyStatus
from include.db.catalogue.jobs import complete_listings, expire_missing
from include.db.run.runs import notify
from include.db.work.checks import lock_listed, set_listing
from include.db.work.sweeps import Sweep, fence
from include.sources.registry import facts_of


def mark_expired(
    engine: Engine,
    sweep: Sweep,
    *,
    hold_ratio: float,
    hold_min: int,
    confirm_after: timedelta,
) -> dict[int, int]:
    """Expire or hold the jobs that are missing from the complete listings of the sweep's checks.

    Args:
        hold_ratio: a share from 0 to 1. A listing is suspicious if it misses more than this share
            of the board's open jobs, and at least ``hold_min`` jobs.
        hold_min: a number of jobs. A listing that misses fewer jobs is suspicious only if it is
            empty.
        confirm_after: the minimum time from the start of the check that first missed a held job
            to the start of the check that expires the job.

    Returns:
        The number of held jobs by check id. Held jobs stay open until a later listing misses them,
        too.

    Raises:
        SweepSuperseded: the sweep has been recovered or closed.
    """
    with engine.begin() as connection:
        fence(connection, sweep)
        lock_listed(connection, sweep.sweep_id)
        listings = complete_listings(connection, sweep.sweep_id)
        misses_by_check = {
            listing.check_id: misses_needed(
                listing,
                is_fragile=facts_of(listing.source).is_fragile,
                hold_ratio=hold_ratio,
                hold_min=hold_min,
            )
            for listing in listings
        }
        held_by_check = expire_missing(connection, misses_by_check, confirm_after)
        for listing in listings:
            if held_count := held_by_check.get(listing.check_id):
                reason = (
                    f"{listing.missing} of {listing.known} known postings are missing, and"
                    f" {listing.listed} are listed; {held_count} stay open until another complete"
                    " listing confirms it"
                )
                set_listing(connection, listing.check_id, CompanyStatus.HELD, reason=reason)
        notify(connection)
    return held_by_check
