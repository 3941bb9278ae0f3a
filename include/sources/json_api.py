"""The source ``json``: any JSON API, read by JMESPath expressions in the config (jmespath.org).

The expression ``jobs`` finds the list of postings in a response. Each expression in ``fields``
finds the value of one field in a posting. The fields have the same meaning as those of
``JobPosting``. Several locations or employment types are a list. If the responses state them,
``total`` finds the number of postings, and ``next`` finds the URL of the next page. If the config
has no ``total``, the listing counts as complete unless the first response has no postings. If
``description`` is among the fields, the posting is read from the fields. Otherwise it is read from
the web page at ``url``.
"""

from collections.abc import Mapping
from typing import Any, cast

import jmespath
from jmespath.exceptions import JMESPathError

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject, number_of, text_of
from include.core.formats.markup import unescaped
from include.core.formats.urls import absolute
from include.core.models import JobPosting, ListedJob
from include.core.pay.pay_period import pay_period
from include.core.pay.pay_text import salary_in
from include.core.pay.salary import salary
from include.core.places.place_lists import locations_in
from include.core.places.workplaces import workplace_in, workplace_of
from include.errors import ParseError, SettingError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, web_address
from include.sources.expressions import check_jmespath
from include.sources.records import listing_page

_REQUIRED = ("external_id", "title", "url")
_OPTIONAL = (
    "location", "description", "requisition_id", "apply_url", "company", "department", "team",
    "language", "workplace", "employment_type", "salary", "salary_min", "salary_max",
    "salary_currency", "salary_period", "posted_at", "updated_at", "valid_through",
)  # fmt: skip


def _fields(config: Mapping[str, Any], key: str = "fields") -> dict[str, Any]:
    fields = config.get(key)
    if not isinstance(fields, Mapping):
        raise SettingError(f"config.{key}", "must map each field to a JMESPath expression")
    return {
        field: expression.strip() if isinstance(expression, str) else expression
        for field, expression in cast("Mapping[str, Any]", fields).items()
    }


class JsonApi:
    source = "json"
    facts = SourceFacts(lists_by_api=True, ends_at_deadline=True)
    config_keys = ConfigKeys(
        required=("url", "jobs"),
        optional=("fields", "total", "next"),
        readers={"url": web_address, "fields": _fields},
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        fields = _fields(config)
        for key in _REQUIRED:
            if key not in fields:
                raise SettingError(f"config.fields.{key}", "is required")
        for key in fields:
            if key not in _REQUIRED + _OPTIONAL:
                known_fields = ", ".join(_REQUIRED + _OPTIONAL)
                raise SettingError(
                    f"config.fields.{key}", f"unknown field; the known fields are {known_fields}"
                )
            check_jmespath(f"config.fields.{key}", fields[key])
        for key in {"jobs", "total", "next"} & config.keys():
            check_jmespath(f"config.{key}", config[key])
        return Request(url=based(config, web_address(config, "url")))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        answer = response.json()
        jobs = _evaluate(config, "jobs", answer)
        total = number_of(_evaluate(config, "total", answer))
        next_url = text_of(_evaluate(config, "next", answer))
        return listing_page(
            jobs,
            lambda job: _listed_job(config, job, response.url),
            volatile=self.volatile_keys,
            total=total,
            follow=_next_requests(config, request, response.url, next_url) if next_url else (),
            partial_reason=_reason_if_unproved(config, request, jobs, total),
        )

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        html = unescaped(job.html("description"))
        locations = tuple(place for each in job.texts("location") for place in locations_in(each))
        employment = ", ".join(job.texts("employment_type")) or None
        pay = salary(
            low=job.number("salary_min"),
            high=job.number("salary_max"),
            currency=job.text("salary_currency"),
            period=pay_period(job.text("salary_period")),
            raw=job.text("salary"),
            origin="structured",
        )
        return complete(
            JobPosting(
                title=job.need("title"),
                external_id=job.need("external_id"),
                requisition_id=job.text("requisition_id"),
                url=job.text("url"),
                apply_url=job.text("apply_url"),
                company=job.text("company"),
                department=job.text("department"),
                team=job.text("team"),
                language=job.text("language"),
                locations=locations,
                workplace=workplace_of(job.text("workplace"))
                or workplace_in([place.raw for place in locations]),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
                salary=pay or salary_in(job.text("salary") or ""),
                **_dates(job),
            ),
            html,
        )


def _dates(job: JsonObject) -> dict[str, Any]:
    dates: dict[str, Any] = {}
    for key in ("posted_at", "updated_at", "valid_through"):
        dates |= {key: parse_time(job.text(key)), f"{key}_raw": job.text(key)}
    return dates


def _listed_job(config: Mapping[str, Any], job: JsonObject, address: str) -> ListedJob:
    fields = _fields(config)
    values = JsonObject({key: _evaluate(fields, key, job.raw()) for key in fields})
    url = absolute(address, values.need("url"))
    if url is None:
        raise ParseError(f"{values.need('url')} is not an http(s) URL")
    page_url = based(config, url)
    content = None
    if "description" in fields:
        content = JsonObject({**values.raw(), "url": url}).dump()
    return ListedJob(
        external_id=values.need("external_id"),
        title=values.need("title"),
        url=url,
        location="; ".join(values.texts("location")) or None,
        page_url=page_url if page_url != url else None,
        content=content,
        modified=values.text("updated_at"),
    )


def _reason_if_unproved(
    config: Mapping[str, Any], request: Request, jobs: Any, total: float | None
) -> str | None:
    """Return the reason why the listing must count as partial, or None.

    If the config has the expression ``total``, the listing is unproved if the expression finds no
    number. Otherwise the listing is unproved only if its first response is empty.
    """
    if "total" in config:
        is_proved = total is not None
    else:
        is_empty_listing = request.depth == 0 and not jobs
        is_proved = not is_empty_listing
    return None if is_proved else "the response does not show how many postings there are"


def _next_requests(
    config: Mapping[str, Any], request: Request, address: str, next_url: str
) -> tuple[Request, ...]:
    url = absolute(address, next_url)
    if url is None:
        raise ParseError(f"the next page, {next_url}, is not an http(s) URL")
    return (Request(url=based(config, url), depth=request.depth + 1),)


def _evaluate(expressions: Mapping[str, Any], key: str, value: Any) -> Any:
    """Return what the expression ``key`` finds in ``value``; None if there is no expression."""
    if key not in expressions:
        return None
    try:
        return jmespath.compile(expressions[key]).search(value)
    except JMESPathError as error:
        raise ParseError(f"the expression `{key}` cannot be applied: {error}") from error
