"""When may a posting that left its listing expire?

False expiry is the worst fault of this field, so a posting needs proof: one complete listing that
does not name it, or two in a row, some hours apart, when the first is suspicious (empty, or shrunk
by too much at once) or comes from a fragile source. Until then the listing is *held*.
"""

from dataclasses import dataclass

FRAGILE_SOURCES = frozenset({"html", "icims"})
"""Listings scraped by a selector, which a redesign empties without an error, or paged without any
total, so that a posting may slip through between two pages."""


@dataclass(frozen=True, kw_only=True)
class BoardListing:
    """A complete listing of a board beside what was known before it."""

    check_id: int
    source: str
    listed: int
    known: int
    """Open jobs known before this listing."""
    missing: int
    """Those of them that it does not name."""


def misses_needed(listing: BoardListing, *, hold_ratio: float, hold_min: int) -> int:
    """Return in how many complete listings in a row a job must be missing to expire: 1 or 2."""
    return (
        2
        if listing.source in FRAGILE_SOURCES
        or is_suspicious(listing, hold_ratio=hold_ratio, hold_min=hold_min)
        else 1
    )


def is_suspicious(listing: BoardListing, *, hold_ratio: float, hold_min: int) -> bool:
    """Return whether the listing is empty, or lost more than ``hold_ratio`` of its jobs and at
    least ``hold_min`` of them."""
    if listing.listed == 0:
        return listing.missing > 0
    return listing.missing >= hold_min and listing.missing > hold_ratio * listing.known
