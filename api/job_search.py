"""Define the parameters and the response of ``GET /jobs``.

This module also defines the bodies of the requests that track a posting and record a visit.
"""

import base64
import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Literal, get_origin

from fastapi.exceptions import RequestValidationError
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)
from starlette.datastructures import QueryParams

from api.deps import LARGEST_ID
from api.problems import ApiError, unusable
from api.schemas import RequestBody, Text
from include.core.models import EmploymentType, TrackingState, Workplace
from include.core.runs.run_state import JobStatus
from include.db.catalogue.postings import FoundPosting
from include.db.catalogue.search_query import Position, Scope, Search, Sort, Unknown
from include.db.catalogue.variants import Variant
from include.settings import parse_duration

_MAX_PAY = 10**12
_TIME_PREFIX = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")
_Cursor = tuple[
    Sort,
    Annotated[int, Field(ge=0, le=9)],
    # The sort key of the position: a time in microseconds (until the year 5138), an amount of pay,
    # or a company's key.
    Annotated[int, Field(ge=-(10**17), le=10**17)]
    | Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")],
    Annotated[int, Field(ge=1, le=LARGEST_ID)],
]
_CURSOR_ADAPTER = TypeAdapter(_Cursor)


def _check_time(value: Any) -> Any:
    """Return ``value`` if it is the text of a time.

    Numbers are refused, although pydantic would accept them as times.
    """
    if not isinstance(value, str) or not _TIME_PREFIX.match(value):
        raise ValueError("must be a time as in RFC 3339, such as 2026-01-31T09:00:00Z")
    return value


def _time_before_now(value: Any) -> Any:
    """Convert a duration such as ``7d`` into a time: now minus the duration.

    The text of a time is returned unchanged. Any other value raises ValueError.
    """
    # A number without a unit is no duration. A time that ends in Z is returned unchanged.
    ends_in_letter = str(value)[-1:].isalpha()
    try:
        duration = parse_duration(value) if ends_in_letter else value
        if isinstance(duration, timedelta):
            return datetime.now(UTC) - duration
    except OverflowError:
        raise ValueError("goes back too far") from None
    try:
        return _check_time(value)
    except ValueError as error:
        raise ValueError(f"{error}, or a duration such as 7d") from None


Time = Annotated[AwareDatetime, BeforeValidator(_check_time)]
Since = Annotated[
    AwareDatetime,
    BeforeValidator(_time_before_now),
    WithJsonSchema({"type": "string", "examples": ["7d", "2026-01-31T09:00:00Z"]}),
]
"""A time, or a duration before now such as ``7d`` or ``12h``."""
CountryCode = Annotated[str, StringConstraints(pattern="^[A-Za-z]{2}$")]
CurrencyCode = Annotated[str, StringConstraints(pattern="^[A-Za-z]{3}$")]
LanguageCode = Annotated[str, StringConstraints(pattern="^[A-Za-z]{2,3}$")]
Note = Annotated[str, StringConstraints(max_length=10_000, pattern=r"^[^\x00]*$")]


def _list_parameter(description: str) -> Any:
    return Field(default=(), max_length=100, description=description)


