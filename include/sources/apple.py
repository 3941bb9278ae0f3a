"""The adapter of Apple's own job search (jobs.apple.com).

The adapter requests the API that the pages call. This API has no public documentation. The listing
has the results of a search for the config's ``query``. Each search request needs a token. The first
response has no body, but its headers have the token and a session cookie. A later response may have
a new token, which is then sent in the next request. Pages are numbered from 1, have 20 results, and
state the total in ``totalRecords``. Without ``sort: relevance`` the API may ignore the query.

The list has only a summary of each position. The description is in the position's own document,
whose request needs no token. For a position that is gone, the response is a 404.

``employmentType`` has values such as ``Standard``, which do not state the hours. A false
``homeOffice`` does not mean that the work is on site. A location in a summary has only a name and a
country.
"""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from include.core.fields.dates import parse_time
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import section
from include.core.models import JobPosting, ListedJob, Location, Workplace
from include.core.places.locations import locate
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, text
from include.sources.records import listing_page

_SITE = "https://jobs.apple.com"
_TOKEN_HEADER = "x-apple-csrf-token"  # noqa: S105 - the name of a header
_PAGE_SIZE = 20
_SECTIONS = (
    (None, "jobSummary"),
    ("Description", "description"),
    ("Responsibilities", "responsibilities"),
    ("Minimum qualifications", "minimumQualifications"),
    ("Preferred qualifications", "preferredQualifications"),
)


class Apple:
    source = "apple"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("query",), home=_SITE)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        text(config, "query")
        return Request(url=based(config, f"{_SITE}/api/v1/CSRFToken"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        token = response.headers.get(_TOKEN_HEADER) or request.headers.get(_TOKEN_HEADER)
        if token is None:
            raise ParseError(f"the response of {response.url} has no search token")
        if request.json is None:
            return ListingPage(follow=(_search(config, token, page=1),))
        answer = JsonObject.of(response.json(), "the search")
        total = answer.number("res", "totalRecords")
        page, received = int(request.json["page"]), len(answer.values("res", "searchResults"))
        has_next_page = (
            received > 0 and total is not None and (page - 1) * _PAGE_SIZE + received < total
        )
        return listing_page(
            answer.raw("res", "searchResults"),
            lambda position: _listed_job(config, position),
            volatile=self.volatile_keys,
            total=total,
            follow=(_search(config, token, page=page + 1),) if has_next_page else (),
            partial_reason="the search did not state its total" if total is None else None,
        )

    def parse_posting(self, content: str) -> JobPosting:
        position = JsonObject.of(JsonObject.parse(content).raw("res"), "the position")
        html = "\n".join(
            section(title, _html(position.html(key)))
            for title, key in _SECTIONS
            if position.text(key)
        )
        employment = position.text("employmentType")
        return complete(
            JobPosting(
                title=position.need("postingTitle"),
                external_id=position.need("positionId"),
                requisition_id=position.text("reqId"),
                url=_page_of(position),
                team=", ".join(position.texts("teamNames")) or None,
                locations=tuple(
                    location
                    for place in position.objects("locations")
                    if (location := _location(place))
                ),
                workplace=Workplace.REMOTE if position.flag("homeOffice") else None,
                employment_type_raw=employment,
                posted_at=parse_time(position.text("postDateInGMT")),
                posted_at_raw=position.text("postDateInGMT"),
            ),
            html,
        )


def _search(config: Mapping[str, Any], token: str, *, page: int) -> Request:
    return Request(
        url=based(config, f"{_SITE}/api/v1/search"),
        method="POST",
        headers={_TOKEN_HEADER: token},
        json={
            "query": text(config, "query"),
            "filters": {},
            "page": page,
            "locale": "en-us",
            "sort": "relevance",
            "format": {"longDate": "MMMM D, YYYY", "mediumDate": "MMM D, YYYY"},
        },
    )


def _listed_job(config: Mapping[str, Any], position: JsonObject) -> ListedJob:
    position_id = position.need("positionId")
    places = (place.text("name") for place in position.objects("locations"))
    details = f"{_SITE}/api/v1/jobDetails/{quote(position_id, safe='')}?locale=en-us"
    return ListedJob(
        external_id=position_id,
        title=position.need("postingTitle"),
        url=_page_of(position),
        location="; ".join(filter(None, places)) or None,
        page_url=based(config, details),
    )


def _page_of(position: JsonObject) -> str:
    parts = (position.text("positionId"), position.text("transformedPostingTitle"))
    path = "/".join(quote(part, safe="") for part in parts if part)
    return f"{_SITE}/en-us/details/{path}"


def _location(place: JsonObject) -> Location | None:
    raw = place.text("name")
    if raw is None:
        return None
    location = locate(raw, country=place.text("countryName"))
    return Location(
        raw=raw,
        city=place.text("city") or location.city,
        region=place.text("stateProvince") or location.region,
        country=location.country,
    )


def _html(field: str) -> str:
    """Return a field as HTML.

    Fields that contain a closing tag are already HTML. All other fields are plain text.
    """
    if "</" in field:
        return field
    return escape(field, quote=False).replace("\n", "<br>")
