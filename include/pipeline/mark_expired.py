"""Expiring jobs that have provably left their board's listing, and holding doubtful listings."""

from datetime import timedelta

from sqlalchemy import Engine

from include.core.expiry import misses_needed
from include.core.models import CompanyStatus
from include.db.checks import set_listing
from include.db.jobs import complete_listings, expire_missing
from include.db.runs import notify
from include.db.sweeps import Sweep, fence


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
        hold_ratio: the share of a board's jobs, 0 to 1; a listing that misses more is suspicious.
        hold_min: a listing that misses fewer jobs than this is not suspicious, unless it is empty.
        confirm_after: the time that must lie between the begin of the check that first missed a
            held job and the begin of the check that expires it.

    Returns:
        The number of held jobs, which are kept until a later listing misses them, too, by check id.

    Raises:
        SweepSuperseded: the sweep was recovered or closed meanwhile.
    """
    with engine.begin() as connection:
        fence(connection, sweep)
        listings = complete_listings(connection, sweep.sweep_id)
        needed = {
            listing.check_id: misses_needed(listing, hold_ratio=hold_ratio, hold_min=hold_min)
            for listing in listings
        }
        held = expire_missing(connection, needed, confirm_after)
        for listing in listings:
            if kept := held.get(listing.check_id):
                reason = (
                    f"{listing.listed} listed, {listing.missing} of {listing.known} known missing:"
                    f" {kept} kept until another complete listing confirms it"
                )
                set_listing(connection, listing.check_id, CompanyStatus.HELD, reason=reason)
        notify(connection)
    return held
