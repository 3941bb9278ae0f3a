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
    """The postings that have the words in their title, company or location come before all others.
    Within both groups, the newest come first."""
    NEWEST = "newest"
    PAY = "pay"
    """The highest pay comes first, whatever the currency. Postings without pay come last."""
    COMPANY = "company"


class Unknown(StrEnum):
    """A fact that a posting may not state. A filter cannot tell whether such a posting matches."""

    PAY = "pay"
    PLACE = "place"
    POSTED_AT = "posted_at"
    WORKPLACE = "workplace"


@dataclass(frozen=True, kw_only=True)
class Search:
    """The filters of a search. Every posting passes a filter that is empty or None.

    If a filter has several values, a posting matches the filter if it matches one of the values.
    """

    q: str | None = None
    """A query as for a web search engine. All words must occur; ``"a phrase"``, ``or`` and
    ``-without`` are allowed. If the query has no operators, and no title, company or location has
    its last word, that word also matches the beginnings of longer words."""
    companies: tuple[str, ...] = ()
    """The names of companies, or the slugs under which the user follows them."""
    places: tuple[str, ...] = ()
    """The names of cities, regions or countries, or the beginnings of such names."""
    countries: tuple[str, ...] = ()
    """ISO 3166-1 codes of countries where the job is, or from which remote work is allowed."""
    workplaces: tuple[Workplace, ...] = ()
    employment_types: tuple[EmploymentType, ...] = ()
    pay_min: float | None = None
    """The minimum pay for a year. A posting matches if the highest yearly pay that it states is at
    least the minimum."""
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
    """The facts that may be unknown. A posting that does not state one of these facts passes the
    filters that need the fact."""


@dataclass(frozen=True, kw_only=True)
class Position:
    """The place of a posting in the order of a search."""

    segment: int
    """The number of the segment, which is a part of the result that is sorted by one column."""
    key: int | str
    """The posting's value in that column, such as its pay. A time is in microseconds."""
    job_id: int


@dataclass(frozen=True, kw_only=True)
class SearchPage:
    """One page of a search, and the counts of the whole search."""

    positions: tuple[Position, ...]
    count: int
    exact: bool
    """False if any of the numbers would exceed ``EXACT_UP_TO``. Counting then stops after about
    ``EXACT_UP_TO`` postings."""
    unknown: Mapping[Unknown, int]
    """The number of postings that do not state a fact, by fact. These postings match all filters
    that do not need the fact."""
    facets: Mapping[str, Mapping[str, int]]
    """The number of postings by field and value. For each field, the postings that match all
    filters except the filter of this field are counted."""
