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
    """Judge the complete listings of the sweep's checks.

    Args:
        hold_ratio: a listing that misses a larger share of a board's jobs is suspicious.
        hold_min: a listing that misses fewer jobs than this is not suspicious, unless it is empty.
        confirm_after: how long after the first check that missed a doubtful job another check must
            begin to expire it.

    Returns:
        How many missing jobs are held, that is, kept until a later listing confirms, by check id.

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
