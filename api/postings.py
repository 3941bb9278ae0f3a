"""Define the form in which the API returns one posting.

It consists of the job, its fields, the way in which each field was read, and its changes. The
fields come from the job's page or from its source's API. A job has a ``company`` (the slug under
which the user follows it) and an ``updated_at`` of its own. Therefore the fields ``company`` and
``updated_at`` of the posting are shown as ``employer`` and ``source_updated_at``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel, JsonValue, TypeAdapter

from include.core.models import EmploymentType, Location, Workplace
from include.db.catalogue.postings import (
    ComparableSalary,
    PostingState,
    StoredPosting,
    comparable_salary,
)
from include.db.catalogue.variants import Variant
from include.db.run.progress import JobReport
from include.db.user.tracking import Tracking

_API_NAMES = {"company": "employer", "updated_at": "source_updated_at"}
"""The API's names of fields that have another name in the stored record."""
_JOB_FIELDS = frozenset({"title", "external_id", "url"})
"""The fields whose values are taken from the job, not from the stored record."""


class Version(BaseModel):
    run_id: int | None
    """The user's run that showed the change.

    None if the change is older than the first run that showed the user the posting.
    """
    changed_at: datetime
    changes: dict[str, list[JsonValue]]
    """The values before and after the change. Each field has ``[before, after]``."""


@dataclass(frozen=True, kw_only=True)
class JobDetail(JobReport):
    expire_reason: str | None
    """The reason why the job expired.

    ``unlisted``: the job left its listing. ``gone``: its page says that it is closed. ``deadline``:
    its deadline has passed.
    """

    checked_at: datetime | None
    """The end of the latest check that listed the posting's board."""
    is_checked: bool
    """True if the posting's board is checked daily.

    This is so if a user follows the board with ``enabled`` true.
    """
    company_name: str
    """The employer's name as the posting states it.

    If the posting states no name, the company's name at the source.
    """
    followed: bool
    """True if the user follows the posting's board."""
    state: PostingState
    tracking: Tracking | None
    relisted: int
    """The number of times that the posting was listed again after it had left its listing and
    expired."""
    variants: list[Variant]
    """The other open postings of the same role."""
    source: str
    tenant: str | None
    """The company's name at its source. If the source has no names, the URL of the listing."""
    extracted: bool
    """True if the fields below are current. False before the page was first read, and while a
    changed page waits to be read."""
    requisition_id: str | None = None
    canonical_url: str | None = None
    apply_url: str | None = None
    employer: str | None = None
    """The company's name as the posting states it."""
    department: str | None = None
    team: str | None = None
    language: str | None = None
    locations: list[Location] = field(default_factory=list[Location])
    workplace: Workplace | None = None
    applicant_countries: list[str] = field(default_factory=list[str])
    employment_types: list[EmploymentType] = field(default_factory=list[EmploymentType])
    employment_type_raw: str | None = None
    salary: ComparableSalary | None = None
    description_html: str = ""
    """The description as sanitised HTML."""
    description_text: str = ""
    requirements: list[str] = field(default_factory=list[str])
    posted_at: datetime | None = None
    posted_at_raw: str | None = None
    source_updated_at: datetime | None = None
    updated_at_raw: str | None = None
    valid_through: datetime | None = None
    valid_through_raw: str | None = None
    provenance: dict[str, str] = field(default_factory=dict[str, str])
    """The way in which each field was read, by the field's name.

    ``api`` is the source's API, ``jsonld`` and ``microdata`` are data for machines in the page, and
    ``text`` is the page's text. There are other ways.
    """

    raw_key: str | None
    """The key of the page in the bucket; None if the page is not kept."""
    content_sha256: str | None
    fields_sha256: str | None
    text_sha256: str | None
    simhash: str | None
    """The SimHash as 16 hexadecimal digits, because JavaScript's numbers cannot hold 64 bits."""
    feature_version: int | None
    extractor_version: int | None
    """The version of the extractor that last read the page."""
    versions: list[Version]
    """The posting's changes, newest first."""


_DETAIL_ADAPTER = TypeAdapter(JobDetail)


def job_detail(
    posting: StoredPosting, tenant: str | None, variants: Sequence[Variant]
) -> JobDetail:
    """Return the posting as the API shows it.

    Args:
        tenant: the value of ``JobDetail.tenant``.
        variants: the value of ``JobDetail.variants``.
    """
    record = {
        _API_NAMES.get(name, name): value
        for name, value in (posting.record or {}).items()
        if name not in _JOB_FIELDS
    }
    record["provenance"] = shown_fields(record.get("provenance", {}))
    record["salary"] = comparable_salary(record["salary"]) if record.get("salary") else None
    simhash = None if posting.simhash is None else f"{posting.simhash:016x}"
    return _DETAIL_ADAPTER.validate_python(
        record
        | vars(posting)
        | vars(posting.job)
        | {
            "variants": variants,
            "tenant": tenant,
            "extracted": posting.current and posting.record is not None,
            "simhash": simhash,
            "versions": [
                vars(version) | {"changes": shown_fields(version.changes)}
                for version in posting.versions
            ],
        }
    )


def shown_fields(by_field: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``by_field`` with the API's names of the fields as its keys."""
    return {_API_NAMES.get(name, name): value for name, value in by_field.items()}
