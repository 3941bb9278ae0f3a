"""The adapter of Ashby, which reads Ashby's public job posting API.

The API is documented at developers.ashbyhq.com/docs/public-job-posting-api. One response holds the
whole board, without a total and without paging. The response for an unknown board is a 404, while
Ashby's web page of a board has the status 200 for any name. A posting whose ``isListed`` is false
is only for people who have its link, and is not part of the listing.

``isRemote`` is also true for hybrid work. Therefore the workplace is read from ``workplaceType``,
or else from the names of the locations. The response has pay only if the request has
``includeCompensation``. Of the components of the pay, only those of the type ``Salary`` are read.
The interval of such a component is a number and a unit ("1 YEAR", "2 WEEK").
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob, Location, Salary
from include.core.pay.pay_period import pay_period
from include.core.pay.pay_text import salary_in
from include.core.pay.salary import salary, widest
from include.core.places.place_lists import locations_in
from include.core.places.workplaces import workplace_in, workplace_of
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.records import listing_page

_API = "https://api.ashbyhq.com/posting-api/job-board"


class Ashby:
    source = "ashby"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("board",), home=_API)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = f"{_API}/{name(config, 'board')}?includeCompensation=true"
        return Request(url=based(config, url))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        board = JsonObject.of(response.json(), "the board")
        return listing_page(board.raw("jobs"), _listed_job, volatile=self.volatile_keys)

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        html = job.html("descriptionHtml") or job.html("descriptionPlain")
        employment = job.text("employmentType")
        locations = tuple(
            location
            for place in (job, *job.objects("secondaryLocations"))
            for location in _locations(place)
        )
        return complete(
            JobPosting(
                title=job.need("title"),
                external_id=job.need("id"),
                url=job.text("jobUrl"),
                apply_url=job.text("applyUrl"),
                department=job.text("department"),
                team=job.text("team"),
                locations=locations,
                workplace=workplace_of(job.text("workplaceType"))
                or workplace_in([place.raw for place in locations]),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
                salary=_pay(job),
                posted_at=parse_time(job.text("publishedAt")),
                posted_at_raw=job.text("publishedAt"),
            ),
            html,
        )


def _listed_job(job: JsonObject) -> ListedJob | None:
    if job.flag("isListed") is False:
        return None
    return ListedJob(
        external_id=job.need("id"),
        title=job.need("title"),
        url=job.need("jobUrl"),
        location=job.text("location"),
        content=job.dump(),
    )


def _locations(place: JsonObject) -> tuple[Location, ...]:
    """Return the places that one location of the posting names.

    If the location names exactly one place, the place gets the city and the region that the
    location's address states.
    """
    address = ("address", "postalAddress")
    locations = locations_in(place.text("location"), country=place.text(*address, "addressCountry"))
    if len(locations) != 1:
        return locations
    city, region = place.text(*address, "addressLocality"), place.text(*address, "addressRegion")
    return (
        replace(locations[0], city=city or locations[0].city, region=region or locations[0].region),
    )


def _pay(job: JsonObject) -> Salary | None:
    """Return the pay that the posting states.

    The response may state the pay in three ways, which are tried in this order: the components of
    the summary, the components of the tiers, and the text of the summary.
    """
    summary = job.text("compensation", "compensationTierSummary")
    tiers = job.objects("compensation", "compensationTiers")
    components = (
        job.objects("compensation", "summaryComponents"),
        tuple(part for tier in tiers for part in tier.objects("components")),
    )
    for parts in components:
        if salary_of_parts := widest([_component(part, summary) for part in parts]):
            return salary_of_parts
    brief_summary = job.text("compensation", "scrapeableCompensationSalarySummary")
    return salary_in(brief_summary or (summary or "").partition("•")[0])


def _component(part: JsonObject, summary: str | None) -> Salary | None:
    if part.text("compensationType") != "Salary":
        return None
    return salary(
        low=part.number("minValue"),
        high=part.number("maxValue"),
        currency=part.text("currencyCode"),
        period=pay_period(part.text("interval")),
        raw=summary,
        origin="structured",
    )
