"""The adapter of Trakstar Hire, formerly Recruiterbox.

Career sites are at {site}.hire.trakstar.com. The adapter requests the frontend API
(apiv1.recruiterbox.com/frontend_api.html), which needs no key. The list is paged by ``offset`` and
``limit``, which is at most 250. Each page states the total in ``meta.total``. The API responds with
400 for an unknown site. The list has each posting in full. A posting has no date.

If an employer no longer uses Trakstar, the API still lists the employer's postings, but their links
respond with 404. The career site of such an employer responds with 200, and its canonical address
is Trakstar's page about inactive accounts. Therefore the first request of a listing is the career
site. Other crawlers measured that a quarter of all sites are inactive.
"""

from collections.abc import Mapping
from typing import Any

from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import unescaped
from include.core.models import JobPosting, ListedJob, Location, Workplace
from include.core.places.locations import location_from_parts
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, subdomain
from include.sources.paging import next_start, number_in
from include.sources.records import listing_page, reason_if_unproved

_API = "https://jsapi.recruiterbox.com/v1/openings"
_PAGE_SIZE = 250
_INACTIVE = 'link[rel="canonical"][href*="inactive-ats"]'


class Trakstar:
    source = "trakstar"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("site",), readers={"site": subdomain})
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = f"https://{subdomain(config, 'site')}.hire.trakstar.com/"
        return Request(url=based(config, url))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        if "offset=" not in request.url:
            if response.html().css_first(_INACTIVE):
                raise ParseError(f"the account of {response.url} is inactive")
            return ListingPage(follow=(_request(config, offset=0),))
        answer = JsonObject.of(response.json(), "the list")
        total, received = answer.number("meta", "total"), len(answer.values("objects"))
        next_offset = next_start(number_in(request, "offset"), received=received, total=total)
        return listing_page(
            answer.raw("objects"),
            _listed_job,
            volatile=self.volatile_keys,
            total=total,
            follow=() if next_offset is None else (_request(config, offset=next_offset),),
            partial_reason=reason_if_unproved(total),
        )

    def parse_posting(self, content: str) -> JobPosting:
        opening = JsonObject.parse(content)
        location, employment = _location(opening), opening.text("position_type")
        return complete(
            JobPosting(
                title=opening.need("title"),
                external_id=opening.need("id"),
                url=opening.url("hosted_url"),
                team=opening.text("team"),
                locations=(location,) if location else (),
                workplace=Workplace.REMOTE if opening.flag("allows_remote") else None,
                employment_types=employment_types(employment),
                employment_type_raw=employment,
            ),
            unescaped(opening.html("description")),
        )


def _request(config: Mapping[str, Any], *, offset: int) -> Request:
    query = f"client_name={subdomain(config, 'site')}&limit={_PAGE_SIZE}&offset={offset}"
    return Request(url=based(config, f"{_API}?{query}"))


def _listed_job(opening: JsonObject) -> ListedJob:
    location = _location(opening)
    return ListedJob(
        external_id=opening.need("id"),
        title=opening.need("title"),
        url=opening.need_url("hosted_url"),
        location=location.raw if location else None,
        content=opening.dump(),
    )


def _location(opening: JsonObject) -> Location | None:
    return location_from_parts(
        city=opening.text("location", "city"),
        region=opening.text("location", "state"),
        country=opening.text("location", "country"),
    )
