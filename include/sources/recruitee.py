"""The adapter of Recruitee, which reads Recruitee's careers site API.

The API is documented at docs.recruitee.com/reference/intro-to-careers-site-api. One response holds
every published offer in full, without a total and without paging. The response for an unknown site
is a 404. ``description`` and ``requirements`` are the two halves of the text. The numbers in
``salary`` are strings, or null if no pay is stated. Times have the format "2025-12-05 21:44:46
UTC". The workplace is in the flags ``remote``, ``hybrid`` and ``on_site``. If applicants can choose
the workplace, several of them are true.

A site that has its own domain also has a name at recruitee.com, by which it can be read.
"""

from collections.abc import Mapping
from typing import Any

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import section
from include.core.models import JobPosting, ListedJob, Location
from include.core.pay.pay_period import pay_period
from include.core.pay.salary import salary
from include.core.places.locations import location_from_parts
from include.core.places.workplaces import workplace_from_flags
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, subdomain
from include.sources.records import listing_page


class Recruitee:
    source = "recruitee"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(
        required=("site",),
        readers={"site": subdomain},
        home="https://{site}.recruitee.com",
        overridden=("site",),
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = f"https://{subdomain(config, 'site')}.recruitee.com/api/offers/"
        return Request(url=based(config, url))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        site = JsonObject.of(response.json(), "the site")
        return listing_page(site.raw("offers"), _listed_job, volatile=self.volatile_keys)

    def parse_posting(self, content: str) -> JobPosting:
        offer = JsonObject.parse(content)
        requirements = offer.html("requirements")
        parts = [offer.html("description")]
        if requirements:
            parts.append(section("Job requirements", requirements))
        html = "\n".join(filter(None, parts))
        employment = offer.text("employment_type_code")
        return complete(
            JobPosting(
                title=offer.need("title"),
                external_id=offer.need("id"),
                url=offer.text("careers_url"),
                apply_url=offer.text("careers_apply_url"),
                company=offer.text("company_name"),
                department=offer.text("department"),
                locations=_locations(offer),
                workplace=workplace_from_flags(
                    remote=offer.flag("remote"),
                    hybrid=offer.flag("hybrid"),
                    onsite=offer.flag("on_site"),
                ),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
                salary=salary(
                    low=offer.number("salary", "min"),
                    high=offer.number("salary", "max"),
                    currency=offer.text("salary", "currency"),
                    period=pay_period(offer.text("salary", "period")),
                    origin="structured",
                ),
                posted_at=parse_time(offer.text("published_at")),
                posted_at_raw=offer.text("published_at"),
                updated_at=parse_time(offer.text("updated_at")),
                updated_at_raw=offer.text("updated_at"),
                valid_through=parse_time(offer.text("close_at")),
                valid_through_raw=offer.text("close_at"),
            ),
            html,
        )


def _listed_job(offer: JsonObject) -> ListedJob | None:
    if offer.text("status") not in (None, "published"):
        return None
    return ListedJob(
        external_id=offer.need("id"),
        title=offer.need("title"),
        url=offer.need("careers_url"),
        location="; ".join(location.raw for location in _locations(offer)) or None,
        content=offer.dump(),
        modified=offer.text("updated_at"),
    )


def _locations(offer: JsonObject) -> tuple[Location, ...]:
    """Return the places in the offer's ``locations``, or else the offer's only place.

    On older sites, an offer has no ``locations``. The parts of its only place, such as ``city``,
    are then fields of the offer itself.
    """
    offices = offer.objects("locations")
    locations = [_location(each, each.text("state")) for each in offices]
    if not offices:
        locations = [_location(offer, offer.text("state_name"))]
    return tuple(dict.fromkeys(location for location in locations if location))


def _location(place: JsonObject, region: str | None) -> Location | None:
    return location_from_parts(
        city=place.text("city"),
        region=region,
        country=place.text("country"),
        code=place.text("country_code"),
        raw=place.text("location"),
    )
