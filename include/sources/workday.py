"""The adapter of Workday, whose career sites are at {tenant}.{pod}.myworkdayjobs.com.

The adapter requests the API that the pages of these sites call ("CXS"). Workday does not document
this API. In ``https://acme.wd5.myworkdayjobs.com/en-US/External``, the ``host`` is
acme.wd5.myworkdayjobs.com, the ``tenant`` is acme and the ``site`` is External. The paths of API
requests have no language. If a path has a language, the response is a 405.

The list is requested by POST, with at most 20 postings a page. The first page states the total in
``total``. Later pages may state 0 there. On most sites, a list shows at most 2,000 postings. A
higher offset returns page 1 again. A longer list is read as several lists, one for each value of a
facet. A facet is a property by which a list can be filtered, such as the job type. A posting may
have no value of a facet, or several. Therefore the counts of one facet do not prove the number of
postings. The number is proved if the counts of two facets with different meanings, such as job type
and time type, add up to the same number. Otherwise the listing is partial.

On nearly all sites, the first item of ``bulletFields`` is the number of the requisition. The path
of a posting ends with this number. If the requisition was posted again, a count follows the number,
as in ``-1``. Dates in the list are relative. If a posting has several locations, the list states
only their number ("3 Locations"), and the posting's own document names them.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob, Location
from include.core.places.place_lists import locations_in
from include.core.places.workplaces import workplace_in, workplace_of
from include.errors import PageGone
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, host, name
from include.sources.records import listing_page
from include.sources.workday_facets import CAP, agreed_total, facets_in, to_split_by

_PAGE_SIZE = 20
_MAX_REQUESTED_POSTINGS = 20_000
"""The maximum number of postings that are requested from one list, whatever total it states."""
_LOCATION_COUNT = re.compile(r"\d+ \w+")
_REPOST_COUNT = re.compile(r"-\d+$")


class Workday:
    source = "workday"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(
        required=("host", "tenant", "site"), readers={"host": host}, home="https://{host}"
    )
    volatile_keys = ("postedOn",)
    """The key of the posting's age, such as "Posted 3 Days Ago"."""

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, {}, offset=0)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        answer = JsonObject.of(response.json(), "the list")
        page = listing_page(
            answer.raw("jobPostings"),
            lambda posting: _listed_job(config, posting),
            volatile=self.volatile_keys,
        )
        query = JsonObject(request.json or {})
        applied_facets: Mapping[str, Any] = query.raw("appliedFacets")
        total = int(answer.number("total") or 0)
        if query.number("offset"):
            # A later page may state 0 instead of the total. A list that is filtered by a facet
            # states only its own total, which is not the total of the whole listing.
            return replace(page, total=None if applied_facets else total or None)
        if total >= CAP:
            return _split_by_facet(config, answer, applied_facets, page, stated_total=total)
        return replace(
            page,
            total=None if applied_facets else total,
            follow=_pages(config, applied_facets, total),
        )

    def parse_posting(self, content: str) -> JobPosting:
        answer = JsonObject.parse(content)
        info = JsonObject.of(answer.raw("jobPostingInfo") or {}, "the posting")
        if answer.number("httpStatus") == 404 or info.flag("posted") is False:
            raise PageGone("Workday has no such open posting")
        html = info.html("jobDescription")
        hours = info.text("timeType")
        locations = _locations(info)
        return complete(
            JobPosting(
                title=info.need("title"),
                external_id=info.need("jobReqId"),
                requisition_id=info.text("jobReqId"),
                url=info.text("externalUrl"),
                company=answer.text("hiringOrganization", "name"),
                locations=locations,
                workplace=workplace_of(info.text("remoteType"))
                or workplace_in([place.raw for place in locations]),
                employment_types=employment_types(hours),
                employment_type_raw=hours,
                posted_at=parse_time(info.text("startDate")),
                posted_at_raw=info.text("startDate"),
                valid_through=parse_time(info.text("endDate")),
                valid_through_raw=info.text("endDate"),
            ),
            html,
        )


