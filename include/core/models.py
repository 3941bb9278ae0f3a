"""The records that cross layers. Dicts of other people's APIs stop at the adapters.

The posting's fields are those on which schema.org's JobPosting and zyte-common-items agree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any


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
    """ISO 3166-1 alpha-2, or null when the text does not settle it."""


@dataclass(frozen=True, kw_only=True)
class Salary:
    raw: str
    min: float | None = None
    max: float | None = None
    currency: str | None = None
    """ISO 4217."""
    period: PayPeriod | None = None
    origin: str
    """``structured``, ``jsonld`` or ``text``."""


@dataclass(frozen=True, kw_only=True)
class JobPosting:
    """One posting as its page or its source's API states it. Unknown is null, never a guess."""

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
    """Sanitised."""
    description_text: str = ""
    requirements: tuple[str, ...] = ()
    posted_at: datetime | None = None
    posted_at_raw: str | None = None
    updated_at: datetime | None = None
    updated_at_raw: str | None = None
    valid_through: datetime | None = None
    valid_through_raw: str | None = None
    provenance: Mapping[str, str] = field(default_factory=dict[str, str])
    """Field name → how it was read: ``api``, ``jsonld``, ``text``, …"""


@dataclass(frozen=True, kw_only=True)
class Company:
    """A followed employer and how to list it."""

    slug: str
    source: str
    config: Mapping[str, Any]
    include_titles: tuple[str, ...] = ()
    exclude_titles: tuple[str, ...] = ()
    include_locations: tuple[str, ...] = ()
    exclude_locations: tuple[str, ...] = ()
    workplaces: tuple[Workplace, ...] = ()
    """Any, if there are none."""
    enabled: bool = True


@dataclass(frozen=True, kw_only=True)
class Page:
    """What is fingerprinted, stored and read: a fetched page, or a listing's inline content."""

    url: str
    body: bytes
    content_type: str | None = None
    """As the server declared it, charset included."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of a listing's answer, by lower-case name; a page has none."""


@dataclass(frozen=True, kw_only=True)
class ListedJob:
    """One open posting as a listing names it."""

    external_id: str
    title: str
    url: str
    """Where a person reads it."""
    location: str | None = None
    page_url: str | None = None
    """What to fetch, where that is not ``url`` (an API's detail document)."""
    content: str | None = None
    """The whole posting as JSON or XML text, where the listing already carries it."""
    modified: str | None = None
    """When the posting last changed, as the listing writes it."""
    row_sha256: str | None = None
    """The hash of the listing's row for this posting, without the values that change by themselves.
    None if the listing says nothing beyond the fields of this record."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A company's open postings, and whether that is proved to be all of them."""

    jobs: tuple[ListedJob, ...]
    complete: bool
    reason: str | None = None
    """Why it is partial."""


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
    """Lists the board and reads the postings that there is a reason to read."""
    RETRY = "retry"
    """Reads the postings whose last reading failed, and lists nothing."""
    REEXTRACT = "reextract"
    """Reads the stored pages again, and lists and fetches nothing."""


class RunTrigger(StrEnum):
    API = "api"
    SCHEDULE = "schedule"
    AIRFLOW = "airflow"
    CLI = "cli"


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many of a run's jobs are where."""

    total: int = 0
    """Listed by the run."""
    pending: int = 0
    crawling: int = 0
    extracting: int = 0
    ready: int = 0
    skipped: int = 0
    failed: int = 0
    expired: int = 0
    """Expired by the run, because they left the listing or their page says so."""
    added: int = 0
    """Never seen before."""

    @property
    def steps_left(self) -> int:
        """Pages to fetch and to read: what is stored and not yet read has half its way behind
        it."""
        return 2 * (self.pending + self.crawling) + self.extracting


def sum_counts(parts: Iterable[Counts]) -> Counts:
    """The run's counts from its companies'."""
    parts = tuple(parts)
    return Counts(**{f.name: sum(getattr(part, f.name) for part in parts) for f in fields(Counts)})
