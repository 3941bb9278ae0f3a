"""The adapter of Lever, which reads Lever's postings API (github.com/lever/postings-api).

The list is paged by ``skip`` and ``limit`` and states no total. A page that is shorter than the
limit is the last one. Each request asks for a page that begins with the last posting of the page
before. Only this overlap proves that no posting moved between the two requests. The response for an
unknown site is a 404. The text of a posting consists of ``description``, ``lists[]``,
``salaryDescription`` and ``additional``. ``descriptionPlain`` alone lacks half of the text or more.
``createdAt`` is in milliseconds. ``country`` applies only to the first location.

A site that is hosted in the EU needs ``base_url: https://api.eu.lever.co``.
"""

from collections.abc import Mapping
from typing import Any

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import describe, section
from include.core.models import JobPosting, ListedJob, Location, Salary
from include.core.pay.pay_period import pay_period
from include.core.pay.pay_text import salary_in
from include.core.pay.salary import salary
from include.core.places.place_lists import locations_in
from include.core.places.workplaces import workplace_in, workplace_of
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.paging import number_in
from include.sources.records import listing_page

_API = "https://api.lever.co/v0/postings"
_PAGE_SIZE = 100
_MAX_POSTINGS = 20_000
"""The number of postings after which paging stops and the listing is partial. Without this limit, a
server that always repeats one page would be read forever."""


class Lever:
    source = "lever"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("site",), home=_API)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, skip=0)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        postings = response.json()
        if not isinstance(postings, list):
            raise ParseError(f"the response of {response.url} is not a list of postings")
        skip = number_in(request, "skip")
        has_next_page = len(postings) >= _PAGE_SIZE  # pyright: ignore[reportUnknownArgumentType] - any JSON
        is_cut_off = has_next_page and skip >= _MAX_POSTINGS
        return listing_page(
            postings,
            _listed_job,
            volatile=self.volatile_keys,
            follow=[_request(config, skip=skip + _PAGE_SIZE - 1)]
            if has_next_page and not is_cut_off
            else (),
            partial_reason=f"stopped after {_MAX_POSTINGS} postings" if is_cut_off else None,
            overlap=1 if skip else 0,
        )

    def parse_posting(self, content: str) -> JobPosting:
        posting = JsonObject.parse(content)
        parts = [
            section(part.text("text"), part.html("content")) for part in posting.objects("lists")
        ]
        html = "\n".join(
            [
                _opening(posting),
                *parts,
                posting.html("salaryDescription"),
                posting.html("additional"),
            ]
        )
        commitment = posting.text("categories", "commitment")
        locations = _locations(posting)
        return complete(
            JobPosting(
                title=posting.need("text"),
                external_id=posting.need("id"),
                url=posting.text("hostedUrl"),
                apply_url=posting.text("applyUrl"),
                department=posting.text("categories", "department"),
                team=posting.text("categories", "team"),
                locations=locations,
                workplace=workplace_of(posting.text("workplaceType"))
                or workplace_in([place.raw for place in locations]),
                employment_types=employment_types(commitment),
                employment_type_raw=commitment,
                salary=_pay(posting),
                posted_at=parse_time(posting.number("createdAt")),
                posted_at_raw=posting.text("createdAt"),
            ),
            html,
        )


def _request(config: Mapping[str, Any], *, skip: int) -> Request:
    url = f"{_API}/{name(config, 'site')}?mode=json&skip={skip}&limit={_PAGE_SIZE}"
    return Request(url=based(config, url))


def _listed_job(posting: JsonObject) -> ListedJob:
    return ListedJob(
        external_id=posting.need("id"),
        title=posting.need("text"),
        url=posting.need("hostedUrl"),
        location=posting.text("categories", "location"),
        content=posting.dump(),
    )


def _opening(posting: JsonObject) -> str:
    description = posting.html("description")
    parts = posting.html("opening") + posting.html("descriptionBody")
    return description or parts or posting.html("descriptionPlain")


def _pay(posting: JsonObject) -> Salary | None:
    """Return the pay in ``salaryRange``, or else the pay in the text ``salaryDescription``."""
    pay = salary(
        low=posting.number("salaryRange", "min"),
        high=posting.number("salaryRange", "max"),
        currency=posting.text("salaryRange", "currency"),
        period=pay_period(posting.text("salaryRange", "interval")),
        origin="structured",
    )
    return pay or salary_in(describe(posting.html("salaryDescription")).text)


def _locations(posting: JsonObject) -> tuple[Location, ...]:
    first = posting.text("categories", "location")
    names = [first] if first else []
    names += [place for place in posting.texts("categories", "allLocations") if place != first]
    country = posting.text("country")
    return tuple(
        location
        for place in names
        for location in locations_in(place, country=country if place == first else None)
    )
