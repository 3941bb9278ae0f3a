"""The adapter of Hireology.

Career sites are at careers.hireology.com/{company} and {company}.hireology.careers. The adapter
requests the API that their pages call. Hireology does not document this API, which needs no token.
The parameter ``page`` counts the pages of the list from 1. Each page states the total in ``count``.
The API responds with 404 for an unknown company. The site of a group lists the postings of all
companies in the group. The ``career_site_url`` of a posting names its company. A posting that has a
``status`` other than "Open" is not listed.

The list has the whole text of each posting. Pay is a range if ``is_comp_range`` is true, and one
amount otherwise. An amount has no currency. 0 means that no pay is stated.

These facts are from other crawlers' code.
"""

from collections.abc import Mapping
from typing import Any

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob, Location, Salary
from include.core.pay.pay_period import pay_period
from include.core.pay.salary import salary
from include.core.places.locations import location_from_parts
from include.core.places.workplaces import workplace_from_flags
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.paging import next_start, number_in
from include.sources.records import listing_page, reason_if_unproved

_API = "https://api.hireology.com"
_PAGE_SIZE = 500


class Hireology:
    source = "hireology"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("company",), home=_API)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, page=1)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        answer = JsonObject.of(response.json(), "the response")
        total, page = answer.number("count"), number_in(request, "page")
        received = len(answer.values("data"))
        next_offset = next_start((page - 1) * _PAGE_SIZE, received=received, total=total)
        return listing_page(
            answer.raw("data"),
            _listed_job,
            volatile=self.volatile_keys,
            total=total,
            follow=() if next_offset is None else [_request(config, page=page + 1)],
            partial_reason=reason_if_unproved(total),
        )

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        employment = job.text("employment_status")
        return complete(
            JobPosting(
                title=job.need("name"),
                external_id=job.need("id"),
                url=job.url("career_site_url"),
                company=job.text("organization", "name"),
                department=job.text("job_family", "name"),
                locations=_locations(job),
                workplace=workplace_from_flags(remote=job.flag("remote"), hybrid=None),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
                salary=_pay(job),
                posted_at=parse_time(job.text("created_at")),
                posted_at_raw=job.text("created_at"),
            ),
            job.html("job_description"),
        )


def _request(config: Mapping[str, Any], *, page: int) -> Request:
    url = f"{_API}/v2/public/careers/{name(config, 'company')}?page_size={_PAGE_SIZE}&page={page}"
    return Request(url=based(config, url))


def _listed_job(job: JsonObject) -> ListedJob | None:
    if job.text("status") not in (None, "Open"):
        return None
    return ListedJob(
        external_id=job.need("id"),
        title=job.need("name"),
        url=job.need_url("career_site_url"),
        location="; ".join(location.raw for location in _locations(job)) or None,
        content=job.dump(),
    )


def _locations(job: JsonObject) -> tuple[Location, ...]:
    locations = (
        location_from_parts(city=place.text("city"), region=place.text("state"), country=None)
        for place in job.objects("locations")
    )
    return tuple(dict.fromkeys(location for location in locations if location))


def _pay(job: JsonObject) -> Salary | None:
    keys = ("comp_range_min", "comp_range_max")
    if not job.flag("compensation", "is_comp_range"):
        keys = ("comp_single_amount", "comp_single_amount")
    low, high = (job.number("compensation", key) for key in keys)
    return salary(
        low=low,
        high=high,
        currency=None,
        period=pay_period(job.text("compensation", "comp_period")),
        origin="structured",
    )