class JobFilters(BaseModel):
    """The parameters of ``GET /jobs`` that a saved search keeps."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Text | None = Field(
        default=None,
        description="Words that must all occur in the title, company, location or description."
        ' `"a phrase"`, `or` and `-without` work as in a web search. If there are only words, the'
        " last may be the beginning of a word of the title, company or location.",
        examples=['nurse "night shift" -intern'],
    )
    company: list[Text] = _list_parameter("Names of companies, or slugs of followed companies.")
    place: list[Text] = _list_parameter("Cities, regions or countries; beginnings of names, too.")
    country: list[CountryCode] = _list_parameter(
        "ISO 3166-1 codes of countries of the job, or from where one may work remotely."
    )
    workplace: list[Workplace] = _list_parameter("Kinds of workplace.")
    employment_type: list[EmploymentType] = _list_parameter("Kinds of employment.")
    pay_min: float | None = Field(
        default=None,
        ge=0,
        le=_MAX_PAY,
        description="The least yearly pay. It is compared with the higher end of `salary.yearly`."
        " Amounts of different currencies are compared as numbers, unless `currency` is given.",
    )
    currency: CurrencyCode | None = Field(default=None, description="The currency of the pay.")
    posted_since: Since | None = Field(
        default=None, description="A time, or a duration before now such as `7d`."
    )
    seen_since: Since | None = Field(
        default=None, description="When the posting was first seen: a time, or a duration."
    )
    language: list[LanguageCode] = _list_parameter("ISO 639 codes of the language of the posting.")
    source: list[Text] = _list_parameter("Sources, such as `greenhouse`.")
    open: bool | Literal["any"] | None = Field(
        default=None,
        description="Whether the posting is open. By default `any` if there is a `status`, or else"
        " `true`.",
    )
    deadline_passed: bool | None = Field(
        default=None, description="Whether the deadline that the posting states has passed."
    )
    tracking: list[TrackingState] = _list_parameter("The user's own states of postings.")
    hidden: bool | Literal["any"] = Field(
        default=False, description="Whether the user has hidden the posting."
    )
    unknown: list[Unknown] = _list_parameter(
        "Fields. A posting whose value of such a field is unknown passes the filters by it, too."
    )
    scope: Scope = Field(
        default=Scope.FOLLOWED,
        description="`followed`: the postings of followed companies, and all that are tracked."
        " `all`: the postings of every company, except private boards of others.",
    )
    status: JobStatus | None = Field(
        default=None, description="The outcome of the latest check of the posting."
    )
    filtered: bool = Field(
        default=False,
        description="Also return the postings that the filters of followed companies leave out.",
    )
    sort: Sort | None = Field(
        default=None, description="By default `relevance` if there is a `q`, or else `newest`."
    )

    def search(self) -> Search:
        """Return the search that these parameters describe."""
        is_open = self.open
        if is_open is None:
            is_open = True if self.status is None else "any"
        return Search(
            q=self.q,
            companies=tuple(self.company),
            places=tuple(self.place),
            countries=tuple(self.country),
            workplaces=tuple(self.workplace),
            employment_types=tuple(self.employment_type),
            pay_min=self.pay_min,
            currency=self.currency,
            posted_since=self.posted_since,
            seen_since=self.seen_since,
            languages=tuple(self.language),
            sources=tuple(self.source),
            is_open=None if is_open == "any" else is_open,
            deadline_passed=self.deadline_passed,
            tracking=tuple(self.tracking),
            hidden=None if self.hidden == "any" else self.hidden,
            status=self.status,
            filtered=self.filtered,
            scope=self.scope,
            unknown=frozenset(self.unknown),
        )


class JobQuery(JobFilters):
    new: bool | None = Field(
        default=None,
        description="Whether the posting was first shown to the user since `POST /visits`.",
    )
    limit: int = Field(default=100, ge=1, le=1000)
    cursor: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        default=None, description="`next_cursor` of the page before"
    )

    def search(self) -> Search:
        return replace(super().search(), is_new=self.new)


_LIST_PARAMETERS = {
    name for name, field in JobFilters.model_fields.items() if get_origin(field.annotation) is list
}


def read_filters(query: str) -> JobFilters:
    """Return the filters and the order that the query of a URL states.

    Raises:
        RequestValidationError: a parameter cannot be used. The error names the parameter as
            ``GET /jobs`` does, after the prefix ``body.query``.
    """
    params = QueryParams(query.removeprefix("?"))
    values = {
        name: params.getlist(name) if name in _LIST_PARAMETERS else params[name] for name in params
    }
    try:
        return JobFilters.model_validate(values)
    except ValidationError as error:
        errors = [{**each, "loc": ("body", "query", *each["loc"])} for each in error.errors()]
        raise RequestValidationError(errors) from None


def check_scope(scope: Scope, *, all_public: bool) -> None:
    """Raise ApiError 403 if ``scope`` is ``all`` and the server's users may not use this scope.

    Args:
        all_public: True if users may search the postings of companies that they do not follow.
    """
    if scope is Scope.ALL and not all_public:
        detail = "this server lets users search only the postings of the companies they follow"
        raise ApiError(HTTPStatus.FORBIDDEN, "catalogue_restricted", detail)


class JobFacets(BaseModel):
    """For each field, the numbers of postings by value.

    For example, ``country`` is ``{"DE": 12}`` if 12 postings are in Germany. Each number counts the
    postings that match all filters on other fields.
    """

    company: dict[str, int]
    """The companies that have the most postings, at most 100."""
    country: dict[str, int]
    workplace: dict[str, int]
    employment_type: dict[str, int]
    source: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class FoundJob(FoundPosting):
    """A posting in a list, together with the other postings of the same role."""

    variants: list[Variant]


class JobList(BaseModel):
    items: list[FoundJob]
    next_cursor: str | None
    """The cursor of the next page; None if this page is the last one."""
    count: int
    """The number of postings that match."""
    exact: bool
    """False if more than 5,000 postings match. Then ``count`` is 5,000, and the numbers in
    ``unknown`` and ``facets`` cover only 5,000 of them."""
    unknown: dict[Unknown, int]
    """For each field, the number of postings whose value is unknown.

    Each number counts the postings that match all filters on other fields.
    """
    facets: JobFacets


class TrackingChanges(RequestBody):
    """The values to change. Values that the request leaves out stay as they are."""

    state: TrackingState | None = None
    hidden: StrictBool = False
    """True to leave the posting out of all lists."""
    note: Note = ""
    remind_at: Time | None = None


class Followed(BaseModel):
    slug: str


class Visit(BaseModel):
    visited_at: datetime


def encode_cursor(position: Position, sort: Sort) -> str:
    """Return the cursor of the page that begins after the position."""
    fields: _Cursor = (sort, position.segment, position.key, position.job_id)
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, sort: Sort) -> Position:
    """Return the position that a cursor stands for.

    Raises:
        ApiError: 422 if ``cursor`` is not a cursor, or belongs to a list in another order.
    """
    try:
        padding = "=" * (-len(cursor) % 4)  # makes the length a multiple of four
        decoded = base64.urlsafe_b64decode(cursor + padding)
        cursor_sort, segment, key, job_id = _CURSOR_ADAPTER.validate_json(decoded)
    except (ValueError, ValidationError):
        raise unusable("query.cursor", "is not a next_cursor of this list") from None
    has_text_as_key = isinstance(key, str)
    needs_text_as_key = sort is Sort.COMPANY
    if cursor_sort is not sort or has_text_as_key != needs_text_as_key:
        raise unusable("query.cursor", "belongs to a list in another order")
    return Position(segment=segment, key=key, job_id=job_id)
