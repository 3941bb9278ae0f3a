"""The adapter of Paycom, whose career portals are at www.paycomonline.net.

The adapter requests the API that the pages of these portals call. Paycom does not document this
API. The page of a portal is ``…/v4/ats/web.php/portal/{key}/career-page``. The ``portal`` in the
config is this {key}, which has 32 hexadecimal digits. A script in the page states the address of
the API and the token of a session, which is valid for some hours. Requests for the list and for
postings need headers that contain this token and the address of the page. The adapter refuses an
API that is not on paycomonline.net, because the token would be sent there. For a portal that does
not exist, the response is a page that has the status 200 and the words "Job board does not exist or
is unavailable".

The list is requested by POST and paged by ``skip`` and ``take``. Each page states the total in
``jobPostingPreviewsCount``. If a request lacks one of the filters, even an empty one, the search
finds nothing. An empty list is partial, because Paycom may have added a filter. A posting is a
document of the API. The response for a posting that is gone is a 404. The date is only in the
posting's ``googleJobJson``, which is JSON inside a string.

These facts are from other crawlers' code.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject, read_json
from include.core.formats.markup import section
from include.core.models import JobPosting, ListedJob
from include.core.pay.pay_text import salary_in
from include.core.places.locations import locate
from include.core.places.workplaces import workplace_in, workplace_of
from include.errors import ParseError, SettingError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, text
from include.sources.paging import next_start
from include.sources.records import listing_page, reason_if_unproved

_SITE = "https://www.paycomonline.net/v4/ats/web.php/portal"
_SEARCH = "/api/ats/job-posting-previews/search"
_PAGE_SIZE = 100
_NO_FILTERS: Mapping[str, Any] = {
    "distanceFrom": 0,
    "workEnvironments": [],
    "positionTypes": [],
    "educationLevels": [],
    "categories": [],
    "travelTypes": [],
    "shiftTypes": [],
    "otherFilters": [],
    "keywordSearchText": "",
    "location": "",
    "sortOption": "N",
}


def _portal(config: Mapping[str, Any], key: str = "portal") -> str:
    value = text(config, key)
    if not re.fullmatch(r"[0-9A-Fa-f]{32}", value):
        raise SettingError(f"config.{key}", "give the 32 digits after /portal/ in the address")
    return value


class Paycom:
    source = "paycom"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("portal",), readers={"portal": _portal})
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_SITE}/{_portal(config)}/career-page"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        if request.json is None:
            url = based(config, f"{_service(response)}{_SEARCH}")
            return ListingPage(follow=(_search(url, self.page_headers(config, response), skip=0),))
        answer = JsonObject.of(response.json(), "the search")
        total = answer.number("jobPostingPreviewsCount")
        received = len(answer.values("jobPostingPreviews"))
        next_offset = next_start(int(request.json["skip"]), received=received, total=total)
        return listing_page(
            answer.raw("jobPostingPreviews"),
            lambda job: _listed_job(config, job, service=request.url.removesuffix(_SEARCH)),
            volatile=self.volatile_keys,
            total=total,
            follow=()
            if next_offset is None
            else (_search(request.url, request.headers, skip=next_offset),),
            partial_reason=reason_if_unproved(total, empty_is_proof=False),
        )

    def page_headers(self, config: Mapping[str, Any], response: Response) -> Mapping[str, str]:
        return {
            "Accept": "application/json",
            "Authorization": _portal_configuration(response).need("sessionJWT"),
            "Portal-Host-Referrer": f"{_SITE}/{_portal(config)}/career-page",
        }

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.of(JsonObject.parse(content).raw("jobPosting"), "the posting")
        markup = _markup(job)
        places = dict.fromkeys((*job.texts("location"), *job.texts("secondaryLocations")))
        hours = job.text("positionType")
        qualifications = job.html("qualifications")
        parts = [job.html("description")]
        parts += [section("Qualifications", qualifications)] if qualifications else []
        return complete(
            JobPosting(
                title=job.need("jobTitle"),
                external_id=job.need("jobId"),
                url=markup.url("url"),
                company=markup.text("hiringOrganization", "name"),
                department=job.text("jobCategory"),
                locations=tuple(locate(each) for each in places),
                workplace=workplace_of(job.text("remoteType")) or workplace_in([*places]),
                employment_types=employment_types(hours),
                employment_type_raw=hours,
                salary=salary_in(job.text("salaryRange") or ""),
                posted_at=parse_time(markup.text("datePosted")),
                posted_at_raw=markup.text("datePosted"),
                valid_through=parse_time(markup.text("validThrough")),
                valid_through_raw=markup.text("validThrough"),
            ),
            "\n".join(parts),
        )


def _markup(job: JsonObject) -> JsonObject:
    """Return the posting's JSON-LD, or an empty object if the posting has no valid JSON-LD."""
    try:
        return JsonObject.of(read_json(job.html("googleJobJson")), "the markup")
    except ParseError:
        return JsonObject({})


def _portal_configuration(response: Response) -> JsonObject:
    """Return the configuration that the page of the portal passes to its scripts."""
    return JsonObject.of(response.json_after(r"\bconfigsFromHost\s*=\s*"), "the portal")


def _service(response: Response) -> str:
    """Return the URL of the API. Raises ParseError if the API is not on paycomonline.net."""
    library = JsonObject.of(
        read_json(_portal_configuration(response).html("libConfig")), "the portal's library"
    )
    parts = urlsplit(library.need_url("atsPortalMantleServiceUrl"))
    if parts.scheme != "https" or not re.fullmatch(r"[\w.-]+\.paycomonline\.net", parts.netloc):
        raise ParseError(f"{response.url} names an API that is not on paycomonline.net")
    return f"https://{parts.netloc}"


def _search(url: str, headers: Mapping[str, str], *, skip: int) -> Request:
    return Request(
        url=url,
        method="POST",
        headers=headers,
        json={"skip": skip, "take": _PAGE_SIZE, "filtersForQuery": _NO_FILTERS},
    )


def _listed_job(config: Mapping[str, Any], job: JsonObject, *, service: str) -> ListedJob:
    posting_id = job.need("jobId")
    return ListedJob(
        external_id=posting_id,
        title=job.need("jobTitle"),
        url=f"{_SITE}/{_portal(config)}/jobs/{quote(posting_id, safe='')}",
        location=job.text("locations"),
        page_url=f"{service}/api/ats/job-postings/{quote(posting_id, safe='')}",
    )
