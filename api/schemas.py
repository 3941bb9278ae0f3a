"""Define the bodies of requests and responses that several routes use.

Some responses are records of ``include``, such as ``RunReport``, and are not repeated here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticSerializationError, to_json

from include.core.models import Company, ListedJob, RunTrigger, Workplace
from include.core.runs.run_state import RunStatus
from include.db.run.progress import RunReport
from include.db.user.company_health import CompanyHealth
from include.pipeline.companies.detect_company import Confidence
from include.pipeline.companies.dry_run import DryStatus

T = TypeVar("T")

NO_NUL = r"^[^\x00]*$"
"""The pattern of texts without the character NUL, which Postgres's type text cannot hold."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=NO_NUL)]
Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]


_MAX_KEYS = 100
"""The maximum number of keys of a body. The largest valid request (NewCompany) has 10 fields."""
_MAX_CONFIG_BYTES = 16 * 1024
"""The maximum size of a config as JSON, in bytes.

It limits the time that the check of a config takes.
"""


def _texts(value: JsonValue) -> Iterator[str]:
    """Yield each text in the value, including the keys of objects."""
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _texts(item)
        case dict():
            for key, item in value.items():
                yield key
                yield from _texts(item)
        case _:  # Numbers, booleans and null contain no text.
            return


def _check_storable(config: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the config. Raise ValueError if it is too large or cannot be stored in Postgres."""
    try:
        size = len(to_json(config))
    except PydanticSerializationError:
        raise ValueError("contains a lone surrogate, which can't be stored") from None
    if size > _MAX_CONFIG_BYTES:
        raise ValueError(f"is larger than {_MAX_CONFIG_BYTES} bytes")
    if any("\x00" in text for text in _texts(config)):
        raise ValueError("contains NUL, which can't be stored")
    return config


class RequestBody(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _limit_keys(cls, body: Any) -> Any:
        """Raise one error for a body that has more than ``_MAX_KEYS`` keys.

        Without this check, pydantic would make an error for each unknown key. That takes half a
        second for the largest body.
        """
        if isinstance(body, dict) and len(cast("dict[str, Any]", body)) > _MAX_KEYS:
            raise ValueError(f"has more than {_MAX_KEYS} keys")
        return cast("Any", body)


class StartRequest(RequestBody):
    companies: (
        Annotated[list[Slug], Field(min_length=1, max_length=10_000, fail_fast=True)] | None
    ) = None
    """The slugs of the companies; None stands for all enabled companies."""
    force: StrictBool = False
    """True to crawl and extract unchanged pages, too."""
    reextract: StrictBool = False
    """True to read the stored pages again, and list and fetch nothing."""
    max_age: Annotated[float, Field(strict=True, ge=0, le=10**9)] | None = None
    """The maximum age in seconds, counted from a check's end.

    If the latest check of a board is not older, the run uses it instead of checking the board
    again. With 0, every board is checked now. None stands for the server's ``JOBHUNT_FRESH_FOR``.
    """
    trigger: Literal[RunTrigger.API, RunTrigger.CLI] = RunTrigger.API


class DryRunRequest(RequestBody):
    companies: (
        Annotated[list[Slug], Field(min_length=1, max_length=1_000, fail_fast=True)] | None
    ) = None
    """The slugs of the companies; None stands for all enabled companies."""


class DryJob(BaseModel):
    external_id: str
    title: str
    location: str | None
    url: str

    @classmethod
    def of(cls, job: ListedJob) -> "DryJob":
        return cls.model_validate(vars(job))


class DryCompany(BaseModel):
    status: DryStatus
    complete: bool
    """True if the listing is proved to name all open postings."""
    count: int
    jobs: list[DryJob]
    """The listed jobs that pass the company's filters."""
    filtered: int
    """The number of listed jobs that do not pass the company's filters."""
    error: str | None
    """The reason why the listing is partial or failed."""


class DryRun(BaseModel):
    companies: dict[str, DryCompany]
    """The listing of each company, by the company's slug."""


class DetectRequest(RequestBody):
    url: Annotated[Text, Field(examples=["https://boards.greenhouse.io/acme"])]
    """The URL of a career site, or of any posting on it."""
    base_url: Text | None = None
    """The URL to which all requests are sent instead of the source's own URL.

    ``base_url`` in a company's ``config`` has the same meaning.
    """


class Detected(BaseModel):
    source: str
    config: dict[str, JsonValue]
    """The config in the form that ``POST /companies`` takes."""
    sample: list[str]
    """The titles of a few postings; empty if the board has no posting now."""
    count: int
    """The number of postings that the source states.

    If the source states none, this is the number of postings that could be listed in the available
    time.
    """
    complete: bool
    """True if ``count`` is the number of all postings. If false, there may be more postings."""
    found_by: str
    """A text for people that says how the board was found."""
    confidence: Confidence
    """The confidence in the result.

    ``certain``: the URL is the board's own, or a page of its site embeds it. ``likely``: the site
    links to the board, or the site's own pages look like postings.
    """
    name: str
    """The company's name as the board or the site states it.

    If neither states it, the name is made from the config.
    """


class StartedRun(BaseModel):
    run_id: int
    status: RunStatus
    progress_url: str
    """The URL of the event stream, relative to this server."""


class RunState(BaseModel):
    run_id: int
    status: RunStatus


@dataclass(frozen=True, kw_only=True)
class ShownRun(RunReport):
    airflow_url: str | None
    """The URL of the run's DAG run in Airflow; None if ``JOBHUNT_AIRFLOW_PUBLIC_URL`` is not set or
    the run has no DAG run."""


class Ticket(BaseModel):
    ticket: str
    expires_in: int
    """The number of seconds until the ticket expires."""


@dataclass(frozen=True, kw_only=True)
class ShownCompany(Company):
    """A company that the user follows, and the times at which its board is checked."""

    display_name: str
    """The name that the user gave the company.

    If there is none, the name that the company's postings state, or else the name in its config.
    """
    checked_at: datetime | None
    """The end of the latest check that listed the company's board, for any user."""
    schedule: str | None
    """The daily schedule of the board's checks, as a cron expression in UTC.

    None if the board is not checked daily, because no user follows it with ``enabled`` true.
    """
    health: CompanyHealth


class CompanySettings(RequestBody):
    source: Text
    config: Annotated[dict[str, JsonValue], AfterValidator(_check_storable)]
    name: Text | None = None
    """The name to show. If None, the name that the company's postings state is shown."""
    include_titles: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    """Words, phrases, or regular expressions between slashes.

    The filters of titles and places all have this form. If empty, a posting with any title passes.
    """
    exclude_titles: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    include_locations: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    """Patterns of places. If empty, a posting in any place passes.

    A pattern may also be the name of a country in any language.
    """
    exclude_locations: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    workplaces: Annotated[tuple[Workplace, ...], Field(max_length=3)] = ()
    """The wanted kinds of workplace. If empty, every kind is wanted.

    A posting whose listing states no workplace is not left out.
    """
    enabled: StrictBool = True

    def company(self, slug: str) -> Company:
        settings: dict[str, Any] = {**vars(self), "slug": slug}
        return Company(**settings)


class PutCompany(CompanySettings):
    slug: Slug | None = None
    """The slug in the path. The body may repeat it."""


class NewCompany(CompanySettings):
    slug: Slug


class Page(BaseModel, Generic[T]):
    items: list[T]
    next_cursor: str | None
    """The cursor of the next page; None if this page is the last one."""


def page_of(items: list[T], limit: int, cursor: str) -> dict[str, Any]:
    """Return the fields of a ``Page`` that holds the first ``limit`` items.

    If the following items have the same cursor as the last item of the page, these items are put on
    the page, too. Therefore a page may hold more than ``limit`` items, and the next page may be
    empty.

    Args:
        items: the items from the beginning of the page on. There is a next page only if there are
            more than ``limit`` items.
        cursor: the name of the attribute by which the next page is found.
    """
    page_items = items[:limit]
    for item in items[limit:]:
        if getattr(item, cursor) == getattr(page_items[-1], cursor):
            page_items.append(item)
    has_more = len(items) > limit
    return {
        "items": page_items,
        "next_cursor": str(getattr(page_items[-1], cursor)) if has_more else None,
    }
