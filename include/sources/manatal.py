"""The adapter of Manatal, whose career pages are at www.careers-page.com/{company}.

The adapter requests the API that these pages call. The API that developers.manatal.com documents is
not used, because it lists other postings than the pages show, and its ids lead to no page. The API
of the pages has 20 postings a page, whatever size is requested. The parameter ``page`` counts the
pages from 1. Every page states the total in ``count``, and every page except the last has a
``next``. In the lists of some companies, postings move while the list is read. In one case, 477
rows had only 338 distinct postings. The number of distinct postings then differs from the total,
and the listing is partial.

The list has each posting in full. A posting has no date and no workplace. Its pay is read only if
``is_salary_visible`` is true, and has no period. It is not known what the response for an unknown
company is. Therefore an empty list is partial.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob, Location
from include.core.pay.salary import salary
from include.core.places.locations import location_from_parts
from include.core.places.workplaces import workplace_of
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.paging import number_in
from include.sources.records import listing_page, reason_if_unproved

_SITE = "https://www.careers-page.com"


class Manatal:
    source = "manatal"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("company",), home=_SITE)
    volatile_keys = ("is_pinned_in_career_page",)
    """The key that states whether a posting is pinned. Pinning only moves a posting to another
    place in the list."""

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, page=1)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        page = JsonObject.of(response.json(), "the list")
        total = page.number("count")
        has_next_page = page.raw("next") and page.raw("results")
        return listing_page(
            page.raw("results"),
            lambda job: _listed_job(config, job),
            volatile=self.volatile_keys,
            total=total,
            follow=[_request(config, page=number_in(request, "page") + 1)] if has_next_page else (),
            partial_reason=reason_if_unproved(total, empty_is_proof=False),
        )

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        location = _location(job)
        pay = None
        if job.flag("is_salary_visible"):
            pay = salary(
                low=job.number("salary_min"),
                high=job.number("salary_max"),
                currency=job.text("currency_code"),
                period=None,
                origin="structured",
            )
        return complete(
            JobPosting(
                title=job.need("position_name"),
                external_id=job.need("id"),
                url=job.text("url"),
                company=job.text("organization_name"),
                locations=(location,) if location else (),
                workplace=workplace_of(location.raw) if location else None,
                salary=pay,
            ),
            job.html("description"),
        )


def _request(config: Mapping[str, Any], *, page: int) -> Request:
    url = f"{_SITE}/api/v1.0/c/{name(config, 'company')}/jobs/?page={page}"
    return Request(url=based(config, url))


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob:
    url = f"{_SITE}/{name(config, 'company')}/job/{quote(job.need('hash'), safe='')}"
    location = _location(job)
    return ListedJob(
        external_id=job.need("id"),
        title=job.need("position_name"),
        url=url,
        location=location.raw if location else None,
        content=JsonObject({**job.raw(), "url": url}).dump(),
    )


def _location(job: JsonObject) -> Location | None:
    return location_from_parts(
        city=job.text("city"),
        region=job.text("state"),
        country=job.text("country"),
        raw=job.text("location_display"),
    )
