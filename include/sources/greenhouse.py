"""The adapter of Greenhouse, which reads Greenhouse's job board API.

The API is documented at developers.greenhouse.io/job-board.html. One response holds the whole board
and its total, ``meta.total``. The response for an unknown board is a 404. ``content`` is HTML that
is escaped once. The response has pay only if the request has ``pay_transparency``. The amounts are
in cents, and only the title or the note of a pay range states its period. Hours and workplace are
only in custom fields (``metadata``), whose names each employer chooses. Some employers also state
the pay only in such fields. One ``location.name`` may name several places, and ``offices`` has the
full names of some of them.

A prospect post (``internal_job_id`` is null) invites general applications and does not belong to
one opening. The adapter lists it like any other posting, because the board shows it and
``meta.total`` counts it.

A later ``updated_at`` does not prove that the posting changed, because one edit may change it for
several postings. On a recorded board, four of seven postings state the same time to the second.

A board that is hosted in the EU needs ``base_url: https://boards-api.eu.greenhouse.io``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import unescaped
from include.core.formats.text import cut
from include.core.models import JobPosting, ListedJob, Location, Salary, Workplace
from include.core.pay.pay_period import pay_period
from include.core.pay.salary import salary, widest
from include.core.places.locations import locate
from include.core.places.place_lists import locations_in, place_names
from include.core.places.workplaces import workplace_in, workplace_of
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.records import listing_page

_API = "https://boards-api.greenhouse.io/v1/boards"
_WORKPLACE_FIELD = re.compile(
    r"workplace|work(?:ing)? (?:type|arrangement|model|mode|location type)|location type|remote",
    re.IGNORECASE,
)
_PAY_FREQUENCY = re.compile(r"pay (?:frequency|period|basis)|salary (?:type|period)", re.IGNORECASE)
_WORKPLACE_LABEL = re.compile(
    r"^(?:hybrid|remote|on-?site|office)\s*[-–—:,]?\s*|\s*[-–—,(]\s*(?:hybrid|remote|on-?site)\)?$",
    re.IGNORECASE,
)
"""A pattern that matches a workplace before or after the name of a place, such as ``Hybrid - `` in
``Hybrid - London``."""
_NO_PLACE = re.compile(
    r"hybrid|in[- ]?office|on[- ]?site|in[- ]?person|office(?:[- ]based)?|distributed|flexible|"
    r"various(?: locations)?|multiple(?: locations)?|(?:see|all) (?:offices|locations)|other",
    re.IGNORECASE,
)
"""A pattern of names of locations that name no place, such as "Hybrid" or "Various locations"."""
_HOURS_FIELD = re.compile(
    r"employment (?:type|status)|job type|time type|commitment", re.IGNORECASE
)
_MAX_FIELD_NAME_LENGTH = 200
_PAY_FIELD = re.compile(r"(?:pay|salary|compensation|hiring|wage)\b(?!.*\bbonus)", re.IGNORECASE)


class Greenhouse:
    source = "greenhouse"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("board",), home=_API)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = f"{_API}/{name(config, 'board')}/jobs?content=true&pay_transparency=true"
        return Request(url=based(config, url))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        board = JsonObject.of(response.json(), "the board")
        total = board.number("meta", "total")
        return listing_page(
            board.raw("jobs"),
            _listed_job,
            volatile=self.volatile_keys,
            total=total,
            partial_reason="the board did not state its total" if total is None else None,
        )

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        html = unescaped(job.html("content"))
        location_names = place_names(job.text("location", "name"))
        employment = ", ".join(_custom_values(job, _HOURS_FIELD)) or None
        return complete(
            JobPosting(
                title=job.need("title"),
                external_id=job.need("id"),
                requisition_id=job.text("requisition_id"),
                url=job.text("absolute_url"),
                company=job.text("company_name"),
                department=_department(job),
                language=job.text("language"),
                locations=_locations(job),
                workplace=_workplace(job) or workplace_in(location_names),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
                salary=widest([_pay(pay) for pay in job.objects("pay_input_ranges")])
                or widest(list(_custom_pay(job))),
                posted_at=parse_time(job.text("first_published")),
                posted_at_raw=job.text("first_published"),
                updated_at=parse_time(job.text("updated_at")),
                updated_at_raw=job.text("updated_at"),
                valid_through=parse_time(job.text("application_deadline")),
                valid_through_raw=job.text("application_deadline"),
            ),
            html,
        )


def _listed_job(job: JsonObject) -> ListedJob:
    return ListedJob(
        external_id=job.need("id"),
        title=job.need("title"),
        url=job.need("absolute_url"),
        location=job.text("location", "name"),
        content=job.dump(),
        modified=job.text("updated_at"),
    )


def _department(job: JsonObject) -> str | None:
    names = (department.text("name") for department in job.objects("departments"))
    return next(filter(None, names), None)


def _locations(job: JsonObject) -> tuple[Location, ...]:
    """Return the locations of the posting, completed from its offices.

    For example, the location "New York" becomes "New York, New York, United States" if an office
    whose name or city is "New York" has this location.

    If the posting's locations name only a way of working, such as "Hybrid", the offices are
    returned instead.
    """
    locations = locations_in(job.text("location", "name"))
    if locations and all(_NO_PLACE.fullmatch(place.raw) for place in locations):
        places = (
            office.text("location") or office.text("name") for office in job.objects("offices")
        )
        return tuple(place for each in places for place in locations_in(each)) or locations
    offices: dict[str, str] = {}
    for office in job.objects("offices"):
        office_location = office.text("location")
        for key in (office.text("name"), (office_location or "").partition(",")[0]):
            if office_location and key:
                offices.setdefault(key, office_location)
    return tuple(_completed(place, offices) for place in locations)


def _completed(location: Location, offices: Mapping[str, str]) -> Location:
    """Return ``location`` with the city, region and country of the office of the same name.

    ``offices`` maps the name and the city of each office to the office's location. If there is no
    such office, return ``location`` unchanged.
    """
    office_location = offices.get(location.raw)
    if office_location is None and location.country is None:
        office_location = offices.get(_WORKPLACE_LABEL.sub("", location.raw))
    return replace(locate(office_location), raw=location.raw) if office_location else location


def _workplace(job: JsonObject) -> Workplace | None:
    for field in job.objects("metadata"):
        name = field.text("name") or ""
        if _WORKPLACE_FIELD.search(name):
            if field.flag("value") and "remote" in name.casefold():
                return Workplace.REMOTE
            if workplace := workplace_of(", ".join(field.texts("value"))):
                return workplace
    return None


def _custom_values(job: JsonObject, name: re.Pattern[str]) -> Iterator[str]:
    """Yield the values of the custom fields whose names match ``name``."""
    for field in job.objects("metadata"):
        if name.search(field.text("name") or ""):
            yield from field.texts("value")


def _custom_pay(job: JsonObject) -> Iterator[Salary | None]:
    """Yield the pay of each custom field that holds a pay range."""
    period = pay_period(next(_custom_values(job, _PAY_FREQUENCY), None))
    for field in job.objects("metadata"):
        title = cut(field.text("name") or "", _MAX_FIELD_NAME_LENGTH)
        if field.text("value_type") == "currency_range" and _PAY_FIELD.search(title):
            yield salary(
                low=field.number("value", "min_value"),
                high=field.number("value", "max_value"),
                currency=field.text("value", "unit"),
                period=period or pay_period(title),
                origin="structured",
            )


def _pay(pay: JsonObject) -> Salary | None:
    low, high = pay.number("min_cents"), pay.number("max_cents")
    return salary(
        low=low and low / 100,
        high=high and high / 100,
        currency=pay.text("currency_type"),
        period=pay_period(pay.text("title")) or pay_period(pay.text("blurb")),
        origin="structured",
    )