def _request(
    config: Mapping[str, Any], applied_facets: Mapping[str, Any], *, offset: int
) -> Request:
    return Request(
        url=based(config, f"{_api(config)}/jobs"),
        method="POST",
        json={
            "appliedFacets": applied_facets,
            "limit": _PAGE_SIZE,
            "offset": offset,
            "searchText": "",
        },
    )


def _api(config: Mapping[str, Any]) -> str:
    tenant, site = name(config, "tenant"), name(config, "site")
    return f"https://{host(config, 'host')}/wday/cxs/{tenant}/{site}"


def _pages(
    config: Mapping[str, Any], applied_facets: Mapping[str, Any], total: int
) -> tuple[Request, ...]:
    """Return the requests for all pages of a list after the first page."""
    offsets = range(_PAGE_SIZE, total, _PAGE_SIZE)
    return tuple(_request(config, applied_facets, offset=offset) for offset in offsets)


def _split_by_facet(
    config: Mapping[str, Any],
    answer: JsonObject,
    applied_facets: Mapping[str, Any],
    page: ListingPage,
    *,
    stated_total: int,
) -> ListingPage:
    """Return ``page``, followed by the requests for one list for each value of a facet.

    This splits a list that may have more postings than the API shows. If no facet can split the
    list, the requests are those for its further pages, up to ``stated_total``. Usually, the
    stated total is only the number of postings that the API shows. Then the listing is partial.
    """
    facets = [each for each in facets_in(answer) if each.parameter not in applied_facets]
    facet, total = to_split_by(facets), agreed_total(facets)
    if facet is None and stated_total > CAP:
        # Request all postings, because some sites show more than the cap. If this site does not,
        # fewer postings are found than the total states, and the listing is partial.
        listed_total = min(stated_total, _MAX_REQUESTED_POSTINGS)
        return replace(
            page,
            total=None if applied_facets else stated_total,
            follow=_pages(config, applied_facets, listed_total),
        )
    if facet is None:
        fault = f"a list of {CAP} postings or more has no facet to split it by"
        return replace(page, follow=_pages(config, applied_facets, CAP), partial_reason=fault)
    fault = None
    if total is None and not applied_facets:
        fault = f"the list has {CAP} postings or more, and no two facets agree on the total"
    return replace(
        page,
        total=None if applied_facets else total,
        follow=tuple(
            _request(config, {**applied_facets, facet.parameter: [value]}, offset=0)
            for value in facet.counts
        ),
        partial_reason=page.partial_reason or fault,
    )


def _listed_job(config: Mapping[str, Any], posting: JsonObject) -> ListedJob:
    path = posting.need("externalPath")
    place = posting.text("locationsText") or ""
    return ListedJob(
        external_id=_requisition(posting, path),
        title=posting.need("title"),
        url=f"https://{host(config, 'host')}/{name(config, 'site')}{path}",
        location=place if place and not _LOCATION_COUNT.fullmatch(place) else None,
        page_url=based(config, f"{_api(config)}{path}"),
    )


def _requisition(posting: JsonObject, path: str) -> str:
    """Return the number of the requisition.

    It is the bullet field with which the posting's path ends, with or without the count of a
    repeated posting. If there is no such field, return the end of the path after the last ``_``.
    """
    last_segment = path.rpartition("/")[2]
    for bullet in posting.texts("bulletFields"):
        if last_segment.endswith(bullet) or _REPOST_COUNT.sub("", last_segment).endswith(bullet):
            return bullet
    return last_segment.rpartition("_")[2]


def _locations(info: JsonObject) -> tuple[Location, ...]:
    """Return the locations of a posting.

    The country is given to the first location only, because the document states no other country.
    """
    first, further = info.text("location"), info.texts("additionalLocations")
    country = info.text("jobRequisitionLocation", "country", "alpha2Code")
    country = country or info.text("country", "descriptor")
    locations = [*locations_in(first, country=country)]
    for each in further:
        locations += locations_in(each)
    return tuple(dict.fromkeys(locations))
