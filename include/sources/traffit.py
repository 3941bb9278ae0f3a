"""The adapter of TRAFFIT, whose career sites are at {site}.traffit.com.

The adapter requests the list that each site publishes, which needs no key. TRAFFIT does not
document the list. The facts are from the code of public crawlers and of customers' own pages. Pages
are numbered from 1. The header ``X-Request-Current-Page`` of a request has the number of the page,
and ``X-Request-Page-Size`` the page size. The response states the total in
``X-Result-Total-Count``, and may state the number of pages in ``X-Result-Total-Pages``. The
response for an unknown site is a 404, or its host name does not exist in DNS.

The list has each posting in full. The texts and the place of a posting are items of
``advert.values``. Each item names its field in ``field_id``. The place (``geolocation``) is an
object, or JSON inside a string. ``options`` holds the fields of the employer's own form. Therefore
any of its keys may be missing.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject, read_json
from include.core.formats.markup import section
from include.core.models import JobPosting, ListedJob, Location, Workplace
from include.core.pay.pay_period import pay_period
from include.core.pay.salary import salary
from include.core.places.locations import location_from_parts
from include.core.places.workplaces import workplace_of
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, subdomain
from include.sources.paging import total_in
from include.sources.records import listing_page, reason_if_unproved

_PAGE_SIZE = 100
_PAGE = "X-Request-Current-Page"
_PARTS = {
    "description": None,
    "responsibilities": "Responsibilities",
    "requirements": "Requirements",
    "benefits": "Benefits",
}
"""The parts of the text in their order. The value of each is the heading that the adapter puts
above the part. None means that the part gets no heading."""


class Traffit:
    source = "traffit"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(
        required=("site",),
        readers={"site": subdomain},
        home="https://{site}.traffit.com",
        overridden=("site",),
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, page=1)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        posts = response.json()
        if not isinstance(posts, list):
            raise ParseError(f"the response of {response.url} is not a list of postings")
        total = total_in(response.headers.get("x-result-total-count", ""))
        page = int(request.headers[_PAGE])
        page_count = total_in(response.headers.get("x-result-total-pages", ""))
        if page_count is None:
            page_count = ceil((total or 0) / _PAGE_SIZE)
        return listing_page(
            posts,
            _listed_job,
            volatile=self.volatile_keys,
            total=total,
            follow=(_request(config, page=page + 1),) if posts and page < page_count else (),
            partial_reason=reason_if_unproved(total),
        )

    def parse_posting(self, content: str) -> JobPosting:
        post = JsonObject.parse(content)
        html = "\n".join(
            section(heading, text)
            for part, heading in _PARTS.items()
            if isinstance(text := _value(post, part), str) and text.strip()
        )
        location, employment = _location(post), post.texts("options", "job_type")
        return complete(
            JobPosting(
                title=post.need("advert", "name"),
                external_id=post.need("id"),
                requisition_id=post.text("advert", "recruitment", "nr_ref"),
                url=post.url("url"),
                department=post.text("options", "branches"),
                language=post.text("advert", "language"),
                locations=(location,) if location else (),
                workplace=Workplace.REMOTE
                if post.text("options", "remote") == "1"
                else workplace_of(post.text("options", "_work_model")),
                employment_types=employment_types(employment),
                employment_type_raw=", ".join(employment) or None,
                salary=salary(
                    low=post.number("options", "_Salary_MIN"),
                    high=post.number("options", "_Salary_MAX"),
                    currency=post.text("options", "_Salary_Currency"),
                    period=pay_period(post.text("options", "_Salary_Rate")),
                    origin="structured",
                ),
                posted_at=parse_time(post.text("valid_start")),
                posted_at_raw=post.text("valid_start"),
                valid_through=parse_time(post.text("valid_end")),
                valid_through_raw=post.text("valid_end"),
            ),
            html,
        )


def _request(config: Mapping[str, Any], *, page: int) -> Request:
    url = f"https://{subdomain(config, 'site')}.traffit.com/public/job_posts/published"
    headers = {_PAGE: str(page), "X-Request-Page-Size": str(_PAGE_SIZE)}
    return Request(url=based(config, url), headers=headers)


def _listed_job(post: JsonObject) -> ListedJob:
    location = _location(post)
    return ListedJob(
        external_id=post.need("id"),
        title=post.need("advert", "name"),
        url=post.need_url("url"),
        location=location.raw if location else None,
        content=post.dump(),
    )


def _value(post: JsonObject, field: str) -> Any:
    """Return the value of the advert's item whose ``field_id`` is ``field``, or None."""
    values = post.objects("advert", "values")
    return next((each.raw("value") for each in values if each.text("field_id") == field), None)


def _location(post: JsonObject) -> Location | None:
    geolocation = _value(post, "geolocation")
    try:
        if isinstance(geolocation, str):
            geolocation = read_json(geolocation)
        place = JsonObject.of(geolocation, "the place")
    except ParseError:
        return None
    return location_from_parts(
        city=place.text("locality"),
        region=place.text("region1"),
        country=place.text("country"),
        code=place.text("iso"),
    )
