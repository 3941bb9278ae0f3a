"""Define the filters and sort orders of a search of the catalogue, and its result."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from include.core.models import EmploymentType, TrackingState, Workplace
from include.core.runs.run_state import JobStatus


class Scope(StrEnum):
    FOLLOWED = "followed"
    """The tracked postings, and the postings of followed companies that pass the filters of the
    company."""
    ALL = "all"
    """All postings, except those of private boards that the user does not follow."""


class Sort(StrEnum):
    RELEVANCE = "relevance"
    """The postings with the words in their title, company or location first, then the newest."""
    NEWEST = "newest"
    PAY = "pay"
    """The highest pay first, whatever the currency; postings without pay last."""
    COMPANY = "company"


class Unknown(StrEnum):
    """A fact that a posting may lack, so that a filter cannot tell whether the posting matches."""

    PAY = "pay"
    PLACE = "place"
    POSTED_AT = "posted_at"
    WORKPLACE = "workplace"


@dataclass(frozen=True, kw_only=True)
class Search:
    """The filters of a search. Every posting passes a filter that is empty or None.

    A posting matches a filter with several values if it matches one of them.
    """

    q: str | None = None
    """A query as for a web search engine. All words must occur; ``"a phrase"``, ``or`` and
    ``-without`` are allowed. If the query has no operators, and no title, company or location has
    its last word, that word also matches the beginnings of longer words."""
    companies: tuple[str, ...] = ()
    """Names of companies, or slugs under which the user follows them."""
    places: tuple[str, ...] = ()
    """The names of cities, regions or countries, or the beginnings of such names."""
    countries: tuple[str, ...] = ()
    """ISO 3166-1 codes of countries where the job is, or from which remote work is allowed."""
    workplaces: tuple[Workplace, ...] = ()
    employment_types: tuple[EmploymentType, ...] = ()
    pay_min: float | None = None
    """The minimum for the highest yearly pay that a posting states."""
    currency: str | None = None
    posted_since: datetime | None = None
    seen_since: datetime | None = None
    """The earliest time at which a found posting was first seen."""
    is_new: bool | None = None
    """True for postings first shown to the user since their last visit, False for all others."""
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    is_open: bool | None = True
    deadline_passed: bool | None = None
    tracking: tuple[TrackingState, ...] = ()
    hidden: bool | None = False
    status: JobStatus | None = None
    filtered: bool = False
    """True to include the postings that do not pass the user's filters for a followed company."""
    scope: Scope = Scope.FOLLOWED
    unknown: frozenset[Unknown] = frozenset()
    """Facts that may be unknown. A posting without one of these facts passes the filters that need
    the fact."""


@dataclass(frozen=True, kw_only=True)
class Position:
    """The place of a posting in the order of a search."""

    segment: int
    key: int | str
    job_id: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of a search, and the counts of the whole search."""

    positions: tuple[Position, ...]
    count: int
    exact: bool
    """False if any of the numbers would exceed ``EXACT_UP_TO``. Counting then stops after about
    ``EXACT_UP_TO`` postings."""
    unknown: Mapping[Unknown, int]
    """The number of postings without a fact, by fact. The postings match all filters that do not
    need the fact."""
    facets: Mapping[str, Mapping[str, int]]
    """The numbers of postings that match all filters except the filter of the field, by field and
    value."""
