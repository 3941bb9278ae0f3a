"""The adapter of Jibe, a product of iCIMS.

Career sites are on employers' hosts or at {company}.jibeapply.com. The adapter requests the API
that their pages call, which iCIMS does not document. The parameter ``page`` counts the pages of the
list from 1, and each page states the total in ``totalCount``. A page has up to 100 postings if
``limit`` requests them. Some sites ignore ``limit`` and send ten postings a page. Therefore the
page size is the number of postings on the first page. The requests ask for no sort order, because
the API uses a search service of Google, which does not support every order on every site. An
unknown site has no such API. A search may find nothing although there are postings. Therefore an
empty list is partial.

If a posting is in several languages, the list has one row for each of them. Each row becomes a job
of its own. The list has the whole text of each posting. Titles contain HTML entities. Pay has
neither a currency nor a period. Pay of 0 means that no pay is stated.

These facts are from other crawlers' code.
"""

from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import quote

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob, Location
from include.core.pay.salary import salary
from include.core.places.locations import location_from_parts
from include.core.places.place_lists import locations_in
from include.core.places.workplaces import workplace_in
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, host
from include.sources.paging import next_start, number_in
from include.sources.records import listing_page, reason_if_unproved

_PAGE_SIZE = 100


class Jibe:
    source = "jibe"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("host",), readers={"host": host}, home="https://{host}")
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, page=1, size=_PAGE_SIZE)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        answer = JsonObject.of(response.json(), "the response")
        total, received = answer.number("totalCount"), len(answer.values("jobs"))
        page, size = number_in(request, "page"), number_in(request, "limit")
        if page == 1:
            size = min(size, received)  # A site that ignores ``limit`` sends shorter pages.
        next_offset = next_start((page - 1) * size, received=received, total=total)
        return listing_page(
            answer.raw("jobs"),
            lambda row: _listed_job(config, JsonObject.of(row.raw("data"), "the posting")),
            volatile=self.volatile_keys,
            total=total,
            follow=() if next_offset is None else [_request(config, page=page + 1, size=size)],
            partial_reason=reason_if_unproved(total, empty_is_proof=False),
        )

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        locations, employment = _locations(job), job.text("employment_type")
        categories = (category.text("name") for category in job.objects("categories"))
        return complete(
            JobPosting(
                title=_title(job),
                external_id=_id(job),
                requisition_id=job.text("req_id"),
                url=job.text("url"),
                apply_url=job.url("apply_url"),
                company=job.text("hiring_organization"),
                department=job.text("department") or next(filter(None, categories), None),
                language=job.text("language"),
                locations=locations,
                workplace=workplace_in([location.raw for location in locations]),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
                salary=salary(
                    low=job.number("salary_min_value"),
                    high=job.number("salary_max_value"),
                    currency=None,
                    period=None,
                    origin="structured",
                ),
                posted_at=parse_time(job.text("posted_date")),
                posted_at_raw=job.text("posted_date"),
                updated_at=parse_time(job.text("update_date")),
                updated_at_raw=job.text("update_date"),
            ),
            job.html("description"),
        )


def _request(config: Mapping[str, Any], *, page: int, size: int) -> Request:
    url = f"https://{host(config, 'host')}/api/jobs?page={page}&limit={size}"
    return Request(url=based(config, url))


def _id(job: JsonObject) -> str:
    """Return the external id: the posting's number, followed by its language if not English."""
    number, language = job.need("slug"), job.text("language") or "en"
    return number if language.startswith("en") else f"{number}/{language}"


def _title(job: JsonObject) -> str:
    return unescape(job.need("title"))


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob:
    language = job.text("language")
    query = f"?lang={quote(language, safe='')}" if language else ""
    url = f"https://{host(config, 'host')}/jobs/{quote(job.need('slug'), safe='')}{query}"
    return ListedJob(
        external_id=_id(job),
        title=_title(job),
        url=url,
        location="; ".join(location.raw for location in _locations(job)) or None,
        content=JsonObject({**job.raw(), "url": url}).dump(),
    )


def _locations(job: JsonObject) -> tuple[Location, ...]:
    """Return the places of the posting that have a city.

    If there are none, return the places in the text that the site shows as the location.
    """
    locations = [
        location_from_parts(
            city=place.text("city"),
            region=place.text("state"),
            country=place.text("country"),
            code=place.text("country_code"),
        )
        for place in (job, *job.objects("additional_locations"))
        if place.text("city")
    ]
    place_text = job.text("full_location") or job.text("location_name") or job.text("country")
    unique_locations = tuple(dict.fromkeys(location for location in locations if location))
    return unique_locations or locations_in(place_text, country=job.text("country_code"))
