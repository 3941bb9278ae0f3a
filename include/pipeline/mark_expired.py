"""Expires the jobs that have provably left their company's listing, and holds the doubtful."""

from sqlalchemy import Engine

from include.core.expiry import misses_needed
from include.core.models import CompanyStatus
from include.core.run_state import RunStatus
from include.db.jobs import complete_listings, expire_missing
from include.db.run_companies import set_company
from include.db.runs import Run, notify, touch


def mark_expired(engine: Engine, run: Run, *, hold_ratio: float, hold_min: int) -> dict[str, int]:
    """Judges the run's complete listings, unless that was done before the run was recovered, or
    the run lists nothing.

    Args:
        hold_ratio: the share of a company's jobs that may vanish at once unsuspected.
        hold_min: how many may, whatever their share.

    Returns:
        By slug, how many missing jobs are held: kept until another listing confirms.

    Raises:
        RunSuperseded: the run was aborted or recovered meanwhile.
    """
    if run.status is RunStatus.INGESTING or run.reextract:
        return {}
    with engine.begin() as connection:
        version = touch(connection, run.run_id, run.attempt, during=(RunStatus.INITIALIZING,))
        listings = complete_listings(connection, run.run_id, run.user_id)
        needed = {
            listing.company: misses_needed(listing, hold_ratio=hold_ratio, hold_min=hold_min)
            for listing in listings
        }
        held = expire_missing(connection, run.run_id, run.user_id, version, needed)
        for listing in listings:
            kept = held.get(listing.company)
            if kept:
                reason = (
                    f"{listing.listed} listed, {listing.missing} of {listing.known} known missing:"
                    f" {kept} kept until another complete listing confirms it"
                )
                set_company(
                    connection, run.run_id, listing.company, CompanyStatus.HELD, error=reason
                )
        notify(connection, run.run_id)
    return held
