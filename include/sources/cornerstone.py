"""The adapter of Cornerstone OnDemand.

Career sites are at {tenant}.csod.com/ux/ats/careersite/{site}/home. The adapter requests the API
that their pages call, which Cornerstone does not document. The page of a career site states a token
for anonymous readers and the address of the API. The host of the API depends on the region of the
tenant. The token expires after 20 minutes or more. After that the API responds with 401. For an
unknown site of a tenant, the API responds with an empty list. Therefore an empty list is partial.
The address of an unknown tenant, or of a tenant without career sites, redirects to an error page.

A tenant may have several sites, and a posting may be on several of them. ``pageNumber`` counts the
pages from 1, and each page states the total in ``totalCount``. ``cultureName`` determines the
format of dates, which is M/D/YYYY for en-US. Titles contain HTML entities. The list has the text of
each posting without markup. Some texts are only a placeholder in double angle brackets (``<<…>>``),
which is removed. No field states the pay or the employment type.

These facts are from other crawlers' code, and from measurements of 400 tenants.
"""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import quote, urlsplit

from include.core.fields.dates import parse_time
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob, Location
from include.core.places.locations import location_from_parts
from include.core.places.workplaces import workplace_in
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name, subdomain, text
from include.sources.paging import next_start
from include.sources.records import listing_page, reason_if_unproved

_PAGE_SIZE = 200
_CONTEXT = r"\bcsod\.context\s*=\s*(?=\{)"
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_PLACEHOLDER = re.compile(r"<<[^<>]*>>")


class Cornerstone:
    source = "cornerstone"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("tenant", "site"), readers={"tenant": subdomain})
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, _page(config)))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        if request.json is None:  # the response is the career site's page
            url, headers = _session(config, response)
            return ListingPage(follow=(_search(config, url, headers, page=1),))
        answer = JsonObject.of(response.json(), "the search")
        total = answer.number("data", "totalCount")
        received, page = len(answer.values("data", "requisitions")), int(request.json["pageNumber"])
        next_offset = next_start((page - 1) * _PAGE_SIZE, received=received, total=total)
        follow: list[Request] = []
        if next_offset is not None:
            follow.append(_search(config, request.url, request.headers, page=page + 1))
        return listing_page(
            answer.raw("data", "requisitions"),
            lambda job: _listed_job(config, job),
            volatile=self.volatile_keys,
            total=total,
            follow=follow,
            partial_reason=reason_if_unproved(total, empty_is_proof=False),
        )

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        locations, posted = _locations(job), job.text("postingEffectiveDate")
        return complete(
            JobPosting(
                title=_title(job),
                external_id=job.need("requisitionId"),
                url=job.text("url"),
                locations=locations,
                workplace=workplace_in([location.raw for location in locations]),
                posted_at=parse_time(_DATE.sub(r"\3-\1-\2", posted or "")),
                posted_at_raw=posted,
            ),
            _PLACEHOLDER.sub("", job.html("externalDescription")),
        )


def _page(config: Mapping[str, Any]) -> str:
    tenant, site = subdomain(config, "tenant"), name(config, "site")
    return f"https://{tenant}.csod.com/ux/ats/careersite/{site}/home?c={tenant}"


def _session(config: Mapping[str, Any], response: Response) -> tuple[str, dict[str, str]]:
    """Return the URL and the headers of search requests, as the career site's page states them.

    Raises ParseError if the page states no token, or no address on api.csod.com.
    """
    context = JsonObject.of(response.json_after(_CONTEXT), "the career site's context")
    parts = urlsplit(context.need_url("endpoints", "cloud"))
    if parts.scheme != "https" or not re.fullmatch(r"[\w-]+\.api\.csod\.com", parts.netloc):
        raise ParseError(f"{response.url} names an API that is not on api.csod.com")
    url = f"https://{parts.netloc}/rec-job-search/external/jobs"
    return based(config, url), {"Authorization": f"Bearer {context.need('token')}"}


def _search(
    config: Mapping[str, Any], url: str, headers: Mapping[str, str], *, page: int
) -> Request:
    site = text(config, "site")
    site_id = int(site) if site.isdecimal() else site
    return Request(
        url=url,
        method="POST",
        headers=headers,
        json={
            "careerSiteId": site_id,
            "careerSitePageId": site_id,
            "pageNumber": page,
            "pageSize": _PAGE_SIZE,
            "cultureId": 1,
            "cultureName": "en-US",
            "searchText": "",
        },
    )


def _title(job: JsonObject) -> str:
    return unescape(job.need("displayJobTitle"))


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob:
    posting_id = job.need("requisitionId")
    url = _page(config).replace("/home?", f"/home/requisition/{quote(posting_id, safe='')}?")
    return ListedJob(
        external_id=posting_id,
        title=_title(job),
        url=url,
        location="; ".join(location.raw for location in _locations(job)) or None,
        content=JsonObject({**job.raw(), "url": url}).dump(),
    )


def _locations(job: JsonObject) -> tuple[Location, ...]:
    locations = (
        location_from_parts(
            city=place.text("city"), region=place.text("state"), country=place.text("country")
        )
        for place in job.objects("locations")
    )
    return tuple(dict.fromkeys(location for location in locations if location))
