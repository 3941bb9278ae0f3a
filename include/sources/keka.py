"""The adapter of Keka, whose career portals are at {site}.keka.com/careers.

The adapter requests the API that the pages of these portals call. Keka does not document this API.
The first request is the page of a portal, which states the GUID of the employer. The GUID is in the
URL of a document (``/ats/documents/{guid}/…``), in the URL of a script (``/embedjobs/js/{guid}``),
or the value of ``identifier``. The GUID may have no hyphens. The request for the open postings
contains the GUID as the page states it. The page of an unknown site has no GUID. One response holds
every posting in full, without a total and without paging. An employer may have several portals on
one site. The portal at ``/careers`` is called ``default``.

``jobType`` is 1 for part time and 2 for full time. The meaning of other numbers is unknown. Pay is
read without its period, because the meaning of the numbers in ``salaryPeriod`` is not certain. An
unknown part of a place, such as its state, may be "NA". These facts are from other crawlers' code.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from include.core.fields.dates import parse_time
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.models import EmploymentType, JobPosting, ListedJob, Location
from include.core.pay.salary import salary
from include.core.places.locations import location_from_parts
from include.core.places.workplaces import workplace_in
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name, subdomain
from include.sources.records import listing_page

_DEFAULT_PORTAL = "default"
_API = "/careers/api/embedjobs/"
_EMPLOYER = re.compile(
    r"(?:/ats/documents/|/embedjobs/(?:js/)?|\bidentifier[\"']?\s*:\s*[\"'])"
    r"([0-9A-Fa-f]{8}(?:-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12})"
)
_EMPLOYMENT = {1: EmploymentType.PART_TIME, 2: EmploymentType.FULL_TIME}
_UNKNOWN_PARTS = frozenset({"na", "n/a", "none"})


class Keka:
    source = "keka"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(
        required=("site",),
        optional=("portal",),
        readers={"site": subdomain},
        defaults={"portal": _DEFAULT_PORTAL},
        home="https://{site}.keka.com",
    )
    volatile_keys = ("publishedSinceDays",)
    """The key of the posting's age in days."""

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, _careers(config)))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        if _API not in request.url:
            return ListingPage(follow=(_jobs_request(config, response),))
        jobs = response.json()
        if not isinstance(jobs, list):
            raise ParseError(f"the response of {response.url} is not a list of postings")
        return listing_page(jobs, lambda job: _listed_job(config, job), volatile=self.volatile_keys)

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        places = _places(job)
        employment = _EMPLOYMENT.get(int(job.number("jobType") or 0))
        return complete(
            JobPosting(
                title=job.need("title"),
                external_id=job.need("id"),
                requisition_id=job.text("jobNumber"),
                url=job.text("url"),
                department=job.text("departmentName"),
                locations=places,
                workplace=workplace_in([location.raw for location in places]),
                employment_types=(employment,) if employment else (),
                salary=salary(
                    low=job.number("salaryRange", "minimum"),
                    high=job.number("salaryRange", "maximum"),
                    currency=job.text("salaryRange", "currency"),
                    period=None,
                    raw=job.text("salaryRangeFormat"),
                    origin="structured",
                ),
                posted_at=parse_time(job.text("publishedOn")),
                posted_at_raw=job.text("publishedOn"),
            ),
            job.html("description"),
        )


def _portal(config: Mapping[str, Any]) -> str:
    return name({"portal": _DEFAULT_PORTAL, **config}, "portal")


def _careers(config: Mapping[str, Any]) -> str:
    """Return the URL of the portal's page. It ends with a slash."""
    home, portal = f"https://{subdomain(config, 'site')}.keka.com/careers/", _portal(config)
    return home if portal == _DEFAULT_PORTAL else f"{home}{portal}/"


def _jobs_request(config: Mapping[str, Any], page: Response) -> Request:
    employer = _EMPLOYER.search(page.text())
    if employer is None:
        raise ParseError(f"{page.url} is not the page of a career portal")
    path = f"{_API}{_portal(config)}/active/{employer[1].lower()}"
    return Request(url=based(config, f"https://{subdomain(config, 'site')}.keka.com{path}"))


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob:
    posting_id = job.need("id")
    url = f"{_careers(config)}jobdetails/{quote(posting_id, safe='')}"
    return ListedJob(
        external_id=posting_id,
        title=job.need("title"),
        url=url,
        location="; ".join(location.raw for location in _places(job)) or None,
        content=JsonObject({**job.raw(), "url": url}).dump(),
    )


def _places(job: JsonObject) -> tuple[Location, ...]:
    places = (
        location_from_parts(
            city=_part(place, "city"),
            region=_part(place, "state"),
            country=_part(place, "countryName"),
            code=_part(place, "countryCode"),
        )
        or location_from_parts(city=None, region=None, country=None, raw=place.text("name"))
        for place in job.objects("jobLocations")
    )
    return tuple(dict.fromkeys(location for location in places if location))


def _part(place: JsonObject, key: str) -> str | None:
    text = place.text(key)
    return None if text is None or text.casefold() in _UNKNOWN_PARTS else text
