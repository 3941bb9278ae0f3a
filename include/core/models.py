"""Define the records that cross layers. Dicts from external APIs stay in the adapters.

The fields of a posting are those on which schema.org's JobPosting and zyte-common-items agree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from include.core.formats.urls import is_http


class Workplace(StrEnum):
    REMOTE = "remote"
    HYBRID = "hybrid"
    ONSITE = "onsite"


class EmploymentType(StrEnum):
    """The values of schema.org's ``employmentType``."""

    FULL_TIME = "FULL_TIME"
    PART_TIME = "PART_TIME"
    CONTRACTOR = "CONTRACTOR"
    TEMPORARY = "TEMPORARY"
    INTERN = "INTERN"
    VOLUNTEER = "VOLUNTEER"
    PER_DIEM = "PER_DIEM"
    OTHER = "OTHER"


class PayPeriod(StrEnum):
    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    YEAR = "YEAR"


@dataclass(frozen=True, kw_only=True)
class Location:
    raw: str
    city: str | None = None
    region: str | None = None
    country: str | None = None
    """The ISO 3166-1 alpha-2 code; None if the text does not determine it."""


@dataclass(frozen=True, kw_only=True)
class Salary:
    raw: str
    min: float | None = None
    max: float | None = None
    currency: str | None = None
    """The ISO 4217 code."""
    period: PayPeriod | None = None
    origin: str
    """The origin of the pay: ``structured`` (a field of an API), ``jsonld`` or ``text``."""


@dataclass(frozen=True, kw_only=True)
class JobPosting:
    """One posting as its page or its source's API states it.

    Fields whose value is unknown are None or empty. No value is guessed. A URL that is not an
    absolute http(s) URL, such as ``javascript:…``, becomes None.
    """

    title: str
    external_id: str | None = None
    requisition_id: str | None = None
    url: str | None = None
    canonical_url: str | None = None
    apply_url: str | None = None
    company: str | None = None
    department: str | None = None
    team: str | None = None
    language: str | None = None
    locations: tuple[Location, ...] = ()
    workplace: Workplace | None = None
    applicant_countries: tuple[str, ...] = ()
    employment_types: tuple[EmploymentType, ...] = ()
    employment_type_raw: str | None = None
    salary: Salary | None = None
    description_html: str = ""
    """The description as sanitised HTML."""
    description_text: str = ""
    requirements: tuple[str, ...] = ()
    posted_at: datetime | None = None
    posted_at_raw: str | None = None
    updated_at: datetime | None = None
    updated_at_raw: str | None = None
    valid_through: datetime | None = None
    valid_through_raw: str | None = None
    provenance: Mapping[str, str] = field(default_factory=dict[str, str])
    """The way in which each field was read (``api``, ``jsonld``, ``text``, …), by field name."""

    def __post_init__(self) -> None:
        for name in ("url", "canonical_url", "apply_url"):
            url = getattr(self, name)
            if url is not None and not is_http(url):
                object.__setattr__(self, name, None)


@dataclass(frozen=True, kw_only=True)
class Company:
    """A company that a user follows: the source and config of its board, and the user's filters."""

    slug: str
    source: str
    config: Mapping[str, Any]
    name: str | None = None
    """The name that the user gave it; None for the name that its postings state."""
    include_titles: tuple[str, ...] = ()
    exclude_titles: tuple[str, ...] = ()
    include_locations: tuple[str, ...] = ()
    exclude_locations: tuple[str, ...] = ()
    workplaces: tuple[Workplace, ...] = ()
    """The workplaces that the user wants; empty for any."""
    enabled: bool = True


@dataclass(frozen=True, kw_only=True)
class Page:
    """Content to parse: a fetched page, inline content of a listing, or a listing's response.

    Pages and inline content are also fingerprinted and stored.
    """

    url: str
    body: bytes
    content_type: str | None = None
    """The media type as the server declared it, with the charset."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """The headers of the response, by lower-case name; empty for inline content."""


@dataclass(frozen=True, kw_only=True)
class ListedJob:
    """One open posting of a listing."""

    external_id: str
    title: str
    url: str
    """The address where people read the posting.

    It is empty if the listing names no http(s) URL.
    """
    location: str | None = None
    page_url: str | None = None
    """The address to fetch, such as that of an API's detail document; None if it is ``url``."""
    content: str | None = None
    """The whole posting as JSON or XML text; None if the listing does not carry it."""
    modified: str | None = None
    """The time when the posting last changed, in the form in which the listing states it."""
    row_sha256: str | None = None
    """The hash of the listing's row for this posting.

    Values that change although the posting does not change are excluded. None if the row has only
    the fields of this record.
    """


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The open postings of a board, and whether they are proved to be all of them."""

    jobs: tuple[ListedJob, ...]
    complete: bool
    reason: str | None = None
    """The reason why the listing is partial; None if it is complete."""


class CompanyStatus(StrEnum):
    """The state of a company's listing in one run."""

    WAITING = "waiting"
    SOURCING = "sourcing"
    COMPLETE = "complete"
    PARTIAL = "partial"
    HELD = "held"
    ERROR = "error"


class CheckKind(StrEnum):
    """The kind of work that a check does on its board."""

    LIST = "list"
    """The check lists the board, and reads the postings that there is a reason to read."""
    RETRY = "retry"
    """The check reads the postings whose last reading failed, and lists nothing."""
    REEXTRACT = "reextract"
    """The check reads the stored pages again, and lists and fetches nothing."""


class EntryStatus(StrEnum):
    """The state of one entry of a list of companies that a user asked to follow."""

    WAITING = "waiting"
    FOLLOWED = "followed"
    ALREADY_FOLLOWED = "already_followed"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not_found"


class TrackingState(StrEnum):
    """The state that a user notes for a posting, such as *applied*."""

    SAVED = "saved"
    APPLIED = "applied"
    INTERVIEWING = "interviewing"
    OFFERED = "offered"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class RunTrigger(StrEnum):
    API = "api"
    SCHEDULE = "schedule"
    AIRFLOW = "airflow"
    CLI = "cli"


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The number of a run's jobs in each state."""

    total: int = 0
    """The number of jobs that the run listed."""
    pending: int = 0
    crawling: int = 0
    extracting: int = 0
    ready: int = 0
    skipped: int = 0
    failed: int = 0
    expired: int = 0
    """The number of jobs that the run expired: they left the listing, or their page says that they
    are closed."""
    added: int = 0
    """The number of jobs that were never seen before."""

    @property
    def done(self) -> int:
        """The number of jobs whose outcome is known."""
        return self.ready + self.skipped + self.failed + self.expired

    @property
    def all(self) -> int:
        """The number of jobs in all states."""
        return self.done + self.pending + self.crawling + self.extracting

    @property
    def steps_left(self) -> int:
        """The number of pages that are still to be fetched plus the number still to be read.

        A pending or crawling job counts two steps. A page that is stored and not yet read counts
        one.
        """
        return 2 * (self.pending + self.crawling) + self.extracting


def sum_counts(parts: Iterable[Counts]) -> Counts:
    """Return the counts of a run, which are the sums of its companies' counts."""
    parts = tuple(parts)
    return Counts(**{f.name: sum(getattr(part, f.name) for part in parts) for f in fields(Counts)})
