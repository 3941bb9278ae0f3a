"""The adapter of ADP Recruiting Management, whose career sites are at myjobs.adp.com/{site}/cx.

The adapter requests the API that the pages of these sites call. ADP does not document this API.

The first request returns the record of the site, or a 400 for an unknown site. The record has a
token and the id of the employer (``orgoid``), which identify the site in the requests for the list.
These requests go to another host. They have the same headers as those of the site's own pages.
The list is paged by ``$skip`` and ``$top``, and each page states the total in ``count``. The
following facts determine the parameters and headers of these requests:

- Without ``$orderby``, postings move between pages while the list is read.
- Without ``$select``, the list has no descriptions.
- For a page of more than about 1 MB, the response is a 502.
- For any ``Accept-Language`` other than ``en-US``, the list is empty. Therefore the listing lacks
  postings that a site shows only to readers of another language.

The text of a posting is in two fields, ``jobDescription`` and ``jobQualifications``. A place that
has no address has only a name, which may be "Remote". A site may hide the date of a posting.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import section
from include.core.models import JobPosting, ListedJob, Location
from include.core.places.locations import locate, location_from_parts
from include.core.places.workplaces import workplace_in
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, plain_name
from include.sources.paging import next_start, number_in
from include.sources.records import listing_page, reason_if_unproved

_SITE = "https://myjobs.adp.com"
_API = "https://my.adp.com/myadp_prefix/mycareer/public/staffing/v1/job-requisitions"
_PAGE_SIZE = 50
_FIELDS = (
    "reqId,jobTitle,publishedJobTitle,jobDescription,jobQualifications,workLevelCode,postingDate,"
    "requisitionLocations,organizationalUnits,clientRequisitionID"
)
_HEADERS = {"Accept": "application/json", "Accept-Language": "en-US"}
_TOKEN_HEADER = "myjobstoken"  # noqa: S105 - the name of a header


def _site(config: Mapping[str, Any], key: str = "site") -> str:
    return plain_name(config, key).lower()


class AdpMyJobs:
    source = "adp_myjobs"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("site",), readers={"site": _site})
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = f"{_SITE}/public/staffing/v1/career-site/{quote(_site(config), safe='')}"
        return Request(url=based(config, url), headers=_HEADERS)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        answer = JsonObject.of(response.json(), "the response")
        if _TOKEN_HEADER not in request.headers:
            return ListingPage(follow=(_request(config, _headers(answer), start=0),))
        total = answer.number("count")
        received = len(answer.values("jobRequisitions"))
        next_offset = next_start(number_in(request, "skip"), received=received, total=total)
        follow: list[Request] = []
        if next_offset is not None:
            follow.append(_request(config, request.headers, start=next_offset))
        return listing_page(
            answer.raw("jobRequisitions"),
            lambda job: _listed_job(config, job),
            volatile=self.volatile_keys,
            total=total,
            follow=follow,
            partial_reason=reason_if_unproved(total),
        )

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        text, qualifications = job.html("jobDescription"), job.html("jobQualifications")
        html = text
        if qualifications not in text:
            html = f"{text}\n{section('Requirements', qualifications)}"
        place_names = [
            place.text("nameCode", "longName") for place in job.objects("requisitionLocations")
        ]
        units = (unit.text("name") for unit in job.objects("organizationalUnits"))
        locations = _locations(job)
        return complete(
            JobPosting(
                title=_title(job),
                external_id=job.need("reqId"),
                requisition_id=job.text("clientRequisitionID"),
                url=job.text("url"),
                department="; ".join(filter(None, units)) or None,
                locations=locations,
                workplace=workplace_in([text for text in place_names if text]),
                employment_types=employment_types(job.text("workLevelCode")),
                employment_type_raw=job.text("workLevelCode"),
                posted_at=parse_time(job.text("postingDate")),
                posted_at_raw=job.text("postingDate"),
            ),
            html,
        )


def _headers(site: JsonObject) -> Mapping[str, str]:
    """Return the headers of requests for the list, from the record of the site."""
    employer = site.text("orgoid")
    return {
        **_HEADERS,
        "Origin": _SITE,
        "Referer": f"{_SITE}/",
        "rolecode": "manager",
        _TOKEN_HEADER: site.need("myJobsToken"),
        **({"orgoid": employer} if employer else {}),
    }


def _request(config: Mapping[str, Any], headers: Mapping[str, str], *, start: int) -> Request:
    query = f"$select={_FIELDS}&$orderby=reqId&$top={_PAGE_SIZE}&$skip={start}"
    return Request(url=based(config, f"{_API}/apply-custom-filters?{query}"), headers=headers)


def _title(job: JsonObject) -> str:
    return job.text("publishedJobTitle") or job.need("jobTitle")


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob:
    quoted_id = quote(job.need("reqId"), safe="")
    url = f"{_SITE}/{quote(_site(config), safe='')}/cx/job-details?reqId={quoted_id}"
    return ListedJob(
        external_id=job.need("reqId"),
        title=_title(job),
        url=url,
        location="; ".join(location.raw for location in _locations(job)) or None,
        content=JsonObject({**job.raw(), "url": url}).dump(),
    )


def _locations(job: JsonObject) -> tuple[Location, ...]:
    locations: list[Location] = []
    for place in job.objects("requisitionLocations"):
        address = location_from_parts(
            city=place.text("address", "cityName"),
            region=place.text("address", "countrySubdivisionLevel1", "longName"),
            country=place.text("address", "country", "longName"),
        )
        place_name = place.text("nameCode", "longName")
        if address:
            locations.append(address)
        elif place_name:
            locations.append(locate(place_name))
    return tuple(dict.fromkeys(locations))
