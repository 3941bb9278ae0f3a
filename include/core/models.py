"""Define the records that pass between the packages of the pipeline.

Adapters convert the dicts that external APIs return to these records.

The fields of a posting are those that both schema.org's JobPosting and zyte-common-items have.
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
    """The types of employment, named as in the field ``employmentType`` of schema.org."""

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
    """The ISO 3166-1 alpha-2 code of the country; None if the text does not determine it."""


@dataclass(frozen=True, kw_only=True)
class Salary:
    raw: str
    min: float | None = None
    max: float | None = None
    currency: str | None = None
    """The ISO 4217 code of the currency; None if it is unknown."""
    period: PayPeriod | None = None
    origin: str
    """The origin of the pay: ``structured`` (a field of the source's API), ``jsonld`` (data for
    machines in the page) or ``text`` (text for readers)."""


@dataclass(frozen=True, kw_only=True)
class JobPosting:
    """One posting as its page or its source's API states it.

    If a value is unknown, its field is None or empty. No value is guessed. A URL that is not an
    absolute http(s) URL, such as ``javascript:…``, is replaced by None.
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
    """The method by which each field was read, by field name: ``api``, ``jsonld``, ``text``, …"""

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
    """The name that the user gave the company. If None, the name in its postings is used."""
    include_titles: tuple[str, ...] = ()
    exclude_titles: tuple[str, ...] = ()
    include_locations: tuple[str, ...] = ()
    exclude_locations: tuple[str, ...] = ()
    workplaces: tuple[Workplace, ...] = ()
    """The workplaces that the user wants. If empty, every workplace is wanted."""
    enabled: bool = True


@dataclass(frozen=True, kw_only=True)
class Page:
    """Content to parse: a posting's page, its inline content, or the response to a listing request.

    Posting pages and inline content are also fingerprinted and stored. Responses to listing
    requests are not.
    """

    url: str
    body: bytes
    content_type: str | None = None
    """The header ``Content-Type``, which may state the charset; None if it is unknown."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """The headers of the response, by lower-case name. They are empty for inline content."""


@dataclass(frozen=True, kw_only=True)
class ListedJob:
    """One open posting of a listing."""

    external_id: str
    title: str
    url: str
    """The address of the page on which people read the posting.

    It is empty if the listing names no http(s) URL.
    """
    location: str | None = None
    page_url: str | None = None
    """The address that a check fetches, for example in an API. If None, ``url`` is fetched."""
    content: str | None = None
    """The whole posting as JSON or XML text; None if the listing does not contain it."""
    modified: str | None = None
    """The time when the posting last changed, in the form in which the listing states it."""
    row_sha256: str | None = None
    """The hash of the entry that the listing has for this posting.

    Values that can change although the posting stays the same are left out of the hash. If None,
    the entry has no values besides the fields of this record.
    """


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The open postings that a board lists.

    ``complete`` says whether it is proved that these are all open postings of the board.
    """

    jobs: tuple[ListedJob, ...]
    complete: bool
    reason: str | None = None
    """The reason why the listing is partial; None if it is complete."""


class CompanyStatus(StrEnum):
    """The state of a company's listing in one run.

    ``waiting`` means that the listing has not begun, ``sourcing`` that it is active, and ``error``
    that it failed. The others describe a listing that has ended: it is ``complete``, ``partial`` or
    ``held`` (see docs/glossary.md).
    """

    WAITING = "waiting"
    SOURCING = "sourcing"
    COMPLETE = "complete"
    PARTIAL = "partial"
    HELD = "held"
    ERROR = "error"


class CheckKind(StrEnum):
    """The kind of work that a check does on its board."""

    LIST = "list"
    """The check lists the board, and reads the postings that are new or may have changed."""
    RETRY = "retry"
    """The check only reads again the postings that an earlier check failed to read."""
    REEXTRACT = "reextract"
    """The check only reads the stored pages again. It sends no request to the site."""


class EntryStatus(StrEnum):
    """The state of one entry of an import (a list of companies that a user asked to follow)."""

    WAITING = "waiting"
    FOLLOWED = "followed"
    ALREADY_FOLLOWED = "already_followed"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not_found"


class TrackingState(StrEnum):
    """The state that a user notes for a posting, such as *applied*, in their own tracking."""

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
    """The number of jobs that expired, because they left the listing or their pages are closed."""
    added: int = 0
    """The number of jobs that were never shown to the user before."""

    @property
    def done(self) -> int:
        """The number of jobs whose outcome is known: ready, skipped, failed or expired."""
        return self.ready + self.skipped + self.failed + self.expired

    @property
    def all(self) -> int:
        """The total number of jobs, in any state."""
        return self.done + self.pending + self.crawling + self.extracting

    @property
    def steps_left(self) -> int:
        """The number of steps that remain, by which the progress of the run is measured.

        A job has two steps: to fetch its page and to read it. A pending or crawling job counts two
        steps, and an extracting job counts one.
        """
        return 2 * (self.pending + self.crawling) + self.extracting


def sum_counts(parts: Iterable[Counts]) -> Counts:
    """Return the sum of ``parts``, which are for example the counts of each company of a run."""
    parts = tuple(parts)
    return Counts(**{f.name: sum(getattr(part, f.name) for part in parts) for f in fields(Counts)})
