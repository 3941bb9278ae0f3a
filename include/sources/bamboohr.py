"""The adapter of BambooHR, whose careers pages are at {site}.bamboohr.com/careers.

The adapter requests the JSON that these pages load. The API that documentation.bamboohr.com
describes is not used, because it is for customers of BambooHR.

One response holds the whole list and its total, ``meta.totalCount``. Each opening has its own
document, which holds its description, date and pay. The address of an unknown site redirects to
BambooHR's own front page, which is not JSON. The response for an unknown opening is a 404.

``isRemote`` is always null. The workplace is in ``locationType`` instead. The place of an opening
is in ``location`` if it is an office, and in ``atsLocation`` otherwise. The values of the other
field are null. Pay is one free text, which may state a daily rate and the hourly rate that was
calculated from it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob, Location, Salary, Workplace
from include.core.pay.pay_text import salary_in
from include.core.places.locations import location_from_parts
from include.errors import PageGone
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, subdomain
from include.sources.records import listing_page, reason_if_unproved

_WORKPLACES = {"0": Workplace.ONSITE, "1": Workplace.REMOTE, "2": Workplace.HYBRID}
_CLOSED_STATUSES = frozenset({"closed", "filled", "canceled", "cancelled"})


class BambooHR:
    source = "bamboohr"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(
        required=("site",),
        readers={"site": subdomain},
        home="https://{site}.bamboohr.com/careers",
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_site(config)}/list"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        openings = JsonObject.of(response.json(), "the list")
        total = openings.number("meta", "totalCount")
        return listing_page(
            openings.raw("result"),
            lambda opening: _listed_job(config, opening),
            volatile=self.volatile_keys,
            total=total,
            partial_reason=reason_if_unproved(total),
        )

    def parse_posting(self, content: str) -> JobPosting:
        answer = JsonObject.parse(content)
        opening = JsonObject.of(answer.raw("result", "jobOpening") or {}, "the opening")
        status = opening.text("jobOpeningStatus") or ""
        if answer.text("type") == "not_found" or status.casefold() in _CLOSED_STATUSES:
            raise PageGone(f"BambooHR has no such opening ({status or 'not found'})")
        html = opening.html("description")
        employment = opening.text("employmentStatusLabel")
        location = _location(opening)
        url = opening.text("jobOpeningShareUrl")
        number = urlsplit(url).path.rpartition("/")[2] if url else ""
        return complete(
            JobPosting(
                title=opening.need("jobOpeningName"),
                external_id=number or None,
                url=url,
                department=opening.text("departmentLabel"),
                locations=(location,) if location else (),
                workplace=_WORKPLACES.get(opening.text("locationType") or ""),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
                salary=_pay(opening.text("compensation")),
                posted_at=parse_time(opening.text("datePosted")),
                posted_at_raw=opening.text("datePosted"),
            ),
            html,
        )


def _site(config: Mapping[str, Any]) -> str:
    return f"https://{subdomain(config, 'site')}.bamboohr.com/careers"


def _listed_job(config: Mapping[str, Any], opening: JsonObject) -> ListedJob:
    url = f"{_site(config)}/{quote(opening.need('id'), safe='')}"
    location = _location(opening)
    return ListedJob(
        external_id=opening.need("id"),
        title=opening.need("jobOpeningName"),
        url=url,
        location=location.raw if location else None,
        page_url=based(config, f"{url}/detail"),
    )


def _location(opening: JsonObject) -> Location | None:
    for place in (*opening.objects("location"), *opening.objects("atsLocation")):
        location = location_from_parts(
            city=place.text("city"),
            region=place.text("state") or place.text("province"),
            country=place.text("addressCountry") or place.text("country"),
        )
        if location:
            return location
    return None


def _pay(text: str | None) -> Salary | None:
    """Return the pay that the text states; its ``raw`` is the whole text.

    An amount in brackets is only a conversion of the amount before it. Therefore no other field
    than ``raw`` contains it.
    """
    pay = salary_in(text) if text else None
    return replace(pay, raw=text) if pay and text else None
