"""The adapter of Dayforce, whose career sites are at jobs.dayforcehcm.com.

The adapter requests the API that the pages of these sites call. Dayforce does not document this
API. In ``https://jobs.dayforcehcm.com/en-US/acme/CANDIDATEPORTAL``, the ``tenant`` is acme and the
``board`` is CANDIDATEPORTAL. A search request needs a CSRF token and its cookie. Without them, the
response is a 403. The first request of a listing gets both. The search is paged by offset, with 25
postings a page. Each page states the total in ``maxCount``. The API responds with 404 for an
unknown tenant. If the board does not have the language (``culture``), the list may be empty.
Therefore an empty list is partial. A posting has the same id in all languages, and several postings
may have the same requisition.

The list has the whole text of each posting as plain text that contains HTML entities. A posting's
own document is not requested, because it has the same text as HTML and no pay. ``postingLocations``
is null for some remote postings, while other remote postings have places. ``searchScore`` is the
relevance to a search. ``postingAppliedStatus`` depends on the reader. Both values change although
the posting does not.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from include.core.fields.dates import parse_time
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob, Location, Workplace
from include.core.places.locations import location_from_parts
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name, text
from include.sources.paging import next_start
from include.sources.records import listing_page, reason_if_unproved

_SITE = "https://jobs.dayforcehcm.com"
_CULTURE = "en-US"


class Dayforce:
    source = "dayforce"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(
        required=("tenant", "board"),
        optional=("culture",),
        defaults={"culture": _CULTURE},
        home=_SITE,
    )
    volatile_keys = ("searchScore", "postingAppliedStatus")

    def first_request(self, config: Mapping[str, Any]) -> Request:
        _board_page(config)  # This raises SettingError if the config names no board.
        return Request(url=based(config, f"{_SITE}/api/auth/csrf"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        answer = JsonObject.of(response.json(), "the response")
        if request.json is None:
            token = answer.need("csrfToken")
            return ListingPage(follow=(_request(config, token, start=0),))
        total = answer.number("maxCount")
        received = len(answer.values("jobPostings"))
        next_offset = next_start(request.json["paginationStart"], received=received, total=total)
        token = request.headers["X-CSRF-TOKEN"]
        return listing_page(
            answer.raw("jobPostings"),
            lambda posting: _listed_job(config, posting),
            volatile=self.volatile_keys,
            total=total,
            follow=() if next_offset is None else [_request(config, token, start=next_offset)],
            partial_reason=reason_if_unproved(total, empty_is_proof=False),
        )

    def parse_posting(self, content: str) -> JobPosting:
        posting = JsonObject.parse(content)
        locations = _locations(posting)
        start = posting.text("postingStartTimestampUTC")
        end = posting.text("postingExpiryTimestampUTC")
        is_remote = posting.flag("hasVirtualLocation") and not locations
        return complete(
            JobPosting(
                title=posting.need("jobTitle"),
                external_id=posting.need("jobPostingId"),
                requisition_id=posting.text("jobReqId"),
                url=posting.text("url"),
                locations=locations,
                workplace=Workplace.REMOTE if is_remote else None,
                posted_at=parse_time(start),
                posted_at_raw=start,
                valid_through=parse_time(end),
                valid_through_raw=end,
            ),
            posting.html("jobDescription"),
        )


def _request(config: Mapping[str, Any], token: str, *, start: int) -> Request:
    tenant = name(config, "tenant")
    return Request(
        url=based(config, f"{_SITE}/api/geo/{tenant}/jobposting/search"),
        method="POST",
        json={
            "clientNamespace": text(config, "tenant"),
            "jobBoardCode": text(config, "board"),
            "cultureCode": text(config, "culture") if "culture" in config else _CULTURE,
            "paginationStart": start,
        },
        headers={"X-CSRF-TOKEN": token},
    )


def _board_page(config: Mapping[str, Any]) -> str:
    culture = name(config, "culture") if "culture" in config else _CULTURE
    return f"{_SITE}/{culture}/{name(config, 'tenant')}/{name(config, 'board')}"


def _listed_job(config: Mapping[str, Any], posting: JsonObject) -> ListedJob:
    url = f"{_board_page(config)}/jobs/{quote(posting.need('jobPostingId'), safe='')}"
    virtual = ["Remote"] if posting.flag("hasVirtualLocation") else []
    places = [location.raw for location in _locations(posting)]
    return ListedJob(
        external_id=posting.need("jobPostingId"),
        title=posting.need("jobTitle"),
        url=url,
        location="; ".join(dict.fromkeys(places + virtual)) or None,
        content=JsonObject({**posting.raw(), "url": url}).dump(),
    )


def _locations(posting: JsonObject) -> tuple[Location, ...]:
    locations = (
        location_from_parts(
            city=place.text("cityName"),
            region=place.text("stateCode"),
            country=place.text("isoCountryCode"),
            raw=place.text("formattedAddress"),
        )
        for place in posting.objects("postingLocations")
    )
    return tuple(dict.fromkeys(location for location in locations if location))
